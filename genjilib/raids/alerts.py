"""What a person should know about the crawler at once: messages to a Discord webhook, few of each kind."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, Literal, NotRequired, Self, TypedDict

import aiohttp

from genjilib.core import log
from genjilib.core.settings import Settings

Grade = Literal["quiet", "news", "unsure", "warning", "missing", "grave"]
COLOURS: Final[dict[Grade, int]] = {
    "quiet": 9807270,
    "news": 3447003,
    "unsure": 15105570,
    "warning": 16737792,
    "missing": 15548997,
    "grave": 10038562,
}
MOST_EMBEDS: Final = 10
"""Embeds that Discord takes in one message."""
WAITING: Final = 50
"""Alerts that may wait for the webhook; more are logged only."""
TIMEOUT: Final = aiohttp.ClientTimeout(total=10)
FAREWELL: Final = 5.0
"""Seconds at the end for what still waits: why a process fell is told then."""

_logger = log.get_logger(__name__)


class Embed(TypedDict):
    """A coloured box of a message, in Discord's words."""

    title: str
    description: str
    color: int
    thumbnail: NotRequired[dict[Literal["url"], str]]


@dataclass(frozen=True, slots=True)
class Limit:
    """How often messages of one kind are sent: so many at once, and then one in ``seconds``."""

    seconds: float
    burst: int = 1


A_MINUTE: Final = Limit(60.0)
"""What comes in between is logged only."""


class Alerts:
    """The webhook, if there is one; nobody waits for it, and what it does not take is in the log."""

    def __init__(self, settings: Settings, http: aiohttp.ClientSession) -> None:
        """Send to ``settings.raid_alerts_url`` with ``http``."""
        self._url = settings.raid_alerts_url.get_secret_value()
        self._role, self._http = settings.raid_alerts_role_id, http
        self._free_at: dict[str, float] = {}
        self._waiting = asyncio.Queue[tuple[str, dict[str, Any]]](WAITING)

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncGenerator[Self]:
        """Send while the block runs."""
        async with aiohttp.ClientSession(timeout=TIMEOUT) as http:
            alerts = cls(settings, http)
            sending = asyncio.create_task(alerts._send())
            try:
                yield alerts
            finally:
                with suppress(TimeoutError):
                    async with asyncio.timeout(FAREWELL):
                        await alerts._waiting.join()
                sending.cancel()
                await asyncio.wait({sending})

    def tell(self, title: str, text: str, grade: Grade, *, mention: bool = False) -> None:
        """Have an alert sent; with ``mention`` the role of ``raid_alerts_role_id`` is called."""
        _logger.warning("raid-alert", title=title, text=text)
        body: dict[str, Any] = {"embeds": [Embed(title=title, description=text[:2000], color=COLOURS[grade])]}
        if mention and self._role is not None:
            body |= {"content": f"<@&{self._role}>", "allowed_mentions": {"roles": [str(self._role)]}}
        self._put(title, body, A_MINUTE)

    def show(self, kind: str, embeds: Sequence[Embed], limit: Limit) -> None:
        """Have embeds sent, the first ten, in one message; ``kind`` is what ``limit`` counts together."""
        for embed in embeds:
            _logger.warning("raid-alert", title=embed["title"], text=embed["description"])
        self._put(kind, {"embeds": embeds[:MOST_EMBEDS]}, limit)

    def _put(self, kind: str, body: dict[str, Any], limit: Limit) -> None:
        if not self._url or not self._permitted(kind, limit):
            return
        try:
            self._waiting.put_nowait((kind, body))
        except asyncio.QueueFull:
            _logger.warning("raid-alert-unsent", title=kind, reason="too many wait")

    def _permitted(self, kind: str, limit: Limit) -> bool:
        """Take one of the permissions that a kind has, if there is one."""
        now = time.monotonic()
        free_at = max(now, self._free_at.get(kind, now))
        if free_at - now > (limit.burst - 1) * limit.seconds:
            return False
        self._free_at[kind] = free_at + limit.seconds
        return True

    async def _send(self) -> None:
        while True:
            title, body = await self._waiting.get()
            try:
                async with self._http.post(self._url, json=body) as answer:
                    answer.raise_for_status()
            except (aiohttp.ClientError, TimeoutError) as error:
                _logger.warning("raid-alert-unsent", title=title, reason=type(error).__name__)
            finally:
                self._waiting.task_done()
