"""The kept stack and its command: up, down, status, and what a crash leaves."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from typer.testing import CliRunner

from genjilib.local import CHECKOUT, kept
from genjilib.local.processes import StartFailure
from genjilib.ops.local import app


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    yield tmp_path
    kept.down(tmp_path)


def family(pid: int) -> list[psutil.Process]:
    keeper = psutil.Process(pid)
    return [keeper, *keeper.children(recursive=True)]


def wait_for_the_end(processes: list[psutil.Process]) -> None:
    deadline = time.monotonic() + 10
    while any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes):
        assert time.monotonic() < deadline, processes
        time.sleep(0.02)


def genji_local(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    return result.exit_code, result.stdout


def test_kept_stack_survives_a_killed_keeper(folder: Path) -> None:
    first = kept.up(folder, ["postgres", "mail"])
    assert kept.status(folder) == first == kept.up(folder, ["postgres", "mail"])
    url = first.environment["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("create table kept ()")
    everybody = family(first.pid)
    assert len(everybody) > 3

    os.kill(first.pid, signal.SIGKILL)
    wait_for_the_end(everybody)
    assert kept.status(folder) is None
    second = kept.up(folder, ["postgres", "mail"])
    assert second.environment == first.environment
    with psycopg.connect(url) as db:
        assert db.execute("select to_regclass('kept') is not null").fetchone() == (True,)

    everybody = family(second.pid)
    assert kept.down(folder)
    wait_for_the_end(everybody)
    assert kept.status(folder) is None
    assert not kept.down(folder)


def test_stack_ends_with_the_process_it_is_for(folder: Path) -> None:
    owner = subprocess.Popen(["sleep", "60"])
    state = kept.up(folder, ["mail"], while_pid=owner.pid)
    everybody = family(state.pid)
    owner.kill()
    owner.wait()
    wait_for_the_end(everybody)


def test_stack_that_cannot_start_says_why(folder: Path) -> None:
    (folder / "mail").write_text("a file where a folder should be")
    with pytest.raises(StartFailure, match="File exists"):
        kept.up(folder, ["mail"])


def test_commands_print_settings_and_exit_codes(folder: Path) -> None:
    there = ("--directory", folder)
    assert genji_local("status", *there, "--json") == (1, '{"up": false}\n')
    code, output = genji_local("up", "mail", "--detach", *there, "--json")
    state = json.loads(output)
    assert (code, state["up"]) == (0, True)
    code, output = genji_local("status", *there)
    assert code == 0
    assert f"RESEND_API_URL={state['environment']['RESEND_API_URL']}" in output.splitlines()
    assert genji_local("up", "mail", *there, "--json") == (0, json.dumps(state) + "\n")
    assert genji_local("down", *there, "--json") == (0, '{"stopped": true}\n')
    assert genji_local("down", *there) == (0, "Nothing was up.\n")
    assert genji_local("up", "nonsense", *there)[0] == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_foreground_stack_stops_on_a_signal(folder: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-c", "from genjilib.ops.local import app; app()", "up", "mail"]
    terminal = subprocess.Popen([*command, "--directory", folder], cwd=CHECKOUT, stdout=subprocess.PIPE)
    assert terminal.stdout
    assert b"up since" in terminal.stdout.readline()
    everybody = family(terminal.pid)
    terminal.send_signal(number)
    assert terminal.wait(10) == 0
    wait_for_the_end(everybody)
