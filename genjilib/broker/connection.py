"""One connection to RabbitMQ that opens itself again for ever, and work done once on a channel of its own."""

import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from genjilib.broker import amqp
from genjilib.broker.amqp import Channel, Connection, Loop
from genjilib.broker.topology import Arguments
from genjilib.core.errors import Conflict, GenjiError, NotFound, Unavailable
from genjilib.core.log import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds between tries to connect: the first try after a loss, later ones; both are drawn from 0 to it.

    Drawing spreads the return of many clients over ``later`` seconds after RabbitMQ restarts.
    """

    first: float = 0.5
    later: float = 8.0
    confirm: float = 10.0
    reopen: float = 1.0


class Link:
    """A connection with everything it needs to come back; all methods run in the pika thread."""

    def __init__(
        self,
        loop: Loop,
        parameters: object,
        timing: Timing,
        *,
        opened: Callable[[Connection], None],
        lost: Callable[[], None],
        blocked: Callable[[bool], None],
    ) -> None:
        """Remember how to connect and whom to tell; ``open`` starts it."""
        self._loop = loop
        self._parameters = parameters
        self._timing = timing
        self._opened, self._lost, self._blocked = opened, lost, blocked
        self._connection: Connection | None = None
        self._up = False
        self._tries = 0
        self._stopping = False

    @property
    def connection(self) -> Connection | None:
        """The open connection, if there is one."""
        return self._connection if self._up else None

    def open(self) -> None:
        """Try to connect; failures lead to another try."""
        if self._stopping:
            return
        self._connection = amqp.connect(
            self._loop, self._parameters, opened=self._on_open, failed=self._on_failure
        )

    def drop(self) -> None:
        """Give the connection up, buffered frames included, and connect anew."""
        if self._connection is not None and self._connection.is_open:
            self._connection.close(320, "given up")

    def stop(self) -> None:
        """Close for good."""
        self._stopping = True
        self.drop()

    @property
    def stopped(self) -> bool:
        """Whether ``stop`` has finished."""
        return self._stopping and (self._connection is None or self._connection.is_closed)

    def _on_open(self, connection: Connection) -> None:
        self._connection, self._up, self._tries = connection, True, 0
        connection.add_on_connection_blocked_callback(lambda _, __: self._blocked(True))
        connection.add_on_connection_unblocked_callback(lambda _, __: self._blocked(False))
        self._opened(connection)

    def _on_failure(self, _: object, reason: BaseException) -> None:
        was_up, self._up = self._up, False
        if was_up:
            self._blocked(False)
            self._lost()
        if self._stopping:
            return
        wait = random.uniform(0, self._timing.first if self._tries == 0 else self._timing.later)  # noqa: S311
        self._tries += 1
        log.warning("broker-away", reason=str(reason) or repr(reason), retry_in=round(wait, 2))
        self._loop.call_later(wait, self.open)


class Task:
    """Something done once on a channel of its own, such as declaring queues; runs in the pika thread."""

    def __init__(
        self,
        connection: Connection,
        run: Callable[[Channel, Callable[[object], None]], None],
        finish: Callable[[object], None],
    ) -> None:
        """Open the channel and ``run`` with it; ``finish`` gets the result or a ``GenjiError``, once."""
        self._run, self._finish = run, finish
        self._done = False
        connection.channel(on_open_callback=self._on_open)

    def _on_open(self, channel: Channel) -> None:
        channel.add_on_close_callback(self._on_close)
        self._run(channel, lambda result: self._end(channel, result))

    def _end(self, channel: Channel, result: object) -> None:
        if not self._done:
            self._done = True
            self._finish(result)
        if channel.is_open:
            channel.close()

    def _on_close(self, channel: Channel, reason: Exception) -> None:
        self._end(channel, explain(reason))


def explain(reason: Exception) -> GenjiError:
    """Turn the closing of a channel into an error with a sentence."""
    if amqp.close_code(reason) == 406:
        return Conflict(
            f"RabbitMQ has a queue of this name with other arguments ({reason}). Stop the worker and the "
            "bot, run './cli.py topology mend', then start them again.",
            code="topology-drift",
        )
    if amqp.close_code(reason) == 404 and "is down or inaccessible" in str(reason):
        return Unavailable(
            f"The RabbitMQ node that has the queue is away: {reason}.", after=5, code="queue-away"
        )
    if amqp.close_code(reason) == 404:
        return NotFound(f"RabbitMQ has no such queue: {reason}.", code="no-queue")
    return Unavailable(f"RabbitMQ closed the channel: {reason}.", after=1, code="broker")


def declare(
    connection: Connection, queues: Sequence[tuple[str, Arguments]], finish: Callable[[object], None]
) -> None:
    """Declare queues by name and arguments; existing ones must have the same arguments.

    In a cluster some may be on a node that is away: they are passed over.
    """
    left = deque(queues)

    def run(channel: Channel, done: Callable[[object], None]) -> None:
        def count(_: object) -> None:
            left.popleft()
            if not left:
                done(None)

        for name, arguments in left:
            channel.queue_declare(name, durable=True, arguments=dict(arguments), callback=count)

    def go_on(result: object) -> None:
        if not (isinstance(result, Unavailable) and result.code == "queue-away"):
            finish(result)
            return
        name, _ = left.popleft()  # answers come in order: the first without one is the one refused
        log.warning("queue-away", queue=name)
        begin()

    def begin() -> None:
        if left:
            Task(connection, run, go_on)
        else:
            finish(None)

    begin()
