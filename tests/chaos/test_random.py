"""Any of the strikes, in any order: what each row shows by itself holds together too.

Hypothesis draws them, and of those that lead to a failure looks for the fewest.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.broker.world import message
from tests.chaos.effects import Effect
from tests.chaos.proxy.proxy import Proxy, Strike
from tests.chaos.scene import LONG, MESSAGES, Scene
from tests.nursery import Runner

RUNS = 200 if LONG else 10
EACH = MESSAGES // RUNS // 5
"""Messages between two strikes."""


class Play:
    """The strikes, each a method; ``run`` carries some out, with load before and after each."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self._random = scene, random.Random()
        self._workers: list[Runner] = []
        self._wounds = 0
        self._published = 10**6
        self.strikes: dict[str, Callable[[], Awaitable[None]]] = {
            "kill": self.kill, "replace": self.replace, "second": self.second, "cut broker": self.cut_broker,
            "cut database": self.cut_database, "silence": self.silence, "thrice": self.thrice,
            "poison": self.poison, "doubt": self.doubt, "unacknowledged": self.unacknowledged,
        }  # fmt: skip

    @property
    def wounds(self) -> int:
        """How many messages have to be dead by now."""
        return self._wounds

    async def run(self, drawn: Sequence[str], chosen: random.Random) -> None:
        """Carry out what was drawn, and see that the ledger holds; after a failure all begins anew."""
        self._random = chosen
        try:
            if not self._workers:
                await self.second()
            for name in drawn:
                await self._scene.emit(EACH, chunk=3)
                self._scene.hit()
                await self.strikes[name]()
            await self._scene.emit(EACH, chunk=3)
            await self._scene.rest()
            await self._scene.recovered()
            balance = await self._scene.balance()
            assert (balance.lost, balance.double, balance.ghost, balance.dead) == (0, 0, 0, self._wounds)
        except (AssertionError, TimeoutError):
            self._workers, self._wounds = [], 0
            await self._scene.begin_anew()
            raise

    async def kill(self) -> None:
        """SIGKILL a worker; another one starts."""
        await self._workers.pop().kill()
        if not self._workers:
            await self.second()

    async def replace(self) -> None:
        """SIGTERM a worker while its successor starts."""
        old = self._workers.pop(0)
        old.send()
        await self.second()
        assert await old.ended() == 0

    async def second(self) -> None:
        """Start one more worker, up to three."""
        if len(self._workers) < 3:
            self._workers.append(await self._scene.worker())

    async def cut_broker(self) -> None:
        """Reset every connection to RabbitMQ."""
        self._scene.broker.cut()

    async def cut_database(self) -> None:
        """Reset every connection to PostgreSQL."""
        self._scene.database.cut()

    async def silence(self) -> None:
        """Pass nothing on for a moment."""
        proxy = self._random.choice((self._scene.broker, self._scene.database))
        seconds = self._random.uniform(0, 0.5)  # before: Hypothesis ends a run where it has no more to draw
        proxy.silent = True
        await asyncio.sleep(seconds)
        proxy.silent = False

    async def thrice(self) -> None:
        """Publish some messages three times."""
        first, self._published = self._published, self._published + 5
        messages = [message(Effect(n=n)) for n in range(first, first + 5)] * 3
        self._random.shuffle(messages)
        await self._scene.publish(messages)
        self._scene.ledger.accepted.update(range(first, first + 5))

    async def poison(self) -> None:
        """Publish something that is no message."""
        self._wounds += 1
        await self._scene.publish([message(Effect(n=0), body=b"\xff")])

    async def doubt(self) -> None:
        """Swallow the answer to a commit, and cut."""
        await self._at(self._scene.database, self._scene.database.strike("server", "COMMIT"))

    async def unacknowledged(self) -> None:
        """Swallow an acknowledgement, and cut."""
        await self._at(self._scene.broker, self._scene.broker.strike("client", "basic.ack"))

    async def _at(self, proxy: Proxy, strike: Strike) -> None:
        await self._scene.emit(3)
        try:
            await strike.seen(within=5)
        except TimeoutError:
            proxy.strikes.remove(strike)  # a worker that hangs on an older strike says nothing for now
        else:
            strike.cut()


@pytest.mark.row("34")
async def test_any_strikes_in_any_order_lose_and_double_nothing(scene: Scene) -> None:
    play, loop = Play(scene), asyncio.get_running_loop()
    strikes = st.lists(st.sampled_from(sorted(play.strikes)), min_size=1, max_size=6 if LONG else 3)

    @settings(
        max_examples=RUNS,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(strikes, st.randoms(use_true_random=False))
    def hold(drawn: list[str], chosen: random.Random) -> None:
        asyncio.run_coroutine_threadsafe(play.run(drawn, chosen), loop).result()

    await asyncio.to_thread(hold)
    await scene.verdict(dead=play.wounds)
