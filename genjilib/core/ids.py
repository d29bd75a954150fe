"""Identifiers that people and machines can follow through logs, messages and rows."""

import os
import random
import re
import time
from uuid import UUID

_TRACEPARENT = re.compile(
    r"[0-9a-f]{2}-(?P<trace>(?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-(?P<flags>[0-9a-f]{2})"
)


def new_id() -> UUID:
    """Return a version 7 UUID (RFC 9562): milliseconds since 1970, then random bits, so ids sort by age."""
    stamp = time.time_ns() // 1_000_000
    value = (stamp << 80) | int.from_bytes(os.urandom(10))
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)


def new_traceparent() -> str:
    """Start a trace: a W3C ``traceparent`` header value with a fresh trace id and span id."""
    drawn = _drawn(192)
    return f"00-{drawn[:32]}-{drawn[32:]}-01"


def child_traceparent(parent: str | None) -> str:
    """Continue the trace of ``parent`` under a new span id; start a new one when there is none."""
    found = _TRACEPARENT.fullmatch(parent) if parent else None
    if found is None:
        return new_traceparent()
    return f"00-{found['trace']}-{_drawn(64)}-{found['flags']}"


def _drawn(bits: int) -> str:
    """Return hexadecimal digits that nobody else draws; they are no secret, which takes a system call."""
    return f"{random.getrandbits(bits) or 1:0{bits // 4}x}"
