"""Turns what a handler returns into an HTTP answer."""

from typing import Any, Final

from aiohttp import hdrs, web
from multidict import istr

from genjilib.core.json import written
from genjilib.web.exchange import Answer
from genjilib.web.routes import Route
from genjilib.web.sheets import columns_of, sheet, wants_csv
from genjilib.web.versions import is_known, tag_of

_HEADERS: Final[dict[str, str]] = {hdrs.CONTENT_TYPE: "application/json"}
_ETAG: Final = istr("ETag")


class PlainText(str):
    """Text that is sent as ``text/plain`` and not as a JSON string."""


def is_answer(returned: Any) -> bool:
    """Tell whether what a handler says it returns is a whole answer."""
    return isinstance(returned, type) and issubclass(returned, web.StreamResponse)


class Sender:
    """Sends the results of one route."""

    def __init__(self, route: Route, returned: Any) -> None:
        """Prepare for the route's success code and options, and for what its handler says it returns."""
        self._name = route.name
        self._columns = columns_of(returned) if route.method == "GET" else None
        self._status = route.status
        self._etag = route.etag
        self._whole = is_answer(returned)

    def __call__(self, request: web.Request, result: Any) -> web.StreamResponse:
        """Return the answer that carries ``result``; a whole answer passes as it is."""
        if self._whole:
            return result
        if self._status == 204:
            return Answer(204, None, {})
        if isinstance(result, PlainText):
            return web.Response(status=self._status, text=result)
        if self._columns and wants_csv(request):
            return sheet(self._name, self._columns, result)
        body = written(result)
        if self._etag:
            return _tagged(request, body)
        return Answer(self._status, body, _HEADERS)


def _tagged(request: web.Request, body: bytes) -> Answer:
    """Answer 304 without a body to a client that has this very body already."""
    tag = tag_of(body)
    headers: dict[str, str] = {_ETAG: f'"{tag}"', hdrs.CACHE_CONTROL: "private, no-cache"}
    if is_known(request, tag):
        return Answer(304, None, headers)
    return Answer(200, body, {**headers, **_HEADERS})
