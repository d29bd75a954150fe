"""RabbitMQ as the asyncio side sees it: publish with outcomes, take deliveries, acknowledge, declare."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Protocol, Self

from genjilib.broker import amqp
from genjilib.broker.amqp import Channel, Connection
from genjilib.broker.channels import Batch, ConsumeChannel, Outcome, PublishChannel
from genjilib.broker.connection import Link, Task, Timing, declare
from genjilib.broker.envelope import Message
from genjilib.broker.subscription import Subscription
from genjilib.broker.topology import Arguments, Queue
from genjilib.core import metrics
from genjilib.core.errors import GenjiError, NotFound, Unavailable
from genjilib.core.log import get_logger
from genjilib.core.settings import Settings

log = get_logger(__name__)


class Begin(Protocol):
    """Begins something in the pika thread; ``finish`` gets its result or a ``GenjiError``."""

    def __call__(self, connection: Connection, *, finish: Callable[[object], None]) -> object:
        """Begin it."""


@dataclass(frozen=True, slots=True)
class Depth:
    """How many messages of a queue are ready, and how many consumers it has."""

    messages: int
    consumers: int


class Broker:
    """Two connections in a thread of their own, which serves heartbeats whatever the program does.

    One publishes and one consumes: during an alarm RabbitMQ stops reading from publishers, and
    acknowledgements on the same connection would stop with it.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str,
        heartbeat: int = 30,
        timing: Timing | None = None,
        window: int = 1000,
    ) -> None:
        """Prepare to use the RabbitMQ at ``url``; at most ``window`` messages of a call wait for confirms."""
        self.timing = timing or Timing()
        self.publishable = asyncio.Event()
        self.blocked = False
        self._window = window
        self._loop = asyncio.get_running_loop()
        self._pika = amqp.new_loop()
        self._thread = threading.Thread(target=self._serve, name=f"pika-{name}", daemon=True)
        self._stopping = False
        self._declared: Sequence[tuple[str, Arguments]] = ()
        self._publisher: PublishChannel | None = None
        self._subscriptions: list[Subscription] = []
        self._publishing = Link(
            self._pika,
            amqp.parameters(url, name=f"genji-{name}-publish", heartbeat=heartbeat),
            self.timing,
            opened=self._on_publishing,
            lost=self._on_publishing_lost,
            blocked=self._on_blocked,
        )
        self._consuming = Link(
            self._pika,
            amqp.parameters(url, name=f"genji-{name}-consume", heartbeat=heartbeat),
            self.timing,
            opened=self._on_consuming,
            lost=self._on_consuming_lost,
            blocked=lambda _: None,
        )

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings, *, name: str) -> AsyncGenerator[Self]:
        """Connect to the RabbitMQ of ``settings`` in the background; close at the end."""
        broker = cls(
            settings.amqp_url.get_secret_value(),
            name=name,
            heartbeat=settings.amqp_heartbeat_seconds,
            timing=Timing(later=settings.amqp_reconnect_seconds),
        )
        async with broker:
            yield broker

    async def __aenter__(self) -> Self:
        """Start the thread; it connects, and connects again, in the background."""
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close both connections; what is not acknowledged goes back to its queue."""
        self._call(self._stop)
        await asyncio.to_thread(self._thread.join, 5)

    async def publish(self, messages: Sequence[Message]) -> list[Outcome]:
        """Publish with confirms and ``mandatory``; return what became of each message, in their order."""
        outcomes: list[Outcome] = []
        for start in range(0, len(messages), self._window):
            outcomes += await self._publish(messages[start : start + self._window])
        return outcomes

    def subscribe(self, queue: str, *, prefetch: int) -> Subscription:
        """Consume ``queue`` from now on, also after reconnections."""
        subscription = Subscription(queue, prefetch, self._call)
        self._call(lambda: self._add(subscription))
        return subscription

    async def declare(self, queues: Sequence[Queue], *, wait: float = 10) -> None:
        """Declare ``queues`` and their dead queues, now and after each reconnection.

        Raises ``Conflict`` when one exists with other arguments, ``Unavailable`` without an answer
        within ``wait`` seconds.
        """
        self._declared = [one for queue in queues for one in queue.declarations()]
        await self._ask(lambda connection, finish: declare(connection, self._declared, finish), wait)

    async def declare_one(self, name: str, arguments: Arguments, *, wait: float = 10) -> None:
        """Declare one queue where it is missing; raises as ``declare`` does."""
        await self._ask(lambda connection, finish: declare(connection, [(name, arguments)], finish), wait)

    async def delete(self, name: str, *, wait: float = 10) -> None:
        """Delete a queue, with what is in it."""

        def delete(channel: Channel, done: Callable[[object], None]) -> None:
            channel.queue_delete(name, callback=done)

        await self._ask(partial(Task, run=delete), wait)

    async def ready(self) -> None:
        """Raise ``Unavailable`` unless messages can be published now."""
        if not self.publishable.is_set():
            raise Unavailable("RabbitMQ is not available at the moment.", after=5, code="broker")

    async def depth(self, queue: str, *, wait: float = 10) -> int:
        """Return how many messages are ready in ``queue``; raise ``Unavailable`` when it does not exist."""
        found = await self.look(queue, wait=wait)
        if found is None:
            raise Unavailable(f"There is no queue {queue}.", after=1, code="no-queue")
        return found.messages

    async def look(self, queue: str, *, wait: float = 10) -> Depth | None:
        """Return what is in ``queue`` and who consumes it; nothing when it does not exist."""

        def ask(channel: Channel, done: Callable[[object], None]) -> None:
            channel.queue_declare(
                queue,
                passive=True,
                callback=lambda frame: done(Depth(frame.method.message_count, frame.method.consumer_count)),
            )

        try:
            found = await self._ask(partial(Task, run=ask), wait)
        except NotFound:
            return None
        assert isinstance(found, Depth)
        return found

    async def _publish(self, messages: Sequence[Message]) -> list[Outcome]:
        future: asyncio.Future[list[Outcome]] = self._loop.create_future()

        def resolve(outcomes: list[Outcome]) -> None:
            if not future.done():
                future.set_result(outcomes)

        batch = Batch(messages, lambda outcomes: self._tell(lambda: resolve(outcomes)))
        self._call(lambda: self._publisher.send(batch) if self._publisher else batch.abandon())
        try:
            async with asyncio.timeout(self.timing.confirm):
                return await future
        except TimeoutError:
            # During an alarm the frames lie in buffers and will arrive; a new connection would not help.
            if not self.blocked:
                self._call(self._publishing.drop)
            return list(batch.outcomes)

    async def _ask(self, begin: Begin, wait: float) -> object:
        """Begin something as soon as there is a connection; return what it finishes with."""
        future: asyncio.Future[object] = self._loop.create_future()

        def resolve(result: object) -> None:
            if not future.done():
                future.set_result(result)

        def start() -> None:
            if self._consuming.connection is not None:
                begin(self._consuming.connection, finish=lambda result: self._tell(lambda: resolve(result)))
            elif not future.done():
                self._pika.call_later(0.05, start)

        self._call(start)
        try:
            async with asyncio.timeout(wait):
                result = await future
        except TimeoutError:
            raise Unavailable("RabbitMQ is not available at the moment.", after=5, code="broker") from None
        if isinstance(result, GenjiError):
            raise result
        return result

    def _call(self, function: Callable[[], None]) -> None:
        """Run ``function`` in the pika thread; once that ended there is nothing left to do."""
        if self._thread.is_alive():
            self._pika.add_callback_threadsafe(function)

    def _tell(self, function: Callable[[], None]) -> None:
        """Run ``function`` in the asyncio loop, unless that ended before the pika thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function)

    # What follows runs in the pika thread.

    def _serve(self) -> None:
        self._publishing.open()
        self._consuming.open()
        while not self._stopping:
            try:
                self._pika.start()
            except Exception:
                log.exception("pika-thread")
                self._publishing.drop()
                self._consuming.drop()

    def _stop(self, patience: int = 20) -> None:
        self._publishing.stop()
        self._consuming.stop()
        if patience == 0 or (self._publishing.stopped and self._consuming.stopped):
            self._stopping = True
            self._pika.stop()
        else:
            self._pika.call_later(0.05, lambda: self._stop(patience - 1))

    def _on_publishing(self, connection: Connection) -> None:
        def go_on(result: object) -> None:
            if isinstance(result, GenjiError):
                log.error("topology", problem=result.detail)
            self._open_publisher(connection)

        declare(connection, self._declared, go_on)

    def _open_publisher(self, connection: Connection) -> None:
        if connection.is_open:
            self._publisher = PublishChannel(
                connection, ready=self._on_publishable, lost=lambda: self._on_channel_lost(connection)
            )

    def _on_channel_lost(self, connection: Connection) -> None:
        self._tell(self.publishable.clear)
        self._pika.call_later(self.timing.reopen, lambda: self._open_publisher(connection))

    def _on_publishable(self) -> None:
        metrics.BROKER_CONNECTED.set(1)
        self._tell(self.publishable.set)

    def _on_publishing_lost(self) -> None:
        metrics.BROKER_CONNECTED.set(0)
        self._tell(self.publishable.clear)
        if self._publisher is not None:
            self._publisher.abandon()
            self._publisher = None

    def _on_blocked(self, blocked: bool) -> None:
        if blocked:
            log.error(
                "broker-blocked", reason="RabbitMQ has a memory or disk alarm; messages wait in the outbox"
            )
        self.blocked = blocked
        metrics.BROKER_BLOCKED.set(blocked)
        change = self.publishable.clear if blocked or self._publisher is None else self.publishable.set
        self._tell(change)

    def _add(self, subscription: Subscription) -> None:
        used = [other for other in self._subscriptions if not other.stopped]
        self._subscriptions = [*used, subscription]
        self._attach(subscription)

    def _on_consuming(self, _: Connection) -> None:
        for subscription in self._subscriptions:
            self._attach(subscription)

    def _on_consuming_lost(self) -> None:
        for subscription in self._subscriptions:
            subscription.channel = None

    def _attach(self, subscription: Subscription) -> None:
        connection = self._consuming.connection
        if connection is None or subscription.stopped:
            return
        subscription.epoch += 1
        subscription.channel = ConsumeChannel(
            connection,
            subscription.queue,
            subscription.prefetch,
            subscription.epoch,
            deliver=subscription.deliver,
            lost=lambda: self._lost(subscription),
        )

    def _lost(self, subscription: Subscription) -> None:
        subscription.channel = None
        self._pika.call_later(self.timing.reopen, lambda: self._reattach(subscription))

    def _reattach(self, subscription: Subscription) -> None:
        if subscription.channel is None:
            self._attach(subscription)
