"""HTTP routes that complete what somebody types, or take the nearest; null only for an empty table."""

import re
from typing import Annotated

from msgspec import Meta, Struct

from genjilib import queries
from genjilib.core.values import FIRST_DISCORD_ID, PlaytestStatus
from genjilib.db import Db
from genjilib.web.routes import get

Typed = Annotated[str, Meta(max_length=100)]
Limit = Annotated[int, Meta(ge=1, le=100)]

_NO_CODE_SIGN = re.compile(r"[^A-Z0-9]")


class TransformQuery(Struct):
    """What was typed."""

    search: Typed


class CompleteQuery(TransformQuery):
    """What was typed so far, and how many suggestions are wanted."""

    limit: Limit = 5


class CodeQuery(Struct):
    """What was typed of a code, and of which maps."""

    search: Typed
    archived: bool | None = None
    hidden: bool | None = None
    playtesting: PlaytestStatus | None = None


class CodesQuery(CodeQuery):
    """What was typed of a code, of which maps, and how many suggestions are wanted."""

    limit: Limit = 5


class UsersQuery(Struct):
    """What was typed of a name, and whether people who are on Discord are left out."""

    search: Typed
    limit: Limit = 10
    fake_users_only: bool = False


async def map_names(db: Db) -> list[str]:
    """Return the names of all Overwatch maps."""
    return [row.name for row in await queries.autocomplete.map_names(db)]


async def complete_name(db: Db, query: CompleteQuery) -> list[str] | None:
    """Return the names of Overwatch maps that are nearest to a text."""
    rows = await queries.autocomplete.names(db, search=query.search, size=query.limit)
    return [row.name for row in rows] or None


async def transform_name(db: Db, query: TransformQuery) -> str | None:
    """Return the name of an Overwatch map that is nearest to a text."""
    rows = await queries.autocomplete.names(db, search=query.search, size=1)
    return rows[0].name if rows else None


async def complete_restriction(db: Db, query: CompleteQuery) -> list[str] | None:
    """Return the restrictions that are nearest to a text."""
    rows = await queries.autocomplete.restrictions(db, search=query.search, size=query.limit)
    return [row.name for row in rows] or None


async def transform_restriction(db: Db, query: TransformQuery) -> str | None:
    """Return the restriction that is nearest to a text."""
    rows = await queries.autocomplete.restrictions(db, search=query.search, size=1)
    return rows[0].name if rows else None


async def complete_mechanic(db: Db, query: CompleteQuery) -> list[str] | None:
    """Return the mechanics that are nearest to a text."""
    rows = await queries.autocomplete.mechanics(db, search=query.search, size=query.limit)
    return [row.name for row in rows] or None


async def transform_mechanic(db: Db, query: TransformQuery) -> str | None:
    """Return the mechanic that is nearest to a text."""
    rows = await queries.autocomplete.mechanics(db, search=query.search, size=1)
    return rows[0].name if rows else None


async def complete_tag(db: Db, query: CompleteQuery) -> list[str] | None:
    """Return the map tags that are nearest to a text."""
    rows = await queries.autocomplete.tags(db, search=query.search, size=query.limit)
    return [row.name for row in rows] or None


async def transform_tag(db: Db, query: TransformQuery) -> str | None:
    """Return the map tag that is nearest to a text."""
    rows = await queries.autocomplete.tags(db, search=query.search, size=1)
    return rows[0].name if rows else None


async def complete_code(db: Db, query: CodesQuery) -> list[str] | None:
    """Return map codes: the text itself, those it begins, those one sign away, the most similar."""
    return await _codes(db, query, query.limit) or None


async def transform_code(db: Db, query: CodeQuery) -> str | None:
    """Return the map code that is nearest to a text."""
    return next(iter(await _codes(db, query, 1)), None)


async def complete_user(db: Db, query: UsersQuery) -> list[tuple[int, str]] | None:
    """Return the users with a name nearest to a text, as pairs of id and all their names."""
    below = FIRST_DISCORD_ID if query.fake_users_only else None
    rows = await queries.autocomplete.users(db, search=query.search, size=query.limit, below=below)
    return [(row.id, row.name) for row in rows] or None


async def _codes(db: Db, query: CodeQuery, size: int) -> list[str]:
    """Return the nearest codes; signs that no code has do not count, nor does their case."""
    rows = await queries.autocomplete.codes(
        db,
        search=_NO_CODE_SIGN.sub("", query.search.upper()),
        size=size,
        archived=query.archived,
        hidden=query.hidden,
        playtesting=query.playtesting,
    )
    return [row.code for row in rows]


_COMPLETE = "/api/v3/utilities/autocomplete"
_TRANSFORM = "/api/v3/utilities/transformers"

routes = [
    get("/api/v3/utilities/map-names", map_names, scopes=["maps:read"]),
    get(f"{_COMPLETE}/names", complete_name, scopes=["maps:read"]),
    get(f"{_TRANSFORM}/names", transform_name),
    get(f"{_COMPLETE}/restrictions", complete_restriction),
    get(f"{_TRANSFORM}/restrictions", transform_restriction),
    get(f"{_COMPLETE}/mechanics", complete_mechanic),
    get(f"{_TRANSFORM}/mechanics", transform_mechanic),
    get(f"{_COMPLETE}/tags", complete_tag),
    get(f"{_TRANSFORM}/tags", transform_tag),
    get(f"{_COMPLETE}/codes", complete_code),
    get(f"{_TRANSFORM}/codes", transform_code),
    get(f"{_COMPLETE}/users", complete_user),
]
