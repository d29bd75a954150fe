"""Forgetting what is old, in small batches, and telling jobs that nobody will finish."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from genjilib import queries
from genjilib.core.clock import now
from genjilib.db import Db

KEEP_INBOX = timedelta(days=30)
KEEP_SENT = timedelta(days=7)
KEEP_FAILURES = timedelta(days=30)
KEEP_JOBS = timedelta(days=30)
JOB_PATIENCE = timedelta(hours=2)
"""Age from which an unfinished job counts as timed out, unless its message still waits in the outbox."""

BATCH = 2000


async def clean(db: Db) -> dict[str, int]:
    """Delete what is older than its time and time out stale jobs; return how many rows of each kind."""
    messages = queries.messages
    return {
        "inbox": await _all(lambda t: messages.clean_inbox(db, before=t, n=BATCH), KEEP_INBOX),
        "sent": await _all(lambda t: messages.clean_sent(db, before=t, n=BATCH), KEEP_SENT),
        "failures": await _all(lambda t: messages.clean_failures(db, before=t, n=BATCH), KEEP_FAILURES),
        "jobs": await _all(lambda t: messages.clean_jobs(db, before=t, n=BATCH), KEEP_JOBS),
        "timeouts": await _all(lambda t: messages.time_out_jobs(db, before=t, n=BATCH), JOB_PATIENCE),
    }


async def _all(batch: Callable[[datetime], Awaitable[int]], age: timedelta) -> int:
    before, total = now() - age, 0
    while (count := await batch(before)) == BATCH:
        total += count
    return total + count
