"""Reading screenshots, by the community's OCR service or whatever speaks its HTTP interface."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import aiohttp
import msgspec

from genjilib.core import clock, log
from genjilib.core.errors import Invalid, Unavailable
from genjilib.core.settings import Settings

TRIES: Final = 3
PAUSE: Final = 0.25
"""Seconds between the first two tries; each further pause is twice as long."""

FAILURES: Final = 5
"""So many calls in a row may fail; then the service is left alone."""

REST: Final = 60.0
"""Seconds for which a failing service is left alone; then one call may try it."""

_LIMIT: Final = 1_048_576
_logger = log.get_logger(__name__)


class Extracted(msgspec.Struct, frozen=True):
    """What a screenshot shows: player, time in seconds and map code, null where nothing could be read.

    ``sources`` and ``texts`` tell which parts of the picture that was read from; only people look at them.
    """

    name: str | None
    time: float | None
    code: str | None
    sources: dict[str, Any] = {}
    texts: dict[str, Any] = {}


class _Answer(msgspec.Struct):
    extracted: Extracted


async def extract(
    settings: Settings, *, image_url: str, code: str, time: float, names: Sequence[str]
) -> Extracted:
    """Read a screenshot, told what is expected in it; ``names`` in capital letters.

    Raises ``Unavailable`` when the service does not answer after three tries, or did not lately, and
    ``Invalid`` when it refuses the screenshot or is switched off.
    """
    if settings.ocr_url is None:
        raise Invalid("Screenshots are not read here.", code="ocr-off")
    circuit = _circuit(settings.ocr_url)
    circuit.enter()
    asked = {"image_url": image_url, "code": code, "time": time, "names": list(names)}
    timeout = aiohttp.ClientTimeout(total=settings.ocr_timeout)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        for left in reversed(range(TRIES)):
            try:
                found = await _ask(http, f"{settings.ocr_url.rstrip('/')}/extract", asked)
            except (aiohttp.ClientError, OSError, TimeoutError, msgspec.MsgspecError, ValueError) as error:
                _logger.warning("screenshot-unread", error=repr(error), tries_left=left)
                if left:
                    await asyncio.sleep(PAUSE * 2 ** (TRIES - 1 - left))
            except Invalid:
                circuit.succeed()
                raise
            else:
                circuit.succeed()
                return found
    circuit.fail()
    raise Unavailable("Screenshots cannot be read at the moment.", after=REST, code="ocr-away")


async def _ask(http: aiohttp.ClientSession, url: str, asked: Mapping[str, object]) -> Extracted:
    async with http.post(url, json=asked, allow_redirects=False) as answer:
        if 400 <= answer.status < 500 and answer.status not in (408, 429):
            raise Invalid("The screenshot was refused by the OCR service.", code="ocr-refused")
        answer.raise_for_status()
        body = await answer.content.read(_LIMIT)
        while len(body) < _LIMIT and (more := await answer.content.read(_LIMIT - len(body))):
            body += more
    return msgspec.json.decode(body, type=_Answer).extracted


@dataclass
class _Circuit:
    """Whether a service may be asked: not for a while after it failed too often in a row.

    ``failed`` counts the calls since the last success, ``again_at`` is when it may be asked after too many.
    """

    failed: int = 0
    again_at: float = 0

    def enter(self) -> None:
        """Let a call through, or raise ``Unavailable``; after the rest one call goes and the others wait."""
        if self.failed < FAILURES:
            return
        wait = self.again_at - clock.monotonic()
        if wait > 0:
            raise Unavailable("Screenshots cannot be read at the moment.", after=wait, code="ocr-away")
        self.again_at = clock.monotonic() + REST

    def succeed(self) -> None:
        self.failed = 0

    def fail(self) -> None:
        self.failed += 1
        self.again_at = clock.monotonic() + REST


@lru_cache(maxsize=4)
def _circuit(_url: str) -> _Circuit:
    """Return the one circuit of a service."""
    return _Circuit()
