"""What a map must be to be added, and what follows from it."""

import re
from collections.abc import Hashable, Iterable, Sequence
from typing import Final

import msgspec

from genjilib import queries
from genjilib.broker import outbox
from genjilib.core.errors import Invalid, NotFound
from genjilib.core.values import MIDPOINTS, as_stored
from genjilib.db import Db, Executor, Tx
from genjilib.jobs import rules as jobs
from genjilib.lootbox import rules as lootbox
from genjilib.lootbox.types import XP_AMOUNTS, XpGrantRequest
from genjilib.maps.types import (
    Creator,
    MapCreateRequest,
    MapCreationJobResponse,
    MapResponse,
    MedalsResponse,
    PlaytestCreatedEvent,
)
from genjilib.newsfeed import rules as newsfeed
from genjilib.newsfeed.types import NewsfeedNewMap
from genjilib.notifications import rules as notifications
from genjilib.notifications.types import NotificationCreateRequest
from genjilib.queries.maps import LockRow, MapPartialResponse
from genjilib.users import rules as users

_SHIPPED_BANNER: Final = "/assets/map_banners/"


async def submit(db: Db, new: MapCreateRequest, *, cdn_url: str) -> MapCreationJobResponse:
    """Add a map; open its playtest, or announce it when it needs none.

    Raises ``Invalid`` for a taken code, unknown names or creators, duplicates and medals out of order.
    """
    check(new)
    playtesting = new.playtesting if new.official else "Approved"
    async with db.transaction() as tx:
        row = await queries.maps.submit(
            tx,
            code=new.code,
            map_name=new.map_name,
            category=new.category,
            checkpoints=new.checkpoints,
            official=new.official,
            playtesting=playtesting,
            hidden=new.hidden,
            difficulty=new.difficulty,
            raw_difficulty=MIDPOINTS[new.difficulty],
            description=new.description,
            title=new.title,
            custom_banner=own_banner(new.custom_banner),
            creator_ids=[creator.id for creator in new.creators],
            creator_primaries=[creator.is_primary for creator in new.creators],
            mechanics=list(new.mechanics),
            restrictions=list(new.restrictions),
            tags=list(new.tags),
            gold=new.medals and new.medals.gold,
            silver=new.medals and new.medals.silver,
            bronze=new.medals and new.medals.bronze,
        )
        if new.guide_url is not None:
            await add_guide(tx, row.map_id, new.guide_url, _primary(new.creators).id, rewarded=True)
        added = await get(tx, new.code, cdn_url=cdn_url)
        job = None
        if row.playtest_id is not None:
            event = PlaytestCreatedEvent(code=new.code, playtest_id=row.playtest_id)
            job = jobs.queued(await outbox.emit_job(tx, event))
        elif playtesting == "Approved":
            await announce(tx, added)
    return MapCreationJobResponse(job, added)


async def get(db: Executor, code: str, *, cdn_url: str) -> MapResponse:
    """Return the map with this code; ``NotFound`` when there is none."""
    found = await queries.maps.get(db, code=code, map_id=None, user_id=None, banners=banners_in_json(cdn_url))
    if found is None:
        raise not_found(code)
    return msgspec.json.decode(found, type=MapResponse)


async def lock(tx: Tx, codes: Sequence[str]) -> list[LockRow]:
    """Lock maps with their open playtests until the transaction ends; ``NotFound`` for an unknown code.

    Whoever locks users as well does that before: a run is submitted in this order too.
    """
    await queries.maps.lock_playtests(tx, codes=list(codes))
    found = await queries.maps.lock(tx, codes=list(codes))
    known = {row.code for row in found}
    for code in codes:
        if code not in known:
            raise not_found(code)
    return found


async def partial(db: Executor, code: str) -> MapPartialResponse:
    """Return what a playtest thread is named after; ``NotFound`` for an unknown code."""
    row = await queries.maps.partial(db, code=code)
    if row is None:
        raise not_found(code)
    return row


async def tally(db: Executor, code: str) -> dict[str, int]:
    """Return the votes in a map's open playtest by difficulty; ``NotFound`` without one."""
    thread_id = await queries.maps.open_thread(db, code=code)
    if thread_id is None:
        raise NotFound("The map has no open playtest.", code="playtest-not-found", extra={"code": code})
    rows = await queries.playtests.tally(db, thread_id=thread_id)
    return {row.difficulty: row.amount for row in rows}


async def affected(db: Executor, code: str) -> list[int]:
    """Return everybody who has a run of a map, whatever became of it; ``NotFound`` for an unknown code."""
    found = await queries.maps.affected(db, code=code)
    if not found and not await queries.maps.exists(db, code=code):
        raise not_found(code)
    return [row.user_id for row in found]


async def override_quality(db: Db, code: str, quality: int) -> None:
    """Give every rating of a map the same value, 1 to 6; ``NotFound`` for an unknown code."""
    if not await queries.maps.override_quality(db, code=code, quality=quality):
        raise not_found(code)


async def announce(tx: Tx, added: MapResponse) -> None:
    """Put a new map into the newsfeed."""
    await newsfeed.publish(
        tx,
        NewsfeedNewMap(
            code=added.code,
            map_name=added.map_name,
            difficulty=added.difficulty,
            creators=[creator.name for creator in added.creators],
            title=added.title,
            banner_url=added.map_banner,
            official=added.official,
        ),
    )


async def mastered(tx: Tx, user_id: int, map_name: str, medal: str) -> None:
    """Notify a player of a mastery medal that its runs on maps of this name earned."""
    if medal == "Placeholder":
        return
    body = f"You are now {medal} on {map_name}."
    await notifications.notify(tx, NotificationCreateRequest(user_id, "mastery_earned", "Map mastery", body))


def banner_of(map_name: str, custom: str | None, cdn_url: str) -> str:
    """Return the address of a map's banner: its own, or the one shipped for its name."""
    return custom or f"{banners(cdn_url)}{asset_key(map_name)}.png"


def banners(cdn_url: str) -> str:
    """Return the address below which the shipped banners are."""
    return f"{cdn_url}{_SHIPPED_BANNER}"


def banners_in_json(cdn_url: str) -> str:
    """Return the same as it stands inside a text of JSON."""
    return msgspec.json.encode(banners(cdn_url))[1:-1].decode()


def own_banner(url: str | None) -> str | None:
    """Keep only banners that are a map's own; a shipped one follows from the map's name."""
    return None if url is not None and _SHIPPED_BANNER in url else url


def asset_key(map_name: str) -> str:
    """Return what the shipped pictures of a map name are called: ``King's Row`` → ``kings_row``."""
    return re.sub(r"[^a-zA-Z0-9\s]", "", map_name).strip().replace(" ", "_").lower()


def not_found(code: str) -> NotFound:
    """Return the error for a code that no map has."""
    return NotFound(f"There is no map with the code {code}.", code="map-not-found", extra={"code": code})


async def follow_roles(tx: Tx, map_ids: Sequence[int], *, also: Iterable[int] = ()) -> None:
    """Have the roles looked at of all who have done these maps, and ``also`` of creators."""
    players = await queries.maps.players(tx, map_ids=list(map_ids))
    await users.follow_roles(tx, [*(row.user_id for row in players), *also])


async def add_guide(tx: Tx, map_id: int, url: str, user_id: int, *, rewarded: bool) -> None:
    """Add a user's guide to a map; ``Conflict`` when there is one already."""
    await queries.maps.add_guide(tx, map_id=map_id, url=url, user_id=user_id)
    if rewarded:
        await lootbox.grant_xp(tx, user_id, XpGrantRequest(XP_AMOUNTS["Guide"], "Guide"))


def check_creators(creators: Sequence[Creator]) -> None:
    """Raise ``Invalid`` unless each creator is named once and exactly one of them is the primary one."""
    refuse_duplicates("creator", [creator.id for creator in creators])
    if sum(creator.is_primary for creator in creators) != 1:
        raise Invalid("Exactly one creator must be the primary one.", code="primary-creator")


def check_medals(medals: MedalsResponse | None) -> None:
    """Raise ``Invalid`` unless gold is faster than silver and silver faster than bronze."""
    if medals is None:
        return
    gold, silver, bronze = (as_stored(time) for time in (medals.gold, medals.silver, medals.bronze))
    if not 0 < gold < silver < bronze:
        raise Invalid("Medal times must rise from gold to silver to bronze.", code="medal-order")


def refuse_duplicates(kind: str, values: Sequence[Hashable]) -> None:
    """Raise ``Invalid`` when one of ``values`` is given twice."""
    if len(set(values)) != len(values):
        raise Invalid(f"Duplicate {kind} in request.", code=f"duplicate-{kind}")


def check(new: MapCreateRequest) -> None:
    """Raise ``Invalid`` for what no map can be: wrong creators, duplicates, medals out of order."""
    check_creators(new.creators)
    refuse_duplicates("mechanic", new.mechanics)
    refuse_duplicates("restriction", new.restrictions)
    refuse_duplicates("tag", new.tags)
    check_medals(new.medals)


def _primary(creators: Sequence[Creator]) -> Creator:
    return next(creator for creator in creators if creator.is_primary)
