"""Child processes that log to a file, are waited for, and never outlive the process that started them."""

import asyncio
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import psutil


class StartFailure(Exception):
    """A server did not come up; the message names it and carries the end of its log."""


class Process:
    """A server started from this process.

    It has its own session, so Ctrl-C in the terminal reaches only us and we stop it in order. The kernel
    sends it `orphan_signal` when the thread that started it ends, so that a SIGKILL of this process leaves
    nothing behind either: start it from the main thread or one that lives as long.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        wrapper: Sequence[str] = (),
        stop_signal: signal.Signals = signal.SIGTERM,
        orphan_signal: signal.Signals = signal.SIGKILL,
    ) -> None:
        self.name = name
        self._log = log
        self._environment = environment
        self._stop_signal = stop_signal
        # The death signal is set last: a change of user in `wrapper` would clear it.
        setpriv = ["setpriv", "--pdeathsig", orphan_signal.name.removeprefix("SIG"), "--"]
        self._command = [*wrapper, *setpriv, *map(str, command)]
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._child.pid if self._child and self._child.poll() is None else None

    @property
    def status(self) -> int | None:
        """The exit status once it has ended, negative for a signal."""
        return self._child.poll() if self._child else None

    async def start(self, ready: Callable[[], Awaitable[bool]], *, within: float) -> None:
        """Start it and wait until `ready` says so; raise StartFailure when it ends or is late (s)."""
        self._spawn()
        try:
            async with asyncio.timeout(within):
                while not await ready():
                    if self.pid is None:
                        raise StartFailure(self._failure(f"ended with status {self.status}"))
                    await asyncio.sleep(0.03)
        except TimeoutError:
            self.kill()
            raise StartFailure(self._failure(f"was not ready after {within:.0f} s")) from None
        except BaseException:
            self.kill()
            raise

    async def stop(self, *, within: float = 10) -> None:
        """Ask it to end, and kill it with all its children when it has not after `within` seconds."""
        if self._child is None or self.pid is None:
            return
        self._child.send_signal(self._stop_signal)
        try:
            await asyncio.to_thread(self._child.wait, within)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL it and everything it started, as a power cut would."""
        if self._child is not None and self.pid is not None:
            kill_tree(self._child.pid)
            self._child.wait()

    def _spawn(self) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )

    def _failure(self, what: str) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-15:] if self._log.exists() else []
        return "\n".join([f"{self.name} {what}. The end of {self._log}:", *(f"  {line}" for line in lines)])


def kill_tree(pid: int) -> None:
    """SIGKILL a process and all its descendants; servers put theirs into sessions of their own."""
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for member in family:
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
    deadline = time.monotonic() + 5
    while any(map(_runs, family)) and time.monotonic() < deadline:
        time.sleep(0.005)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE  # orphans stay zombies while init is busy
    except psutil.NoSuchProcess:
        return False


async def run(
    command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None, given: str = ""
) -> str:
    """Run a command to its end, on what it is ``given`` to read, and return what it printed.

    Raises RuntimeError with its words when it fails.
    """
    child = await asyncio.create_subprocess_exec(
        *map(str, command),
        env={**environment} if environment is not None else None,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        output, _ = await child.communicate(given.encode())
    except asyncio.CancelledError:
        # Its own children too, which would hold the pipe open until after the loop is closed.
        kill_tree(child.pid)
        await child.communicate()
        raise
    if child.returncode:
        words = output.decode(errors="replace").strip()
        raise RuntimeError(f"{Path(command[0]).name} failed ({child.returncode}): {words}")
    return output.decode()


async def accepts(port: int) -> bool:
    """Whether something on 127.0.0.1 accepts connections on this port."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
