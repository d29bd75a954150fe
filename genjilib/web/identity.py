"""Who a request comes from and which id it has."""

import re
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from aiohttp import web

from genjilib.core.ids import child_traceparent
from genjilib.core.log import bind_contextvars

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


def client_address(request: web.Request, trusted_proxies: str) -> str | None:
    """Return the address a request comes from, as far as it is known for certain.

    ``X-Forwarded-For`` is read from its end, hop by hop, for as long as a trusted proxy says so: what stands
    before that, a client may have written itself.
    """
    networks = _networks(trusted_proxies)
    address = request.remote
    hops = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
    for hop in reversed([hop.strip() for hop in hops]):
        if address is None or not _is_address(hop) or not any(ip_address(address) in net for net in networks):
            break
        address = hop
    return address


@lru_cache(maxsize=4)
def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
