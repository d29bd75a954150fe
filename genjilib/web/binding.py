"""Decides once, from a handler's annotations, what each call of it is given and how its result is sent."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

import msgspec
from aiohttp import web

from genjilib.core.errors import Invalid
from genjilib.core.principal import Principal
from genjilib.web.answers import Sender
from genjilib.web.bodies import FormReader, Limits, read_json
from genjilib.web.decode import BodyDecoder, PathDecoder, QueryDecoder
from genjilib.web.exchange import Request
from genjilib.web.idempotency import HEADER, METHODS, Repeats
from genjilib.web.mistakes import Mistakes, is_struct
from genjilib.web.problems import Mistake, Refusal
from genjilib.web.routes import BadRoute, Route
from genjilib.web.together import Together
from genjilib.web.versions import Guard, wanted_versions

_BODY_METHODS = ("POST", "PUT", "PATCH", "DELETE")


class Endpoint:
    """A route made ready: takes a request, calls the handler with what it asks for, returns the answer."""

    def __init__(
        self, route: Route, services: Mapping[str, object], limits: Limits, repeats: Repeats | None = None
    ) -> None:
        """Look at the handler; raise ``BadRoute`` for a parameter that nobody can supply."""
        self.route = route
        self._repeats = repeats if route.method in METHODS and not route.public else None
        self._changes = route.method != "GET"
        self._guard = Guard(route, route.changes, services) if route.changes else None
        self._limits = limits
        self._send = Sender(route, hints_of(route).get("return"))
        self._fixed: dict[str, object] = {}
        self._path: list[PathDecoder] = []
        self._query: QueryDecoder | None = None
        self._body: BodyDecoder | None = None
        self._form: FormReader | None = None
        self._who: str | None = None
        self._request: str | None = None
        for name, wanted in parameters_of(route).items():
            self._supply(name, wanted, services)
        self._path = [each for name in route.parameters for each in self._path if each.name == name]
        if route.together and (self._who or self._request):
            raise BadRoute(f"{route}: what depends on who asks is not shared")
        self._together = Together(route.handler) if route.together else None
        if missing := set(route.parameters) - {each.name for each in self._path}:
            raise BadRoute(f"{route}: the handler does not take {', '.join(sorted(missing))} of the path")

    async def __call__(self, request: Request, values: list[str], who: Principal) -> web.StreamResponse:
        """Answer ``request``; ``values`` are the path's parameters as text."""
        wanted = wanted_versions(request) if self._changes else None
        if wanted is not None and self._guard is None:
            # What it changes is shown nowhere with an ETag, so no tag is the present one.
            raise Refusal(412, "There is no such version.")
        given = await self._arguments(request, values, who)
        if self._together:
            asked = (*values, request.rel_url.raw_query_string)
            return self._send(request, await self._together.call(asked, given))
        if self._repeats is None or HEADER not in request.headers:
            return self._send(request, await self._call(given, wanted))

        async def run(db: object) -> web.StreamResponse:
            if "db" in given:
                given["db"] = db
            return self._send(request, await self._call(given, wanted))

        sent = msgspec.msgpack.encode(given["form"]) if self._form else await request.read()
        return await self._repeats.answer(request, self.route, who, sent, run)

    async def _call(self, given: dict[str, object], wanted: set[str] | None) -> Any:
        if wanted is None or self._guard is None:
            return await self.route.handler(**given)
        return await self._guard.call(given, wanted)

    async def _arguments(self, request: web.Request, values: list[str], who: Principal) -> dict[str, object]:
        given = dict(self._fixed)
        mistakes: list[Mistake] = []
        for decode, text in zip(self._path, values, strict=True):
            _try(given, decode.name, decode, text, mistakes)
        if self._query:
            _try(given, "query", self._query, request.rel_url, mistakes)
        try:
            if self._body:
                given["body"] = self._body(await read_json(request, self._limits))
            elif self._form:
                given["form"] = await self._form(request, self._limits)
        except Mistakes as error:
            mistakes += error.found
        if mistakes:
            sentence = f"Validation failed for {request.method} {request.path}"
            raise Invalid(sentence, code="validation-failed", extra=mistakes)
        if self._who:
            given[self._who] = who
        if self._request:
            given[self._request] = request
        return given

    def _supply(self, name: str, wanted: Any, services: Mapping[str, object]) -> None:
        route = self.route
        if name in route.parameters:
            self._path.append(PathDecoder(name, route.parameters[name], wanted))
        elif wanted is Principal and not route.public:
            self._who = name
        elif wanted is web.Request:
            self._request = name
        elif name == "query" and is_struct(wanted):
            self._query = QueryDecoder(wanted)
        elif name == "body" and route.method in _BODY_METHODS:
            self._body = BodyDecoder(wanted)
        elif name == "form" and route.method in _BODY_METHODS and is_struct(wanted):
            self._form = FormReader(wanted)
        elif name in services:
            self._fixed[name] = services[name]
        else:
            raise BadRoute(f"{route}: nobody can supply the parameter {name}: {wanted}")


def parameters_of(route: Route) -> dict[str, Any]:
    """Return the handler's parameters and their annotations; raise ``BadRoute`` where one has none."""
    hints = hints_of(route)
    names = inspect.signature(route.handler).parameters
    if bare := [name for name in names if name not in hints]:
        raise BadRoute(f"{route}: no annotation on {', '.join(bare)}")
    return {name: hints[name] for name in names}


def hints_of(route: Route) -> dict[str, Any]:
    """Return the handler's annotations, ``return`` included, with the names in them looked up."""
    try:
        return get_type_hints(route.handler, include_extras=True)
    except NameError as error:
        raise BadRoute(f"{route}: an annotation cannot be looked up: {error}") from error


def _try(
    given: dict[str, object], name: str, decode: Callable[[Any], Any], value: object, mistakes: list[Mistake]
) -> None:
    try:
        given[name] = decode(value)
    except Mistakes as error:
        mistakes += error.found
