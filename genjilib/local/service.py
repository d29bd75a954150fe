"""What the stack asks of a part: start, stop, and the settings with which others find it."""

import sys
from pathlib import Path
from typing import Any, Protocol

import aiohttp

from genjilib.local.ports import is_free, kept_ports
from genjilib.local.processes import Process


class Service(Protocol):
    """One part of the stack. `start` returns when it can be used; `environment` is read after that."""

    @property
    def name(self) -> str: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    def environment(self) -> dict[str, str]: ...


class Given:
    """A server somebody else runs, named by the environment; starting and stopping it is not ours."""

    def __init__(self, name: str, environment: dict[str, str]) -> None:
        self.name = name
        self._environment = environment

    async def start(self) -> None: ...
    async def stop(self) -> None: ...

    def environment(self) -> dict[str, str]:
        """The variables that name it."""
        return self._environment


class HttpServer:
    """A small HTTP server in a process of its own, run as `python -m MODULE … --port PORT`."""

    def __init__(self, name: str, directory: Path, *module: str) -> None:
        self.name = name
        self.directory = directory.resolve()
        self.port = 0
        self._module = module
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process else None

    @property
    def url(self) -> str:
        """Its root, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it on the port it had before, and wait until it answers (≤ 20 s)."""
        if self.pid is not None:
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        if not self.port or not is_free(self.port):
            self.port = kept_ports(self.directory / "ports.json", self.name)[self.name]
        self._process = Process(
            self.name,
            [sys.executable, "-m", *self._module, "--port", str(self.port)],
            log=self.directory / "log",
        )
        await self._process.start(self._answers, within=20)

    async def stop(self) -> None:
        """End it; what it held in memory is gone."""
        if self._process:
            await self._process.stop(within=3)

    def kill(self) -> None:
        """SIGKILL it."""
        if self._process:
            self._process.kill()

    async def request(self, method: str, path: str, **options: Any) -> Any:
        """One request; its JSON answer, or None when the body is empty."""
        async with (
            aiohttp.ClientSession(raise_for_status=True) as http,
            http.request(method, self.url + path, **options) as answer,
        ):
            return await answer.json() if answer.content_type == "application/json" else None

    async def _answers(self) -> bool:
        try:
            async with aiohttp.ClientSession() as http, http.get(self.url + "/"):
                return True
        except aiohttp.ClientError:
            return False
