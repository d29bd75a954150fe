"""An open port: aiohttp's server with limits, time-outs, and our shape for what is not even HTTP."""

import errno
from typing import Self

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from genjilib.core.errors import GenjiError, Invalid, Unavailable
from genjilib.core.ids import new_id
from genjilib.core.log import get_logger
from genjilib.web.identity import REQUEST_ID
from genjilib.web.problems import Refusal, problem_of, respond

TARGET_BYTES = 8190
"""Longest path with query; more is 414. Unlike ``HEADER_BYTES``, so the parser's error tells which it was."""
HEADER_BYTES = 16_384
"""Longest header; more is 431."""
HEADERS = 100
"""The most headers of a request; more is 431."""
IDLE_SECONDS = 75.0
"""How long a connection may be without a complete request, be it silent or dribbling."""

_LINGER_SECONDS = 2.0  # how long the rest of a refused body is read away, so that the answer gets through
_log = get_logger(__name__)


class Listener:
    """A port that serves an application until it is closed."""

    def __init__(self, runner: web.AppRunner, port: int) -> None:
        """Wrap a running server; use ``open``."""
        self._runner = runner
        self.port = port

    @classmethod
    async def open(
        cls, app: web.Application, host: str, port: int, *, grace: float, idle: float = IDLE_SECONDS
    ) -> Self:
        """Listen on ``host:port`` (0 lets the system choose); ``close`` may take ``grace`` seconds."""
        runner = _Runner(
            app,
            access_log=None,
            auto_decompress=False,
            keepalive_timeout=idle,
            lingering_time=_LINGER_SECONDS,
            max_line_size=TARGET_BYTES,
            max_field_size=HEADER_BYTES,
            max_headers=HEADERS,
            # aiohttp waits this long for handlers, then as long again before it cancels them.
            shutdown_timeout=grace / 2,
        )
        await runner.setup()
        site = web.TCPSite(runner, host, port, backlog=1024)
        try:
            await site.start()
        except OSError as error:
            await runner.cleanup()
            raise _closed(host, port, error) from error
        return cls(runner, site.port)

    async def close(self) -> None:
        """Stop accepting, close idle connections, let the requests in hand finish."""
        await self._runner.cleanup()


async def finish_headers(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Add what every answer carries and take away what tells the software's version."""
    headers = response.headers
    headers.popall("Server", None)
    headers.setdefault("Cache-Control", "no-store")
    headers["X-Content-Type-Options"] = "nosniff"
    if request_id := request.get(REQUEST_ID):
        headers["X-Request-Id"] = request_id


def _closed(host: str, port: int, error: OSError) -> GenjiError:
    # asyncio names the address once more before the system's reason.
    reason = str(error.strerror).rpartition(": ")[2]
    said = f"Cannot listen on {host}:{port}: {reason}."
    if error.errno == errno.EADDRINUSE:
        # Worth another try: a process that is being replaced may not be gone yet.
        return Unavailable(f"{said} Stop what uses it, or set another port.", after=5)
    return Invalid(f"{said} Set a host and port of this machine.", code="cannot-listen")


class _Runner(web.AppRunner):
    async def _make_server(self) -> web.Server:
        plain = await super()._make_server()
        return _Server(plain.request_handler, request_factory=plain.request_factory, **self._kwargs)


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Protocol(self, loop=self._loop, **self._kwargs)


class _Protocol(web.RequestHandler):
    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what the parser refused; the offending text is not repeated, it may hold a key."""
        if request.writer.output_size > 0:
            raise ConnectionError("half an answer is sent already")
        request_id = new_id().hex
        error = Exception() if status >= 500 or exc is None else _refusal(exc, message or "")
        problem, headers = problem_of(error, request_id)
        if problem.status >= 500:
            _log.error("request-broke", request_id=request_id, exc_info=exc)
        else:
            _log.info("request-refused", status=problem.status, remote=request.remote, request_id=request_id)
        answer = respond(problem, {**headers, "X-Request-Id": request_id, "Connection": "close"})
        return _Nameless.of(answer)


class _Nameless(web.Response):
    """An answer without a ``Server`` header, for requests that reach no application."""

    @classmethod
    def of(cls, answer: web.Response) -> Self:
        copy = cls(status=answer.status, body=answer.body, headers=answer.headers)
        copy.force_close()
        return copy

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        self.headers.popall("Server", None)


def _refusal(error: BaseException, message: str) -> Refusal:
    if isinstance(error, LineTooLong):
        return Refusal(414 if error.args[1] == TARGET_BYTES else 431)
    if "Too many headers" in message:
        return Refusal(431)
    return Refusal(400, "This is not valid HTTP")
