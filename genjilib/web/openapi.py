"""Writes the OpenAPI 3.1 document from the route table: nothing in it is kept by hand."""

import inspect
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from http import HTTPStatus
from types import NoneType
from typing import Any, cast, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

from genjilib.core.errors import REPORTED, Conflict, GenjiError, Invalid, Later, NotFound, Unauthenticated
from genjilib.core.json import Json, schema_of
from genjilib.web.answers import PlainText, is_answer
from genjilib.web.binding import hints_of, parameters_of
from genjilib.web.examples import example_of
from genjilib.web.idempotency import HEADER, LONGEST, METHODS
from genjilib.web.problems import CONTENT_TYPE, Mistake, Problem
from genjilib.web.routes import BadRoute, Route
from genjilib.web.sheets import CSV, columns_of

Part = dict[str, Any]

KEY_SCHEME = "ApiKey"
_INPUTS = ("query", "body", "form")


def write_openapi(routes: Sequence[Route], version: str) -> bytes:
    """Return the document for ``routes``, hidden ones left out, as JSON.

    Raise ``BadRoute`` when two different types of the interface have one name.
    """
    shown = [route for route in routes if not route.hidden]
    schemas = _Schemas()
    paths: dict[str, Part] = {}
    for route, name in zip(shown, _names(shown), strict=True):
        path = route.path.replace(":int}", "}").replace(":str}", "}")
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, name, schemas)
    schemas.of(Problem)
    schemas.of(Mistake)
    key = {"type": "apiKey", "in": "header", "name": "X-API-KEY", "description": "A key with its scopes."}
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "Genji API", "version": version},
            "servers": [{"url": "/"}],
            "tags": [_tag(route) for route in {each.domain: each for each in shown}.values()],
            "paths": paths,
            "components": {
                "schemas": schemas.components,
                "responses": {"Problem": _problem(schemas, "What went wrong")},
                "securitySchemes": {KEY_SCHEME: key},
            },
        }
    )


class _Schemas:
    """The named types met so far."""

    def __init__(self) -> None:
        self.components: dict[str, Part] = {}

    def of(self, wanted: Any) -> Part:
        schema, components = _describe(wanted)
        for name, component in components.items():
            if self.components.setdefault(name, component) != component:
                raise BadRoute(f"two types of the interface are called {name}; rename one")
        return schema

    def shown(self, wanted: Any) -> Part:
        """Describe a body by its schema and an example."""
        schema = self.of(wanted)
        return {"schema": schema, "example": example_of(schema, self.components)}


@cache
def _describe(wanted: Any) -> tuple[Part, dict[str, Part]]:
    """Return the schema of a type and of those it names; most types occur many times."""
    (schema,), components = msgspec.json.schema_components(
        [wanted], schema_hook=schema_of, ref_template="#/components/schemas/{name}"
    )
    if "Upload" in components:
        components["Upload"] = {"type": "string", "format": "binary"}
    return _portable(schema), _portable(components)


def _portable(schema: Any) -> Any:
    """Write the end of a text in patterns as JSON Schema does, which does not know Python's sign for it."""
    match schema:
        case {"pattern": str(pattern), **rest}:
            return {**_portable(rest), "pattern": pattern.removesuffix(r"\Z") + "$" * pattern.endswith(r"\Z")}
        case dict():
            return {name: _portable(part) for name, part in cast("Part", schema).items()}
        case list():
            return [_portable(part) for part in cast("list[Any]", schema)]
        case _:
            return schema


def _names(routes: Sequence[Route]) -> Iterator[str]:
    """Yield the operations' ids; a handler that answers a second path gets a number."""
    seen: dict[str, int] = {}
    for route in routes:
        seen[route.name] = count = seen.get(route.name, 0) + 1
        yield route.name if count == 1 else f"{route.name}_{count}"


def _operation(route: Route, name: str, schemas: _Schemas) -> Part:
    hints = parameters_of(route)
    summary, _, description = (inspect.getdoc(route.handler) or "").partition("\n")
    if not route.public:
        needs = ", ".join(f"`{scope}`" for scope in route.scopes) or "a superuser's key"
        description = f"{description.strip()}\n\nNeeds {needs}.".strip()
    operation: Part = {
        "operationId": name,
        "tags": [route.domain],
        "summary": summary,
        "description": description.strip(),
        "parameters": [
            *_path_parameters(route, hints, schemas),
            *_query_parameters(hints, schemas),
            *_header_parameters(route),
        ],
        "responses": _responses(route, hints, schemas),
        "security": [] if route.public else [{KEY_SCHEME: list(route.scopes)}],
    }
    if body := _body(hints, schemas):
        operation["requestBody"] = body
    return operation


def _path_parameters(route: Route, hints: dict[str, Any], schemas: _Schemas) -> Iterator[Part]:
    for name in route.parameters:
        yield {"name": name, "in": "path", "required": True, "schema": schemas.of(hints[name])}


def _query_parameters(hints: dict[str, Any], schemas: _Schemas) -> Iterator[Part]:
    if "query" not in hints:
        return
    for member in msgspec.structs.fields(hints["query"]):
        schema = _present(schemas.of(member.type)) | _default(member)
        described = {"description": schema.pop("description")} if "description" in schema else {}
        place = {"name": member.encode_name, "in": "query", "required": member.required}
        yield {**place, **described, "schema": schema}


def _header_parameters(route: Route) -> Iterator[Part]:
    if _takes_key(route):
        said = "A unique string; a request that is repeated with it within a day has no second effect."
        schema: Part = {"type": "string", "minLength": 1, "maxLength": LONGEST}
        yield {"name": HEADER, "in": "header", "required": False, "description": said, "schema": schema}
    if route.etag:
        yield _tag_parameter("If-None-Match", "The `ETag` of your copy: 304 while it is right.")
    if route.changes:
        shown = route.changes.handler.__name__
        said = f"The `ETag` that `{route.domain}.{shown}` gave: 412 unless it is the present one."
        yield _tag_parameter("If-Match", said)


def _tag_parameter(name: str, said: str) -> Part:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": said,
        "schema": {"type": "string"},
    }


def _takes_key(route: Route) -> bool:
    return route.method in METHODS and not route.public


def _present(schema: Part) -> Part:
    """Leave the null out: in a query, nothing is said by saying nothing."""
    if "anyOf" in schema:
        arms = [arm for arm in schema["anyOf"] if arm != {"type": "null"}]
        rest = {name: value for name, value in schema.items() if name != "anyOf"}
        return {**rest, **arms[0]} if len(arms) == 1 else {**rest, "anyOf": arms}
    if "enum" in schema:
        return {**schema, "enum": [value for value in schema["enum"] if value is not None]}
    return schema


def _default(member: FieldInfo) -> Part:
    if member.default in (msgspec.NODEFAULT, msgspec.UNSET, None):
        return {}
    return {"default": msgspec.to_builtins(member.default)}


def _body(hints: dict[str, Any], schemas: _Schemas) -> Part | None:
    for name, kind in (("body", "application/json"), ("form", "multipart/form-data")):
        if name in hints:
            return {"required": True, "content": {kind: schemas.shown(hints[name])}}
    return None


def _responses(route: Route, hints: dict[str, Any], schemas: _Schemas) -> Part:
    success: Part = {"description": HTTPStatus(route.status).phrase}
    if route.status != 204:
        returned = hints_of(route).get("return")
        success["content"] = _content(returned, schemas)
        if route.method == "GET" and (columns := columns_of(returned)):
            success["content"][CSV] = {"schema": {"type": "string"}, "example": ",".join(columns) + "\r\n"}
    found: Part = {str(route.status): success}
    if headers := _headers(route):
        success["headers"] = headers
    if route.etag:
        found["304"] = {"description": "The client's copy is still right", "headers": headers}
    raised, refused = _mistakes(route, hints)
    for status in sorted({error.status for error in raised} | refused):
        titles = {error.title for error in REPORTED if error.status == status} or {HTTPStatus(status).phrase}
        found[str(status)] = _problem(schemas, " or ".join(sorted(titles)))
        if any(issubclass(error, Later) for error in raised if error.status == status):
            wait = {"description": "Seconds to wait", "schema": {"type": "integer"}}
            found[str(status)]["headers"] = {"Retry-After": wait}
    found["default"] = {"$ref": "#/components/responses/Problem"}
    return found


def _headers(route: Route) -> Part:
    headers: Part = {}
    if route.etag:
        headers["ETag"] = {"description": "This version", "schema": {"type": "string"}}
    if route.max_age:
        said = f"The answer may be used again for {route.max_age} seconds"
        if route.max_age_with:
            said += ", with `{}` for {}".format(*route.max_age_with)
        headers["Cache-Control"] = {"description": said, "schema": {"type": "string"}}
    return headers


def _mistakes(route: Route, hints: dict[str, Any]) -> tuple[list[type[GenjiError]], set[int]]:
    """Return what a request can be answered with: the route's errors, and statuses of HTTP itself."""
    raised, refused = [*route.errors], set[int]()
    if route.parameters or any(name in hints for name in _INPUTS):
        raised.append(Invalid)
    if route.parameters:
        raised.append(NotFound)  # text in the place of a number is no path of ours
    if not route.public:
        raised.append(Unauthenticated)
    if _takes_key(route):
        raised += [Invalid, Conflict]
        refused.add(HTTPStatus.UNPROCESSABLE_ENTITY)
    if route.parameters or "query" in hints:
        refused.add(HTTPStatus.REQUEST_URI_TOO_LONG)
    if route.method != "GET":
        refused.add(HTTPStatus.PRECONDITION_FAILED)
    if "body" in hints or "form" in hints:
        refused |= {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
    return raised, refused


def _content(result: Any, schemas: _Schemas) -> Part:
    plain = get_origin(result) or result
    if plain is PlainText:
        return {"text/plain": {"schema": {"type": "string"}, "example": "https://cdn.example/picture.webp"}}
    if is_answer(plain):
        return {"image/*": {}}  # pictures are the only answers that handlers make whole
    if plain is Json:
        result = get_args(result)[0] if get_args(result) else Any
    return {"application/json": schemas.shown(NoneType if result is None else result)}


def _problem(schemas: _Schemas, description: str) -> Part:
    return {"description": description, "content": {CONTENT_TYPE: {"schema": schemas.of(Problem)}}}


def _tag(route: Route) -> Part:
    """Describe a domain by the first sentence of its package."""
    package = sys.modules.get(route.handler.__module__.rpartition(".")[0])
    return {"name": route.domain, "description": (inspect.getdoc(package) or "").partition("\n")[0]}
