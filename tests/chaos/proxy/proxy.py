"""The proxy: a port that leads to a server, with strikes at units and weather on the whole way."""

import asyncio
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET
from urllib.parse import urlsplit, urlunsplit

from genjilib.local.ports import free_port
from tests.chaos.proxy.wire import Side, Unit, Wire

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of a socket that ends with RST instead of FIN."""


@dataclass(eq=False)
class Way:
    """One connection through the proxy."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    wire: Wire

    def cut(self) -> None:
        """Reset both ends."""
        for writer in (self.client, self.server):
            found = writer.get_extra_info("socket")
            if found is not None and found.fileno() >= 0:
                found.setsockopt(SOL_SOCKET, SO_LINGER, RESET)
            writer.transport.abort()


@dataclass(eq=False)
class Strike:
    """Waits for the ``nth`` unit of a name and holds it, with all behind it, until told what to do."""

    side: Side
    name: str
    within: str
    nth: int
    _way: asyncio.Future[Way] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    _over: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    async def seen(self, *, within: float = 60) -> None:
        """Return when the unit is held."""
        async with asyncio.timeout(within):
            await asyncio.shield(self._way)

    def pass_on(self) -> None:
        """Let the unit through after all."""
        self._over.set_result(True)

    def cut(self) -> None:
        """Swallow the unit and reset the connection."""
        self._way.result().cut()
        self._over.set_result(False)

    def takes(self, side: Side, unit: Unit) -> bool:
        """Whether this unit is the one."""
        if self._way.done() or side != self.side or unit.name != self.name or self.within not in unit.within:
            return False
        self.nth -= 1
        return self.nth <= 0

    async def hold(self, way: Way) -> bool:
        """Report the unit; return whether it is to be passed on."""
        self._way.set_result(way)
        return await self._over


class Proxy:
    """A port of 127.0.0.1 that leads to the server of ``url``.

    ``delay`` seconds are added to each way, ``rate`` bytes a second are let through; while ``silent``
    connections stay open and carry nothing, as when a cable is pulled.
    """

    def __init__(self, url: str, wire: Callable[[], Wire]) -> None:
        self._wire = wire
        self._port = free_port()
        self._flows = asyncio.Event()
        self._flows.set()
        self._server: asyncio.Server | None = None
        self._ways: set[Way] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.strikes: list[Strike] = []
        self.counts: dict[tuple[Side, str], int] = {}
        self.delay = 0.0
        self.rate = 0
        self.retarget(url)
        parts = urlsplit(url)
        netloc = f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{self._port}"
        self.url = urlunsplit(parts._replace(netloc=netloc))

    def retarget(self, url: str) -> None:
        """Lead new connections to another server."""
        parts = urlsplit(url)
        self._target = (parts.hostname, parts.port)

    def strike(self, side: Side, name: str, *, within: str = "", nth: int = 1) -> Strike:
        """Hold the ``nth`` unit called ``name``; of transactions only those count that ran ``within``."""
        strike = Strike(side, name, within, nth)
        self.strikes.append(strike)
        return strike

    @property
    def silent(self) -> bool:
        """Whether nothing gets through."""
        return not self._flows.is_set()

    @silent.setter
    def silent(self, value: bool) -> None:
        (self._flows.clear if value else self._flows.set)()

    async def open(self) -> None:
        """Accept connections."""
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)

    async def shut(self) -> None:
        """Refuse connections and reset those there are."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()

    def cut(self) -> None:
        """Reset all connections."""
        for way in list(self._ways):
            way.cut()

    async def end(self) -> None:
        """Shut for good."""
        await self.shut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            there, back = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        way = Way(writer, back, self._wire())
        self._ways.add(way)
        try:
            await asyncio.gather(
                self._pump("client", reader, back, way), self._pump("server", there, writer, way)
            )
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            way.cut()
            self._ways.discard(way)

    async def _pump(
        self, side: Side, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way
    ) -> None:
        while data := await reader.read(65536):
            await self._flows.wait()
            passed = bytearray()
            for unit in way.wire.cut(side, data):
                key = (side, unit.name)
                self.counts[key] = self.counts.get(key, 0) + 1
                strike = next((strike for strike in self.strikes if strike.takes(side, unit)), None)
                if strike is not None:
                    await self._send(writer, bytes(passed))
                    passed.clear()
                    if not await strike.hold(way):
                        continue
                passed += unit.raw
            await self._send(writer, bytes(passed))
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()

    async def _send(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        if self.rate:
            await asyncio.sleep(len(data) / self.rate)
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, _write, writer, data)
        elif data:
            writer.write(data)


def _write(writer: asyncio.StreamWriter, raw: bytes) -> None:
    if not writer.is_closing():
        writer.write(raw)
