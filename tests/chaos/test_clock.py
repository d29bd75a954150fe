"""The clocks of worker and API are wrong and jump; only the database's counts."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from genjilib.auth import keys
from genjilib.core.clock import now
from genjilib.db import Db
from genjilib.local import CHECKOUT
from tests.broker.world import settings
from tests.chaos.scene import MESSAGES, Scene
from tests.nursery import Nursery, Runner

FAKETIME = next((CHECKOUT / ".local/beside-root/usr/lib").glob("*/faketime/libfaketime.so.1"))


@pytest.fixture
def offset(tmp_path: Path) -> Path:
    """A file that says by how much the clocks are wrong."""
    path = tmp_path / "offset"
    path.write_text("+0\n")
    return path


@pytest.fixture
async def wrong(tmp_path: Path, offset: Path) -> AsyncIterator[tuple[Nursery, dict[str, str]]]:
    """A nursery whose children live by that file, and what they need in their environment for it."""
    lie = {
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    folder = tmp_path / "wrong"
    folder.mkdir()
    nursery = Nursery(folder, {**lie, "LD_PRELOAD": str(FAKETIME)})
    await nursery.open()
    yield nursery, lie
    await nursery.close()


async def short_lived_key(scene: Scene) -> str:
    """A key that is valid for half an hour."""
    async with Db.open(settings(scene.database_url, scene.amqp_url), name="scene") as db:
        soon = now() + timedelta(minutes=30)
        return (await keys.create_key(db, name="clock", scopes=(), superuser=True, expires_at=soon)).key


WRONG_BY = {"+1h": 3600, "-1h": -3600, "+0": 0, "-10m": -600}


async def seconds_ahead(runner: Runner) -> float:
    """By how much a runner's clock is ahead of ours, which its answers tell."""
    url = f"http://127.0.0.1:{runner.inner}/livez"
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()


@pytest.mark.row("21")
async def test_wrong_clocks_lose_double_and_end_nothing(
    scene: Scene, wrong: tuple[Nursery, dict[str, str]], offset: Path
) -> None:
    nursery, lie = wrong
    offset.write_text("+1h\n")
    worker = await scene.start("worker", deploy="good", nursery=nursery, **lie)
    api = await scene.start("api", nursery=nursery, **lie)
    headers = {"X-API-KEY": await short_lived_key(scene)}
    async with aiohttp.ClientSession(headers=headers) as http:
        for count, (wrong_by, seconds) in enumerate(WRONG_BY.items(), 1):
            offset.write_text(f"{wrong_by}\n")
            for runner in (worker, api):

                async def is_wrong(runner: Runner = runner, seconds: float = seconds) -> bool:
                    return abs(await seconds_ahead(runner) - seconds) < 60

                await scene.until(is_wrong)
            scene.hit()
            await scene.emit(MESSAGES // 4)
            await scene.emit(1, fate="raise")  # its four waits are the database's
            await scene.recovered()
            async with http.get(f"http://127.0.0.1:{api.port}/api/v3/newsfeed") as answer:
                assert answer.status == 200, await answer.text()
            died = "select count(*) = %s from messages.dead_letters"
            await scene.until(partial(scene.ask, died, count), within=60 + MESSAGES / 500)
    assert worker.status is None
    await scene.verdict(dead=4)
    off = "select count(*) from chaos.effects where at not between now() - interval '10 min' and now()"
    assert await scene.ask(off) == 0
