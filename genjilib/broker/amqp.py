"""What we use of pika, with types: the only module that imports it."""

import ssl
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

import pika
from pika.adapters.select_connection import IOLoop
from pika.exceptions import ChannelClosedByBroker
from pika.spec import Basic


class Loop(Protocol):
    """pika's event loop; everything but ``add_callback_threadsafe`` belongs to the thread that runs it."""

    def start(self) -> None:
        """Run until ``stop``."""

    def stop(self) -> None:
        """End ``start`` soon."""

    def close(self) -> None:
        """Free what the loop holds."""

    def call_later(self, delay: float, callback: Callable[[], None]) -> object:
        """Call once after ``delay`` seconds."""

    def add_callback_threadsafe(self, callback: Callable[[], None]) -> None:
        """Call soon, from any thread."""


class Properties(Protocol):
    """The properties of a message that came in."""

    message_id: str | None
    correlation_id: str | None
    headers: dict[str, Any] | None


class Method(Protocol):
    """The fields of a frame from RabbitMQ that we read."""

    delivery_tag: int
    multiple: bool
    redelivered: bool
    message_count: int
    consumer_count: int


class Frame(Protocol):
    """A frame around a method."""

    method: Method


class Channel(Protocol):
    """A channel of a connection."""

    is_open: bool
    connection: "Connection"

    def close(self) -> None:
        """Close; messages not acknowledged go back to their queue."""

    def add_on_close_callback(self, callback: Callable[["Channel", Exception], None]) -> None:
        """Be told when the channel ended, and why."""

    def add_on_cancel_callback(self, callback: Callable[[Frame], None]) -> None:
        """Be told when RabbitMQ ends a consumer, because its queue went away."""

    def add_on_return_callback(
        self, callback: Callable[["Channel", Method, Properties, bytes], None]
    ) -> None:
        """Be told of mandatory messages without a queue."""

    def confirm_delivery(
        self, ack_nack_callback: Callable[[Frame], None], callback: Callable[[Frame], None]
    ) -> None:
        """Have each published message confirmed or refused."""

    def basic_publish(
        self, exchange: str, routing_key: str, body: bytes, properties: object, mandatory: bool
    ) -> None:
        """Send a message."""

    def basic_qos(self, *, prefetch_count: int) -> None:
        """Limit how many messages the next consumer holds unacknowledged."""

    def basic_consume(
        self, queue: str, on_message_callback: Callable[["Channel", Method, Properties, bytes], None]
    ) -> str:
        """Start a consumer; returns its tag."""
        ...

    def basic_cancel(self, consumer_tag: str) -> None:
        """End a consumer."""

    def basic_ack(self, delivery_tag: int, multiple: bool = False) -> None:
        """Acknowledge a delivery, or all up to it."""

    def queue_declare(
        self,
        queue: str,
        *,
        passive: bool = False,
        durable: bool = True,
        arguments: Mapping[str, object] | None = None,
        callback: Callable[[Frame], None],
    ) -> None:
        """Create a queue, or check that it is there and the same."""

    def queue_delete(self, queue: str, *, callback: Callable[[Frame], None]) -> None:
        """Delete a queue; quorum queues know no conditions for it."""


class Connection(Protocol):
    """A connection to RabbitMQ."""

    is_open: bool
    is_closed: bool

    def channel(self, *, on_open_callback: Callable[[Channel], None]) -> object:
        """Open a channel."""

    def close(self, reply_code: int, reply_text: str) -> None:
        """Close the connection and its channels."""

    def add_on_connection_blocked_callback(self, callback: Callable[[object, object], None]) -> None:
        """Be told when an alarm stops publishing."""

    def add_on_connection_unblocked_callback(self, callback: Callable[[object, object], None]) -> None:
        """Be told when publishing may go on."""


def new_loop() -> Loop:
    """Return a new event loop, not running."""
    return cast(Loop, IOLoop())


def parameters(url: str, *, name: str, heartbeat: int) -> object:
    """Read an ``amqp://`` or ``amqps://`` address; ``name`` shows in RabbitMQ's list of connections."""
    found = pika.URLParameters(url)
    found.heartbeat = heartbeat
    found.connection_attempts = 1
    found.socket_timeout = 5
    found.stack_timeout = 10
    found.client_properties = {"connection_name": name}
    if url.startswith("amqps:"):
        host = str(found.host)  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
        found.ssl_options = pika.SSLOptions(ssl.create_default_context(), host)
    return found


def connect(
    loop: Loop,
    parameters: object,
    *,
    opened: Callable[[Connection], None],
    failed: Callable[[object, BaseException], None],
) -> Connection:
    """Start to connect; ``failed`` is called when that fails and when an open connection ends."""
    return cast(
        Connection,
        pika.SelectConnection(
            cast(pika.URLParameters, parameters),
            on_open_callback=cast(Any, opened),
            on_open_error_callback=failed,
            on_close_callback=failed,
            custom_ioloop=cast(IOLoop, loop),
        ),
    )


def properties(values: Mapping[str, Any]) -> object:
    """Return ``values`` as the properties of a message to send."""
    return pika.BasicProperties(**values)


def is_ack(method: Method) -> bool:
    """Whether a confirm says that RabbitMQ has the message."""
    return isinstance(method, Basic.Ack)


def close_code(reason: BaseException) -> int:
    """Return the AMQP code with which RabbitMQ closed a channel; 0 when it was not RabbitMQ."""
    return reason.reply_code if isinstance(reason, ChannelClosedByBroker) else 0
