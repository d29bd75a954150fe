"""Starting, watching and killing runners: the test's side of the nursery."""

import asyncio
import json
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from genjilib.local import CHECKOUT
from genjilib.local.ports import free_port


class Runner:
    """One runner as a process of its own."""

    def __init__(self, name: str, pid: int, log: Path, *, port: int, inner: int) -> None:
        self.name, self.pid, self.port, self.inner = name, pid, port, inner
        self._log = log

    @property
    def status(self) -> int | None:
        """Its exit status once it has ended, negative for a signal."""
        try:
            return int(self._log.with_suffix(".status").read_text() or "0")
        except FileNotFoundError:
            return None

    async def ready(self, path: str = "readyz", *, within: float = 60) -> "Runner":
        """Wait until a page of its inner port answers 200."""
        deadline = time.monotonic() + within
        while (found := await self.get(path))[0] != 200:
            assert self.status is None, f"{self.name} ended with {self.status}:\n{self.words()}"
            assert time.monotonic() < deadline, f"{self.name} is not ready: {found}\n{self.words()[-4000:]}"
            await asyncio.sleep(0.05)
        return self

    async def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page of the inner port; 0 while nobody listens."""
        url = f"http://127.0.0.1:{self.inner}/{path}"
        try:
            async with aiohttp.ClientSession() as http, http.get(url) as answer:
                return answer.status, await answer.text()
        except aiohttp.ClientError:
            return 0, ""

    async def until(self, status: int, *, within: float = 60) -> dict[str, Any]:
        """The report of /readyz as soon as it has this status."""
        deadline = time.monotonic() + within
        while (found := await self.get("readyz"))[0] != status:
            assert time.monotonic() < deadline, f"{found} is not {status}:\n{self.words()}"
            await asyncio.sleep(0.05)
        return json.loads(found[1])

    async def metric(self, name: str) -> float:
        """The sum of a metric over its labels."""
        _, text = await self.get("metrics")
        return sum(float(value) for value in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.MULTILINE))

    def send(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    async def kill(self) -> None:
        """SIGKILL it, and wait until it is gone."""
        if self.status is None:
            self.send(signal.SIGKILL)
            await self.ended(within=30)

    async def ended(self, *, within: float = 60) -> int:
        """Its exit status, as soon as it has ended."""
        deadline = time.monotonic() + within
        while (status := self.status) is None:
            assert time.monotonic() < deadline, f"{self.name} has not ended:\n{self.words()[-4000:]}"
            await asyncio.sleep(0.01)
        return status

    async def stop(self) -> int:
        """End it as an operator does; returns the exit status."""
        self.send()
        return await self.ended()

    def words(self) -> str:
        """All it said."""
        return self._log.read_text(errors="replace")

    def lines(self, event: str = "") -> list[dict[str, Any]]:
        """Its log lines, or those about one event."""
        found = [json.loads(line) for line in self.words().splitlines() if line.startswith("{")]
        return [line for line in found if not event or line["event"] == event]


class Nursery:
    """A process that forks runners; all of them end with it, and it with us."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str] | None = None, *, checkout: Path = CHECKOUT
    ) -> None:
        self._folder = folder
        self._checkout = checkout
        self._environment = {**os.environ, **(environment or {})}
        self._number = 0
        self._lock = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None

    async def open(self) -> None:
        """Import what runners need."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.forks"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**self._environment, "PYTHONPATH": str(self._checkout)},
            cwd=self._checkout,
        )
        assert self._process.stdout
        assert await self._process.stdout.readline() == b"ready\n"

    async def start(
        self, name: str, environment: Mapping[str, str], *arguments: str, deploy: str = ""
    ) -> Runner:
        """Fork a runner; with ``deploy`` it is a worker that has effects to count.

        ``cli`` is a command, ``producer`` emits the effects between two numbers.
        """
        assert self._process
        assert self._process.stdin
        assert self._process.stdout
        self._number += 1
        port, inner = free_port(), free_port()
        log = self._folder / f"{name}-{self._number}.log"
        own = {"API_PORT": str(port), "INNER_PORT": str(inner)}
        order = {"runner": name, "deploy": deploy, "arguments": arguments, "log": str(log)}
        order["environment"] = {**environment, **own}
        async with self._lock:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            pid = int(await self._process.stdout.readline())
        return Runner(name, pid, log, port=port, inner=inner)

    async def close(self) -> None:
        """End it and whatever it forked."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()


@pytest.fixture(scope="session")
async def nursery(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Nursery]:
    """The process that forks this worker's runners."""
    nursery = Nursery(tmp_path_factory.mktemp("runners"))
    await nursery.open()
    yield nursery
    await nursery.close()
