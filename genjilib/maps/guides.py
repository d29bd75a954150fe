"""The guides to maps: adding, changing and removing them."""

from genjilib import queries
from genjilib.core.errors import NotFound
from genjilib.db import Db, Executor
from genjilib.maps import rules
from genjilib.maps.types import GuideResponse
from genjilib.newsfeed import rules as newsfeed
from genjilib.newsfeed.types import NewsfeedGuide
from genjilib.queries.maps import GuideFullResponse
from genjilib.users import rules as users


async def of_map(db: Executor, code: str, *, include_records: bool) -> list[GuideFullResponse]:
    """Return the guides to a map, if wished with the videos of its ranked runs.

    Raises ``NotFound`` for an unknown code.
    """
    found = await queries.maps.guides(db, code=code, include_records=include_records)
    if not found and not await queries.maps.exists(db, code=code):
        raise rules.not_found(code)
    return found


async def add(db: Db, code: str, guide: GuideResponse) -> GuideResponse:
    """Add a user's guide, with XP when the map is official, and tell of it in the newsfeed.

    Raises ``NotFound`` for an unknown code or user and ``Conflict`` for a second guide of one user.
    """
    async with db.transaction() as tx:
        if await queries.users.lock(tx, user_id=guide.user_id) is None:
            raise users.not_found(guide.user_id)
        # The map is not locked: whoever accepts its playtest holds it while waiting for users who get XP.
        place = await rules.get(tx, code, cdn_url="")
        await rules.add_guide(tx, place.id, guide.url, guide.user_id, rewarded=place.official)
        name = await queries.users.name(tx, user_id=guide.user_id) or "Unknown User"
        await newsfeed.publish(tx, NewsfeedGuide(code, guide.url, name))
    return guide


async def edit(db: Db, code: str, guide: GuideResponse, *, by: int | None) -> GuideResponse:
    """Give a user's guide another address as the moderator ``by``, or as a service, which is none.

    Raises ``NotFound`` for an unknown code or without a guide.
    """
    async with db.transaction() as tx:
        (held,) = await rules.lock(tx, [code])
        if not await queries.maps.edit_guide(tx, map_id=held.id, user_id=guide.user_id, url=guide.url):
            raise _missing(code)
        reason = f"Guide of {guide.user_id}: {guide.url}"
        await queries.audit.record(
            tx, actor_id=by, action="maps.edit_guide", subject_id=held.id, reason=reason
        )
    return guide


async def remove(db: Db, code: str, user_id: int, *, by: int | None) -> None:
    """Remove a user's guide, for whom and with the errors of ``edit``."""
    async with db.transaction() as tx:
        (held,) = await rules.lock(tx, [code])
        if not await queries.maps.remove_guide(tx, map_id=held.id, user_id=user_id):
            raise _missing(code)
        reason = f"Guide of {user_id}"
        await queries.audit.record(
            tx, actor_id=by, action="maps.remove_guide", subject_id=held.id, reason=reason
        )


def _missing(code: str) -> NotFound:
    return NotFound("This user has no guide to this map.", code="guide-not-found", extra={"code": code})
