"""The deliveries of one queue, handed from the pika thread to the asyncio side."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from genjilib.broker.channels import ConsumeChannel
from genjilib.broker.envelope import Received


class Subscription:
    """The deliveries of one queue; at most ``prefetch`` are held unacknowledged."""

    def __init__(self, queue: str, prefetch: int, call: Callable[[Callable[[], None]], None]) -> None:
        """Made by ``Broker.subscribe``; ``call`` runs a function in the pika thread."""
        self.queue, self.prefetch = queue, prefetch
        self.epoch = 0
        self.channel: ConsumeChannel | None = None
        self.stopped = False
        self._call = call
        self._loop = asyncio.get_running_loop()
        self._arrived: deque[Received] = deque()
        self._woken = False
        self._event = asyncio.Event()

    async def take(self, most: int, *, linger: float = 0.005) -> list[Received]:
        """Wait for deliveries; return up to ``most`` that are there ``linger`` seconds after the first.

        Deliveries of a channel that ended are left out; they come again. Returns none once stopped.
        """
        while not self.stopped:
            if not self._arrived:
                self._event.clear()
                await self._event.wait()
                continue
            if linger and len(self._arrived) < most and not (self.channel and self.channel.slow):
                await asyncio.sleep(linger)
            count = min(most, len(self._arrived))
            found = [self._arrived.popleft() for _ in range(count)]
            fresh = [received for received in found if received.epoch == self.epoch]
            if fresh:
                return fresh
        return []

    def ack(self, deliveries: Iterable[Received]) -> None:
        """Acknowledge; what a channel delivered that ended meanwhile is passed over."""
        tags = [received.tag for received in deliveries if received.epoch == self.epoch]
        epoch = self.epoch

        def send() -> None:
            if self.channel is not None and self.epoch == epoch:
                self.channel.ack(tags)

        if tags:
            self._call(send)

    def stop(self) -> None:
        """Take no more deliveries; those taken can still be acknowledged."""
        self.stopped = True
        self._event.set()
        self._call(lambda: self.channel.stop() if self.channel else None)

    def close(self) -> None:
        """Give back what is not acknowledged."""
        self.stopped = True
        self._call(lambda: self.channel.close() if self.channel else None)

    def deliver(self, received: Received) -> None:
        """Hand a delivery over; called in the pika thread."""
        self._arrived.append(received)
        if not self._woken:
            self._woken = True
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._woken = False
        self._event.set()
