"""Runners that are told to stop under load: they finish what is in hand, in time, and lose nothing."""

import asyncio
import signal
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from genjilib.auth import rules as auth
from genjilib.auth.types import EmailRegisterRequest
from genjilib.local.mail import Mail
from genjilib.newsfeed import rules as newsfeed
from genjilib.newsfeed.types import NewsfeedGuide
from tests.nursery import Runner
from tests.runners.conftest import Servers
from tests.town import Town, picture

SECRET = "only for tests, long enough to be one"


@pytest.fixture
async def town(servers: Servers) -> AsyncIterator[Town]:
    """The servers' people; what a test left running is ended."""
    yield servers.town
    await servers.kill()
    await servers.town.rows("truncate messages.outbox, messages.sent, messages.inbox, messages.failures")


async def test_the_api_answers_the_requests_in_hand_and_keeps_what_it_answered(
    servers: Servers, town: Town
) -> None:
    api = await servers.start("api")
    answered: set[int] = set()

    async def create(http: aiohttp.ClientSession, first: int) -> None:
        for user_id in range(first, first + 1000):
            body = {"id": user_id, "global_name": "x", "nickname": "x"}
            try:
                async with http.post(f"http://127.0.0.1:{api.port}/api/v3/users", json=body) as answer:
                    assert answer.status == 201, await answer.text()
                    answered.add(user_id)
            except aiohttp.ClientConnectionError:
                return  # the port is closed, or the idle connection was

    async with aiohttp.ClientSession(headers={"X-API-KEY": servers.key}) as http:
        clients = [asyncio.create_task(create(http, 5 * 10**17 + n * 1000)) for n in range(8)]
        while len(answered) < 40:
            await asyncio.sleep(0.005)
        api.send()
        api.send()  # a second signal changes nothing
        assert await api.ended() == 0
        await asyncio.gather(*clients)
    rows = await town.rows("select id from core.users where id between 5 * 10^17 and 6 * 10^17")
    assert {user_id for (user_id,) in rows} == answered


async def test_the_worker_finishes_its_mails_and_the_next_one_sends_the_rest(
    servers: Servers, town: Town, mail: Mail
) -> None:
    for number in range(30):
        new = EmailRegisterRequest(f"hana{number}@example.org", "M.E.K.A. 2026 go", f"hana{number}")
        await auth.register(town.db, new, client=None, secret=SECRET)
    settings = {key.upper(): value for key, value in mail.environment().items()}
    worker = await servers.start("worker", **settings, ready=False)
    await town.until(mail.messages)
    assert await worker.stop() == 0
    assert worker.lines("stopping")
    sent = await mail.messages()
    assert len(sent) == await town.ask("select count(*) from messages.inbox")
    other = await servers.start("worker", **settings, ready=False)
    await town.until(lambda: applied(town, 30), within=60)
    assert await other.stop() == 0
    receivers = sorted(str(one["to"]) for one in await mail.messages())
    assert len(receivers) == len(set(receivers)) == 30


async def applied(town: Town, count: int) -> bool:
    """Whether so many messages had their effect."""
    return await town.ask("select count(*) from messages.inbox") == count


async def test_the_bot_finishes_its_handler_and_tells_people_it_keeps_waiting(
    servers: Servers, town: Town, publishing: None
) -> None:
    bot = await servers.start("bot")
    tracer = servers.discord.user("tracer")
    options: dict[str, Any] = {"code": "GENJ1", "time": "58.31", "screenshot": picture(), "quality": 5}
    question = await tracer.slash("submit-completion", options)
    await servers.discord.fault("slow", "POST /channels/*/messages", seconds=1.5, times=1)
    async with town.db.transaction() as tx:
        for number in range(5):
            await newsfeed.publish(tx, NewsfeedGuide("GENJ1", f"https://g.example/{number}", "Tracer"))
    await asyncio.sleep(1.0)
    bot.send(signal.SIGTERM)
    disabled = await tracer.follow(question)
    assert all(button.disabled for button in disabled.message.buttons)
    told = await tracer.follow(disabled)
    assert "The bot is restarting." in told.text
    bot.send(signal.SIGTERM)
    assert await bot.ended(within=60) == 0
    finished = await town.ask("select count(*) from messages.inbox where consumer = 'api.newsfeed.create'")
    assert len(await town.messages("newsfeed")) == finished > 0
    await bot_again(servers, town)


async def bot_again(servers: Servers, town: Town) -> None:
    """The next bot does what is left, once and in order."""
    bot: Runner = await servers.start("bot")
    guides = [f"https://g.example/{number}" for number in range(5)]
    await town.until(lambda: _is(town, guides), within=60)
    assert await bot.stop() == 0


async def _is(town: Town, guides: list[str]) -> bool:
    return await posted(town) == guides


async def posted(town: Town) -> list[str]:
    """The links of the guides in the newsfeed."""
    return [text.splitlines()[-1] for text in await town.texts("newsfeed") if "Guide" in text]
