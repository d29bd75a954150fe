"""What a map must be to be added, and what follows from it."""

import re
from collections.abc import Hashable, Sequence
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
from genjilib.queries.maps import MapPartialResponse, SearchRow

_SHIPPED_BANNER: Final = "/assets/map_banners/"


async def submit(db: Db, new: MapCreateRequest, *, cdn_url: str) -> MapCreationJobResponse:
    """Add a map; open its playtest, or announce it when it needs none.

    Raises ``Invalid`` for a taken code, unknown names or creators, duplicates and medals out of order.
    """
    _check(new)
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
            custom_banner=_own_banner(new.custom_banner),
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
            await _add_guide(tx, row.map_id, new.guide_url, _primary(new.creators).id)
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
    found = await queries.maps.search(db, code=code, size=1, skip=0)
    if not found:
        raise not_found(code)
    return _shown(found[0], cdn_url)


async def search(
    db: Executor, *, code: str | None, map_id: int | None, size: int, skip: int, cdn_url: str
) -> list[MapResponse]:
    """Return a page of maps, easiest first."""
    rows = await queries.maps.search(db, code=code, map_id=map_id, size=size, skip=skip)
    return [_shown(row, cdn_url) for row in rows]


async def partial(db: Executor, code: str) -> MapPartialResponse:
    """Return what a playtest thread is named after; ``NotFound`` for an unknown code."""
    row = await queries.maps.partial(db, code=code)
    if row is None:
        raise not_found(code)
    return row


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


async def raise_mastery(tx: Tx, user_id: int, map_name: str) -> None:
    """Write the mastery medal that a player's runs on maps of this name earn, and notify of a new one."""
    step = await queries.maps.mastery_step(tx, user_id=user_id, map_name=map_name)
    if step is None or step.medal == "Placeholder":
        return
    body = f"You are now {step.medal} on {map_name}."
    await notifications.notify(tx, NotificationCreateRequest(user_id, "mastery_earned", "Map mastery", body))


def banner_of(map_name: str, custom: str | None, cdn_url: str) -> str:
    """Return the address of a map's banner: its own, or the one shipped for its name."""
    key = re.sub(r"[^a-zA-Z0-9\s]", "", map_name).strip().replace(" ", "_").lower()
    return custom or f"{cdn_url}{_SHIPPED_BANNER}{key}.png"


def not_found(code: str) -> NotFound:
    """Return the error for a code that no map has."""
    return NotFound(f"There is no map with the code {code}.", code="map-not-found", extra={"code": code})


async def _add_guide(tx: Tx, map_id: int, url: str, user_id: int) -> None:
    await queries.maps.add_guide(tx, map_id=map_id, url=url, user_id=user_id)
    await lootbox.grant_xp(tx, user_id, XpGrantRequest(XP_AMOUNTS["Guide"], "Guide"))


def _check(new: MapCreateRequest) -> None:
    _refuse_duplicates("creator", [creator.id for creator in new.creators])
    _refuse_duplicates("mechanic", new.mechanics)
    _refuse_duplicates("restriction", new.restrictions)
    _refuse_duplicates("tag", new.tags)
    if sum(creator.is_primary for creator in new.creators) != 1:
        raise Invalid("Exactly one creator must be the primary one.", code="primary-creator")
    check_medals(new.medals)


def check_medals(medals: MedalsResponse | None) -> None:
    """Raise ``Invalid`` unless gold is faster than silver and silver faster than bronze."""
    if medals is None:
        return
    gold, silver, bronze = (as_stored(time) for time in (medals.gold, medals.silver, medals.bronze))
    if not 0 < gold < silver < bronze:
        raise Invalid("Medal times must rise from gold to silver to bronze.", code="medal-order")


def _refuse_duplicates(kind: str, values: Sequence[Hashable]) -> None:
    if len(set(values)) != len(values):
        raise Invalid(f"Duplicate {kind} in request.", code=f"duplicate-{kind}")


def _primary(creators: Sequence[Creator]) -> Creator:
    return next(creator for creator in creators if creator.is_primary)


def _own_banner(url: str | None) -> str | None:
    """Keep only banners that are a map's own; a shipped one follows from the map's name."""
    return None if url is not None and _SHIPPED_BANNER in url else url


def _shown(row: SearchRow, cdn_url: str) -> MapResponse:
    found = msgspec.convert(row, MapResponse, from_attributes=True)
    found.map_banner = banner_of(row.map_name, row.custom_banner, cdn_url)
    return found
