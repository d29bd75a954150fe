"""Child processes: waited for, stopped, and gone with their parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from genjilib.local.processes import Process, StartFailure, run

PARENT = """
import asyncio, sys
from pathlib import Path
from genjilib.local.processes import Process
async def main():
    async def ready(): return True
    child = Process("child", ["sleep", "60"], log=Path(sys.argv[1]))
    await child.start(ready, within=5)
    print(child.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


async def at_once() -> bool:
    return True


async def never() -> bool:
    return False


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_child_ends_with_a_killed_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, tmp_path / "log"], stdout=subprocess.PIPE)
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert not gone(child)
    while psutil.Process(child).name() != "sleep":  # setpriv has not done its work yet
        time.sleep(0.01)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 30
    while not gone(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert gone(child)


async def test_child_that_ends_too_early_is_reported_with_its_last_words(tmp_path: Path) -> None:
    child = Process("broken", ["sh", "-c", "echo no such option; exit 3"], log=tmp_path / "log")
    with pytest.raises(StartFailure, match=r"broken ended with status 3(.|\n)*no such option"):
        await child.start(never, within=5)


async def test_child_that_is_never_ready_is_killed(tmp_path: Path) -> None:
    child = Process("slow", ["sleep", "60"], log=tmp_path / "log")
    with pytest.raises(StartFailure, match="slow was not ready after 0 s"):
        await child.start(never, within=0.1)
    assert child.pid is None


async def test_child_that_ignores_the_signal_is_killed_with_its_own_children(tmp_path: Path) -> None:
    script = f"trap '' TERM; sleep 60 & echo $! > {tmp_path / 'grandchild'}; wait; wait"
    child = Process("stubborn", ["sh", "-c", script], log=tmp_path / "log")

    async def ready() -> bool:
        return (tmp_path / "grandchild").exists() and (tmp_path / "grandchild").read_text() != ""

    await child.start(ready, within=5)
    await child.stop(within=0.1)
    assert child.pid is None
    assert gone(int((tmp_path / "grandchild").read_text()))


async def test_child_does_not_share_the_terminal_of_its_parent(tmp_path: Path) -> None:
    child = Process("apart", ["sleep", "60"], log=tmp_path / "log", stop_signal=signal.SIGINT)
    await child.start(at_once, within=5)
    assert child.pid
    assert os.getsid(child.pid) == child.pid
    await child.stop()
    assert child.pid is None


async def test_failing_command_raises_what_it_said() -> None:
    with pytest.raises(RuntimeError, match=r"sh failed \(4\): sorry"):
        await run(["sh", "-c", "echo sorry; exit 4"])
