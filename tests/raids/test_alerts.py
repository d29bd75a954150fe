"""Alerts: what a webhook gets, how often, and when the crawler tells something."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from genjilib import queries
from genjilib.core import metrics
from genjilib.core.clock import now
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.local.bungie.reports import Entry, Played
from genjilib.local.bungie.server import Bungie as Simulated
from genjilib.raids import alerts, crawl
from genjilib.raids.alerts import Alerts, Embed, Grade
from genjilib.raids.bungie import Result
from genjilib.raids.cheats import TOLD
from genjilib.raids.crawl import Findings
from genjilib.raids.store import store
from genjilib.raids.types import ReportBlockedEvent, ReportWantedEvent
from tests.raids.test_crawler import QUICK, WORLD, crawling, ids, position, until
from tests.raids.test_store import read
from tests.raids.test_worker import change, handle, working


class Webhook:
    """A Discord webhook that keeps what it gets; it may answer 503, or nothing until it ``answers``."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.broken = False
        self.answers = asyncio.Event()
        self.answers.set()

    async def take(self, request: web.Request) -> web.Response:
        self.got.append(await request.json())
        await self.answers.wait()
        return web.Response(status=503 if self.broken else 204)


@pytest.fixture
async def webhook(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Webhook, Alerts]]:
    hook, app = Webhook(), web.Application()
    app.router.add_post("/hook", hook.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    settings = Settings.model_construct(
        raid_alerts_url=SecretStr(f"http://127.0.0.1:{runner.addresses[0][1]}/hook"), raid_alerts_role_id=77
    )
    # Without a limit a webhook that hangs does so until the test is over.
    monkeypatch.setattr(alerts, "TIMEOUT", aiohttp.ClientTimeout())
    async with Alerts.open(settings) as told:
        yield hook, told
    hook.answers.set()
    await runner.cleanup()


async def until_got(hook: Webhook, number: int) -> None:
    await until(lambda: len(hook.got) == number)


async def test_a_webhook_gets_each_kind_once_a_minute(
    webhook: tuple[Webhook, Alerts], monkeypatch: pytest.MonkeyPatch
) -> None:
    hook, told = webhook
    told.tell("Lost", "1: not_found", "missing")
    for number in range(2, 9):
        told.tell("Lost", f"{number}: not_found", "missing")
    told.tell("Far", "x" * 3000, "grave", mention=True)
    await until_got(hook, 2)
    first, other = hook.got
    assert first == {"embeds": [{"title": "Lost", "description": "1: not_found", "color": 15548997}]}
    assert (other["content"], other["allowed_mentions"]) == ("<@&77>", {"roles": ["77"]})
    assert (len(other["embeds"][0]["description"]), other["embeds"][0]["color"]) == (2000, 10038562)
    later = time.monotonic() + 60.0
    monkeypatch.setattr(alerts, "time", SimpleNamespace(monotonic=lambda: later))
    told.tell("Lost", "9: not_found", "missing")
    await until_got(hook, 3)
    assert hook.got[2]["embeds"][0]["description"] == "9: not_found"


async def test_flags_are_told_five_at_once_and_then_one_in_three_seconds(
    webhook: tuple[Webhook, Alerts], monkeypatch: pytest.MonkeyPatch
) -> None:
    hook, told = webhook
    begin = moment = time.monotonic()
    monkeypatch.setattr(alerts, "time", SimpleNamespace(monotonic=lambda: moment))
    sent: list[float] = []
    for tenth in range(200):
        moment = begin + tenth / 10
        before = told._waiting.qsize()
        told.show("Flags", [Embed(title=f"{tenth}", description="", color=1)] * 12, TOLD)
        if told._waiting.qsize() > before:
            sent.append(tenth / 10)
    assert sent == [0.0, 0.1, 0.2, 0.3, 0.4, 3.0, 6.0, 9.0, 12.0, 15.0, 18.0]
    told.tell("Lost", "1: not_found", "missing")  # which has a limit of its own
    await until_got(hook, len(sent) + 1)
    assert [len(message["embeds"]) for message in hook.got] == [10] * len(sent) + [1]


async def test_an_alert_that_cannot_be_sent_holds_nobody_up(webhook: tuple[Webhook, Alerts]) -> None:
    hook, told = webhook
    hook.broken = True
    told.tell("Lost", "1", "missing")
    told.tell("Missing", "1", "unsure")
    await until_got(hook, 2)
    for url in ("http://127.0.0.1:9/hook", ""):
        async with Alerts.open(Settings.model_construct(raid_alerts_url=SecretStr(url))) as nowhere:
            nowhere.tell("Lost", "1", "missing")


async def test_a_webhook_that_hangs_holds_no_walk_up(
    webhook: tuple[Webhook, Alerts], db: Db, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook, told = webhook
    hook.answers.clear()
    monkeypatch.setattr(alerts, "FAREWELL", 0.01)
    async with crawling(db, Simulated(WORLD), told=told, length=40):
        await until(lambda: position(database_url) >= WORLD.frontier)
    for n in range(2 * alerts.WAITING):
        told.tell(f"{n}", "is not kept for ever", "quiet")
    assert [one["embeds"][0]["title"] for one in hook.got] == ["The crawler starts"]


class Told(Alerts):
    """Alerts that are kept."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Grade, bool]] = []
        self.texts: dict[str, str] = {}

    def tell(self, title: str, text: str, grade: Grade, *, mention: bool = False) -> None:
        self.told.append((title, grade, mention))
        self.texts.setdefault(title, text)


async def until_told(told: Told, *wanted: tuple[str, Grade, bool]) -> None:
    async with asyncio.timeout(60):
        while not set(wanted) <= set(told.told):
            await asyncio.sleep(0.05)


async def test_the_crawler_tells_where_it_is(db: Db, database_url: str) -> None:
    """Behind the frontier nothing is, and the search for what is there comes to nothing either."""
    told, not_there = Told(), (Result.NOT_FOUND, 0.0)
    await store(db, [read(WORLD.played(ids("raid")[0]))])
    await crawl.record(db, Findings(missed={1: not_there, 2: not_there}), next_id=WORLD.frontier)
    change(database_url, "update crawl.missed set attempts = case instance_id when 1 then 2 else 15 end")
    async with crawling(db, Simulated(WORLD), told=told, length=100):
        await until_told(
            told,
            ("The crawler starts", "news", False),
            ("A period is over", "quiet", False),
            ("Many ids are missing", "warning", False),
            ("The crawler ran away", "grave", True),
            ("A report is missing", "unsure", False),
            ("A report is lost", "missing", False),
        )


async def test_the_crawler_tells_that_it_fell(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any, **__: Any) -> int:
        raise RuntimeError

    monkeypatch.setattr(crawl, "record", broken)
    told = Told()
    async with crawling(db, Simulated(WORLD), told=told):
        await until_told(told, ("The crawler fell", "grave", True))


async def test_what_trying_again_came_to_is_told_now_and_then(db: Db) -> None:
    """Asked for, added, without an answer, and the first of the ranges that are still missing."""
    told, found = Told(), ids("raid")[0]
    missed = dict.fromkeys([*range(1, 41, 2), 42, found], (Result.NOT_FOUND, 0.0))
    await crawl.record(db, Findings(missed=missed), next_id=WORLD.frontier)
    async with crawling(db, Simulated(WORLD), told=told, waits=replace(QUICK, summary=0.0)):
        await until_told(told, ("Missed reports", "quiet", False))
    text = told.texts["Missed reports"]
    assert text.startswith("Asked for again: 22. Added: 1. Without an answer: 21. Still missing: 1, 3, ")
    assert re.search(r", 27, 29, and \d+ ranges more\.$", text)
    await crawl.jump(db, 41, 60)
    ranges = [(one.first_id, one.last_id) for one in await queries.raids.missing_ranges(db, n=30)]
    assert ranges[18:21] == [(37, 37), (39, 39), (41, 59)]


async def test_hidden_and_missing_reports_that_are_found_are_told(db: Db) -> None:
    simulated, told = Simulated(WORLD), Told()
    simulated.conditions.unlocked = True
    hidden, missing = ids("restricted")[:2], ids("raid")[0]
    async with working(db, simulated) as context:
        context = replace(context, alerts=told)
        await handle(context, *(ReportBlockedEvent(instance_id=n) for n in hidden))
        await handle(context, ReportWantedEvent(instance_id=missing))
    assert metrics.FLOODGATES_POSITION.collect()[0].samples[0].value == max(hidden)
    assert told.told == [("A missing report is found", "news", False)]


async def test_raids_of_now_are_counted(db: Db) -> None:
    def counted(completed: str) -> float:
        return metrics.RAIDS_STORED.labels("vog", "normal", completed)._value.get()

    before = counted("true"), counted("false")
    ended = now() - timedelta(minutes=35)
    played = [
        Played(1, ended, [Entry(1, 1)]),
        Played(2, ended, [Entry(1, 1)], reason=2),
        Played(3, ended - timedelta(hours=5), [Entry(1, 1)]),
    ]
    for _ in range(2):  # what is stored already is not new
        await store(db, [read(one) for one in played])
    assert (counted("true") - before[0], counted("false") - before[1]) == (1, 1)
