"""What runs by itself: a crontab that fits its table, one run at a time, and a metric of the last success."""

import fcntl
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from genjilib.broker import cleaning
from genjilib.core.metrics import REGISTRY
from genjilib.db import Db
from genjilib.ops import schedule
from tests.ops.conftest import Genji
from tests.ops.test_tree import COMMANDS

LAST, DURATION = "genji_schedule_last_success_seconds", "genji_schedule_duration_seconds"


@pytest.fixture
def true(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two schedules that need no server: one whose command works, one whose command fails."""
    made = [
        schedule.Schedule("good", "0 0 * * *", ("show", "metrics"), "Works."),
        schedule.Schedule("bad", "0 0 * * *", ("show", "nothing"), "Fails."),
        schedule.Schedule("bungie", "0 0 * * *", ("show", "nothing"), "Needs a key.", raids=True),
    ]
    monkeypatch.setattr(schedule, "SCHEDULES", made)


def test_the_crontabs_are_the_table_and_each_command_is_one_of_ours() -> None:
    assert {path.name for path in schedule.CRONTABS} == {"genji", "genji-staging", "genji-production"}
    for path, command in schedule.CRONTABS.items():
        assert path.read_text() == schedule.crontab(command)
        program = command.split()[-2 if "/run " in command else -1].removeprefix("/opt/genji/")
        assert os.access(schedule.ROOT / program, os.X_OK)
    assert len({each.name for each in schedule.SCHEDULES}) == len(schedule.SCHEDULES)
    for each in schedule.SCHEDULES:
        assert " ".join(each.command[:2]) in COMMANDS
        assert len(each.when.split()) == 5


@pytest.mark.usefixtures("true")
def test_the_last_success_is_a_metric_that_a_failure_does_not_touch(genji: Genji) -> None:
    before = datetime.now(UTC)
    for name, code in (("good", 0), ("bad", 2)):
        done = genji("schedule", "run", name, "--metrics", "text", "--json")
        assert (done.code, done.json) == (code, [{"name": name, "code": code}])
    assert [path.name for path in Path("text").glob("*.prom")] == ["genji-good.prom"]
    assert set(written("good")) == {f'{LAST}{{schedule="good"}}', f'{DURATION}{{schedule="good"}}'}
    assert 0 < written("good")[f'{DURATION}{{schedule="good"}}'] < 60
    good, bad, _ = genji("schedule", "list", "--metrics", "text", "--json").json
    assert bad["last_success"] is None
    at = datetime.fromisoformat(good["last_success"])
    assert before - timedelta(seconds=1) <= at <= datetime.now(UTC) + timedelta(seconds=1)


def written(name: str) -> dict[str, float]:
    """The metrics of a file for the node exporter."""
    lines = [line.split() for line in Path(f"text/genji-{name}.prom").read_text().splitlines()]
    return {line[0]: float(line[1]) for line in lines if line[0] != "#"}


def test_the_size_of_the_backup_that_was_made_is_a_metric(
    genji: Genji, shared_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", shared_url)  # the command is a process of its own
    done = genji("schedule", "run", "backup", "--metrics", "text", url=shared_url)
    assert done.code == 0, done.err
    (listed,) = genji("backup", "list", "--json", url=shared_url).json
    assert written("backup")["genji_backup_size_bytes"] == listed["size_bytes"]


@pytest.mark.usefixtures("true")
def test_a_schedule_runs_once_at_a_time_and_unknown_ones_do_not(genji: Genji) -> None:
    Path("text").mkdir()
    with Path("text", ".genji-good.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        busy = genji("schedule", "run", "good", "--metrics", "text")
    assert (busy.code, "is running" in busy.err) == (2, True)
    unknown = genji("schedule", "run", "other", "--metrics", "text")
    assert (unknown.code, "There are good, bad, bungie" in unknown.err) == (2, True)
    assert not list(Path("text").glob("*.prom"))


async def test_the_worker_tells_when_it_last_cleaned(
    shared_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Enough(Exception): ...

    async def stop(_: float) -> None:
        raise Enough

    before = datetime.now(UTC).timestamp()
    monkeypatch.setattr(cleaning.asyncio, "sleep", stop)
    async with Db.connect(shared_url, name="test") as db:
        with pytest.raises(Enough):
            await cleaning.keep_clean(db)
    assert (REGISTRY.get_sample_value(LAST, {"schedule": "clean"}) or 0) >= before


@pytest.mark.usefixtures("true")
def test_what_asks_bungie_does_so_with_a_key_only(genji: Genji) -> None:
    run, url = ("schedule", "run", "bungie", "--metrics", "text"), "postgres://nobody@127.0.0.1:1/none"
    assert genji(*run, url=url, BUNGIE_API_KEYS="").code == 0
    assert genji(*run, url=url, BUNGIE_API_KEYS="key").code == 2
