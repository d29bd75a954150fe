"""The demo as people start it: it passes, it can be interrupted, and it says what broke."""

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import psycopg
import pytest


class Demo:
    """`python -m genjilib.local.demo`, with a folder of its own for what it makes."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder, self._log = folder / "temporary", folder / "output"
        self.folder.mkdir()
        self._environment = {**environment, "TMPDIR": str(self.folder), "NO_COLOR": "1", "COLUMNS": "200"}
        self._process: asyncio.subprocess.Process
        self._family: set[psutil.Process] = set()

    async def start(self) -> None:
        """Start it, in a session of its own so that a signal reaches nobody else."""
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "genjilib.local.demo"),
                env=self._environment,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                # As for what a script starts with `&`: Ctrl-C has to count all the same.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
            )

    async def until(self, text: str, *, within: float = 90) -> None:
        """Wait until it has printed a text."""
        deadline = time.monotonic() + within
        while text not in self.words():
            assert self._process.returncode is None, self.words()
            assert time.monotonic() < deadline, self.words()
            self._look_around()
            await asyncio.sleep(0.2)

    async def interrupt(self) -> int:
        """Press Ctrl-C and return its exit code."""
        self._look_around()
        self._process.send_signal(signal.SIGINT)
        return await self.ended(within=60)

    async def ended(self, *, within: float) -> int:
        """Its exit code, as soon as it has ended."""
        deadline = time.monotonic() + within
        waiting = asyncio.create_task(self._process.wait())
        while not waiting.done():
            assert time.monotonic() < deadline, self.words()
            self._look_around()
            await asyncio.wait({waiting}, timeout=0.5)
        return await waiting

    def left(self) -> list[str]:
        """Every process that it or its children started and that is still there.

        A dead one that init has adopted and not looked after yet is init's.
        """
        strays = {process for process in psutil.process_iter() if self._is_ours(process)}
        found: list[str] = []
        for process in self._family | strays:
            try:
                if (process.status(), process.ppid()) != (psutil.STATUS_ZOMBIE, 1):
                    found.append(f"{process.pid} {process.status()} {process.name()}")
            except psutil.NoSuchProcess:
                continue
        return found

    def _is_ours(self, process: psutil.Process) -> bool:
        """Whether a process works in our folder, whoever is its parent now."""
        try:
            words = [*process.cmdline(), *process.environ().values()]
        except psutil.Error:
            return False
        return any(str(self.folder) in word for word in words)

    def words(self) -> str:
        """All it printed."""
        return self._log.read_text(errors="replace")

    def kill(self) -> None:
        """End it with all that it started."""
        self._look_around()
        if self._process.returncode is None:
            self._process.kill()
        for process in self._family:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue

    def _look_around(self) -> None:
        try:
            self._family |= set(psutil.Process(self._process.pid).children(recursive=True))
        except psutil.NoSuchProcess:
            return


SERVERS = ("DATABASE_URL", "AMQP_URL", "RABBITMQ_MANAGEMENT_URL", "TOKEN_SECRET")


def made(tmp_path: Path, **servers: str) -> Iterator[Demo]:
    """The demo, not started yet, with servers of its own but for those that are given."""
    outside = {key: value for key, value in os.environ.items() if key not in SERVERS}
    demo = Demo(tmp_path, {**outside, **servers})
    yield demo
    demo.kill()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """The demo with servers of its own."""
    yield from made(tmp_path)


@pytest.fixture
def broker(fresh_amqp_url: str, rabbitmq: dict[str, str]) -> dict[str, str]:
    """A broker that is given, which the demo neither starts nor stops."""
    return {"AMQP_URL": fresh_amqp_url, "RABBITMQ_MANAGEMENT_URL": rabbitmq["RABBITMQ_MANAGEMENT_URL"]}


@pytest.fixture
def lodger(tmp_path: Path, broker: dict[str, str]) -> Iterator[Demo]:
    """The demo on a broker that is given: of all its servers that one takes longest to start."""
    yield from made(tmp_path, **broker)


@pytest.fixture
def guest(tmp_path: Path, broker: dict[str, str], database_url: str) -> Iterator[Demo]:
    """The demo on a database and a broker that are given."""
    yield from made(tmp_path, **broker, DATABASE_URL=database_url)


@pytest.mark.timeout(300)
async def test_the_whole_demo_holds_and_leaves_nothing_behind(demo: Demo) -> None:
    await demo.start()
    assert await demo.ended(within=280) == 0, demo.words()
    said = demo.words()
    assert int(re.findall(r"(\d+) checks held", said)[-1]) == 38
    assert "lost 0, doubled 0" in said
    assert demo.left() == []
    assert list(demo.folder.iterdir()) == []


BROKEN = """
    create function public.refuse() returns trigger language plpgsql
    as $$ begin raise exception 'nobody is let in'; end $$;
    create trigger refuse before insert on core.users for each row execute function public.refuse()
"""


async def interrupted(demo: Demo, moment: str) -> None:
    await demo.start()
    await demo.until(moment)
    assert await demo.interrupt() == 130, demo.words()
    assert demo.words().endswith("\nStopped.\n"), demo.words()
    assert demo.left() == []
    assert list(demo.folder.iterdir()) == []


@pytest.mark.timeout(180)
async def test_ctrl_c_stops_all_servers_while_they_start(demo: Demo) -> None:
    await interrupted(demo, "› postgres")


@pytest.mark.timeout(180)
async def test_ctrl_c_stops_everything_in_the_middle_of_the_evening(lodger: Demo) -> None:
    await interrupted(lodger, "five users exist")


@pytest.mark.timeout(180)
async def test_a_broken_step_is_named_with_its_reason_and_the_logs_are_kept(
    guest: Demo, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as database:
        database.execute(BROKEN)
    await guest.start()
    assert await guest.ended(within=120) == 1
    said = guest.words()
    assert (
        "The demo failed: StepFailed: step “Players and a moderator are created”: POST /users answered 500"
        in said
    )
    (kept,) = guest.folder.iterdir()
    assert f"The logs are in {kept}" in said
    assert "nobody is let in" in (kept / "api.log").read_text()
    assert guest.left() == []
