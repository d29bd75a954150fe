"""What is known about a request: its id, which follows it everywhere, its route and its caller."""

import re

from aiohttp import web

from genjilib.core.ids import child_traceparent, new_id
from genjilib.core.log import bind_contextvars
from genjilib.web.routes import Route

REQUEST_ID = web.RequestKey("request_id", str)
CALLER = web.RequestKey("caller", str)
ROUTE = web.RequestKey("route", Route)

_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}").fullmatch


def identify(request: web.Request) -> str:
    """Return the request's id and bind it and the trace to the log's context.

    It is the client's ``X-Request-Id`` where that is sane, else the trace id of a valid ``traceparent``,
    else new.
    """
    given = request.headers.get("X-Request-Id", "")
    parent = request.headers.get("traceparent")
    trace = child_traceparent(parent)
    if _SANE(given):
        request_id = given
    elif parent and parent[3:35] == trace[3:35]:
        request_id = trace[3:35]
    else:
        request_id = new_id().hex
    bind_contextvars(request_id=request_id, traceparent=trace)
    return request_id
