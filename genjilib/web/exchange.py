"""What goes over a connection: a request with what is known about it, and its answer with all headers."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import hdrs, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.helpers import rfc822_formatted_time
from aiohttp.http import HttpVersion11
from multidict import CIMultiDict, istr

from genjilib.web.routes import Route

_NOSNIFF: Final = istr("X-Content-Type-Options")
_REQUEST_ID: Final = istr("X-Request-Id")
_WITHOUT_BODY: Final = (204, 304)


class Request(web.Request):
    """A request with what is known about it: its id, which follows it everywhere, route and caller."""

    ATTRS = web.Request.ATTRS | {"caller", "leaving", "request_id", "route"}
    request_id = ""
    route: Route | None = None
    caller: str | None = None

    def __init__(self, *received: Any, leaving: asyncio.Event, **options: Any) -> None:
        """Take what aiohttp received; from ``leaving`` on the answer says that the connection closes."""
        super().__init__(*received, **options)
        self.leaving = leaving

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        response.headers.popall(hdrs.SERVER, None)
        _complete(response.headers, self)
        if self.leaving.is_set():
            response.force_close()
            response.headers[hdrs.CONNECTION] = "close"


class Answer(web.Response):
    """An answer whose body is at hand.

    Where nothing about it is unusual, nothing is left to find out when its head is written.
    """

    def __init__(self, status: int, body: bytes | None, headers: Mapping[str, str]) -> None:
        """Answer with ``body``, whose ``Content-Type`` is among the headers."""
        super().__init__(status=status, body=body, headers=headers)
        self._straight: AbstractStreamWriter | None = None

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Write the head."""
        body = self.body
        if (
            not isinstance(request, Request)
            or not isinstance(body, bytes)
            or request.version != HttpVersion11
            or not request.keep_alive
            or self.keep_alive is False
            or request.leaving.is_set()
            or request.method == hdrs.METH_HEAD
            or self.status in _WITHOUT_BODY
        ):
            return await super().prepare(request)
        headers = self.headers
        headers[hdrs.CONTENT_LENGTH] = str(len(body))
        headers[hdrs.DATE] = rfc822_formatted_time()
        _complete(headers, request)
        writer = self._straight = request.writer
        await writer.write_headers(f"HTTP/1.1 {self.status} {self.reason}", headers)
        return writer

    async def write_eof(self, data: bytes = b"") -> None:
        """Write the body."""
        if self._straight is None:
            await super().write_eof(data)
        else:
            assert isinstance(self.body, bytes)
            await self._straight.write_eof(self.body)

    @property
    def keep_alive(self) -> bool | None:
        """Whether the connection is kept for another request."""
        return super().keep_alive if self._straight is None else True


def _complete(headers: CIMultiDict[str], request: Request) -> None:
    """Add what every answer carries."""
    headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
    headers[_NOSNIFF] = "nosniff"
    if request.request_id:
        headers[_REQUEST_ID] = request.request_id
