"""Forgetting what is old, in small batches, and telling jobs that nobody will finish."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from genjilib import queries
from genjilib.core.clock import now
from genjilib.core.errors import Unavailable
from genjilib.core.log import get_logger
from genjilib.core.metrics import SCHEDULE_LAST_SUCCESS
from genjilib.db import Db

KEEP_INBOX = timedelta(days=30)
KEEP_SENT = timedelta(days=7)
KEEP_FAILURES = timedelta(days=30)
KEEP_JOBS = timedelta(days=30)
KEEP_CLAIMS = timedelta(days=30)
KEEP_ANSWERS = timedelta(days=1)
"""How long a repeated ``Idempotency-Key`` gets the answer of the first request."""

JOB_PATIENCE = timedelta(hours=2)
"""Age from which an unfinished job counts as timed out, unless its message still waits in the outbox."""

BATCH = 2000

_logger = get_logger(__name__)


async def clean(db: Db) -> dict[str, int]:
    """Delete what is older than its time and time out stale jobs; return how many rows of each kind."""
    messages = queries.messages
    return {
        "inbox": await _all(lambda t: messages.clean_inbox(db, before=t, n=BATCH), KEEP_INBOX),
        "sent": await _all(lambda t: messages.clean_sent(db, before=t, n=BATCH), KEEP_SENT),
        "failures": await _all(lambda t: messages.clean_failures(db, before=t, n=BATCH), KEEP_FAILURES),
        "jobs": await _all(lambda t: messages.clean_jobs(db, before=t, n=BATCH), KEEP_JOBS),
        "claims": await _all(lambda t: messages.clean_claims(db, before=t, n=BATCH), KEEP_CLAIMS),
        "answers": await _all(lambda t: queries.web.clean_answers(db, before=t, n=BATCH), KEEP_ANSWERS),
        "timeouts": await _all(lambda t: messages.time_out_jobs(db, before=t, n=BATCH), JOB_PATIENCE),
    }


async def keep_clean(db: Db, *, every: float = 3600) -> None:
    """Clean every so many seconds until cancelled; a database that is away is tried again the next time."""
    while True:
        try:
            _logger.info("cleaned", **await clean(db))
            SCHEDULE_LAST_SUCCESS.labels("clean").set_to_current_time()
        except Unavailable:
            _logger.warning("cleaning-postponed")
        await asyncio.sleep(every)


async def _all(batch: Callable[[datetime], Awaitable[int]], age: timedelta) -> int:
    before, total = now() - age, 0
    while (count := await batch(before)) == BATCH:
        total += count
    return total + count
