"""What the database knows about itself and the messages in it, as metrics of every worker.

Each worker tells the same figures, so dashboards and alerts take the largest.
"""

import asyncio
from contextlib import suppress

from prometheus_client import Counter

from genjilib import queries
from genjilib.core import metrics
from genjilib.core.errors import Unavailable
from genjilib.db import Db
from genjilib.queries.ops import MeasureRow


async def keep_measuring(db: Db, *, every: float = 5) -> None:
    """Measure every so many seconds until cancelled; a database that is away is asked again."""
    seen: dict[Counter, int] = {}
    while True:
        with suppress(Unavailable):
            await _messages(db)
            _server(await queries.ops.measure(db), seen)
        await asyncio.sleep(every)


async def _messages(db: Db) -> None:
    waiting, dead = await queries.messages.waiting(db), await queries.ops.dead_letters(db)
    metrics.OUTBOX_WAITING.set(waiting.messages)
    metrics.OUTBOX_OLDEST_SECONDS.set(waiting.oldest_seconds)
    metrics.DEAD_LETTERS_WAITING.clear()
    for row in dead:
        metrics.DEAD_LETTERS_WAITING.labels(row.queue, row.error).set(row.messages)


def _server(row: MeasureRow, seen: dict[Counter, int]) -> None:
    for state, count in {
        "active": row.active,
        "idle": row.idle,
        "idle in transaction": row.idle_in_transaction,
        "hidden": row.hidden,
    }.items():
        metrics.POSTGRES_CONNECTIONS.labels(state).set(count)
    metrics.POSTGRES_CONNECTIONS_LIMIT.set(row.connections_limit)
    metrics.POSTGRES_LOCK_WAITS.set(row.lock_waits)
    metrics.POSTGRES_OLDEST_TRANSACTION_SECONDS.set(row.oldest_transaction_seconds)
    metrics.POSTGRES_SIZE.set(row.size_bytes)
    metrics.POSTGRES_DEAD_ROWS.set(row.dead_rows_ratio)
    metrics.POSTGRES_TRANSACTION_IDS.set(row.transaction_ids_ratio)
    for counter, value in (
        (metrics.POSTGRES_TRANSACTIONS.labels("committed"), row.committed),
        (metrics.POSTGRES_TRANSACTIONS.labels("rolled back"), row.rolled_back),
        (metrics.POSTGRES_BLOCKS.labels("memory"), row.blocks_memory),
        (metrics.POSTGRES_BLOCKS.labels("outside"), row.blocks_outside),
        (metrics.POSTGRES_ROWS.labels("fetched"), row.fetched),
        (metrics.POSTGRES_ROWS.labels("inserted"), row.inserted),
        (metrics.POSTGRES_ROWS.labels("updated"), row.updated),
        (metrics.POSTGRES_ROWS.labels("deleted"), row.deleted),
        (metrics.POSTGRES_DEADLOCKS, row.deadlocks),
        (metrics.POSTGRES_TEMPORARY_BYTES, row.temporary_bytes),
    ):
        before = seen.get(counter, 0)
        # PostgreSQL begins again at 0 after a crash or pg_stat_reset.
        counter.inc(value - before if value >= before else value)
        seen[counter] = value
