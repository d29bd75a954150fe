"""A small domain whose routes use everything the web layer offers."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web

from genjilib.core.errors import Conflict, GenjiError, NotFound, RateLimited, Unavailable
from genjilib.core.json import Json
from genjilib.core.principal import Principal
from genjilib.web.answers import PlainText
from genjilib.web.bodies import Upload
from genjilib.web.paging import Page, PageOrAll
from genjilib.web.routes import delete, get, patch, post, put

Code = Annotated[str, msgspec.Meta(pattern="^[A-Z0-9]{4,6}$")]
Medal = Literal["Gold", "Silver", "Bronze"]


@dataclass
class Shelf:
    """What stands in for the database: a few facts and a way to hold a request in hand."""

    name: str = "shelf"
    healthy: bool = True
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def check(self) -> None:
        if not self.healthy:
            raise ConnectionError("the shelf is away")


class Creator(msgspec.Struct):
    """Somebody who made a toy."""

    id: int
    is_primary: bool


class Toy(msgspec.Struct):
    """A toy, as it is stored."""

    code: Code
    price: Annotated[float, msgspec.Meta(gt=0)]
    creators: list[Creator]
    medal: Medal | None = None
    notes: dict[str, Any] = {}
    built: datetime | None = None


class Wind(msgspec.Struct, tag="wind"):
    turns: int


class Battery(msgspec.Struct, tag="battery"):
    volts: float


class ToySearch(Page):
    """Which toys are wanted."""

    owner: int
    medals: list[Medal] | None = None
    archived: bool | None = None
    cheapest: float | None = None
    kind: Annotated[Literal["all", "own"], msgspec.Meta(description="Whose.")] = msgspec.field(
        default="all", name="type"
    )


class Picture(msgspec.Struct):
    data: Upload
    title: str = "untitled"
    stars: int = 0


class Strange(Exception):
    """What a library raises."""


async def search(query: ToySearch) -> dict[str, Any]:
    """Find toys.

    Filters add up.
    """
    return {**msgspec.to_builtins(query), "limit": query.limit, "offset": query.offset}


async def search_all(query: PageOrAll) -> list[int | None]:
    """Find all toys."""
    return [query.limit, query.offset]


async def create(db: Shelf, who: Principal, body: Toy) -> Toy:
    """Store a toy."""
    assert db.name == "shelf"
    assert who.name == "root"
    return body


async def read(code: str, who: Principal) -> str:
    """Return the toy's code."""
    return f"{code} for {who.name}"


async def move(toy_id: int, slot: Literal["top", "bottom"]) -> list[int | str]:
    """Put a toy elsewhere."""
    return [toy_id, slot]


async def power(body: Wind | Battery) -> Wind | Battery:
    """Make a toy move."""
    return body


async def remove(toy_id: int) -> None:
    """Throw a toy away."""


async def touch(toy_id: int) -> None:
    """Do nothing that is worth telling."""


async def ready_made(db: Shelf) -> Json[list[Toy]]:
    """Return what the shelf has written already."""
    return Json(b'[{"code":"ABCD"}]')


async def label(code: str) -> PlainText:
    """Return the toy's label."""
    return PlainText(f"Toy {code} é")


async def amount() -> Decimal:
    """Return a bare number."""
    return Decimal("1.50")


async def stream(request: web.Request) -> web.StreamResponse:
    """Send bytes one after the other."""
    response = web.StreamResponse(headers={"Content-Type": "image/webp"})
    await response.prepare(request)
    await response.write(b"one ")
    await response.write(b"two")
    return response


class Weight(msgspec.Struct):
    """How a toy's weight changed."""

    change: int
    exact: Decimal
    note: str


async def weights() -> list[Weight]:
    """Return what became lighter."""
    return [Weight(-5, Decimal("-1.25"), "-5")]


async def half_stream(request: web.Request) -> web.StreamResponse:
    """Break while sending."""
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"half")
    raise Strange


async def upload(form: Picture) -> PlainText:
    """Keep a picture."""
    return PlainText(f"{form.data.filename} {len(form.data.data)} {form.title} {form.stars}")


async def fail(kind: str) -> None:
    """Fail in the way that is asked for."""
    failures: dict[str, Exception] = {
        "missing": NotFound("No such toy.", code="toy-not-found", extra={"code": "ABCD"}),
        "taken": Conflict("That toy is taken."),
        "busy": RateLimited("Slow down.", after=2.1),
        "away": Unavailable("The shelf is away.", after=7),
        "translated": Strange("translated"),
        "broken": Strange("select * from secrets"),
        "late": TimeoutError(),
        "lost": ConnectionError("reset by the shelf"),
        "http": web.HTTPGone(),
    }
    raise failures[kind]


async def hold(db: Shelf) -> str:
    """Wait until the test lets go."""
    db.entered.set()
    await db.release.wait()
    return "done"


async def loose(body: Any) -> Any:
    """Return any body."""
    return body


async def echo(body: list[Toy] | None) -> None:
    """Take a list of toys."""


async def anybody() -> bool:
    """Need no key."""
    return True


def translate(error: Exception) -> GenjiError | None:
    return Conflict("The shelf said no.") if str(error) == "translated" else None


routes = [
    get("/api/v3/toys", search, scopes=["toys:read"]),
    get("/api/v3/toys/every", search_all, scopes=["toys:read"]),
    post("/api/v3/toys", create, errors=[Conflict]),
    get("/api/v3/toys/open", anybody, public=True),
    get("/api/v3/toys/ready", ready_made, scopes=["toys:read"], etag=True),
    get("/api/v3/toys/hold", hold),
    get("/api/v3/toys/weights", weights, scopes=["toys:read"]),
    get("/api/v3/toys/amount", amount),
    get("/api/v3/toys/stream", stream),
    get("/api/v3/toys/half-stream", half_stream),
    post("/api/v3/toys/picture", upload),
    post("/api/v3/toys/power", power, status=202),
    post("/api/v3/toys/loose", loose),
    put("/api/v3/toys/list", echo),
    get("/api/v3/toys/fail/{kind}", fail, errors=[NotFound, Conflict, RateLimited]),
    get("/api/v3/toys/{code}", read, scopes=["toys:read", "toys:look"]),
    get("/api/v3/toys/{code}/label", label),
    patch("/api/v3/toys/{toy_id:int}", touch),
    delete("/api/v3/toys/{toy_id:int}", remove),
    put("/api/v3/toys/{toy_id:int}/slots/{slot}", move),
]
