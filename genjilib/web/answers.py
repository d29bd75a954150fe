"""Turns what a handler returns into an HTTP answer."""

from typing import Any, Final

from aiohttp import web

from genjilib.core.json import Json, written
from genjilib.web.routes import Route
from genjilib.web.sheets import columns_of, sheet, wants_csv
from genjilib.web.versions import is_known, tag_of

_JSON = "application/json"
_PLAIN: Final = (Json, list)
_NOT_KEPT: Final[dict[str, str]] = {}


class PlainText(str):
    """Text that is sent as ``text/plain`` and not as a JSON string."""


class Sender:
    """Sends the results of one route."""

    def __init__(self, route: Route, returned: Any) -> None:
        """Prepare for the route's success code and options, and for what its handler says it returns."""
        self._name = route.name
        self._columns = columns_of(returned) if route.method == "GET" else None
        self._status = route.status
        self._etag = route.etag
        self._max_age, self._max_age_with = route.max_age, route.max_age_with

    def __call__(self, request: web.Request, result: Any) -> web.StreamResponse:
        """Return the answer that carries ``result``; an answer passes as it is."""
        # An answer is a mapping, and to ask whether a thing is one of those takes long.
        if type(result) not in _PLAIN and isinstance(result, web.StreamResponse):
            return result
        if self._status == 204:
            return web.Response(status=204)
        if isinstance(result, PlainText):
            return web.Response(status=self._status, text=result)
        kept = self._kept(request) if self._max_age else _NOT_KEPT
        if self._columns and wants_csv(request):
            answer = sheet(self._name, self._columns, result)
            answer.headers.update(kept)
            return answer
        body = written(result)
        if self._etag:
            return _tagged(request, body, kept)
        return web.Response(status=self._status, body=body, headers={"Content-Type": _JSON, **kept})

    def _kept(self, request: web.Request) -> dict[str, str]:
        """Say for how long who asked, with the same key and for the same kind, may use the answer again."""
        seconds = self._max_age
        if self._max_age_with is not None and self._max_age_with[0] in request.query:
            seconds = self._max_age_with[1]
        return {"Cache-Control": f"private, max-age={seconds}", "Vary": "X-API-KEY, Accept"}


def _tagged(request: web.Request, body: bytes, kept: dict[str, str]) -> web.Response:
    """Answer 304 without a body to a client that has this very body already."""
    tag = tag_of(body)
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache", **kept}
    if is_known(request, tag):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers={**headers, "Content-Type": _JSON})
