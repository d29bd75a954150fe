"""What a message carries besides its body: ids, version, times, trace, order; never a request header."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec

from genjilib.broker.topology import BODY_LIMIT
from genjilib.core.errors import Poison


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message of ours, as the outbox keeps it and as a queue delivers it.

    ``attempt`` is the number of the try that the delivery starts, from 1. ``position`` orders the messages of
    one ``order_key``; a message keeps it when it is tried again. ``replay_of`` names the dead letter it was.
    """

    message_id: UUID
    queue: str
    body: bytes
    version: int = 1
    attempt: int = 1
    created_at: datetime
    position: int = 0
    order_key: str | None = None
    job_id: UUID | None = None
    trace: str | None = None
    causation: UUID | None = None
    replay_of: int | None = None


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery as RabbitMQ gave it, before anything in it is believed.

    ``tag`` and ``epoch`` name it to the channel that it must be acknowledged on; ``redelivered`` says that
    it was delivered before and not acknowledged.
    """

    queue: str
    body: bytes
    message_id: str | None
    correlation_id: str | None
    headers: dict[str, Any]
    redelivered: bool
    tag: int
    epoch: int


def properties(message: Message) -> dict[str, Any]:
    """Return the AMQP properties of ``message``, persistent, as names and values."""
    headers: dict[str, Any] = {
        "version": message.version,
        "attempt": message.attempt,
        "position": message.position,
        "created-at": (message.created_at - _EPOCH) // timedelta(microseconds=1),
        "order-key": message.order_key,
        "traceparent": message.trace,
        "causation": message.causation and str(message.causation),
        "replay-of": message.replay_of,
    }
    return {
        "message_id": str(message.message_id),
        "correlation_id": str(message.job_id) if message.job_id else None,
        "type": message.queue.removeprefix("api."),
        "timestamp": int(message.created_at.timestamp()),
        "content_type": "application/json",
        "delivery_mode": 2,
        "headers": {name: value for name, value in headers.items() if value is not None},
    }


def parse(received: Received) -> Message:
    """Read the envelope of a delivery; raise ``Poison`` when an id, number or time in it makes no sense."""
    if len(received.body) > BODY_LIMIT:
        raise Poison(f"The body has {len(received.body)} bytes; {BODY_LIMIT} are allowed.", code="too-large")
    try:
        headers = msgspec.convert(received.headers, _Headers)
        return Message(
            message_id=UUID(received.message_id or ""),
            queue=received.queue,
            body=received.body,
            version=headers.version,
            attempt=headers.attempt,
            created_at=_EPOCH + timedelta(microseconds=headers.created_at),
            position=headers.position,
            order_key=headers.order_key,
            job_id=UUID(received.correlation_id) if received.correlation_id else None,
            trace=headers.traceparent,
            causation=headers.causation,
            replay_of=headers.replay_of,
        )
    except (ValueError, OverflowError) as error:  # msgspec's ValidationError is a ValueError
        raise Poison(f"The envelope cannot be read: {error}.", code="undecodable") from None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Text = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00]*$")]
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
_Big = Annotated[int, msgspec.Meta(ge=0, le=2**62)]


class _Headers(msgspec.Struct, rename="kebab"):
    """The headers of a message; others are ignored."""

    created_at: _Big  # microseconds since 1970
    version: _Count = 1
    attempt: _Count = 1
    position: _Big = 0
    order_key: _Text | None = None
    traceparent: _Text | None = None
    causation: UUID | None = None
    replay_of: _Big | None = None
