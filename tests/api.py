"""The real API on a real socket, and what its tests ask and look at."""

from collections.abc import AsyncGenerator, Awaitable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import aiohttp
import msgspec
import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from pydantic import SecretStr

from genjilib.auth import keys
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.web.app import create_app
from genjilib.web.idempotency import Repeats
from genjilib.web.server import serving
from runners.api import ROUTES
from tests import rows

T = TypeVar("T")

PREFIX = "/api/v3"
PROBLEM = {"type", "title", "status", "detail", "code", "request_id", "error", "extra"}
SECRET = "only-for-these-tests-" + "s" * 32
IDS = 10**17  # Discord's ids are at least this long


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        """The body as JSON says it."""
        return msgspec.json.decode(self.raw)

    def read(self, wanted: type[T], *, status: int = 200) -> T:
        """The body as a type of the contract, after a success."""
        assert self.status == status, (self.status, self.raw)
        return msgspec.json.decode(self.raw, type=wanted)

    def refused(self, status: int, code: str) -> str:
        """The sentence of a refusal in the shape that all of them have."""
        assert self.status == status, (self.status, self.raw)
        assert self.json.keys() == PROBLEM
        assert self.json["code"] == code, self.json
        assert self.json["error"] == self.json["detail"]
        return self.json["error"]


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that waits in the outbox."""

    queue: str
    body: dict[str, Any]
    job_id: Any


class Api:
    """A served API, its database, and a superuser's key."""

    def __init__(
        self, http: aiohttp.ClientSession, base: str, db: Db, connection: psycopg.Connection, key: str
    ) -> None:
        self._http = http
        self.base = base
        self._users = 0
        self.db = db
        self.sql = connection
        self.key = key

    async def ask(self, method: str, path: str, *, key: str | None = "", **options: Any) -> Answer:
        """Ask for a path below /api/v3 as superuser, with another ``key``, or with none as nobody."""
        headers = dict(options.pop("headers", {}))
        if key is not None:
            headers["X-API-KEY"] = key or self.key
        async with self._http.request(
            method, f"{self.base}{PREFIX}{path}", headers=headers, **options
        ) as got:
            return Answer(got.status, dict(got.headers), await got.read())

    async def get(self, path: str, **query: object) -> Answer:
        """Read something."""
        return await self.ask("GET", path, params={name: str(value) for name, value in query.items()})

    async def post(self, path: str, body: object) -> Answer:
        """Create something."""
        return await self.ask("POST", path, json=body)

    async def put(self, path: str, body: object = None, **query: object) -> Answer:
        """Replace or decide something."""
        params = {name: str(value) for name, value in query.items()}
        return await self.ask("PUT", path, params=params, **({} if body is None else {"json": body}))

    async def patch(self, path: str, body: object) -> Answer:
        """Change something."""
        return await self.ask("PATCH", path, json=body)

    async def refuses(
        self, asked: Awaitable[Answer], status: int, code: str, *, but: Collection[str] = ()
    ) -> Answer:
        """Expect a refusal that leaves every row of every table, ``but`` for some, as it was."""
        before = self.fingerprint()
        answer = await asked
        answer.refused(status, code)
        after = self.fingerprint()
        assert {name for name in after if after[name] != before[name]} <= set(but)
        return answer

    async def finds_malformed(self, method: str, path: str, bodies: Collection[object]) -> None:
        """Expect each body to be refused as not what the contract asks for, with nothing written."""
        before = self.fingerprint()
        for body in bodies:
            answer = await self.ask(method, path, json=body)
            assert answer.status == 400, (body, answer.raw)
            answer.refused(400, "validation-failed")
            assert answer.json["extra"], body
            assert all(mistake.keys() == {"message", "key", "source"} for mistake in answer.json["extra"])
        assert self.fingerprint() == before

    def value(self, query: str, *parameters: object) -> Any:
        """The one value that a query gives."""
        return rows.scalar(self.sql, query, *parameters)

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """All rows that a query gives."""
        return self.sql.execute(query.encode(), parameters).fetchall()

    def sent(self, queue: str = "%") -> list[Sent]:
        """The messages of the outbox, in their order."""
        query = "select queue, body, job_id from messages.outbox where queue like %s order by position"
        with self.sql.cursor(row_factory=dict_row) as cursor:
            return [Sent(**row) for row in cursor.execute(query, [queue])]

    def queues(self) -> list[str]:
        """The queues of the messages of the outbox, in their order."""
        return [message.queue for message in self.sent()]

    def jobs(self) -> list[tuple[Any, ...]]:
        """Id, action and state of every job, in the order of their messages."""
        return self.rows(
            "select j.id, j.action, j.status::text from public.jobs j"
            " left join messages.outbox o on o.job_id = j.id order by o.position, j.created_at"
        )

    def notified(self, user_id: int) -> list[str]:
        """The types of a user's notifications, in their order."""
        found = self.rows(
            "select event_type from notifications.events where user_id = %s order by id", user_id
        )
        return [kind for (kind,) in found]

    def xp(self, user_id: int) -> int:
        """A user's XP."""
        return self.value("select coalesce(sum(amount), 0) from lootbox.xp where user_id = %s", user_id)

    def add_user(self, name: str = "", **columns: object) -> int:
        """A member of the Discord server."""
        self._users += 1
        name = name or f"player {self._users}"
        return rows.add_user(self.sql, IDS + self._users, **{"nickname": name, "global_name": name} | columns)

    def add_map(self, code: str = "AAAA", *, medals: tuple[float, ...] = (), **columns: object) -> int:
        """An approved map that everybody sees."""
        ready = {"playtesting": "Approved", "hidden": False}
        map_id = rows.add_map(self.sql, code, **ready | columns)
        if medals:
            gold, silver, bronze = medals
            rows.add(
                self.sql, "maps.medals", "map_id", map_id=map_id, gold=gold, silver=silver, bronze=bronze
            )
        return map_id

    def add_run(self, user_id: int, map_id: int, time: float, **columns: object) -> int:
        """A run with a video that waits for its verdict."""
        return rows.add_run(self.sql, user_id, map_id, time, **{"video": "https://a.example/v"} | columns)

    def fingerprint(self) -> dict[str, object]:
        """Of every table the number of its rows and a sum over their contents."""
        return {
            name: (count, total) for name, count, total in self.sql.execute(self._fingerprint, prepare=True)
        }

    @cached_property
    def _fingerprint(self) -> sql.Composed:
        tables = self.rows(
            "select schemaname, tablename from pg_tables"
            " where schemaname not in ('pg_catalog', 'information_schema')"
        )
        parts = [
            sql.SQL("select {}, count(*), sum(hashtextextended(t::text, 0)) from {} as t").format(
                f"{schema}.{table}", sql.Identifier(schema, table)
            )
            for schema, table in tables
        ]
        return sql.SQL(" union all ").join(parts)


def api_settings(database_url: str, **changes: object) -> Settings:
    """Settings of an API on a free port with a few connections, whatever the environment says."""
    values = {
        "database_url": SecretStr(database_url),
        "amqp_url": SecretStr("amqp://127.0.0.1:1"),
        "token_secret": SecretStr(SECRET),
        "database_pool_size": 5,
        "database_pipelines": 1,
        "api_port": 0,
        "shutdown_seconds": 2,
        **changes,
    }
    return Settings.model_construct(**values)


@asynccontextmanager
async def api_on(database_url: str, **changes: object) -> AsyncGenerator[Api]:
    """Serve the product's routes on a database, with settings changed as given."""
    settings = api_settings(database_url, **changes)
    async with Db.open(settings, name="tests") as db:
        app = create_app(
            settings,
            db,
            ROUTES,
            authenticate=lambda key: keys.authenticate(db, key),
            checks={"database": db.ready},
            services={"settings": settings},
            repeats=Repeats(db, settings.token_secret.get_secret_value()),
        )
        created = await keys.create_key(db, name="tests", scopes=[], superuser=True, expires_at=None)
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("update public.api_tokens set last_used_at = now()")
            async with serving(app, settings, {}) as ports, aiohttp.ClientSession() as http:
                yield Api(http, f"http://127.0.0.1:{ports.public}", db, connection, created.key)
