"""A stack that stays up on its own: one keeper process a folder, found by a lock and a state file."""

import argparse
import asyncio
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from genjilib.local import CHECKOUT
from genjilib.local.processes import StartFailure, kill_tree
from genjilib.local.stack import NAMES, Stack, embedded


class AlreadyUp(Exception):
    """Another process keeps a stack in this folder."""


@dataclass(frozen=True)
class State:
    """A running stack: its keeper's process id, the settings of its services, and since when (ISO 8601)."""

    pid: int
    since: str
    environment: dict[str, str]


async def keep(
    directory: Path,
    stack: Stack,
    *,
    up: Callable[[State], None] = lambda _: None,
    while_pid: int | None = None,
) -> None:
    """Start the stack and keep it until SIGTERM, SIGINT, or the end of process `while_pid`.

    Raise AlreadyUp when another process keeps one here.
    """
    with _lock(directory):
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ended.set)
        if while_pid is not None:
            watched = os.pidfd_open(while_pid)
            loop.add_reader(watched, ended.set)
        await _until(ended, directory, stack, up)


async def _until(ended: asyncio.Event, directory: Path, stack: Stack, up: Callable[[State], None]) -> None:
    started = asyncio.create_task(stack.__aenter__())
    asked = asyncio.create_task(ended.wait())
    await asyncio.wait({started, asked}, return_when=asyncio.FIRST_COMPLETED)
    if not started.done():
        started.cancel()
        await asyncio.wait({started})
        return
    await started
    try:
        state = State(os.getpid(), time.strftime("%Y-%m-%dT%H:%M:%S%z"), stack.environment())
        _write(directory / "state.json", state)
        up(state)
        await asked
    finally:
        (directory / "state.json").unlink(missing_ok=True)
        await stack.__aexit__(None, None, None)


def status(directory: Path) -> State | None:
    """The running stack of this folder; None when there is none or it is still starting.

    What a crash or a reboot left is not mistaken for one: the kernel releases the lock with the process.
    """
    pid = _keeper(directory)
    try:
        state = State(**json.loads((directory / "state.json").read_text()))
    except FileNotFoundError:
        return None
    return state if state.pid == pid else None


def begin(
    directory: Path,
    names: Sequence[str] = NAMES,
    *,
    durable: bool = True,
    while_pid: int | None = None,
) -> subprocess.Popen[bytes] | None:
    """Start a keeper in the background without waiting for it; None when there is one already."""
    if _keeper(directory) is not None:
        return None
    directory.mkdir(parents=True, exist_ok=True)
    options = ["--durable"] if durable else []
    options += ["--while-pid", str(while_pid)] if while_pid else []
    with (directory / "keeper.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "genjilib.local.kept", *options, "--directory", directory, *names],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def up(
    directory: Path,
    names: Sequence[str] = NAMES,
    *,
    durable: bool = True,
    while_pid: int | None = None,
) -> State:
    """Have the stack running in the background, started now if need be, and return its state (≤ 90 s)."""
    child = begin(directory, names, durable=durable, while_pid=while_pid)
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if state := status(directory):
            return state
        if (child is None or child.poll() is not None) and _keeper(directory) is None:
            break
        time.sleep(0.03)
    log = (directory / "keeper.log").read_text(errors="replace")
    raise StartFailure(f"the stack in {directory} did not come up:\n{log[-3000:]}")


def down(directory: Path, *, within: float = 40) -> bool:
    """Stop the stack of this folder and wait for its end; False when there was none."""
    pid = _keeper(directory)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + within
    while _keeper(directory) is not None:
        if time.monotonic() > deadline:
            kill_tree(pid)
        time.sleep(0.03)
    return True


@contextmanager
def _lock(directory: Path) -> Generator[None]:
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("a+") as file:
        for _ in range(20):  # whoever asks for the status holds a shared lock for a moment
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.02)
        else:
            raise AlreadyUp(str(directory))
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _keeper(directory: Path) -> int | None:
    """Process id of the keeper, known by the lock it holds."""
    try:
        with (directory / "lock").open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return _written_pid(directory / "lock")
    return None


def _written_pid(lock: Path) -> int | None:
    # Between taking the lock and writing the id pass microseconds.
    for _ in range(50):
        if text := lock.read_text():
            return int(text)
        time.sleep(0.01)
    return None


def _write(file: Path, state: State) -> None:
    new = file.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(asdict(state)))
    new.rename(file)


def main() -> None:
    """The keeper process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--durable", action="store_true")
    parser.add_argument("--while-pid", type=int)
    parser.add_argument("names", nargs="+")
    options = parser.parse_args()
    services = embedded(options.directory, options.names, durable=options.durable)
    stack = Stack(services, progress=lambda line: print(line, flush=True))  # noqa: T201
    try:
        asyncio.run(keep(options.directory, stack, while_pid=options.while_pid))
    except (AlreadyUp, StartFailure) as problem:
        sys.exit(f"{type(problem).__name__}: {problem}")


if __name__ == "__main__":
    main()
