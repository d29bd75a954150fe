"""A bot and its queues in a simulated Discord: what a rule causes in the database is seen by people there."""

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from PIL import Image

from genjilib.broker.client import Broker
from genjilib.broker.connection import Timing
from genjilib.broker.consume import Consumer
from genjilib.broker.envelope import Message, Received
from genjilib.broker.handler import Delivery
from genjilib.broker.relay import Relay
from genjilib.broker.settle import Pace
from genjilib.broker.topology import QUEUES
from genjilib.chat import interactions
from genjilib.chat.client import GenjiBot
from genjilib.chat.config import Config
from genjilib.completions import rules as completions
from genjilib.completions.types import CompletionCreateRequest, CompletionVerificationUpdateRequest
from genjilib.core.clock import now
from genjilib.core.errors import Unavailable
from genjilib.core.events import Event
from genjilib.core.ids import new_id
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.local.discord import File, Limits, SeenMessage, SimulatedDiscord
from genjilib.local.discord.standard import PEOPLE
from genjilib.local.s3 import S3
from genjilib.maps import rules as maps
from genjilib.maps.types import Creator, MapCreateRequest, MedalsResponse
from genjilib.users import rules as users
from genjilib.users.types import UserCreateRequest
from runners.bot import COGS, HANDLERS
from tests.support import Clones

LOCAL = Path("configs/local.toml")
CODE = "GENJ1"
UPLOAD_LIMIT = 60_000
VIDEO = "https://videos.example/run"
SHOT = "https://pictures.example/run.png"
QUICK = Timing(first=0.05, later=0.3, confirm=3, reopen=0.1)
PACE = Pace(ladder=(0.01, 0.01, 0.01, 0.01), linger=0.002, away=0.05, away_most=0.3, probe=0.1)
PATIENT = Limits(answer_within=60, rest_window=0.02)
"""Who answers too late is tests/chat's question: here a busy machine fails nobody and defers no form."""
BOT_QUEUES = [queue for queue in QUEUES if queue.name in {handler.event.queue for handler in HANDLERS}]

T = TypeVar("T")


def settings_for(discord: SimulatedDiscord, database: str, **changes: object) -> Settings:
    """Settings of a bot in this Discord, whatever the environment says."""
    values: dict[str, object] = {
        "database_url": database,
        "amqp_url": "amqp://guest:guest@127.0.0.1:1/",
        "token_secret": "only for tests, long enough to be one",
        "discord_token": discord.token,
        "discord_api_url": discord.api_url,
        "discord_config": LOCAL,
        "api_upload_limit": UPLOAD_LIMIT,
        "shutdown_seconds": 5,
        "database_pool_size": 6,
    }
    return Settings(_env_file=None, **{**values, **changes})  # pyright: ignore[reportArgumentType, reportCallIssue]


@contextmanager
def addresses_kept() -> Iterator[None]:
    """discord.py keeps its addresses in classes: a bot for another Discord must not leave its own behind."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@pytest.fixture(autouse=True)
def addresses() -> Iterator[None]:
    """Give the bots that outlive this test their Discord back, whatever Discord the test's own bots had."""
    with addresses_kept():
        yield


@asynccontextmanager
async def database(settings: Settings) -> AsyncGenerator[Db]:
    """A database whose connections are waited for as long as a busy machine takes."""
    async with Db.open(settings, name="tests") as db:
        db._pool.timeout = 60  # pyright: ignore[reportPrivateUsage]
        yield db


@asynccontextmanager
async def connected(settings: Settings, db: Db) -> AsyncGenerator[GenjiBot]:
    """A bot with all cogs that is ready; stopped cleanly at the end."""
    bot = GenjiBot(settings, Config.load(LOCAL), db, COGS)
    # Two seconds of waiting for more servers at each start are a lot for a test.
    bot._connection.guild_ready_timeout = 0.1  # pyright: ignore[reportPrivateUsage]
    stop = asyncio.Event()
    serving = asyncio.create_task(bot.serve(stop.wait()))
    with addresses_kept(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(interactions, "DEFER_AFTER", PATIENT.answer_within / 2)
        try:
            async with asyncio.timeout(60):
                while not serving.done() and not await _is_ready(bot):
                    await asyncio.sleep(0.02)
            yield bot
        finally:
            stop.set()
            await serving


async def _is_ready(bot: GenjiBot) -> bool:
    with suppress(Unavailable):
        await bot.ready()
        return True
    return False


@dataclass
class Town:
    """People, a bot, and everything between a rule and what they see."""

    discord: SimulatedDiscord
    bot: GenjiBot
    db: Db
    url: str

    def id(self, name: str) -> int:
        """The Discord id of a person."""
        return self.discord.world.find_user(name).id

    @asynccontextmanager
    async def carrying(self, broker: Broker) -> AsyncGenerator[None]:
        """Run relay and consumer while the block runs."""
        consumer = Consumer(self.db, broker, HANDLERS, self.bot, pace=PACE)
        async with self.publishing(broker):
            handling = asyncio.create_task(consumer.run())
            try:
                yield
            finally:
                consumer.stop()
                handling.cancel()
                await asyncio.wait({handling}, timeout=10)

    @asynccontextmanager
    async def publishing(self, broker: Broker) -> AsyncGenerator[None]:
        """Declare the bot's queues and run a relay while the block runs."""
        await broker.declare(BOT_QUEUES)
        relay = Relay(self.db, broker, url=self.url, lanes=1, poll=0.1)
        task = asyncio.create_task(relay.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task}, timeout=10)

    async def everybody(self) -> None:
        """Make users of all people of the world."""
        for name in PEOPLE:
            await users.create(self.db, UserCreateRequest(self.id(name), name, name.title()))

    async def map(self, code: str = CODE, **changes: Any) -> None:
        """Add a map that takes runs."""
        creators = [Creator(self.id("kuromi"), True), Creator(self.id("lucio"), False)]
        new = MapCreateRequest(
            **{
                **{"code": code, "map_name": "Hanamura", "category": "Classic", "creators": creators},
                **{"checkpoints": 24, "difficulty": "Hard +", "playtesting": "Approved", "hidden": False},
                **{"medals": MedalsResponse(60, 75, 90), **changes},
            }
        )
        await maps.submit(self.db, new, cdn_url=self.bot.settings.s3_public_url)

    async def run(
        self, player: str = "tracer", time: float = 58.31, *, code: str = CODE, video: str | None = VIDEO
    ) -> int:
        """Submit a run and return its id."""
        run = CompletionCreateRequest(code, self.id(player), time, SHOT, video)
        return (await completions.submit(self.db, run)).completion_id

    async def verify(self, run: int, *, by: str = "sombra", reason: str | None = None) -> None:
        """Accept a run; with a reason, reject it."""
        verdict = CompletionVerificationUpdateRequest(self.id(by), reason is None, reason)
        await completions.verify(self.db, run, verdict)

    async def queued(self, run: int) -> SeenMessage:
        """The message of a run in the verification queue, once its id is stored."""
        message_id = await self.until(lambda: self.ask(_VERIFICATION, run))
        return next(m for m in await self.messages("verification-queue") if m.id == message_id)

    async def messages(self, channel: str) -> list[SeenMessage]:
        """All messages of a channel, oldest first; "@name" is the bot's talk with a person."""
        return await self.discord.messages(channel, limit=sys.maxsize)

    async def texts(self, channel: str) -> list[str]:
        """The texts of a channel, oldest first."""
        return [message.text for message in await self.messages(channel)]

    async def settled(self, *, within: float = 60) -> None:
        """Wait until nothing is on its way any more: every message was applied or given up."""
        await self.until(self._is_settled, within=within)

    async def _is_settled(self) -> bool:
        return bool(await self.ask(_SETTLED))

    async def until(self, look: Callable[[], Awaitable[T]], *, within: float = 60) -> T:
        """What ``look`` finds, as soon as that is true."""
        deadline = time.monotonic() + within
        while not (found := await look()):
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {within:g} s; last seen: {found!r}")
            await asyncio.sleep(0.02)
        return found

    async def ask(self, sql: str, *parameters: Any) -> Any:
        """The first value of a statement."""
        rows = await self.rows(sql, *parameters)
        return rows[0][0] if rows else None

    async def rows(self, sql: str, *parameters: Any) -> list[Any]:
        """All rows of a statement."""
        async with self.db._pool.connection() as connection:  # pyright: ignore[reportPrivateUsage]
            cursor = await connection.execute(sql.encode(), parameters or None)
            return await cursor.fetchall() if cursor.description else []


_VERIFICATION = "select verification_id from core.completions where id = %s"
_SETTLED = """
    select not exists (select from messages.outbox)
       and not exists (
         select from messages.sent as s
         where not exists (select from messages.inbox as i where i.message_id = s.message_id)
           and not exists (select from messages.dead_letters as d where d.message_id = s.message_id)
       )
"""


def delivery(event: Event, message_id: UUID | None = None) -> Delivery[Any]:
    """An event as a handler gets it, to run the handler as often as a test wants."""
    message = Message(message_id=message_id or new_id(), queue=event.queue, body=b"", created_at=now())
    received = Received(
        queue=event.queue,
        body=b"",
        message_id=None,
        correlation_id=None,
        headers={},
        redelivered=False,
        tag=1,
        epoch=1,
    )
    return Delivery(event, message, received)


def picture(width: int = 64, kind: str = "PNG") -> File:
    """A screenshot."""
    buffer = BytesIO()
    Image.effect_noise((width, width), 50).save(buffer, kind)
    return File(f"run.{kind.lower()}", buffer.getvalue())


@pytest.fixture(scope="module")
async def simulated() -> AsyncIterator[SimulatedDiscord]:
    """The module's Discord."""
    async with SimulatedDiscord(limits=PATIENT) as discord:
        yield discord


@pytest.fixture(scope="module")
async def citizen(simulated: SimulatedDiscord, clones: Clones) -> AsyncIterator[GenjiBot]:
    """The module's bot; each test lends it a database."""
    url = clones.take()
    settings = settings_for(simulated, url)
    async with database(settings) as db, connected(settings, db) as bot:
        yield bot
    clones.give_back(url)


@pytest.fixture
async def town(
    simulated: SimulatedDiscord, citizen: GenjiBot, database_url: str, amqp_url: str
) -> AsyncIterator[Town]:
    """The module's people and bot with a database, relay and consumer of this test alone."""
    settings = settings_for(simulated, database_url, amqp_url=amqp_url)
    async with AsyncExitStack() as stack:
        db = await stack.enter_async_context(database(settings))
        broker = await stack.enter_async_context(Broker(amqp_url, name="tests", timing=QUICK))
        citizen.db, citizen.settings = db, settings
        town = Town(simulated, citizen, db, database_url)
        await town.everybody()
        await stack.enter_async_context(town.carrying(broker))
        yield town
        await simulated.heal()
    await _forget(simulated, citizen)


@pytest.fixture
def pictures(town: Town, s3: S3) -> S3:
    """Where the bot of this test stores screenshots."""
    names = {name.upper(): name for name in Settings.model_fields}
    given = {names[key]: value for key, value in s3.environment().items() if key in names}
    town.bot.settings = settings_for(town.discord, town.url, **given)
    return s3


async def _forget(discord: SimulatedDiscord, bot: GenjiBot) -> None:
    """Empty the channels, close the threads, and let everybody be as the world began."""
    world = discord.world
    for channel in list(world.channels()):
        channel.messages.clear()
        if channel.is_thread:
            await bot.http.delete_channel(channel.id)
    for name, roles in PEOPLE.items():
        locale = "zh-CN" if name == "lucio" else "en-US"
        await discord.change_user(name, roles=list(roles), locale=locale, dms_open=name != "echo")
