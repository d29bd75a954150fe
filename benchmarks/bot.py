"""The bot as a process of its own, in a simulated Discord: suggestions among many codes, and a day's traffic.

``make bench-bot`` measures how long suggestions take among 100,000 codes with one wrong sign, from the person
who types to what they are offered. ``make soak-bot`` sends the traffic of a day, N interactions of people, a
newsfeed entry for every tenth and for every twentieth a run that is submitted, accepted and upvoted, as fast
as the bot takes it, and prints what memory its process holds.
"""

import asyncio
import os
import random
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from genjilib.broker.client import Broker
from genjilib.broker.relay import Relay
from genjilib.completions import rules as completions
from genjilib.completions.types import CompletionCreateRequest
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.local.discord import Limits, SimulatedDiscord
from genjilib.local.ports import free_port
from genjilib.local.postgres import Postgres
from genjilib.local.processes import Process
from genjilib.local.rabbitmq import RabbitMQ
from genjilib.local.scratch import migrate
from genjilib.newsfeed import rules as newsfeed
from genjilib.newsfeed.types import NewsfeedArchive
from genjilib.users import rules as users
from genjilib.users.types import UserCreateRequest

CODES = 100_000
ASKED = 1_000
SIGNS = "ABCDEFGHIJKLMNPQRSTUVWXYZ0123456789"
PEOPLE = ("tracer", "genji", "kuromi", "hanzo", "lucio")
MODERATOR = "sombra"
OPEN = 300
"""Seconds after which the first pages have ended by themselves and were collected."""

VIDEO, SHOT = "https://videos.example/run", "https://pictures.example/run.png"
FILL = """
    insert into core.maps
      (code, map_name, category, checkpoints, raw_difficulty, difficulty, hidden, playtesting)
    select code, 'Hanamura', 'Classic', 10, 5, 'Hard', false, 'Approved' from unnest(%s::text[]) as code
"""


class Scene:
    """A Discord, a database and the bot's process between them."""

    def __init__(self, discord: SimulatedDiscord, db: Db, bot: Process) -> None:
        """Hold them."""
        self.discord, self.db, self.bot = discord, db, bot

    def memory(self) -> float:
        """Return the resident memory of the bot, in MB."""
        pages = int(Path(f"/proc/{self.bot.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    async def run(self, statement: str, *parameters: Any) -> None:
        """Execute a statement."""
        async with self.db._pool.connection() as connection:  # pyright: ignore[reportPrivateUsage]
            await connection.execute(b"set statement_timeout = 0")
            await connection.execute(statement.encode(), parameters)


@asynccontextmanager
async def scene() -> AsyncGenerator[Scene]:
    """Start PostgreSQL, RabbitMQ, Discord, a relay and the bot."""
    with tempfile.TemporaryDirectory(prefix="genji-bench-") as name:
        folder = Path(name)
        postgres, node = Postgres(folder / "pg"), RabbitMQ(folder / "mq")
        await asyncio.gather(postgres.start(), node.start())
        try:
            await migrate(postgres.url())
            async with SimulatedDiscord(limits=Limits(rest_window=0.01)) as discord:
                given = {
                    "DATABASE_URL": postgres.url(),
                    "AMQP_URL": node.url(),
                    "TOKEN_SECRET": "only for benchmarks, long enough",
                    "DISCORD_TOKEN": discord.token,
                    "DISCORD_API_URL": discord.api_url,
                    "DISCORD_CONFIG": "configs/local.toml",
                    "INNER_PORT": str(free_port()),
                }
                command = [sys.executable, "-m", "runners.bot"]
                bot = Process("bot", command, log=folder / "bot.log", environment={**os.environ, **given})
                settings = Settings.model_validate({key.lower(): value for key, value in given.items()})
                async with (
                    Db.open(settings, name="bench") as db,
                    Broker.open(settings, name="bench") as broker,
                ):
                    relay = asyncio.create_task(Relay(db, broker, url=postgres.url(), lanes=1).run())
                    await bot.start(_connected(discord), within=60)
                    yield Scene(discord, db, bot)
                    bot.kill()
                    relay.cancel()
                    await asyncio.wait({relay})
        finally:
            await asyncio.gather(postgres.stop(), node.stop())


def _connected(discord: SimulatedDiscord) -> Any:
    async def look() -> bool:
        return bool(discord.world.commands)

    return look


async def suggest() -> None:
    """Print how long suggestions take, and how often the code that was meant is among them."""
    generator = random.Random(1)
    codes = sorted({"".join(generator.choices(SIGNS, k=5)) for _ in range(CODES + CODES // 100)})[:CODES]
    async with scene() as stage:
        await stage.run(FILL, codes)
        await stage.run("analyze")
        tracer, took, found = stage.discord.user("tracer"), list[float](), 0
        for _ in range(ASKED):
            meant = generator.choice(codes)
            place = generator.randrange(5)
            typed = meant[:place] + generator.choice(SIGNS.replace(meant[place], "")) + meant[place + 1 :]
            began = perf_counter()
            offered = await tracer.autocomplete("completions", "code", typed)
            took.append(1000 * (perf_counter() - began))
            found += meant in [code for _, code in offered]
    took.sort()
    print(f"{CODES:,} codes, one wrong sign, {ASKED:,} times: p50 {took[ASKED // 2]:.1f} ms,", end=" ")
    print(
        f"p99 {took[ASKED * 99 // 100]:.1f} ms (bar: 100 ms), the code meant was offered {found / ASKED:.1%}"
    )


async def soak(count: int) -> None:
    """Print the memory along ``count`` interactions, and its growth once what people leave open ends too.

    Pages can be turned for three minutes, and what is left of them is collected now and then: until that has
    happened memory grows with the traffic, afterwards it must not. So the run goes on, however few
    interactions it was asked for, until this was seen for as long again.
    """
    async with scene() as stage:
        await stage.run(FILL, [f"MAP{number:02}" for number in range(60)])
        for name in (*PEOPLE, MODERATOR):
            person = UserCreateRequest(stage.discord.world.find_user(name).id, name, name)
            await users.create(stage.db, person)
        began = perf_counter()
        first, number, every = 0.0, 0, max(1, count // 20)
        while number < count or perf_counter() - began < 2 * OPEN:
            await _interact(stage, PEOPLE[number % len(PEOPLE)], number)
            if number % 100 == 0:
                _forget(stage.discord)
            memory, seconds = stage.memory(), perf_counter() - began
            if seconds < OPEN:
                first = memory
            if number % every == 0:
                print(f"{number:8,} interactions  {memory:7.1f} MB  {seconds:6.0f} s", flush=True)
            number += 1
        last = stage.memory()
    print(f"growth since {OPEN} s: {last - first:+.1f} MB of {first:.1f} MB ({last / first:.3f} ×)")


async def _interact(stage: Scene, who: str, number: int) -> None:
    person = stage.discord.user(who)
    if number % 10 == 0:
        async with stage.db.transaction() as tx:
            await newsfeed.publish(tx, NewsfeedArchive("MAP01", "Hanamura", [], "Hard", f"{number}"))
    if number % 20 == 1:
        await _play(stage, who, number)
    match number % 4:
        case 0:
            await person.press(await person.slash("map-search"), "›")
        case 1:
            await person.autocomplete("completions", "code", f"MAB{number % 60:02}")
        case 2:
            await person.slash("completions", code=f"MAP{number % 60:02}")
        case _:
            await person.slash("user-completions", user="nobody at all")


async def _play(stage: Scene, who: str, number: int) -> None:
    """Submit a run, accept it in the queue, and upvote it: messages, XP, direct messages and roles follow."""
    # Each is faster than the player's last one on this map.
    run = CompletionCreateRequest(
        f"MAP{number % 60:02}", stage.discord.world.find_user(who).id, 90_000 - number, SHOT, VIDEO
    )
    await completions.submit(stage.db, run)
    (queued,) = await stage.discord.wait_until("verification-queue", lambda found: len(found) == 1)
    await stage.discord.user(MODERATOR).press(queued, "Accept")
    await stage.discord.wait_until("verification-queue", lambda found: not found)
    shown = await stage.discord.wait_for_message("completions", run.code, after=queued)
    await stage.discord.user(who).press(shown, shown.buttons[0].label)


def _forget(discord: SimulatedDiscord) -> None:
    """Keep the simulation itself from growing."""
    for channel in discord.world.channels():
        channel.messages.clear()


if __name__ == "__main__":
    asyncio.run(soak(int(sys.argv[2])) if sys.argv[1:2] == ["soak"] else suggest())
