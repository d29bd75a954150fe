"""The worker's part of completions: reading the screenshots of new runs before moderators look at them."""

from collections.abc import Sequence

from genjilib import ocr, queries
from genjilib.broker.context import Context
from genjilib.broker.handler import Delivery, Handler
from genjilib.completions import rules
from genjilib.completions.types import AutoverificationRequestedEvent
from genjilib.core.errors import Invalid, Unavailable
from genjilib.db import Tx
from genjilib.queries.completions import EvidenceRow

Read = tuple[EvidenceRow, ocr.Extracted | None]
"""What a run claims, and what its screenshot shows if it could be read."""


async def read(context: Context, delivery: Delivery[AutoverificationRequestedEvent]) -> Read | None:
    """Read the screenshot of a waiting run; a run that is judged already is left alone."""
    claim = await queries.completions.evidence(context.db, completion_id=delivery.event.completion_id)
    if claim is None:
        return None
    try:
        shown = await ocr.extract(
            context.settings,
            image_url=claim.screenshot,
            code=claim.code,
            time=claim.time,
            names=claim.names,
        )
    except (Unavailable, Invalid):
        # Moderators can judge it now; the player does not have to wait for the service to come back.
        return claim, None
    return claim, shown


async def verify(
    tx: Tx, _: Sequence[Delivery[AutoverificationRequestedEvent]], found: Sequence[Read | None]
) -> None:
    """Accept the run or hand it to the moderators."""
    for one in found:
        if one is not None:
            await rules.verify_by_screenshot(tx, *one)


handlers = [
    # One run a transaction: it locks its player, and two transactions must not wait for each other's.
    Handler(AutoverificationRequestedEvent, prepare=read, apply=verify, batch=1, concurrency=4, time_limit=60)
]
