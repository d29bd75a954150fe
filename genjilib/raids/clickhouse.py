"""ClickHouse over HTTP: the statements of ``sql/clickhouse``, and what its refusals mean."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache
from typing import Final, Self, TypeVar

import aiohttp
import msgspec

from genjilib.core.errors import Invalid, Unavailable
from genjilib.core.settings import Settings
from genjilib.db.statement import SQL_ROOT

T = TypeVar("T")

FOLDER: Final = SQL_ROOT / "clickhouse"
TIMEOUT: Final = aiohttp.ClientTimeout(total=60)
MISSING: Final = frozenset({"60", "81"})
"""Numbers of refusals because a table or the database is not there."""
PASSING: Final = frozenset({"159", "202", "209", "210", "241", "242", "252", "319", "999"})
"""Numbers of refusals that pass: time-outs, too much at once, memory, read-only for a while."""


class ClickHouse:
    """The client of one process; ``made`` tells whether the tables are known to be there."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        """Ask the server at ``url``; user, password and ``?database=`` are part of it."""
        self._url, self._http = url, http
        self.made = False

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncGenerator[Self | None]:
        """Ask the server of ``settings.clickhouse_url`` while the block runs; nothing where there is none."""
        url = settings.clickhouse_url.get_secret_value()
        async with aiohttp.ClientSession() as http:
            yield cls(url, http) if url else None

    async def make(self) -> None:
        """Create tables and views that are not there; views are written anew."""
        for path in sorted(FOLDER.glob("schema/*.sql")):
            await self._ask(_text(f"schema/{path.name}"))

    async def write(self, name: str, lines: Iterable[str]) -> None:
        """Run an ``insert`` of ``queries`` with rows as lines of JSON."""
        await self._ask(_text(f"queries/{name}.sql"), "\n".join(lines).encode())

    async def rows(self, name: str, row: type[T], **parameters: int | str | datetime) -> list[T]:
        """Run a ``select`` of ``queries``; return its rows."""
        given = {f"param_{key}": _parameter(value) for key, value in parameters.items()}
        body = await self._ask(_text(f"queries/{name}.sql"), query=given)
        return [msgspec.json.decode(line, type=row, strict=False) for line in body.splitlines()]

    async def _ask(self, text: str, data: bytes = b"", query: Mapping[str, str] | None = None) -> bytes:
        """Ask once; ``Unavailable`` where a later try may help, also when nobody knows what was done."""
        asked = {"query": text, "default_format": "JSONEachRow", **(query or {})}
        try:
            async with self._http.post(self._url, params=asked, data=data, timeout=TIMEOUT) as answer:
                body = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable("ClickHouse does not answer.", after=5, code="clickhouse-away") from error
        if answer.status == 200:
            return body
        code = answer.headers.get("X-ClickHouse-Exception-Code", "")
        if code in MISSING:
            self.made = False
        if code in MISSING | PASSING or not code:
            raise Unavailable(
                f"ClickHouse cannot now: {code or answer.status}.", after=5, code="clickhouse-away"
            )
        said = body.decode(errors="replace").partition("\n")[0][:300]
        raise Invalid(f"ClickHouse refuses: {said}", code="clickhouse-refused")


@cache
def _text(path: str) -> str:
    return (FOLDER / path).read_text()


def _parameter(value: int | str | datetime) -> str:
    return value.strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else str(value)
