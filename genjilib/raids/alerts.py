"""What a person should know about the crawler at once: messages to a Discord webhook, few of each kind."""

import time
from typing import Any, Final, Literal

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
EVERY: Final = 60.0
"""Seconds between two alerts of one title; what comes in between is logged only."""

_logger = log.get_logger(__name__)


class Alerts:
    """The webhook, if there is one; an alert that cannot be sent in ten seconds is logged."""

    def __init__(self, settings: Settings, http: aiohttp.ClientSession) -> None:
        """Send to ``settings.raid_alerts_url`` with ``http``."""
        self._url = settings.raid_alerts_url.get_secret_value()
        self._role, self._http = settings.raid_alerts_role_id, http
        self._sent: dict[str, float] = {}

    async def tell(self, title: str, text: str, grade: Grade, *, mention: bool = False) -> None:
        """Send an alert; with ``mention`` the role of ``raid_alerts_role_id`` is called."""
        _logger.warning("raid-alert", title=title, text=text)
        now = time.monotonic()
        if not self._url or now - self._sent.get(title, -EVERY) < EVERY:
            return
        self._sent[title] = now
        embed = {"title": title, "description": text[:2000], "color": COLOURS[grade]}
        body: dict[str, Any] = {"embeds": [embed]}
        if mention and self._role is not None:
            body |= {"content": f"<@&{self._role}>", "allowed_mentions": {"roles": [str(self._role)]}}
        try:
            timeout = aiohttp.ClientTimeout(total=10)
            async with self._http.post(self._url, json=body, timeout=timeout) as answer:
                answer.raise_for_status()
        except (aiohttp.ClientError, TimeoutError) as error:
            _logger.warning("raid-alert-unsent", title=title, reason=type(error).__name__)
