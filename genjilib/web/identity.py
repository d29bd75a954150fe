"""What is known about a request: its id, which follows it everywhere, its route and its caller."""

import re

from aiohttp import web

from genjilib.core.ids import child_traceparent
from genjilib.core.log import bind_contextvars
from genjilib.web.routes import Route

REQUEST_ID = web.RequestKey("request_id", str)
CALLER = web.RequestKey("caller", str)
ROUTE = web.RequestKey("route", Route)

_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}").fullmatch


def identify(request: web.Request) -> str:
    """Return the request's id and bind it and the trace to the log's context.

    It is the client's ``X-Request-Id`` where that is sane, else the trace id, which is the client's too where
    it sent a valid ``traceparent``.
    """
    headers = request.headers
    trace = child_traceparent(headers.get("traceparent"))
    given = headers.get("X-Request-Id")
    request_id = given if given and _SANE(given) else trace[3:35]
    bind_contextvars(request_id=request_id, traceparent=trace)
    return request_id
