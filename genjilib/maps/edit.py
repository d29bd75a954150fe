"""How a map is changed: any of its fields, with one entry in the newsfeed for what people see of it."""

from collections.abc import Mapping
from typing import Any, Final, cast

from msgspec import UNSET

from genjilib import queries
from genjilib.core.values import MIDPOINTS
from genjilib.db import Db, Tx
from genjilib.maps import lifecycle, rules
from genjilib.maps.types import CreatorFull, MapPatchRequest, MapResponse, MedalsResponse
from genjilib.newsfeed import rules as newsfeed
from genjilib.newsfeed.types import NewsfeedFieldChange, NewsfeedMapEdit, NewsfeedScalar

_LISTS: Final = ("mechanics", "restrictions", "tags")
_TOLD: Final = (
    "code",
    "map_name",
    "category",
    "creators",
    "checkpoints",
    "difficulty",
    "mechanics",
    "restrictions",
    "tags",
    "description",
    "medals",
    "title",
    "custom_banner",
)
"""What the newsfeed tells of; the rest is the moderators' own business."""


_EARNED_BY: Final = ("creators", "difficulty", "official", "playtesting", "archived", "medals")
"""What decides which roles a map brings its creators and players."""


async def patch(db: Db, code: str, changes: MapPatchRequest, *, cdn_url: str) -> MapResponse:
    """Change the given fields of a map and return it; raises what ``apply`` raises."""
    async with db.transaction() as tx:
        return await apply(tx, code, changes, reason="", cdn_url=cdn_url)


async def moderate(
    db: Db,
    code: str,
    changes: MapPatchRequest,
    *,
    quality: int | None = None,
    make_legacy: bool = False,
    send_to_playtest: bool = False,
    moderator_id: int,
    cdn_url: str,
) -> MapResponse:
    """Do all that a moderator wants of a map in one transaction; raises what ``apply_whole`` raises.

    ``quality``, from 1 to 6, becomes every rating of the map; legacy runs come with another playtest anyway.
    """
    async with db.transaction() as tx:
        if quality is not None:
            # First: who rates the map meanwhile has the rating, and wants what is written of the map.
            await queries.maps.override_quality(tx, code=code, quality=quality)
        after = await apply_whole(
            tx, code, changes, reason="", send_to_playtest=send_to_playtest, cdn_url=cdn_url
        )
        if make_legacy and not send_to_playtest:
            await lifecycle.make_legacy(tx, after.code, "")
        await queries.audit.record(
            tx, actor_id=moderator_id, action="maps.moderate", subject_id=after.id, reason=None
        )
        return after


async def apply_whole(
    tx: Tx, code: str, changes: MapPatchRequest, *, reason: str, send_to_playtest: bool, cdn_url: str
) -> MapResponse:
    """Change a map with all that an archive or another playtest brings, within the caller's transaction.

    Raises what ``apply`` and ``lifecycle.begin_playtest`` raise.
    """
    archived, changes.archived = changes.archived, UNSET
    if archived is not UNSET:
        await lifecycle.archive(tx, [code], archived=archived)
    after = await apply(tx, code, changes, reason=reason, cdn_url=cdn_url)
    if send_to_playtest:
        await lifecycle.begin_playtest(tx, after.code, after.difficulty)
    return after


async def apply(tx: Tx, code: str, changes: MapPatchRequest, *, reason: str, cdn_url: str) -> MapResponse:
    """Change the given fields of a map within the caller's transaction; the newsfeed tells what is different.

    A difficulty other than the present one is stored as the middle of its range, for an open playtest too;
    the present one leaves the number, which may be the average of votes, as it is. Raises ``NotFound`` for an
    unknown code and ``Invalid`` for a taken code, unknown names, duplicates and medals out of order.
    """
    check(changes)
    (held,) = await rules.lock(tx, [code])
    before = await rules.get(tx, code, cdn_url=cdn_url)
    new = _merged(before, changes)
    medals: MedalsResponse | None = new["medals"]
    same = new["difficulty"] == held.difficulty
    await queries.maps.edit(
        tx,
        map_id=held.id,
        code=new["code"],
        map_name=new["map_name"],
        category=new["category"],
        checkpoints=new["checkpoints"],
        official=new["official"],
        playtesting=new["playtesting"],
        hidden=new["hidden"],
        archived=new["archived"],
        raw_difficulty=held.raw_difficulty if same else MIDPOINTS[new["difficulty"]],
        description=new["description"],
        title=new["title"],
        custom_banner=rules.own_banner(new["custom_banner"]),
        creator_ids=[creator.id for creator in new["creators"]],
        creator_primaries=[creator.is_primary for creator in new["creators"]],
        mechanics=new["mechanics"],
        restrictions=new["restrictions"],
        tags=new["tags"],
        gold=medals and medals.gold,
        silver=medals and medals.silver,
        bronze=medals and medals.bronze,
    )
    after = await rules.get(tx, new["code"], cdn_url=cdn_url)
    if any(getattr(before, field) != getattr(after, field) for field in _EARNED_BY):
        creators = {creator.id for creator in before.creators} ^ {creator.id for creator in after.creators}
        await rules.follow_roles(tx, [held.id], also=creators)
    if told := _differences(before, after):
        await newsfeed.publish(tx, NewsfeedMapEdit(after.code, told, reason))
    return after


def check(changes: MapPatchRequest) -> None:
    """Raise ``Invalid`` for what no map can be, whatever it is now: duplicates, medals out of order."""
    if changes.creators is not UNSET:
        rules.check_creators(changes.creators)
    rules.refuse_duplicates("mechanic", changes.mechanics or [])
    rules.refuse_duplicates("restriction", changes.restrictions or [])
    rules.refuse_duplicates("tag", changes.tags or [])
    rules.check_medals(changes.medals or None)


def _merged(before: MapResponse, changes: MapPatchRequest) -> Mapping[str, Any]:
    """Return every field as it shall be: the given ones in place of the present ones."""
    merged: dict[str, Any] = {}
    for name in changes.__struct_fields__:
        given = getattr(changes, name)
        merged[name] = _present(before, name) if given is UNSET else given
    return {**merged, **{name: merged[name] or [] for name in _LISTS}}


def _present(shown: MapResponse, field: str) -> Any:
    return rules.own_banner(shown.map_banner) if field == "custom_banner" else getattr(shown, field)


def _differences(before: MapResponse, after: MapResponse) -> list[NewsfeedFieldChange]:
    found: list[NewsfeedFieldChange] = []
    for field in _TOLD:
        old, new = _readable(_present(before, field)), _readable(_present(after, field))
        if old != new:
            found.append(NewsfeedFieldChange(field.replace("_", " ").title(), old, new))
    return found


def _readable(value: Any) -> NewsfeedScalar:
    """Return a field as people read it: creators by their names, medals as one line."""
    match value:
        case MedalsResponse(gold=gold, silver=silver, bronze=bronze):
            return f"Gold {gold:g}, Silver {silver:g}, Bronze {bronze:g}"
        case [CreatorFull(), *_]:
            return sorted(creator.name for creator in cast("list[CreatorFull]", value))
        case list():
            return sorted(cast("list[str]", value))
        case _:
            return value
