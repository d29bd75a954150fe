"""Which dead letters the team was told of: each kind once, and again when it comes back."""

from genjilib import queries
from genjilib.db import Db
from genjilib.queries.messages import FindAlarmingRow


async def find_new(db: Db) -> list[FindAlarmingRow]:
    """Return the kinds, each a queue and an error, that are open and not told yet; at most 20.

    A kind comes back once all that was told of is dealt with.
    """
    return await queries.messages.find_alarming(db)


async def note(db: Db, kind: FindAlarmingRow) -> None:
    """Note that the team was told of a kind."""
    await queries.messages.note_alert(db, queue=kind.queue, error=kind.error, last_id=kind.last_id)
