"""The two codes of one map, the global and the Chinese one: linking them, and letting them go."""

from genjilib import queries
from genjilib.broker import outbox
from genjilib.core.errors import Invalid
from genjilib.db import Db, Tx
from genjilib.jobs import rules as jobs
from genjilib.maps import rules
from genjilib.maps.types import LinkMapsCreateRequest, PlaytestCreatedEvent, UnlinkMapsCreateRequest
from genjilib.newsfeed import rules as newsfeed
from genjilib.newsfeed.types import NewsfeedLinkedMap, NewsfeedUnlinkedMap
from genjilib.queries.jobs import JobStatusResponse
from genjilib.queries.maps import CloneRow, LockRow


async def link(db: Db, codes: LinkMapsCreateRequest, *, by: int | None) -> JobStatusResponse | None:
    """Link two codes of one map; where one of them is missing, it becomes a copy of the other.

    ``by`` is the moderator who links them; a service is none.

    A new global map is hidden and tried first, and the job of its playtest is returned; a new Chinese one is
    approved at once. Raises ``Invalid`` when neither exists or one of them is linked already.
    """
    official, unofficial = codes.official_code, codes.unofficial_code
    if official == unofficial:
        raise Invalid("A map cannot be linked to itself.", code="linked-to-itself")
    async with db.transaction() as tx:
        held = await _both(tx, official, unofficial)
        if not held:
            raise Invalid("At least one of the maps must exist.", code="no-map-to-link")
        if any(row.linked_code for row in held.values()):
            raise Invalid("One of the maps is linked already.", code="already-linked")
        playtest_id = None
        if len(held) == 2:
            await queries.maps.link(tx, map_id=held[official].id, linked_code=unofficial)
        else:
            playtest_id = (await _clone(tx, codes, held)).playtest_id
        await _keep(tx, by, "maps.link_codes", held, codes)
        await newsfeed.publish(tx, NewsfeedLinkedMap(official, unofficial, playtest_id))
        if playtest_id is None:
            return None
        event = PlaytestCreatedEvent(code=official, playtest_id=playtest_id)
        return jobs.queued(await outbox.emit_job(tx, event))


async def unlink(db: Db, codes: UnlinkMapsCreateRequest, *, by: int | None) -> None:
    """Let two codes be of different maps again, as the moderator ``by`` or as a service, which is none.

    Raises ``NotFound`` for an unknown code and ``Invalid`` for maps that are not linked to each other.
    """
    async with db.transaction() as tx:
        held = {row.code: row for row in await rules.lock(tx, [codes.official_code, codes.unofficial_code])}
        official = held[codes.official_code]
        if official.linked_code != codes.unofficial_code:
            raise Invalid("The maps are not linked to each other.", code="not-linked")
        await queries.maps.link(tx, map_id=official.id, linked_code=None)
        await _keep(tx, by, "maps.unlink_codes", held, codes, f": {codes.reason}")
        news = NewsfeedUnlinkedMap(codes.official_code, codes.unofficial_code, codes.reason)
        await newsfeed.publish(tx, news)


async def _both(tx: Tx, official: str, unofficial: str) -> dict[str, LockRow]:
    """Lock those of the two maps that exist."""
    codes = [official, unofficial]
    found = await queries.maps.lock(tx, codes=codes)
    if len(found) == 1:
        # Whoever held this one may have added the other, which the statement that waited does not see.
        found = await queries.maps.lock(tx, codes=codes)
    return {row.code: row for row in found}


async def _keep(
    tx: Tx,
    by: int | None,
    action: str,
    held: dict[str, LockRow],
    codes: LinkMapsCreateRequest | UnlinkMapsCreateRequest,
    why: str = "",
) -> None:
    """Keep who did it with the global map, or with the one that was there."""
    about = held.get(codes.official_code) or next(iter(held.values()))
    reason = f"{codes.official_code}, {codes.unofficial_code}{why}"
    await queries.audit.record(tx, actor_id=by, action=action, subject_id=about.id, reason=reason)


async def _clone(tx: Tx, codes: LinkMapsCreateRequest, held: dict[str, LockRow]) -> CloneRow:
    (source,) = held.values()
    official = source.code == codes.unofficial_code
    code = codes.official_code if official else codes.unofficial_code
    return await queries.maps.clone(tx, map_id=source.id, code=code, official=official)
