"""The route table: one row for each operation, ``get("/api/v3/users/{user_id:int}", get_user)``."""

import inspect
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, Unpack

from genjilib.core.errors import GenjiError

type_of_parameter = {"int": int, "str": str}
"""What ``{name:int}`` and ``{name:str}`` (or plain ``{name}``) stand for."""

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Handler = Callable[..., Awaitable[Any]]

_SUCCESS: dict[Method, int] = {"GET": 200, "POST": 201, "PUT": 200, "PATCH": 200, "DELETE": 204}
_PARAMETER = re.compile(r"\{(?P<name>[a-z_][a-z0-9_]*)(?::(?P<kind>int|str))?\}")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a route changes, for callers who want to change only the version that they have seen."""

    handler: Handler
    """The one of the GET route that shows it; it takes nothing but parameters of the path and services."""
    lock: Callable[..., Awaitable[object]]
    """Takes a transaction and the path's parameters; nobody else changes it until the transaction ends."""


class Options(TypedDict, total=False):
    """What a row may say beside path and handler."""

    scopes: Sequence[str]
    """Scopes that the caller's key needs, all of them; none means superusers only."""
    status: int
    """Success code, where it is not 200 (GET, PUT, PATCH), 201 (POST) or 204 (DELETE)."""
    public: bool
    """Whether anybody may call it, without a key."""
    errors: Sequence[type[GenjiError]]
    """What the handler raises, for the documentation."""
    etag: bool
    """Whether answers carry an ``ETag`` and ``If-None-Match`` is honoured with 304."""
    max_age: int
    """Seconds for which a client may use an answer again; without it, not at all."""
    max_age_with: tuple[str, int]
    """A parameter of the query, and the seconds that count instead where it is given."""
    changes: Shown
    """What it changes, where that is shown with an ``ETag``: ``If-Match`` is honoured with 412."""
    hidden: bool
    """Whether the documentation leaves it out."""
    secret: bool
    """Whether the answer holds a secret, which is not kept for a repeated ``Idempotency-Key``."""
    together: bool
    """Whether callers who ask the same at the same time share an answer (``genjilib/web/together.py``)."""


@dataclass(frozen=True, slots=True)
class Route:
    """An operation: what is asked for, who may ask, and the coroutine that answers."""

    method: Method
    path: str
    handler: Handler
    status: int
    scopes: tuple[str, ...] = ()
    public: bool = False
    errors: tuple[type[GenjiError], ...] = ()
    etag: bool = False
    max_age: int = 0
    max_age_with: tuple[str, int] | None = None
    changes: Shown | None = None
    hidden: bool = False
    secret: bool = False
    together: bool = False

    @property
    def file(self) -> str:
        """Path of the file that defines the handler."""
        return inspect.getsourcefile(inspect.unwrap(self.handler)) or "?"

    @property
    def line(self) -> int:
        """Line at which the handler starts."""
        return inspect.getsourcelines(inspect.unwrap(self.handler))[1]

    @property
    def domain(self) -> str:
        """The word for what the route is about: its package under ``genjilib``, such as ``raids.players``."""
        module = self.handler.__module__
        return module.rpartition(".")[0].removeprefix("genjilib.") or module

    @property
    def name(self) -> str:
        """Domain and handler, ``completions.submit``: the operation's id in logs and documentation."""
        return f"{self.domain}.{self.handler.__name__}"

    @property
    def parameters(self) -> dict[str, type[int] | type[str]]:
        """Names of the path's parameters, in order, and whether they are numbers."""
        return {
            found["name"]: type_of_parameter[found["kind"] or "str"]
            for found in _PARAMETER.finditer(self.path)
        }

    def __str__(self) -> str:
        """Return ``POST /api/v3/completions (genjilib/completions/api.py:41)``, for messages."""
        return f"{self.method} {self.path} ({self.file}:{self.line})"


class BadRoute(Exception):
    """A mistake in a route table or a handler's signature; the sentence names file and line."""


def get(path: str, handler: Handler, **options: Unpack[Options]) -> Route:
    """Read something; also answers HEAD."""
    return _route("GET", path, handler, options)


def post(path: str, handler: Handler, **options: Unpack[Options]) -> Route:
    """Create something or start something; 201."""
    return _route("POST", path, handler, options)


def put(path: str, handler: Handler, **options: Unpack[Options]) -> Route:
    """Replace or decide something; 200."""
    return _route("PUT", path, handler, options)


def patch(path: str, handler: Handler, **options: Unpack[Options]) -> Route:
    """Change parts of something; 200."""
    return _route("PATCH", path, handler, options)


def delete(path: str, handler: Handler, **options: Unpack[Options]) -> Route:
    """Remove something; 204 without a body."""
    return _route("DELETE", path, handler, options)


def segments(path: str) -> list[str]:
    """Split a path at its slashes; a slash at the end counts for nothing."""
    parts = path[1:].split("/")
    if len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts


def _route(method: Method, path: str, handler: Handler, options: Options) -> Route:
    route = Route(
        method=method,
        path=path,
        handler=handler,
        status=options.get("status", _SUCCESS[method]),
        scopes=tuple(options.get("scopes", ())),
        public=options.get("public", False),
        errors=tuple(options.get("errors", ())),
        etag=options.get("etag", False),
        max_age=options.get("max_age", 0),
        max_age_with=options.get("max_age_with"),
        changes=options.get("changes"),
        hidden=options.get("hidden", False),
        secret=options.get("secret", False),
        together=options.get("together", False),
    )
    _check(route)
    return route


def _check(route: Route) -> None:
    if not inspect.iscoroutinefunction(route.handler):
        raise BadRoute(f"{route}: the handler is not a coroutine function")
    if not route.path.startswith("/"):
        raise BadRoute(f"{route}: the path does not start with a slash")
    for part in segments(route.path):
        if ("{" in part or "}" in part) and not _PARAMETER.fullmatch(part):
            raise BadRoute(f"{route}: {part!r} is not a parameter; write {{name}} or {{name:int}}")
    if len(_PARAMETER.findall(route.path)) != len(route.parameters):
        raise BadRoute(f"{route}: a parameter's name occurs twice in the path")
    if route.public and route.scopes:
        raise BadRoute(f"{route}: a public route asks for no scopes")
    if route.etag and route.method != "GET":
        raise BadRoute(f"{route}: only GET answers have an ETag")
    if route.max_age and route.method != "GET":
        raise BadRoute(f"{route}: only GET answers are used again")
    if route.together and route.method != "GET":
        raise BadRoute(f"{route}: only GET answers are shared")
    if route.max_age_with and not route.max_age:
        raise BadRoute(f"{route}: max_age_with needs a max_age")
    if route.changes and route.method == "GET":
        raise BadRoute(f"{route}: GET changes nothing")
