"""The application: one function takes a request through identity, limits, key, route, handler and log."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiohttp import web

from genjilib.core import reports
from genjilib.core.clock import monotonic
from genjilib.core.errors import GenjiError, NotFound, Unauthenticated, Unavailable
from genjilib.core.log import get_logger
from genjilib.core.metrics import HTTP_IN_FLIGHT, HTTP_SECONDS
from genjilib.core.principal import Principal
from genjilib.core.settings import Settings
from genjilib.web.binding import Endpoint
from genjilib.web.bodies import Limits
from genjilib.web.docs import docs_routes
from genjilib.web.exchange import Request
from genjilib.web.health import Check, run_checks
from genjilib.web.idempotency import Repeats
from genjilib.web.identity import identify
from genjilib.web.problems import Problem, Refusal, problem_of, respond
from genjilib.web.router import Router
from genjilib.web.routes import Route, get

Authenticate = Callable[[str], Awaitable[Principal | None]]
"""Returns who holds a key, or ``None`` when nobody does."""
Translate = Callable[[Exception], GenjiError | None]
"""Returns what an exception of a library means for the caller, or ``None`` when it is a defect."""

QUERY_KEYS = 200
"""The most keys of a query string."""

LOGGED_PATH = 200
"""How many signs of a path the log keeps."""

_SECRET_PARAMETERS = frozenset({"session_id"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_NOBODY = Principal(kind="key", name="nobody")
_log = get_logger(__name__)


def create_app(
    settings: Settings,
    db: object,
    routes: Sequence[Route],
    authenticate: Authenticate,
    *,
    translate: Translate = lambda _: None,
    checks: Mapping[str, Check] | None = None,
    services: Mapping[str, object] | None = None,
    repeats: Repeats | None = None,
    body_seconds: float = 30.0,
) -> "Dispatcher":
    """Build the API from its route table; raise ``BadRoute`` for any mistake in it.

    Handlers get ``db`` and whatever ``services`` holds by the names of their parameters. ``checks`` decide
    ``GET /healthcheck``. ``repeats`` honours ``Idempotency-Key``, which is ignored without it. A JSON body
    may take ``body_seconds`` to arrive.
    """
    leaving = asyncio.Event()

    async def staying() -> None:
        if leaving.is_set():
            raise Unavailable("This process is stopping; another one answers.", after=1)

    public = [*routes, healthcheck_route({**(checks or {}), "process": staying})]
    limits = Limits(body=settings.api_body_limit, upload=settings.api_upload_limit, seconds=body_seconds)
    router: Router[Endpoint] = Router()
    for route in [*public, *docs_routes(public, settings.release)]:
        router.add(route, Endpoint(route, {**(services or {}), "db": db}, limits, repeats))
    return Dispatcher(router, authenticate, translate, settings.api_body_limit, leaving)


class Dispatcher:
    """Takes each request to its endpoint and back."""

    def __init__(
        self,
        router: Router[Endpoint],
        authenticate: Authenticate,
        translate: Translate,
        body_limit: int,
        leaving: asyncio.Event,
    ) -> None:
        """Remember what finds the endpoint, who holds a key, and what foreign exceptions mean."""
        self._router = router
        self._authenticate = authenticate
        self._translate = translate
        self.body_limit = body_limit
        """Bytes that a JSON body may have."""
        self.leaving = leaving
        """Set when the process is about to stop: its answers say so from then on."""
        # The logger itself: what stands for it until it is first used asks for it again for each line.
        self._log = _log.bind()
        self._places: dict[tuple[str, str | None, int], _Place] = {}
        self._in_flight = 0
        HTTP_IN_FLIGHT.set_function(lambda: self._in_flight)

    async def dispatch(self, request: Request) -> web.StreamResponse:
        """Answer ``request``, whatever happens, and account for it once."""
        started = monotonic()
        request.request_id = request_id = identify(request)
        problem = None
        self._in_flight += 1
        try:
            if "Expect" in request.headers:
                await _expect(request)
            response = await self._answer(request)
        except web.HTTPRedirection:
            raise
        except Exception as error:
            if request.transport is None or request.writer.output_size > 0:
                raise ConnectionError("the client is gone or has half an answer already") from error
            problem, response = self._fail(error, request_id)
        finally:
            self._in_flight -= 1
        self._account(request, response.status, problem, monotonic() - started)
        return response

    async def _answer(self, request: Request) -> web.StreamResponse:
        _check_target(request)
        method = "GET" if request.method == "HEAD" else request.method
        match = self._router.find(method, request.rel_url.path_safe)
        endpoint = match.target
        if endpoint is None:
            raise _not_found(match.allowed)
        request.route = endpoint.route
        who = _NOBODY if endpoint.route.public else await self._admit(request, endpoint.route)
        return await endpoint(request, match.values, who)

    async def _admit(self, request: Request, route: Route) -> Principal:
        """Return who is asking; raise ``Unauthenticated`` unless they may call ``route``."""
        key = request.headers.get("X-API-KEY")
        if not key:
            raise Unauthenticated("Missing API key", code="missing-key")
        who = await self._authenticate(key) if key.isascii() else None
        if who is None:
            raise Unauthenticated("Invalid API key", code="invalid-key")
        request.caller = who.name
        who.require(*route.scopes)
        return who

    def _fail(self, error: Exception, request_id: str) -> tuple[Problem, web.Response]:
        meant = error
        if isinstance(error, web.HTTPException):
            meant = Refusal(error.status)
        elif not isinstance(error, (GenjiError, Refusal)):
            meant = self._translate(error) or error
        problem, headers = problem_of(meant, request_id)
        if problem.status == 500:
            _log.error("request-failed", exc_info=error)
        return problem, respond(problem, headers)

    def _account(self, request: Request, status: int, problem: Problem | None, seconds: float) -> None:
        """Count the request and log its one line; the query is left out, it may hold names and tokens."""
        route = request.route
        method = request.method if request.method in _METHODS else "OTHER"
        key = (method, route and route.path, status)
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = _Place(method, route, status)
        place.timer.observe(seconds)
        reports.traced("http.server", place.name, seconds, failed=status >= 500)
        self._log.info(
            "answered",
            method=method,
            path=place.path or request.rel_url.raw_path[:LOGGED_PATH],
            route=place.route,
            status=status,
            code=problem and problem.code,
            ms=round(seconds * 1000, 2),
            caller=request.caller,
        )


class _Place:
    """What the answers of a route with one status are counted and logged under."""

    def __init__(self, method: str, route: Route | None, status: int) -> None:
        path = route.path if route else "none"
        self.timer = HTTP_SECONDS.labels(method, path, status)
        self.name = f"{method} {path}"
        self.route = route and route.name
        # Where the path as it was asked for holds what opens a session, the log has it as the table does.
        opens = route is not None and not _SECRET_PARAMETERS.isdisjoint(route.parameters)
        self.path = path if opens else None


async def _expect(request: Request) -> None:
    """Ask for the body where the client waits to be asked; other expectations may be ignored (RFC 9110)."""
    if request.headers["Expect"].lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # what was written is no part of the answer


def _check_target(request: Request) -> None:
    target = request.raw_path
    # Bytes that are not UTF-8 arrive as lone surrogates, which neither JSON nor PostgreSQL can hold.
    if not target.isascii() and any("\ud800" <= sign <= "\udfff" for sign in target):
        raise Refusal(400, "The address is not valid UTF-8")
    if target.count("&") >= QUERY_KEYS:
        raise Refusal(400, f"More than {QUERY_KEYS} query parameters")


def _not_found(allowed: set[str]) -> Exception:
    if not allowed:
        return NotFound("Not Found", code="no-such-route")
    methods = allowed | {"HEAD"} if "GET" in allowed else allowed
    return Refusal(405, headers={"Allow": ", ".join(sorted(methods))})


def healthcheck_route(checks: Mapping[str, Check]) -> Route:
    """Return the route by which a load balancer finds out whether the service works."""

    async def healthcheck() -> bool:
        """Tell whether the service works.

        `true`, or 503 when something it depends on is away.
        """
        if any(state != "ok" for state in (await run_checks(checks)).values()):
            raise Unavailable("Health check failed.", after=30)
        return True

    return get("/healthcheck", healthcheck, public=True, errors=[Unavailable])
