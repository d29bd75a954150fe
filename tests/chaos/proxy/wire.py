"""Cutting the two protocols into units: AMQP frames and PostgreSQL messages, each with a name."""

import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

Side = Literal["client", "server"]
"""Who sent a unit."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One frame or message with its bytes.

    An AMQP frame is named by its method (``basic.ack``), a PostgreSQL message by the first word of its
    statement or of the server's tag (``COMMIT``), else by its letter. ``within`` names what the transaction
    of a ``COMMIT`` ran.
    """

    raw: bytes
    name: str
    within: str = ""


class Wire(Protocol):
    """What one connection has said so far."""

    def cut(self, side: Side, data: bytes) -> list[Unit]:
        """Return the units that ``data`` completes; the rest waits for more."""
        ...


METHODS = {
    (10, 50): "connection.close", (10, 60): "connection.blocked", (20, 40): "channel.close",
    (50, 10): "queue.declare", (60, 20): "basic.consume", (60, 40): "basic.publish", (60, 50): "basic.return",
    (60, 60): "basic.deliver", (60, 80): "basic.ack", (60, 90): "basic.reject", (60, 120): "basic.nack",
}  # fmt: skip
FRAMES = {2: "header", 3: "body", 8: "heartbeat"}


class Amqp:
    """An AMQP 0-9-1 connection."""

    def __init__(self) -> None:
        self._left: dict[Side, bytes] = {"client": b"", "server": b""}

    def cut(self, side: Side, data: bytes) -> list[Unit]:
        """Return the frames that are complete; the protocol header is one too."""
        self._left[side], units = _split(self._left[side] + data, _amqp_size, _amqp_unit)
        return units


def _amqp_size(data: bytes, at: int) -> int:
    if data[at : at + 4] == b"AMQP":
        return 8
    return 8 + int.from_bytes(data[at + 3 : at + 7]) if len(data) >= at + 7 else 7


def _amqp_unit(raw: bytes) -> Unit:
    if raw[0] == 1:
        number = struct.unpack_from(">HH", raw, 7)
        return Unit(raw, METHODS.get(number, f"{number[0]}.{number[1]}"))
    return Unit(raw, FRAMES.get(raw[0], "protocol"))


class Postgres:
    """A PostgreSQL connection; it remembers what a prepared statement is and what a transaction ran."""

    def __init__(self) -> None:
        self._left: dict[Side, bytes] = {"client": b"", "server": b""}
        self._asked = False  # for encryption, which is answered by a single letter
        self._started = False
        self._within: deque[str] = deque(maxlen=40)

    def cut(self, side: Side, data: bytes) -> list[Unit]:
        """Return the messages that are complete."""
        size, unit = (_pg_size, self._sent) if side == "client" else (_pg_size, self._answered)
        if side == "client" and not self._started:
            size, unit = self._startup_size, self._startup
        if side == "server" and self._asked:
            self._asked = False
            return [Unit(data, "encryption")]
        self._left[side], units = _split(self._left[side] + data, size, unit)
        return units

    def _startup_size(self, data: bytes, at: int) -> int:
        if self._started:
            return _pg_size(data, at)
        return int.from_bytes(data[at : at + 4]) if len(data) >= at + 4 else 4

    def _startup(self, raw: bytes) -> Unit:
        if self._started:
            return self._sent(raw)
        code = int.from_bytes(raw[4:8])
        self._asked = code in (80877103, 80877104)
        self._started = not self._asked
        return Unit(raw, "startup")

    def _sent(self, raw: bytes) -> Unit:
        letter, text = chr(raw[0]), ""
        if letter == "Q":
            text = _text(raw, 5)
        elif letter == "P":
            name = _text(raw, 5)
            text = _text(raw, 6 + len(name.encode()))
        elif letter == "B":
            portal = _text(raw, 5)
            self._within.append(_text(raw, 6 + len(portal.encode())))
        word = text.split(None, 1)[0].upper() if text.strip() else letter
        if word == "BEGIN":
            self._within.clear()
        elif text:
            self._within.append(text)
        return Unit(raw, word, " ".join(self._within) if word == "COMMIT" else "")

    def _answered(self, raw: bytes) -> Unit:
        if raw[0:1] == b"C":
            tag = _text(raw, 5).split()[0]
            return Unit(raw, tag, " ".join(self._within) if tag == "COMMIT" else "")
        return Unit(raw, chr(raw[0]))


def _pg_size(data: bytes, at: int) -> int:
    return 1 + int.from_bytes(data[at + 1 : at + 5]) if len(data) >= at + 5 else 5


def _text(raw: bytes, start: int) -> str:
    return raw[start : raw.index(0, start)].decode(errors="replace")


def _split(
    data: bytes, size: Callable[[bytes, int], int], unit: Callable[[bytes], Unit]
) -> tuple[bytes, list[Unit]]:
    units: list[Unit] = []
    at = 0
    while at < len(data) and len(data) >= at + (length := size(data, at)):
        units.append(unit(data[at : at + length]))
        at += length
    return data[at:], units
