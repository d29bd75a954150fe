"""The two channels of the pika thread: one that publishes with confirms, one a queue that consumes."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from genjilib.broker import amqp
from genjilib.broker.amqp import Channel, Connection, Frame, Method, Properties
from genjilib.broker.envelope import Message, Received, properties
from genjilib.core.log import get_logger

log = get_logger(__name__)


class Outcome(StrEnum):
    """What became of a published message."""

    CONFIRMED = "confirmed"  # RabbitMQ has it, on a majority of its disks
    UNROUTABLE = "unroutable"  # no such queue
    REFUSED = "refused"  # the queue is full or could not write
    UNKNOWN = "unknown"  # the connection ended first; it may or may not be there


class Batch:
    """Messages published together and what became of each."""

    def __init__(self, messages: Sequence[Message], done: Callable[[list[Outcome]], None]) -> None:
        """Remember ``messages``; ``done`` is called once, in the pika thread, when all outcomes are known."""
        self.messages = messages
        self.outcomes = [Outcome.UNKNOWN] * len(messages)
        self._left = len(messages)
        self._done = done

    def settle(self, index: int, outcome: Outcome) -> None:
        """Record the outcome of one message."""
        self.outcomes[index] = outcome
        self._left -= 1
        if self._left == 0:
            self._done(self.outcomes)

    def abandon(self) -> None:
        """Report what is known although it is not complete."""
        if self._left:
            self._left = 0
            self._done(self.outcomes)


class PublishChannel:
    """Publishes with confirms and ``mandatory``, so that every message has an outcome."""

    def __init__(
        self, connection: Connection, *, ready: Callable[[], None], lost: Callable[[], None]
    ) -> None:
        """Open the channel; ``ready`` is called when messages can be sent, ``lost`` when only it ended."""
        self._ready, self._lost = ready, lost
        self._channel: Channel | None = None
        self._tag = 0
        self._pending: dict[int, tuple[Batch, int]] = {}
        self._returned: set[str] = set()
        connection.channel(on_open_callback=self._on_open)

    def send(self, batch: Batch) -> None:
        """Publish a batch; without an open channel it is abandoned at once."""
        channel = self._channel
        if channel is None or not channel.is_open:
            batch.abandon()
            return
        for index, message in enumerate(batch.messages):
            self._tag += 1
            self._pending[self._tag] = (batch, index)
            channel.basic_publish(
                "", message.queue, message.body, amqp.properties(properties(message)), mandatory=True
            )

    def abandon(self) -> None:
        """Give up every batch in flight, for the connection is gone."""
        pending, self._pending, self._channel = self._pending, {}, None
        for batch, _ in pending.values():
            batch.abandon()

    def _on_open(self, channel: Channel) -> None:
        channel.add_on_return_callback(self._on_return)
        channel.add_on_close_callback(self._on_close)
        channel.confirm_delivery(self._on_confirm, callback=lambda _: self._on_ready(channel))

    def _on_ready(self, channel: Channel) -> None:
        self._channel = channel
        self._ready()

    def _on_close(self, channel: Channel, reason: Exception) -> None:
        self.abandon()
        if channel.connection.is_open:
            log.warning("publisher-closed", reason=str(reason))
            self._lost()

    def _on_return(self, _: Channel, __: Method, returned: Properties, ___: bytes) -> None:
        # RabbitMQ sends the return before the confirm of the same message.
        self._returned.add(returned.message_id or "")

    def _on_confirm(self, frame: Frame) -> None:
        method = frame.method
        outcome = Outcome.CONFIRMED if amqp.is_ack(method) else Outcome.REFUSED
        if method.multiple:
            tags = [tag for tag in self._pending if tag <= method.delivery_tag]
        else:
            tags = [method.delivery_tag]
        for tag in tags:
            self._settle(tag, outcome)

    def _settle(self, tag: int, outcome: Outcome) -> None:
        batch, index = self._pending.pop(tag)
        name = str(batch.messages[index].message_id) if self._returned else ""
        if name in self._returned:
            self._returned.discard(name)
            outcome = Outcome.UNROUTABLE
        batch.settle(index, outcome)


class ConsumeChannel:
    """Takes the messages of one queue; starts slowly while they were delivered before.

    A message that kills the process takes those fetched with it back to the queue, and each return counts for
    all of them. So one is fetched first, then two once that was acknowledged, then four, and so on; as many
    as wanted once a message was among them that was never delivered. It fetches no more while some returned
    twice: what precedes a message that kills is done by then, and the next time that comes first, and alone.
    Another number takes another consumer, and on an ordered queue that may be another process's turn: so all
    that is in hand here is done first.
    """

    def __init__(
        self,
        connection: Connection,
        queue: str,
        prefetch: int,
        epoch: int,
        deliver: Callable[[Received], None],
        lost: Callable[[], None],
    ) -> None:
        """Open the channel and consume; ``lost`` is called when the channel ended and may be opened anew."""
        self._queue, self._prefetch, self._epoch = queue, prefetch, epoch
        self._deliver, self._lost = deliver, lost
        self._channel: Channel | None = None
        self._outstanding: dict[int, None] = {}
        self._consumer = ""
        self._stopped = self._closing = False
        self.slow = prefetch > 1
        self._window = 1 if self.slow else prefetch
        self._fetched, self._worn, self._fresh = 0, False, False
        connection.channel(on_open_callback=self._on_open)

    def ack(self, tags: Sequence[int]) -> None:
        """Acknowledge: the longest finished prefix in one frame, the rest singly."""
        channel = self._channel
        if channel is None or not channel.is_open:
            return
        done = set(tags) & self._outstanding.keys()
        enough = self._fresh or self._fetched >= self._window
        over = self.slow and enough and done == self._outstanding.keys()
        if over and (self._fresh or not self._worn):
            self._cancel(channel)  # before the acknowledgement, which would bring it more
        last = 0
        for tag in list(self._outstanding):
            if tag not in done:
                break
            done.discard(tag)
            del self._outstanding[tag]
            last = tag
        if last:
            channel.basic_ack(last, multiple=True)
        for tag in done:
            del self._outstanding[tag]
            channel.basic_ack(tag)
        if over and not self._consumer and not self._stopped:
            self._consume(channel, self._prefetch if self._fresh else min(2 * self._window, self._prefetch))
        elif over:
            self._fetched, self._worn = 0, False

    def stop(self) -> None:
        """Take no more; what was delivered can still be acknowledged."""
        self._stopped = True
        if self._channel is not None and self._channel.is_open:
            self._cancel(self._channel)

    def close(self) -> None:
        """Give back what was not acknowledged."""
        self._closing = True
        if self._channel is not None and self._channel.is_open:
            self._channel.close()

    def _on_open(self, channel: Channel) -> None:
        self._channel = channel
        channel.add_on_close_callback(self._on_close)
        channel.add_on_cancel_callback(lambda _: channel.close())
        self._consume(channel, self._window)

    def _consume(self, channel: Channel, window: int) -> None:
        """Fetch up to ``window`` ahead; another number takes another consumer."""
        self._window, self._fetched, self._worn, self._fresh = window, 0, False, False
        self.slow = window < self._prefetch
        channel.basic_qos(prefetch_count=window)
        self._consumer = channel.basic_consume(self._queue, self._on_message)

    def _cancel(self, channel: Channel) -> None:
        if self._consumer:
            channel.basic_cancel(self._consumer)
            self._consumer = ""

    def _on_message(self, channel: Channel, method: Method, given: Properties, body: bytes) -> None:
        self._fetched += 1
        self._worn |= (given.headers or {}).get("x-delivery-count", 0) > 1
        self._fresh |= not method.redelivered
        tag = method.delivery_tag
        self._outstanding[tag] = None
        self._deliver(
            Received(
                queue=self._queue,
                body=body,
                message_id=given.message_id,
                correlation_id=given.correlation_id,
                headers=given.headers or {},
                redelivered=method.redelivered,
                tag=tag,
                epoch=self._epoch,
            )
        )

    def _on_close(self, channel: Channel, reason: Exception) -> None:
        self._channel = None
        self._outstanding.clear()
        if self._closing or not channel.connection.is_open:
            return
        log.warning("consumer-closed", queue=self._queue, reason=str(reason))
        self._lost()
