"""HTTP routes of maps."""

from typing import Literal

from aiohttp import web
from msgspec import Struct

from genjilib import queries
from genjilib.core.errors import Conflict, Invalid, NotFound
from genjilib.core.json import Json
from genjilib.core.principal import Principal
from genjilib.core.settings import Settings
from genjilib.core.values import MapCode, Url, UserId
from genjilib.db import Db, Tx
from genjilib.maps import edit, guides, lifecycle, links, mastery, rules
from genjilib.maps import search as searching
from genjilib.maps.search import MapQuery
from genjilib.maps.types import (
    ArchivalStatusPatchRequest,
    GuideResponse,
    LinkMapsCreateRequest,
    MapCreateRequest,
    MapCreationJobResponse,
    MapMasteryCreateRequest,
    MapMasteryCreateResponse,
    MapMasteryResponse,
    MapName,
    MapPatchRequest,
    MapResponse,
    QualityValueRequest,
    Reason,
    SendToPlaytestRequest,
    UnlinkMapsCreateRequest,
)
from genjilib.playtests import chart
from genjilib.queries.jobs import JobStatusResponse
from genjilib.queries.maps import GuideFullResponse, MapPartialResponse, TrendingMapResponse
from genjilib.web.routes import Shown, delete, get, patch, post


class GuidesQuery(Struct, frozen=True, kw_only=True):
    """Whether the videos of ranked runs are guides too."""

    include_records: bool = False


class GuideQuery(Struct, frozen=True, kw_only=True):
    """The new address of a guide."""

    url: Url


class MasteryQuery(Struct, frozen=True, kw_only=True):
    """Whose mastery is asked for, and of which map name."""

    user_id: UserId
    map_name: MapName | None = None


class LegacyQuery(Struct, frozen=True, kw_only=True):
    """Why the runs of a map become legacy."""

    reason: Reason = ""


class TrendingQuery(Struct, frozen=True, kw_only=True):
    """How many maps to return."""

    limit: Literal[1, 3, 5, 10, 15, 20, 25] = 10


async def submit(db: Db, settings: Settings, body: MapCreateRequest) -> MapCreationJobResponse:
    """Add a map; its playtest is opened in Discord unless it is approved already."""
    return await rules.submit(db, body, cdn_url=settings.s3_public_url)


async def search(db: Db, settings: Settings, query: MapQuery) -> Json[list[MapResponse]]:
    """Return a page of maps, easiest first or in the order asked for."""
    return await searching.search_json(db, query, cdn_url=settings.s3_public_url)


async def get_map(db: Db, settings: Settings, code: str) -> MapResponse:
    """Return a map."""
    return await rules.get(db, code, cdn_url=settings.s3_public_url)


async def update(db: Db, settings: Settings, code: str, body: MapPatchRequest) -> MapResponse:
    """Change the given fields of a map."""
    return await edit.patch(db, code, body, cdn_url=settings.s3_public_url)


async def exists(db: Db, code: MapCode) -> bool:
    """Tell whether a map has this code."""
    return await queries.maps.exists(db, code=code)


async def partial(db: Db, code: str) -> MapPartialResponse:
    """Return what a playtest thread is named after."""
    return await rules.partial(db, code)


async def plot(db: Db, code: str) -> web.Response:
    """Return a picture of the votes in a map's open playtest by difficulty, as WebP."""
    picture = await chart.draw(await rules.tally(db, code), "WEBP")
    headers = {"Content-Disposition": 'attachment; filename="playtest.webp"'}
    return web.Response(body=picture, content_type="image/webp", headers=headers)


async def list_guides(db: Db, code: str, query: GuidesQuery) -> list[GuideFullResponse]:
    """Return the guides to a map."""
    return await guides.of_map(db, code, include_records=query.include_records)


async def add_guide(db: Db, code: str, body: GuideResponse) -> GuideResponse:
    """Add a user's guide to a map."""
    return await guides.add(db, code, body)


async def edit_guide(db: Db, who: Principal, code: str, user_id: int, query: GuideQuery) -> GuideResponse:
    """Give a user's guide to a map another address."""
    return await guides.edit(db, code, GuideResponse(query.url, user_id), by=who.user_id)


async def remove_guide(db: Db, who: Principal, code: str, user_id: int) -> None:
    """Remove a user's guide to a map."""
    await guides.remove(db, code, user_id, by=who.user_id)


async def affected(db: Db, code: str) -> list[int]:
    """Return everybody who has a run of a map."""
    return await rules.affected(db, code)


async def get_mastery(db: Db, settings: Settings, query: MasteryQuery) -> list[MapMasteryResponse]:
    """Return a player's mastery of every map name, or of one."""
    return await mastery.of_user(db, query.user_id, query.map_name, cdn_url=settings.s3_public_url)


async def give_mastery(db: Db, body: MapMasteryCreateRequest) -> MapMasteryCreateResponse | None:
    """Give a player a medal of mastery; null when they have it already."""
    return await mastery.give(db, body)


async def convert_to_legacy(db: Db, code: str, query: LegacyQuery) -> None:
    """Make the runs of a map legacy."""
    await lifecycle.convert_to_legacy(db, code, query.reason)


async def set_archived(db: Db, body: ArchivalStatusPatchRequest) -> None:
    """Put maps into the archive, or bring them back."""
    await lifecycle.set_archived(db, body.codes, archived=body.status == "Archive")


async def release_code(db: Db, code: str) -> None:
    """Take an archived map's code away."""
    await lifecycle.release_code(db, code)


async def override_quality(db: Db, code: str, body: QualityValueRequest) -> None:
    """Give every rating of a map the same value."""
    await rules.override_quality(db, code, body.value)


async def trending(db: Db, query: TrendingQuery) -> list[TrendingMapResponse]:
    """Return the maps that people care about most at the moment."""
    return await queries.maps.trending(db, size=query.limit)


async def send_to_playtest(db: Db, code: str, body: SendToPlaytestRequest) -> JobStatusResponse:
    """Have a map tried again."""
    return await lifecycle.send_to_playtest(db, code, body.initial_difficulty)


async def link(db: Db, who: Principal, body: LinkMapsCreateRequest) -> JobStatusResponse | None:
    """Link the two codes of one map; null when no playtest follows."""
    return await links.link(db, body, by=who.user_id)


async def unlink(db: Db, who: Principal, body: UnlinkMapsCreateRequest) -> None:
    """Let two codes be of different maps again."""
    await links.unlink(db, body, by=who.user_id)


async def _lock(tx: Tx, code: str) -> None:
    await rules.lock(tx, [code])


_READ, _WRITE = ["maps:read"], ["maps:write"]

routes = [
    get("/api/v3/maps", search, scopes=_READ, errors=[Invalid]),
    post("/api/v3/maps", submit, scopes=_WRITE, errors=[Invalid]),
    get("/api/v3/maps/mastery", get_mastery, scopes=_READ),
    post("/api/v3/maps/mastery", give_mastery, scopes=_WRITE, errors=[NotFound]),
    patch("/api/v3/maps/archive", set_archived, scopes=_WRITE, errors=[NotFound]),
    get("/api/v3/maps/trending", trending, scopes=_READ, together=True),
    post("/api/v3/maps/link-codes", link, scopes=_WRITE, errors=[Invalid]),
    delete("/api/v3/maps/link-codes", unlink, scopes=_WRITE, errors=[Invalid, NotFound]),
    get("/api/v3/maps/{code}", get_map, scopes=_READ, errors=[NotFound], etag=True),
    patch(
        "/api/v3/maps/{code}",
        update,
        scopes=_WRITE,
        errors=[Invalid, NotFound],
        changes=Shown(get_map, _lock),
    ),
    get("/api/v3/maps/{code}/exists", exists, scopes=_READ, errors=[Invalid]),
    get("/api/v3/maps/{code}/partial", partial, scopes=_READ, errors=[NotFound]),
    get("/api/v3/maps/{code}/plot", plot, scopes=_READ, errors=[NotFound]),
    get("/api/v3/maps/{code}/guides", list_guides, scopes=_READ, errors=[NotFound]),
    post("/api/v3/maps/{code}/guides", add_guide, scopes=_WRITE, errors=[NotFound, Conflict]),
    patch("/api/v3/maps/{code}/guides/{user_id:int}", edit_guide, scopes=_WRITE, errors=[NotFound]),
    delete("/api/v3/maps/{code}/guides/{user_id:int}", remove_guide, scopes=_WRITE, errors=[NotFound]),
    get("/api/v3/maps/{code}/affected", affected, scopes=_READ, errors=[NotFound]),
    post(
        "/api/v3/maps/{code}/legacy",
        convert_to_legacy,
        status=204,
        scopes=_WRITE,
        errors=[NotFound, Conflict],
    ),
    patch(
        "/api/v3/maps/{code}/release-code",
        release_code,
        status=204,
        scopes=_WRITE,
        errors=[NotFound, Conflict],
    ),
    post("/api/v3/maps/{code}/quality", override_quality, scopes=["maps:admin"], errors=[NotFound]),
    post(
        "/api/v3/maps/{code}/playtest",
        send_to_playtest,
        scopes=_WRITE,
        errors=[Invalid, NotFound, Conflict],
    ),
]
