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
_NOT_KEPT: Final[dict[str, str]] = {}


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
        self._max_age, self._max_age_with = route.max_age, route.max_age_with
        self._whole = is_answer(returned)

    def __call__(self, request: web.Request, result: Any) -> web.StreamResponse:
        """Return the answer that carries ``result``; a whole answer passes as it is."""
        if self._whole:
            return result
        if self._status == 204:
            return Answer(204, None, {})
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
        return Answer(self._status, body, {**_HEADERS, **kept} if kept else _HEADERS)

    def _kept(self, request: web.Request) -> dict[str, str]:
        """Say for how long who asked, with the same key and for the same kind, may use the answer again."""
        seconds = self._max_age
        if self._max_age_with is not None and self._max_age_with[0] in request.query:
            seconds = self._max_age_with[1]
        return {hdrs.CACHE_CONTROL: f"private, max-age={seconds}", hdrs.VARY: "X-API-KEY, Accept"}


def _tagged(request: web.Request, body: bytes, kept: dict[str, str]) -> Answer:
    """Answer 304 without a body to a client that has this very body already."""
    tag = tag_of(body)
    headers: dict[str, str] = {_ETAG: f'"{tag}"', hdrs.CACHE_CONTROL: "private, no-cache", **kept}
    if is_known(request, tag):
        return Answer(304, None, headers)
    return Answer(200, body, {**headers, **_HEADERS})
