"""Deploys: a bad one, and rolling restarts under load."""

import asyncio
import signal
from dataclasses import dataclass, field

import aiohttp
import pytest

from tests.chaos.effects import DEPLOYS
from tests.chaos.scene import LONG, MESSAGES, Scene
from tests.nursery import Runner


@pytest.mark.row("27")
async def test_a_bad_deploy_stops_at_the_breaker_and_the_next_one_does_the_rest(scene: Scene) -> None:
    worker = await scene.worker("bad", RETRY_SECONDS="[]")
    await scene.emit(MESSAGES)
    await scene.until(lambda: worker.metric("genji_breaker_open"))
    await asyncio.sleep(10 if LONG else 1.2)  # it tries one a second
    dead = len(await scene.dead())
    assert 100 <= dead <= 200
    await worker.stop()
    scene.hit()
    await scene.worker()
    await scene.recovered()
    if not LONG:
        await scene.do("update messages.outbox set run_at = now()")  # as if ten seconds were over
    await scene.verdict(dead=dead)


@dataclass
class Balancer:
    """Asks one of two servers, and the other one when nobody listens, as a reverse proxy does."""

    servers: list[Runner]
    key: str
    answered: int = 0
    failed: list[str] = field(default_factory=list[str])

    async def ask_until(self, stop: asyncio.Event) -> None:
        """Ask again and again."""
        async with aiohttp.ClientSession(headers={"X-API-KEY": self.key}) as http:
            while not stop.is_set():
                await self._ask(http)
                await asyncio.sleep(0.01)

    async def _ask(self, http: aiohttp.ClientSession) -> None:
        for server in list(self.servers):
            try:
                async with http.get(f"http://127.0.0.1:{server.port}/api/v3/newsfeed") as answer:
                    await answer.read()
            except aiohttp.ClientConnectorError:
                continue
            except aiohttp.ClientError as error:
                self.failed.append(repr(error))
            else:
                self.answered += 1
                if answer.status != 200:
                    self.failed.append(str(answer.status))
            return
        self.failed.append("nobody listens")


@pytest.mark.row("28")
async def test_rolling_restarts_under_load_finish_what_is_in_hand(scene: Scene) -> None:
    restarts = 50 if LONG else 3
    share = MESSAGES // restarts // 2
    key = await scene.key()
    worker, *servers = await asyncio.gather(scene.worker(), scene.start("api"), scene.start("api"))
    balancer, stop = Balancer(servers, key), asyncio.Event()
    asking = asyncio.create_task(balancer.ask_until(stop))
    for _ in range(restarts):
        load = asyncio.create_task(scene.emit(share, pause=0.02))
        successor, server = await asyncio.gather(scene.worker(), scene.start("api"))
        scene.hit()
        worker.send(signal.SIGTERM)
        balancer.servers[0].send(signal.SIGTERM)
        await scene.emit(share)
        assert await worker.ended(within=20 if LONG else 60) == 0
        assert await balancer.servers[0].ended(within=20 if LONG else 60) == 0
        balancer.servers = [balancer.servers[1], server]
        worker = successor
        await scene.recovered()
        await load
    stop.set()
    await asking
    assert balancer.failed == []
    assert balancer.answered > restarts
    await scene.verdict()
    again = scene.broker.counts["server", "basic.deliver"] - len(scene.ledger.accepted)
    assert again <= restarts * DEPLOYS["good"].prefetch
