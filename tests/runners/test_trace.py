"""One trace from the request to what is seen in Discord, in rows and in the logs of the runners."""

import asyncio
from typing import Any

import aiohttp

from genjilib.local.sentry import Sentry
from tests.nursery import Runner
from tests.runners.conftest import Servers
from tests.town import CODE, SHOT, VIDEO

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
REQUEST = "website-7f3a9c21"


async def lines(runner: Runner, event: str) -> list[dict[str, Any]]:
    """The lines of one event that belong to the trace, which it writes after the effect."""
    async with asyncio.timeout(60):
        while True:
            found = runner.lines(event)
            if told := [line for line in found if TRACE in (line.get("traceparent") or "")]:
                return told
            await asyncio.sleep(0.05)


async def test_a_request_is_followed_into_the_bot_by_its_trace(
    servers: Servers, publishing: None, sentry: Sentry
) -> None:
    town = servers.town
    reporting = {**sentry.environment(), "SENTRY_TRACES_SAMPLE_RATE": "1"}
    api = await servers.start("api", **reporting)
    bot = await servers.start("bot", **reporting)
    headers = {
        "X-API-KEY": servers.key,
        "X-Request-Id": REQUEST,
        "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01",
    }
    body = {"code": CODE, "user_id": town.id("tracer"), "time": 58.31, "screenshot": SHOT, "video": VIDEO}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.post(f"http://127.0.0.1:{api.port}/api/v3/completions", json=body) as answer,
    ):
        assert answer.status == 201
        assert answer.headers["X-Request-Id"] == REQUEST
        submitted = await answer.json()
    await town.queued(submitted["completion_id"])
    await town.settled(within=60)

    (answered,) = await lines(api, "answered")
    assert answered["request_id"] == REQUEST
    assert answered["runner"] == "api"
    queue = "api.completion.submission"
    sent = await town.rows("select message_id, trace from messages.sent where queue = %s", queue)
    ((message_id, trace),) = sent
    assert trace.split("-")[1] == TRACE
    (handled,) = await lines(bot, "message-applied")
    assert handled["queue"] == queue
    assert handled["message_id"] == str(message_id)
    assert handled["runner"] == "bot"
    assert (await api.stop(), await bot.stop()) == (0, 0)
    sent_on = [item["payload"] for item in await sentry.items("transaction")]
    seen = {one["transaction"]: one for one in sent_on if one["contexts"]["trace"]["trace_id"] == TRACE}
    assert set(seen) == {"POST /api/v3/completions", queue}
    request = seen["POST /api/v3/completions"]["contexts"]["trace"]
    assert seen[queue]["contexts"]["trace"]["parent_span_id"] == request["span_id"]
