"""Mastery of map names: how many of their maps a player knows, and the medal for it."""

from msgspec import UNSET

from genjilib import queries
from genjilib.db import Db, Executor
from genjilib.maps import rules
from genjilib.maps.types import MapMasteryCreateRequest, MapMasteryCreateResponse, MapMasteryResponse


async def of_user(
    db: Executor, user_id: int, map_name: str | None, *, cdn_url: str
) -> list[MapMasteryResponse]:
    """Return a player's mastery of every map name, or of one; nothing for a name that is unknown."""
    rows = await queries.maps.mastery(db, user_id=user_id, map_name=UNSET if map_name is None else map_name)
    return [
        MapMasteryResponse(row.map_name, row.amount, row.level, icon_of(row.map_name, row.level, cdn_url))
        for row in rows
    ]


async def give(db: Db, new: MapMasteryCreateRequest) -> MapMasteryCreateResponse | None:
    """Give a player a medal; nothing when they have it. ``NotFound`` for an unknown user or map name."""
    row = await queries.maps.set_mastery(db, user_id=new.user_id, map_name=new.map_name, medal=new.level)
    if row is None:
        return None
    return MapMasteryCreateResponse(new.map_name, row.medal, "inserted" if row.inserted else "updated")


def icon_of(map_name: str, level: str, cdn_url: str) -> str:
    """Return the address of a medal's picture."""
    return f"{cdn_url}/assets/mastery/{rules.asset_key(map_name)}_{level.lower()}.webp"
