"""How maps are searched for: what may be asked, and what the statement is given for it."""

from operator import attrgetter
from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from msgspec import UNSET, Meta

from genjilib import queries
from genjilib.core.errors import Invalid
from genjilib.core.json import Json
from genjilib.core.values import DifficultyTop, MapCode, PlaytestStatus, UserId
from genjilib.db import Executor
from genjilib.maps import rules
from genjilib.maps.types import (
    TOP_RANGES,
    MapCategory,
    MapName,
    MapResponse,
    Mechanic,
    Presence,
    Restriction,
    SortKey,
    Tag,
)
from genjilib.web.paging import Page

MapId = Annotated[int, Meta(ge=1, le=2**31 - 1)]
ThreadId = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Words = Annotated[list[Annotated[str, Meta(min_length=1, max_length=100)]], Meta(max_length=20)]

_TOP: Final = 10.0
_STEP: Final = 0.01
"""Difficulties are whole numbers of such steps."""
_KEYS: Final[dict[str, int]] = {key: number for number, key in enumerate(get_args(SortKey), start=1)}
"""The numbers under which ``maps.sort_number`` and ``maps.sort_text`` know the keys."""
_NUMBERS: Final = 6
"""How many of the keys, the first ones, sort by numbers."""
_LATER: Final = ("second", "third", "fourth", "fifth", "sixth")
_OWN: Final = attrgetter(
    "playtest_status",
    "archived",
    "hidden",
    "official",
    "category",
    "difficulty_range_min",
    "difficulty_range_max",
    "playtest_filter",
    "finalized_playtests",
    "medal_filter",
    "minimum_quality",
)
"""What a map is, but for the exact difficulty."""
_FEW: Final = attrgetter("map_name", "playtest_thread_id", "creator_ids")
"""What few maps have, beside code and id."""


class MapQuery(Page, frozen=True, kw_only=True):
    """Which maps to return. Filters of a list take any of its values, but for mechanics, restrictions, tags
    and names of creators, which must all be there.

    With ``code`` or ``map_id`` the filters by what hangs on a map (mechanics, restrictions, tags, creators,
    quality, medals, completion) count only with ``force_filters``.
    """

    code: MapCode | None = None
    map_id: MapId | None = None
    playtest_status: PlaytestStatus | None = None
    archived: bool | None = None
    hidden: bool | None = None
    official: bool | None = None
    playtest_thread_id: ThreadId | None = None
    category: list[MapCategory] | None = None
    map_name: Annotated[list[MapName], Meta(max_length=100)] | None = None
    difficulty_exact: DifficultyTop | None = None
    difficulty_range_min: DifficultyTop | None = None
    difficulty_range_max: DifficultyTop | None = None
    mechanics: list[Mechanic] | None = None
    restrictions: list[Restriction] | None = None
    tags: list[Tag] | None = None
    creator_ids: Annotated[list[UserId], Meta(max_length=100)] | None = None
    creator_names: Words | None = None
    user_id: UserId | None = None
    medal_filter: Presence = "All"
    completion_filter: Presence = "All"
    playtest_filter: Literal["All", "Only", "None"] = "All"
    minimum_quality: Annotated[int, Meta(ge=0, le=10)] | None = None
    sort: list[SortKey] | None = None
    finalized_playtests: bool | None = None
    return_all: bool = False
    force_filters: bool = False


async def search(db: Executor, query: MapQuery, *, cdn_url: str) -> list[MapResponse]:
    """Return a page of maps; ``Invalid`` for filters that contradict each other."""
    return msgspec.json.decode(await search_json(db, query, cdn_url=cdn_url), type=list[MapResponse])


async def search_json(db: Executor, query: MapQuery, *, cdn_url: str) -> Json[list[MapResponse]]:
    """Do the same and return the JSON that PostgreSQL wrote."""
    if query.difficulty_exact and (query.difficulty_range_min or query.difficulty_range_max):
        raise Invalid("Cannot use exact difficulty with range-based filtering.", code="filters-contradict")
    if query.creator_ids and query.creator_names:
        raise Invalid("Cannot use creator_ids and creator_names simultaneously.", code="filters-contradict")
    single = bool(query.code or query.map_id)
    if single and not query.force_filters:
        query = msgspec.structs.replace(query, **_HANGS_ON_A_MAP)
    asked = {**_made_of(query), **_made_by(query), **_undone(query)}
    if _OWN(query) != _ANY_OWN or (query.difficulty_exact and "facets" not in asked):
        asked |= _own(query)
    if _FEW(query) != _ANY_FEW or (single and (asked or query.return_all)):
        asked |= _few(query)
    if query.return_all or (asked and (query.sort or asked != _REST)):
        found = await _search(db, query, cdn_url, asked)
    elif single:
        found = await _one(db, query, cdn_url)
    else:
        found = await _page(db, query, cdn_url)
    return Json(found.encode())


async def _search(db: Executor, query: MapQuery, cdn_url: str, asked: dict[str, Any]) -> str:
    """Return a page of the maps that fit what is ``asked``."""
    return await queries.maps.search(
        db,
        user_id=query.user_id,
        banners=rules.banners_in_json(cdn_url),
        size=None if query.return_all else query.limit,
        skip=0 if query.return_all else query.offset,
        **asked,
        **_order(query),
    )


async def _one(db: Executor, query: MapQuery, cdn_url: str) -> str:
    """Return the map that is asked for; it is on the first page."""
    if query.page_number > 1:
        return "[]"
    found = await queries.maps.get(
        db,
        code=query.code,
        map_id=query.map_id,
        user_id=query.user_id,
        banners=rules.banners_in_json(cdn_url),
    )
    return f"[{found or ''}]"


async def _page(db: Executor, query: MapQuery, cdn_url: str) -> str:
    """Return a page of all maps, or of those that a user has not done."""
    keys = _keys(query)
    return await queries.maps.page(
        db,
        keys=[*keys, *[0] * (len(_KEYS) // 2 - len(keys))] if keys else UNSET,
        undone_by=query.user_id if query.user_id and query.completion_filter == "Without" else UNSET,
        size=query.limit,
        # No community has more maps than an integer holds.
        skip=min(query.offset, 2**31 - 1 - query.limit),
        user_id=query.user_id,
        banners=rules.banners_in_json(cdn_url),
    )


def _own(query: MapQuery) -> dict[str, Any]:
    """Return the filters by what a map is."""
    easiest, hardest = _difficulties(query)
    return {
        "official": query.official,
        "archived": query.archived,
        "hidden": query.hidden,
        "playtest_status": query.playtest_status,
        "medals": None if query.medal_filter == "All" else query.medal_filter == "With",
        "in_playtest": None if query.playtest_filter == "All" else query.playtest_filter == "Only",
        "finalized": query.finalized_playtests or None,
        "easiest": easiest,
        "hardest": hardest,
        "minimum_quality": query.minimum_quality or 0,
        "categories": query.category or None,
    }


def _few(query: MapQuery) -> dict[str, Any]:
    """Return the filters by what few maps have."""
    return {
        "code": query.code,
        "map_id": query.map_id,
        "map_names": query.map_name or None,
        # No thread has the number 0.
        "thread_id": query.playtest_thread_id or None,
        "creator_ids": query.creator_ids or None,
    }


def _made_of(query: MapQuery) -> dict[str, Any]:
    """Return what a map is made of, with its exact difficulty; nothing where nothing of it is asked for."""
    if not (query.mechanics or query.restrictions or query.tags):
        return {}
    made_of = {"m": query.mechanics, "r": query.restrictions, "t": query.tags}
    facets = [f"{kind}:{value}" for kind, values in made_of.items() for value in values or []]
    if query.difficulty_exact:
        facets.append(f"d:{query.difficulty_exact}")
    return {"facets": _once(facets)}


def _made_by(query: MapQuery) -> dict[str, Any]:
    """Return the names that creators must have; nothing where none is asked for."""
    if not query.creator_names:
        return {}
    first, *others = _once([f"%{_literally(name)}%" for name in query.creator_names])
    return {"creator_name": first} | ({"creator_names": others} if others else {})


def _undone(query: MapQuery) -> dict[str, Any]:
    """Return whether the user must not have done a map; nothing where that does not matter."""
    # Whose runs are meant must be told; otherwise the filter means nothing.
    if query.completion_filter == "All" or not query.user_id:
        return {}
    return {"undone": query.completion_filter == "Without"}


def _order(query: MapQuery) -> dict[str, Any]:
    """Return what to sort by; a field that comes a second time decides nothing any more."""
    keys = _keys(query)
    if not keys:
        return {}
    first, *others = keys
    given: dict[str, Any] = {"by_number" if first <= _NUMBERS else "by_text": first}
    if others:
        given |= zip(_LATER, [*others, None, None, None, None], strict=False)
    return given


def _keys(query: MapQuery) -> list[int]:
    """Return the numbers of what is sorted by, a field once."""
    if not query.sort:
        return []
    keys: dict[str, str] = {}
    for key in query.sort:
        keys.setdefault(key.partition(":")[0], key)
    return [_KEYS[key] for key in keys.values()]


def _difficulties(query: MapQuery) -> tuple[float, float]:
    """Return the lowest difficulty and the highest.

    A range includes its upper end, as the contract says; an exact difficulty ends before the next one.
    """
    if exact := query.difficulty_exact:
        easiest, below = TOP_RANGES[exact]
        return easiest, _TOP if exact == "Hell" else below - _STEP / 2
    easiest, _ = TOP_RANGES[query.difficulty_range_min or "Easy"]
    _, hardest = TOP_RANGES[query.difficulty_range_max or "Hell"]
    return easiest, hardest


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _literally(name: str) -> str:
    """Return a name as a pattern of ``like`` that means just this name."""
    return name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_ANY_OWN: Final = _OWN(MapQuery())
_ANY_FEW: Final = _FEW(MapQuery())
_REST: Final = {"undone": True}
"""What is asked for when all maps that a user has not done are wanted."""
_HANGS_ON_A_MAP: Final[dict[str, Any]] = {
    name: getattr(MapQuery(), name)
    for name in (
        "mechanics",
        "restrictions",
        "tags",
        "creator_ids",
        "creator_names",
        "minimum_quality",
        "medal_filter",
        "completion_filter",
    )
}
"""The filters that a single map is not put through unless that is forced, with the values that mean none."""
