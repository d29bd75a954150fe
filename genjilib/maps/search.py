"""How maps are searched for: what may be asked, and what the statement is given for it."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from msgspec import Meta

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
_BEYOND: Final = 11.0
_KEYS: Final[dict[str, int]] = {key: number for number, key in enumerate(get_args(SortKey), start=1)}
"""The numbers under which ``maps.sort_number`` and ``maps.sort_text`` know the keys."""
_NUMBERS: Final = 6
"""How many of the keys, the first ones, sort by numbers."""
_LATER: Final = ("third", "fourth", "fifth", "sixth")
_OWN: Final = (
    "difficulty_exact",
    "playtest_status",
    "archived",
    "hidden",
    "official",
    "category",
    "map_name",
    "difficulty_range_min",
    "difficulty_range_max",
    "playtest_filter",
    "playtest_thread_id",
    "finalized_playtests",
)
_MADE_OF: Final = ("mechanics", "restrictions", "tags")
_JUDGED: Final = ("creator_ids", "creator_names", "minimum_quality", "medal_filter", "completion_filter")


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
    found = await queries.maps.search.json(
        db,
        banners=rules.banners(cdn_url),
        user_id=query.user_id,
        easiest_first=not query.sort,
        size=None if query.return_all else query.limit,
        **(_all(query) if _is_page_of_all(query) else _some(query)),
    )
    return Json(found)


def _all(query: MapQuery) -> dict[str, Any]:
    """Return what a page of all maps needs: where it ends, or what it is sorted by."""
    if not query.sort:
        return {"first": query.offset + query.limit, "skip": query.offset}
    keys = _keys(query)
    return {
        "sorted": [*keys, *[0] * (len(_KEYS) // 2 - len(keys))],
        "page": query.limit,
        "before": query.offset,
        "skip": 0,
    }


def _some(query: MapQuery) -> dict[str, Any]:
    """Return all filters and orders that are asked for."""
    return {
        "skip": 0 if query.return_all else query.offset,
        **_one(query),
        **_own(query),
        **_facets(query),
        **_judged(query),
        **_order(query),
    }


def _one(query: MapQuery) -> dict[str, Any]:
    """Return which map is asked for; nothing when none is."""
    return {"code": query.code, "map_id": query.map_id} if query.code or query.map_id else {}


def _own(query: MapQuery) -> dict[str, Any]:
    """Return the filters by a map's own fields and its playtest; nothing when none is asked for."""
    if not _asked(query, _OWN[1:] if _facets(query) else _OWN):
        return {}
    easiest, hardest, below = _difficulties(query)
    return {
        "playtest_status": query.playtest_status,
        "archived": query.archived,
        "hidden": query.hidden,
        "official": query.official,
        "categories": query.category or None,
        "map_names": query.map_name or None,
        "easiest": easiest,
        "hardest": hardest,
        "below": below,
        "in_playtest": None if query.playtest_filter == "All" else query.playtest_filter == "Only",
        # No thread has the number 0.
        "thread_id": query.playtest_thread_id or None,
        "finalized": bool(query.finalized_playtests),
    }


def _facets(query: MapQuery) -> dict[str, Any]:
    """Return what a map is made of, with its exact difficulty; nothing where nothing of it is asked for."""
    if not _asked_of_many(query, _MADE_OF):
        return {}
    made_of = {"m": query.mechanics, "r": query.restrictions, "t": query.tags}
    facets = [f"{kind}:{value}" for kind, values in made_of.items() for value in values or []]
    if query.difficulty_exact:
        facets.append(f"d:{query.difficulty_exact}")
    return {"facets": _once(facets)} if facets else {}


def _judged(query: MapQuery) -> dict[str, Any]:
    """Return the filters by creators, ratings, medals and runs; nothing when none is asked for."""
    if not _asked_of_many(query, _JUDGED):
        return {}
    # Whose runs are meant must be told; otherwise the filter means nothing.
    asked = query.user_id and query.completion_filter != "All"
    return {
        "creator_ids": query.creator_ids or None,
        "creator_names": _once([f"%{_literally(name)}%" for name in query.creator_names or []]),
        "minimum_quality": query.minimum_quality or None,
        "medals": None if query.medal_filter == "All" else query.medal_filter == "With",
        "undone": query.completion_filter == "Without" if asked else None,
    }


def _order(query: MapQuery) -> dict[str, Any]:
    """Return what to sort by; a field that comes a second time decides nothing any more."""
    keys = _keys(query)
    if not keys:
        return {}
    first, *others = keys
    given: dict[str, Any] = {"by_number" if first <= _NUMBERS else "by_text": first}
    if others:
        given["second"] = others[0]
    if len(others) > 1:
        given |= zip(_LATER, [*others[1:], None, None, None], strict=False)
    return given


def _keys(query: MapQuery) -> list[int]:
    """Return the numbers of what is sorted by, a field once."""
    keys: dict[str, str] = {}
    for key in query.sort or []:
        keys.setdefault(key.partition(":")[0], key)
    return [_KEYS[key] for key in keys.values()]


def _is_page_of_all(query: MapQuery) -> bool:
    """Return whether nothing is filtered by."""
    filtered = bool(query.code or query.map_id) or _asked(query, (*_OWN, *_MADE_OF, *_JUDGED))
    return not (query.return_all or filtered)


def _asked_of_many(query: MapQuery, fields: Sequence[str]) -> bool:
    """Return whether a filter is asked for that a single map is not put through unless it is forced."""
    return _asked(query, fields) and (query.force_filters or not (query.code or query.map_id))


def _asked(query: MapQuery, fields: Sequence[str]) -> bool:
    return any(getattr(query, field) != getattr(_NOTHING, field) for field in fields)


def _difficulties(query: MapQuery) -> tuple[float, float, float]:
    """Return the lowest difficulty, the highest, and the one that all stay below.

    A range includes its upper end, as the contract says; an exact difficulty ends before the next one.
    """
    if exact := query.difficulty_exact:
        easiest, below = TOP_RANGES[exact]
        return easiest, _TOP, _BEYOND if exact == "Hell" else below
    easiest, _ = TOP_RANGES[query.difficulty_range_min or "Easy"]
    _, hardest = TOP_RANGES[query.difficulty_range_max or "Hell"]
    return easiest, hardest, _BEYOND


def _once(values: list[Any] | None) -> list[Any] | None:
    return list(dict.fromkeys(values or [])) or None


def _literally(name: str) -> str:
    """Return a name as a pattern of ``like`` that means just this name."""
    return name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_NOTHING: Final = MapQuery()
