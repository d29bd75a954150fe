"""What a domain declares about its consumers, and a delivery as its handlers see it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec

from genjilib import queries
from genjilib.broker.envelope import Message, Received, parse
from genjilib.core.errors import Poison, Unavailable
from genjilib.core.events import Event
from genjilib.db import Executor, Tx

E = TypeVar("E", bound=Event)
C = TypeVar("C")
P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Delivery(Generic[E]):
    """An event that arrived, with its envelope."""

    event: E
    message: Message
    received: Received


@dataclass(frozen=True)
class Handler(Generic[E, C, P]):
    """How messages of one type are handled, in two steps; each may be left out.

    ``prepare(context, delivery)`` talks to the network while no transaction is open, and its result goes to
    ``apply(tx, deliveries, prepared)``, which writes, in the transaction that marks the messages applied.
    Up to ``batch`` messages share a transaction, up to ``concurrency`` are prepared at once (those of one
    order key one after the other). Both steps are cancelled after ``time_limit`` seconds.
    """

    event: type[E]
    prepare: Callable[[C, Delivery[E]], Awaitable[P]] | None = None
    apply: Callable[[Tx, Sequence[Delivery[E]], Sequence[P]], Awaitable[None]] | None = None
    batch: int = 100
    concurrency: int = 1
    time_limit: float = 30
    _decoder: msgspec.json.Decoder[Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Build the decoder of the event once."""
        object.__setattr__(self, "_decoder", msgspec.json.Decoder(self.event))

    @property
    def prefetch(self) -> int:
        """How many messages to hold: enough for the next batches to be there when one is done.

        More where some wait for others of their order key, so that those of other keys are among them.
        """
        if self.prepare is None:
            return 4 * self.batch
        return (2 if self.event.order_key is Event.order_key else 8) * self.concurrency

    def decode(self, received: Received) -> Delivery[E]:
        """Read envelope and body; raise ``Poison`` when one cannot be read or has an unknown version."""
        message = parse(received)
        if message.version != self.event.version:
            raise Poison(
                f"The message has version {message.version}; version {self.event.version} is known here.",
                code="unknown-version",
            )
        try:
            return Delivery(self._decoder.decode(received.body), message, received)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise Poison(f"The body is no {self.event.__name__}: {error}.", code="undecodable") from None


async def await_turn(db: Executor, message: Message, queues: Sequence[str]) -> None:
    """Raise ``Unavailable`` while an earlier message of its order key is on its way in one of ``queues``.

    One queue keeps the order of a key by itself; this is for several that tell of the same thing. The message
    comes again after a moment, which does not count as a try.
    """
    if message.order_key is not None and await queries.messages.find_earlier(
        db, order_key=message.order_key, position=message.position, queues=list(queues)
    ):
        raise Unavailable("Earlier news of the same thing is on its way.", after=0.5, code="not-its-turn")
