"""Rate limits and faults: an unmodified client survives what it can survive, and sees the rest."""

import asyncio
import time
from typing import Any

import aiohttp
import discord
import pytest

from genjilib.local.discord import ControlClient, Limits, SimulatedDiscord
from tests.local.discord.bots import Bot, Start, point_at, running

POSTS = "POST /channels/*/messages"


def general(bot: Bot, server: SimulatedDiscord) -> Any:
    return bot.get_channel(server.world.channel_id("general"))


async def test_too_many_requests_wait_for_their_bucket(start: Start, server: SimulatedDiscord) -> None:
    server.state.limits = server.state.limits
    bot: Bot = await start()
    channel = general(bot, server)
    began = time.monotonic()
    await asyncio.gather(*(channel.send(str(number)) for number in range(12)))
    assert time.monotonic() - began > 0.2
    assert {one.text for one in await server.messages("general")} == {str(number) for number in range(12)}


async def test_a_429_is_answered_with_all_its_headers() -> None:
    async with SimulatedDiscord(limits=Limits(rest_window=1.0)) as server:
        headers = {"Authorization": f"Bot {server.token}"}
        url = f"{server.api_url}/channels/{server.world.channel_id('general')}/messages"
        async with aiohttp.ClientSession(headers=headers) as session:
            for _ in range(5):
                async with session.post(url, json={"content": "x"}) as response:
                    assert response.status == 200
            assert response.headers["X-RateLimit-Remaining"] == "0"
            async with session.post(url, json={"content": "x"}) as response:
                body = await response.json()
                assert response.status == 429
                assert response.headers["X-RateLimit-Scope"] == "user"
                assert 0 < body["retry_after"] <= 5
                assert body["global"] is False


async def test_faults_429_and_500_are_survived(start: Start, server: SimulatedDiscord) -> None:
    bot: Bot = await start()
    await server.fault("rate_limit", POSTS, seconds=0.05, times=2)
    await general(bot, server).send("after 429")
    await server.fault("rate_limit", POSTS, seconds=0.05, times=1, everywhere=True)
    await general(bot, server).send("after global 429")
    await server.fault("error", POSTS, times=1)
    await general(bot, server).send("after 500")
    texts = [one.text for one in await server.messages("general")]
    assert texts == ["after 429", "after global 429", "after 500"]


async def test_every_second_request_fails_and_503_is_not_retried(
    start: Start, server: SimulatedDiscord
) -> None:
    bot: Bot = await start()
    await server.fault("error", POSTS, every=2, status=503)
    await general(bot, server).send("first")
    with pytest.raises(discord.DiscordServerError):
        await general(bot, server).send("second")
    await server.heal()
    await general(bot, server).send("third")
    assert [one.text for one in await server.messages("general")] == ["first", "third"]


async def test_lost_reply_has_done_its_work_and_the_nonce_makes_it_once(
    start: Start, server: SimulatedDiscord
) -> None:
    bot: Bot = await start()
    await server.fault("lost_reply", POSTS, times=1)
    with pytest.raises(aiohttp.ClientConnectionError):
        await general(bot, server).send("once", nonce="n-1")
    await general(bot, server).send("once", nonce="n-1")
    assert [one.text for one in await server.messages("general")] == ["once"]


async def test_slow_answers_come_late(start: Start, server: SimulatedDiscord) -> None:
    bot: Bot = await start()
    await server.fault("slow", POSTS, seconds=0.2, times=1)
    began = time.monotonic()
    await general(bot, server).send("slow")
    assert time.monotonic() - began >= 0.2


async def test_outage_refuses_connections_then_the_client_resumes() -> None:
    async with (
        SimulatedDiscord(limits=Limits(rest_window=0.02)) as server,
        ControlClient(server.control_url) as control,
    ):
        await point_at(server.api_url)
        bot = Bot()
        async with running(bot, server.token):
            await control.outage(0.6)
            with pytest.raises(aiohttp.ClientConnectionError):
                await general(bot, server).send("lost")
            await bot.hears("disconnect")
            await control.user("genji").say("general", "during the outage")
            await bot.hears("message")
            await bot.hears("resumed")
            await general(bot, server).send("back")
        assert [one.text for one in await control.messages("general")] == ["during the outage", "back"]


async def test_outage_that_answers_500_is_waited_out(start: Start, server: SimulatedDiscord) -> None:
    bot: Bot = await start()
    await server.outage(0.6, refuse=False)
    await general(bot, server).send("retried")
    assert [one.text for one in await server.messages("general")] == ["retried"]
