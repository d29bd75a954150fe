"""Gates: whether a system of Bungie is open at all, so that nobody asks in vain during maintenance."""

import asyncio
from typing import Final, Literal

from msgspec import Struct

from genjilib.core import log
from genjilib.core.errors import GenjiError, Unavailable
from genjilib.raids.bungie import Bungie

System = Literal["Destiny2", "Groups"]
EVERY: Final = 30.0
"""Seconds between two looks."""

_logger = log.get_logger(__name__)


class _Switch(Struct):
    enabled: bool = False


class _Settings(Struct):
    systems: dict[str, _Switch] = {}


class Gates:
    """One gate a system; each is closed until Bungie says that it is open."""

    def __init__(self, bungie: Bungie) -> None:
        """Ask ``bungie``."""
        self._bungie = bungie
        self._open: frozenset[str] = frozenset()

    async def watch(self) -> None:
        """Look every half a minute until cancelled; what is not known stays as it was."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Ask which systems are open."""
        try:
            found = await self._bungie.get("/Settings", _Settings)
        except GenjiError as error:
            _logger.warning("bungie-systems-unknown", reason=error.detail)
            return
        self._open = frozenset(name for name, switch in found.systems.items() if switch.enabled)

    def check(self, system: System) -> None:
        """Raise ``Unavailable`` until the next look, unless the gate is open."""
        if system not in self._open:
            raise Unavailable(f"Bungie's {system} is closed.", after=EVERY, code="gate-closed")
