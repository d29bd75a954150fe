"""The whole system in one place: the embedded stack, a migrated database, a key, and the three runners."""

import asyncio
import os
import secrets
import shlex
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from genjilib.auth import keys
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.local import CHECKOUT
from genjilib.local.discord.client import ControlClient
from genjilib.local.ports import free_port
from genjilib.local.postgres import Postgres
from genjilib.local.processes import Process, StartFailure, kill_tree
from genjilib.local.prometheus import Prometheus
from genjilib.local.rabbitmq import RabbitMQ
from genjilib.local.roles import grant, role_url
from genjilib.local.scratch import migrate
from genjilib.local.service import HttpServer
from genjilib.local.stack import NAMES, Stack, embedded

RUNNERS = ("api", "worker", "bot")


class Discord(HttpServer):
    """A simulated Discord in a process of its own."""

    def __init__(self, directory: Path) -> None:
        self.control_port = free_port()
        options = ("--control-port", str(self.control_port))
        super().__init__("discord", directory, "genjilib.local.discord", *options)

    @property
    def control_url(self) -> str:
        """Where ControlClient reaches it."""
        return f"http://127.0.0.1:{self.control_port}"

    def environment(self) -> dict[str, str]:
        """What the bot reads; the ids of the standard world are those of configs/local.toml."""
        return {"DISCORD_API_URL": f"{self.url}/api/v10"}


class System:
    """`async with System(folder) as system:` — everything is up inside, and nothing of it afterwards."""

    def __init__(
        self, directory: Path, *, durable: bool = False, progress: Callable[[str], None] = lambda _: None
    ) -> None:
        self.directory = directory
        self.discord_server = Discord(directory / "discord")
        self.discord = ControlClient(self.discord_server.control_url)
        self.key = ""
        self._progress = progress
        self._stack = Stack(
            [*embedded(directory, NAMES, durable=durable), self.discord_server], progress=progress
        )
        self._runners: dict[str, Process] = {}
        self._ports = {name: free_port() for name in ("public", *RUNNERS)}
        self._secret = secrets.token_hex(32)

    @property
    def api_url(self) -> str:
        """Root of the API."""
        return f"http://127.0.0.1:{self._ports['public']}"

    def service(self, name: str) -> Any:
        """A part of the stack, such as the mail catcher."""
        return self._stack.services[name]

    async def __aenter__(self) -> Self:
        await self._stack.__aenter__()
        try:
            await self.discord.__aenter__()
            await self._prepare()
            await asyncio.gather(*(self.start(name) for name in RUNNERS))
            await self.discord.wait_for_bot()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(runner.stop(within=25) for runner in self._runners.values()))
        await self.discord.__aexit__(kind, problem, trace)
        await self._stack.__aexit__(kind, problem, trace)

    def environment(self, runner: str = "") -> dict[str, str]:
        """The settings of a runner, or of the command line."""
        own = {
            "APP_ENVIRONMENT": "local",
            "RELEASE": "demo",
            "TOKEN_SECRET": self._secret,
            "API_PORT": str(self._ports["public"]),
            "DISCORD_TOKEN": "simulated-bot-token",
            "DISCORD_CONFIG": str(CHECKOUT / "configs" / "local.toml"),
            "INNER_PORT": str(self._ports.get(runner, 0)),
            "SITE_URL": "https://genji.example",
        }
        found = {**os.environ, **self._stack.environment(), **own}
        roles = isinstance(
            self.service("postgres"), Postgres
        )  # in somebody's own server there are none of ours
        return (
            {**found, "DATABASE_URL": role_url(found["DATABASE_URL"], runner)} if runner and roles else found
        )

    async def start(self, name: str) -> None:
        """Start a runner and wait until it is ready."""
        self._progress(f"› runners/{name}.py …")
        process = Process(
            f"runners/{name}.py",
            [sys.executable, "-m", f"runners.{name}"],
            log=self.directory / f"{name}.log",
            environment=self.environment(name),
        )
        self._runners[name] = process
        await process.start(lambda: self._ready(name), within=40)
        self._progress(f"✓ runners/{name}.py")

    def kill(self, name: str) -> None:
        """SIGKILL a runner."""
        self._runners[name].kill()

    async def command(self, *arguments: str) -> str:
        """Run ``./cli.py`` with the system's settings and return its standard output.

        Raises RuntimeError with what it said when it fails.
        """
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, str(CHECKOUT / "cli.py"), *arguments),
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            output, said = await child.communicate()
        except asyncio.CancelledError:
            kill_tree(child.pid)
            await child.communicate()
            raise
        if child.returncode:
            raise RuntimeError(f"./cli.py {' '.join(arguments)} failed: {said.decode().strip()}")
        return output.decode()

    async def _prepare(self) -> None:
        environment = self.environment()
        self._progress("› migrations …")
        await migrate(environment["DATABASE_URL"])
        if isinstance(self.service("postgres"), Postgres):
            await grant(environment["DATABASE_URL"])
        self._progress("✓ migrations")
        kept = self.directory / "key"
        if not kept.exists():
            async with Db.open(self.settings(), name="system") as db:
                created = await keys.create_key(db, name="local", scopes=(), superuser=True, expires_at=None)
            kept.touch(mode=0o600)
            kept.write_text(created.key)
        self.key = kept.read_text()

    def metrics(self) -> dict[str, str]:
        """The jobs of infra/prometheus/prometheus.yml that run here, each with the page of its metrics."""
        found = {name: f"http://127.0.0.1:{self._ports[name]}/metrics" for name in RUNNERS}
        broker = self.service("rabbitmq")
        if isinstance(broker, RabbitMQ):
            families = "family=queue_coarse_metrics&family=queue_consumer_count"
            found |= {
                "rabbitmq": broker.metrics_url,
                "rabbitmq-queues": f"{broker.metrics_url}/detailed?{families}",
            }
        return found

    def settings(self) -> Settings:
        """The settings as an object, for parts that run in this process."""
        names = {name.upper(): name for name in Settings.model_fields}
        given = {names[key]: value for key, value in self.environment().items() if key in names}
        return Settings.model_validate(given)

    async def _ready(self, name: str) -> bool:
        try:
            async with (
                aiohttp.ClientSession() as http,
                http.get(f"http://127.0.0.1:{self._ports[name]}/readyz") as answer,
            ):
                return answer.status == 200
        except aiohttp.ClientError:
            return False


async def keep(directory: Path) -> None:
    """Keep the system up until Ctrl-C, and print how to use it."""
    async with System(directory, durable=True, progress=_say) as system, _watched(directory, system) as watch:
        await fill(system)
        use = _write_environment(directory, system, watch.environment())
        pages = {
            "API, its documentation": f"{system.api_url}/docs",
            "The same as OpenAPI": f"{system.api_url}/docs/openapi.json",
            "API key (X-API-KEY)": system.key,
            "Discord, as a page": system.discord_server.url,
            "Mails that were sent": system.service("mail").url,
            "Errors that were reported": system.service("sentry").url,
            "Prometheus": f"{watch.url}/graph",
            "Alerts": f"{watch.url}/alerts",
            **{f"Metrics of {job}": page for job, page in system.metrics().items()},
            "RabbitMQ's management": system.environment()["RABBITMQ_MANAGEMENT_URL"],
            "Logs": str(directory),
            "Settings, for ./cli.py and psql": f"set -a; . {use}",
        }
        _say("")
        for what, where in pages.items():
            _say(f"  {what:<34}{where}")
        _say("\nCtrl-C stops everything; the data stays. `make clean` removes it.")
        await asyncio.Event().wait()


@asynccontextmanager
async def _watched(directory: Path, system: System) -> AsyncGenerator[Prometheus]:
    watch = Prometheus(directory / "prometheus", system.metrics())
    await watch.start()
    try:
        yield watch
    finally:
        await watch.stop()


async def fill(system: System) -> None:
    """Play the demo's evening where nobody is yet, and leave one run to be judged."""
    from rich.console import Console

    from genjilib.local.demo import evening
    from genjilib.local.demo.stage import Stage, StepFailed

    async with aiohttp.ClientSession(headers={"X-API-KEY": system.key}) as http:
        stage = Stage(system, http, Console(quiet=True))
        if await stage.call("GET", "/maps"):
            return
        _say("› people, a map and runs …")
        try:
            for step in evening.STEPS:
                await step(stage)
            await evening.submit_run(stage, stage.ids["tracer"], 64.2, "tracer")
        except StepFailed as problem:
            _say(f"✗ {problem}")
        else:
            _say("✓ people, a map and runs")


def _write_environment(directory: Path, system: System, more: dict[str, str]) -> Path:
    """Write the settings as a file that a shell reads; only its owner can."""
    file = directory / "environment"
    file.touch(mode=0o600)
    mine = {
        name: value
        for name, value in {**system.environment(), **more}.items()
        if os.environ.get(name) != value
    }
    file.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in sorted(mine.items())))
    return file


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # progress for who started it


def main() -> None:
    """`make run`."""
    # Set for Ctrl-C too: what a script starts with `&` inherits that it is to be ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        asyncio.run(keep(CHECKOUT / ".local" / "system"))
    except KeyboardInterrupt:
        _say("Stopped.")
    except StartFailure as problem:
        hint = "\n\nIs the system up already in this checkout? Stop it by Ctrl-C where it runs."
        _say(f"\n{problem}{hint if 'another' in str(problem) else ''}")
        sys.exit(75)


if __name__ == "__main__":
    main()
