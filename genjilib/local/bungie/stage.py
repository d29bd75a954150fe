"""What the steps of the raids' demo share: the world, its servers, and how to look and tell."""

import asyncio
import os
import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec
import psycopg
from rich.console import Console

from genjilib.local import CHECKOUT
from genjilib.local.bungie.server import LocalBungie
from genjilib.local.bungie.truth import Rows, Truth
from genjilib.local.bungie.world import Kind, World
from genjilib.local.clickhouse import ClickHouse
from genjilib.local.processes import Process
from genjilib.local.stack import Stack


class CheckFailed(Exception):
    """The tables are not what the world is."""


class Stage:
    """What the steps share: the world, its database, and how to tell people."""

    def __init__(self, world: World, stack: Stack, directory: Path, console: Console) -> None:
        self.world, self.console = world, console
        self.url = stack.environment()["DATABASE_URL"]
        self.bungie: LocalBungie = stack.services["bungie"]  # type: ignore[assignment]
        self.clickhouse: ClickHouse = stack.services["clickhouse"]  # type: ignore[assignment]
        self.checks = 0
        self._directory = directory
        self._environment = {
            **os.environ,
            **stack.environment(),
            "TOKEN_SECRET": "only-for-this-demo-" + "x" * 32,
            "BUNGIE_RATE": "5000",
            "BUNGIE_STATS_RATE": "5000",
            "CRAWLER_START_ID": str(world.first_id),
            "CRAWLER_RETRY_SECONDS": "0.1",
        }

    async def start(self, runner: str) -> Process:
        """Start a runner; it works as soon as it can."""
        process = Process(
            f"runners/{runner}.py",
            [sys.executable, "-m", f"runners.{runner}"],
            log=self._directory / f"{runner}.log",
            environment=self._environment,
        )
        await process.start(_at_once, within=5)
        return process

    async def command(self, *arguments: str) -> Any:
        """Run a command of the raids; return what it says as JSON."""
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, CHECKOUT / "cli.py", "raids", *arguments, "--json"),
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, said = await child.communicate()
        if child.returncode:
            raise CheckFailed(f"raids {' '.join(arguments)}: {said.decode()}")
        return msgspec.json.decode(printed)

    def rows(self, query: str) -> Rows:
        """Rows of the database."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()

    async def until(self, claim: str, look: Callable[[], bool], *, within: float = 900) -> None:
        """Look until something is so; it counts as a check."""
        deadline = monotonic() + within
        while not look():
            if monotonic() > deadline:
                raise CheckFailed(f"{claim}: not within {within:.0f} s")
            await asyncio.sleep(0.5)
        self.check(claim, True)

    def check(self, claim: str, holds: bool, found: object = None) -> None:
        """Count a check; raise ``CheckFailed`` when it does not hold."""
        if not holds:
            raise CheckFailed(f"{claim}: found {found!r}")
        self.checks += 1
        self.console.print(f"   [green]✓[/green] {claim}")

    def position(self) -> int:
        """The id that a restarted crawler begins with."""
        found = self.rows("select next_id from crawl.position")
        return found[0][0] if found else 0

    @cached_property
    def truth(self) -> Truth:
        """All that was played."""
        return Truth(self.world, [*self.ids("raid"), *self.ids("restricted")])

    def ids(self, kind: Kind) -> list[int]:
        """All ids of a kind."""
        world = self.world
        return [n for n in range(world.first_id, world.frontier) if world.kind(n) == kind]


async def _at_once() -> bool:
    return True
