"""The worker's part of the raids: what is asked of Bungie outside the crawler's walk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from genjilib.broker.handler import Delivery, Handler
from genjilib.core.clock import now
from genjilib.core.errors import RateLimited, Unavailable
from genjilib.db import Db, Tx
from genjilib.raids import crawl
from genjilib.raids.bungie import Bungie, Fetched, Result
from genjilib.raids.types import ReportBlockedEvent

MAINTENANCE: Final = 45.0
PATIENCE: Final = (60.0, 3600.0)
"""Shortest and longest wait for a hidden report, seconds; in between a quarter of the time it is hidden."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the handlers of the raids work with."""

    db: Db
    bungie: Bungie


async def look(context: Context, delivery: Delivery[ReportBlockedEvent]) -> Fetched:
    """Ask for a hidden report; while it stays hidden the message waits."""
    fetched = await context.bungie.report(delivery.event.instance_id)
    match fetched.result:
        case Result.INSUFFICIENT_PRIVILEGES:
            hidden = (now() - delivery.message.created_at).total_seconds()
            after = min(max(hidden / 4, PATIENCE[0]), PATIENCE[1])
            raise Unavailable("Bungie does not show the report yet.", after=after, code="blocked")
        case Result.SYSTEM_DISABLED:
            raise Unavailable("Bungie is in maintenance.", after=MAINTENANCE, code="bungie-disabled")
        case Result.RATE_LIMITED:
            raise RateLimited("Bungie asks to slow down.", after=MAINTENANCE)
        case _:
            return fetched


async def unblock(
    tx: Tx, deliveries: Sequence[Delivery[ReportBlockedEvent]], fetched: Sequence[Fetched]
) -> None:
    """Store what is shown now; what turned out otherwise is missed, and tried again by the crawler."""
    answers = {delivery.event.instance_id: one for delivery, one in zip(deliveries, fetched, strict=True)}
    await crawl.record_in(tx, crawl.sorted_out(answers, lambda _: crawl.SOON))


handlers = [Handler(ReportBlockedEvent, prepare=look, apply=unblock, concurrency=20)]
