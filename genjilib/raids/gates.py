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
AGAIN: Final = 5.0
"""Seconds until another look where the first told nothing."""

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
            if not await self.look():
                await asyncio.sleep(AGAIN)
                await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> bool:
        """Ask which systems are open; tell whether there was an answer."""
        try:
            found = await self._bungie.get("/Settings", _Settings)
        except GenjiError as error:
            _logger.warning("bungie-systems-unknown", reason=error.detail)
            return False
        self._open = frozenset(name for name, switch in found.systems.items() if switch.enabled)
        return True

    def check(self, system: System) -> None:
        """Raise ``Unavailable`` until the next look, unless the gate is open."""
        if system not in self._open:
            raise Unavailable(f"Bungie's {system} is closed.", after=EVERY, code="gate-closed")
