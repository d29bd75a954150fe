"""The API dies between what it did and what it says: the client asks again, and nothing happens twice."""

import asyncio
from dataclasses import dataclass, field

import aiohttp
import pytest

from tests.chaos.scene import MESSAGES, STRIKES, Scene
from tests.nursery import Runner

COMMANDS = MESSAGES // 10
"""Fewer than messages: each is a request of its own."""

ENTRY = {"id": None, "timestamp": "2026-01-01T00:00:00Z"}
WRITES = "web.keep_answer"
"""A statement of the transactions that answer a request with a key."""


@dataclass
class Client:
    """Asks until it is answered, each command with a key of its own."""

    http: aiohttp.ClientSession
    api: Runner
    replayed: int = 0
    answers: dict[int, int] = field(default_factory=dict[int, int])
    """The id of each entry's row, as the API told it."""

    async def publish(self, n: int) -> int:
        """Publish entry ``n``; returns the status of the answer."""
        payload = {"type": "announcement", "title": str(n), "content": "There"}
        headers = {"Idempotency-Key": f"entry-{n}"}
        while True:
            url = f"http://127.0.0.1:{self.api.port}/api/v3/newsfeed"
            try:
                async with self.http.post(url, json={**ENTRY, "payload": payload}, headers=headers) as answer:
                    told = await answer.json()
                    if answer.status == 201:
                        self.answers[n] = told["newsfeed_id"]
                    if answer.status not in (409, 503):
                        self.replayed += "Idempotent-Replayed" in answer.headers
                        return answer.status
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)


@pytest.mark.row("5")
async def test_a_command_that_was_done_but_not_answered_is_not_done_again(scene: Scene) -> None:
    headers = {"X-API-KEY": await scene.key()}
    numbers = iter(range(COMMANDS))
    async with aiohttp.ClientSession(headers=headers) as http:
        client = Client(http, await scene.start("api"))

        async def some() -> None:
            for n in numbers:
                assert await client.publish(n) == 201
                scene.ledger.accepted.add(n)

        clients = [asyncio.create_task(some()) for _ in range(4)]
        for _ in range(STRIKES):
            strike = scene.database.strike("server", "COMMIT", within=WRITES, nth=COMMANDS // STRIKES // 2)
            await strike.seen()
            await client.api.kill()
            strike.cut()
            client.api = await scene.start("api")
        await asyncio.gather(*clients)
    assert client.replayed >= STRIKES
    entries = await scene.rows("select (payload ->> 'title')::int, id from public.newsfeed")
    balance = scene.ledger.balance([n for n, _ in entries], [], 0)
    scene.report(str(balance))
    assert (balance.lost, balance.double, balance.ghost, balance.of) == (0, 0, 0, COMMANDS)
    assert client.answers == dict(entries)  # who asked again got the first answer
    sent = "select count(*) from messages.outbox where queue = 'api.newsfeed.create'"
    assert await scene.ask(sent) == COMMANDS
