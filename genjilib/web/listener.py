"""An open port: aiohttp's server with limits, time-outs, and our shape for what is not even HTTP."""

import asyncio
import errno
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Self, cast

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from genjilib.core.errors import GenjiError, Invalid, Unavailable
from genjilib.core.ids import new_id
from genjilib.core.log import get_logger
from genjilib.web.exchange import Request
from genjilib.web.problems import Refusal, problem_of, respond

Respond = Callable[[Request], Awaitable[web.StreamResponse]]
"""Answers a request, whatever happens."""

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
    """A port whose requests are answered until it is closed."""

    def __init__(self, runner: web.ServerRunner, port: int) -> None:
        """Wrap a running server; use ``open``."""
        self._runner = runner
        self.port = port

    @classmethod
    async def open(cls, runner: web.ServerRunner, host: str, port: int) -> Self:
        """Listen on ``host:port`` (0 lets the system choose)."""
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


def runner_of(
    respond: Respond,
    *,
    grace: float,
    body_limit: int = 1024**2,
    leaving: asyncio.Event | None = None,
    idle: float = IDLE_SECONDS,
) -> web.ServerRunner:
    """Return what serves ``respond`` on a port.

    A body may have ``body_limit`` bytes. From ``leaving`` on each answer closes its connection. To close all
    may take ``grace`` seconds.
    """
    server = _Server(
        respond,
        partial(Request, client_max_size=body_limit, leaving=leaving or asyncio.Event()),
        access_log=None,
        auto_decompress=False,
        keepalive_timeout=idle,
        lingering_time=_LINGER_SECONDS,
        max_line_size=TARGET_BYTES,
        max_field_size=HEADER_BYTES,
        max_headers=HEADERS,
    )
    # aiohttp waits this long for handlers, then as long again before it cancels them.
    return web.ServerRunner(server, shutdown_timeout=grace / 2)


def _closed(host: str, port: int, error: OSError) -> GenjiError:
    # asyncio names the address once more before the system's reason.
    reason = str(error.strerror).rpartition(": ")[2]
    said = f"Cannot listen on {host}:{port}: {reason}."
    if error.errno == errno.EADDRINUSE:
        # Worth another try: a process that is being replaced may not be gone yet.
        return Unavailable(f"{said} Stop what uses it, or set another port.", after=5)
    return Invalid(f"{said} Set a host and port of this machine.", code="cannot-listen")


class _Server(web.Server):
    """aiohttp's server of requests, with our requests and our shape for what is none."""

    def __init__(self, respond: Respond, request: Callable[..., Request], **options: Any) -> None:
        loop = asyncio.get_running_loop()
        # It is handed what ``request`` makes, whatever its annotation says.
        super().__init__(cast("Any", respond), request_factory=partial(request, loop=loop))
        self._protocol = partial(_Protocol, self, loop=loop, **options)

    def __call__(self) -> web.RequestHandler:
        return self._protocol()


class _Protocol(web.RequestHandler):
    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what the parser refused; the offending text is not repeated, it may hold a key."""
        assert isinstance(request, Request)
        if request.writer.output_size > 0:
            raise ConnectionError("half an answer is sent already")
        request.request_id = request_id = new_id().hex
        error = Exception() if status >= 500 or exc is None else _refusal(exc, message or "")
        problem, headers = problem_of(error, request_id)
        if problem.status >= 500:
            _log.error("request-broke", request_id=request_id, exc_info=exc)
        else:
            _log.info("request-refused", status=problem.status, remote=request.remote, request_id=request_id)
        answer = respond(problem, {**headers, "Connection": "close"})
        answer.force_close()
        return answer


def _refusal(error: BaseException, message: str) -> Refusal:
    if isinstance(error, LineTooLong):
        return Refusal(414 if error.args[1] == TARGET_BYTES else 431)
    if "Too many headers" in message:
        return Refusal(431)
    return Refusal(400, "This is not valid HTTP")
