"""Bungie's API: asked at the permitted rate, answers typed, and every failure by what it means."""

import asyncio
import itertools
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from enum import IntEnum
from typing import Final, Literal, Self, TypeVar

import aiohttp
import msgspec
from msgspec import Raw, Struct

from genjilib import queries
from genjilib.core import log, metrics
from genjilib.core.errors import Invalid, RateLimited, Unavailable
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.raids import pgcr
from genjilib.raids.store import Report
from genjilib.raids.types import NonRaid

Host = Literal["stats", "www"]
T = TypeVar("T")

_logger = log.get_logger(__name__)

USER_AGENT: Final = "Genji/1.0"
TIMEOUT: Final = aiohttp.ClientTimeout(total=15)
DOWNLOAD: Final = aiohttp.ClientTimeout(total=600)
BURST_SECONDS: Final = 2.25
"""Seconds of saved-up permission that may be used at once: 90 requests at 40 a second."""
AHEAD: Final = 0.05
"""Seconds for which a process takes permissions at once; what it then does not use is not more than that."""

SUCCESS, SYSTEM_DISABLED, NOT_VISIBLE, PGCR_NOT_FOUND, PRIVATE = 1, 5, 12, 1653, 1665
ACCOUNT_NOT_FOUND, CHARACTER_NOT_FOUND, GROUP_NOT_FOUND, CLAN_NOT_FOUND = 1601, 1620, 622, 686
BROKEN: Final = frozenset({3, 1618, 1626, 1672})
"""Failures of Bungie's own, which pass."""
THROTTLED: Final = frozenset({31, 35, 36, 37, 51, 52})
"""Too many requests, of this key, user or endpoint."""


class Result(IntEnum):
    """What asking for a report came to."""

    SUCCESS = 1
    NON_RAID = 2
    NOT_FOUND = 3
    SYSTEM_DISABLED = 4
    INSUFFICIENT_PRIVILEGES = 5
    BAD_FORMAT = 6
    INTERNAL_ERROR = 7
    DECODING_ERROR = 8
    EXTERNAL_ERROR = 9
    RATE_LIMITED = 10


class Fetched(Struct, frozen=True):
    """What came of asking for a report; ``completed`` is the end of the activity, where it is known."""

    result: Result
    report: Report | None = None
    completed: datetime | None = None


class Refused(Invalid):
    """Bungie's answer is a number that no other try changes, ``error_code``."""

    def __init__(self, error_code: int, status: str) -> None:
        """Remember number and name of the answer."""
        super().__init__(f"Bungie refuses: {status} ({error_code}).", code="bungie-refused")
        self.error_code = error_code


class Permits:
    """Permission to ask one host from one address so many times a second, whichever process asks.

    What is not used is saved for ``BURST_SECONDS``. A process takes a few at once, for ``AHEAD`` seconds.
    """

    def __init__(self, db: Db, host: Host, address: str, rate: float) -> None:
        """Wait in the line of ``host`` and ``address``, which is a row of the database."""
        self._db, self._host, self._address, self._rate = db, host, address, rate
        self._saved = max(0.0, BURST_SECONDS - 1 / rate)
        self._few = max(1, int(rate * AHEAD))
        self._left, self._due = 0, 0.0
        self._lock = asyncio.Lock()

    async def reserve(self) -> float:
        """Take a permission, if need be a coming one; return the seconds to wait for it."""
        async with self._lock:
            if not self._left:
                self._due = time.monotonic() + await self._take()
                self._left = self._few
            due = self._due
            self._left, self._due = self._left - 1, due + 1 / self._rate
        return max(0.0, due - time.monotonic())

    async def pause(self, seconds: float) -> None:
        """Let nobody through for so long: Bungie said so."""
        self._left = 0
        with suppress(Unavailable):  # without the database nobody gets a permission anyway
            await queries.raids.pause(self._db, host=self._host, address=self._address, seconds=seconds)

    async def _take(self) -> float:
        """Take a few; without the database there are none, and nowhere to put an answer either."""
        while True:
            try:
                return await queries.raids.permit(
                    self._db,
                    host=self._host,
                    address=self._address,
                    span=self._few / self._rate,
                    saved=self._saved,
                )
            except Unavailable as error:
                _logger.warning("database-away", reason=error.detail)
                await asyncio.sleep(min(error.after, 5))


_NOTHING: Final = b"null"


class _Envelope(Struct, rename="pascal"):
    error_code: int
    error_status: str = ""
    throttle_seconds: int = 0
    response: Raw = Raw(_NOTHING)


class _Way:
    """One address to ask from, with the permissions that it has."""

    def __init__(self, session: aiohttp.ClientSession, permits: Mapping[Host, Permits]) -> None:
        self.session, self.permits = session, permits


class Bungie:
    """The client of one process; it shares its permissions with those of all others."""

    def __init__(self, settings: Settings, ways: list[_Way]) -> None:
        """Ask over ``ways`` in turn."""
        self._bases: dict[Host, str] = {"stats": settings.bungie_stats_url, "www": settings.bungie_url}
        self._ways = itertools.cycle(ways)
        keys = settings.bungie_api_keys.get_secret_value().split(",")
        self._keys = itertools.cycle([key.strip() for key in keys])

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings, db: Db) -> AsyncGenerator[Self]:
        """Open a connection pool for each address of ours; ``db`` is where permissions come from."""
        rates: dict[Host, float] = {"stats": settings.bungie_stats_rate, "www": settings.bungie_rate}
        async with AsyncExitStack() as stack:
            ways: list[_Way] = []
            for address in map(str.strip, settings.bungie_addresses.split(",")):
                session = aiohttp.ClientSession(
                    connector=aiohttp.TCPConnector(limit=0, local_addr=(address, 0) if address else None),
                    headers={"User-Agent": USER_AGENT},
                )
                permits: dict[Host, Permits] = {
                    host: Permits(db, host, address, rate) for host, rate in rates.items()
                }
                ways.append(_Way(await stack.enter_async_context(session), permits))
            yield cls(settings, ways)

    async def report(self, instance_id: int) -> Fetched:
        """Ask once for a report; every failure is a result, none is raised."""
        path = f"/Platform/Destiny2/Stats/PostGameCarnageReport/{instance_id}/"
        try:
            status, body = await self._request("stats", path, {})
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Fetched(Result.INTERNAL_ERROR)
        return read_report(instance_id, status, body)

    async def get(self, path: str, answer: type[T], **query: str | int) -> T:
        """Ask ``path`` below ``/Platform``; return its ``Response``.

        Raises ``Refused`` with Bungie's number where another try changes nothing, ``RateLimited`` or
        ``Unavailable`` where it may.
        """
        try:
            status, body = await self._request("www", f"/Platform{path}", query)
            envelope = _envelope.decode(body)
        except (aiohttp.ClientError, TimeoutError, OSError, msgspec.MsgspecError) as error:
            raise Unavailable(
                "Bungie gives no answer that makes sense.", after=5, code="bungie-away"
            ) from error
        code = envelope.error_code
        if code == SUCCESS and bytes(envelope.response) != _NOTHING:
            try:
                return msgspec.json.decode(envelope.response, type=answer, strict=False)
            except msgspec.MsgspecError as error:
                raise Refused(code, f"an answer of another shape, {error}") from error
        if code in THROTTLED or status == 429:
            raise RateLimited("Bungie asks to slow down.", after=max(envelope.throttle_seconds, 1))
        if code == SYSTEM_DISABLED:
            raise Unavailable("Bungie is in maintenance.", after=45, code="bungie-disabled")
        if code in BROKEN or code == SUCCESS:
            raise Unavailable("Bungie has a problem.", after=5, code="bungie-away")
        raise Refused(code, envelope.error_status)

    async def content(self, path: str, answer: type[T]) -> T:
        """Read a file of the manifest; raise ``Unavailable`` where it cannot be had or has another shape."""
        try:
            _, body = await self._request("www", path, {}, within=DOWNLOAD)
            # In a thread: the largest is 150 MB.
            return await asyncio.to_thread(msgspec.json.decode, body, type=answer, strict=False)
        except (aiohttp.ClientError, TimeoutError, OSError, msgspec.MsgspecError) as error:
            raise Unavailable(
                f"Bungie's {path} cannot be read: {error}", after=60, code="bungie-away"
            ) from error

    async def _request(
        self,
        host: Host,
        path: str,
        query: Mapping[str, str | int],
        within: aiohttp.ClientTimeout = TIMEOUT,
    ) -> tuple[int, bytes]:
        """Wait for permission and ask; return status and body."""
        way = next(self._ways)
        wait = await way.permits[host].reserve()
        metrics.BUNGIE_WAIT_SECONDS.labels(host).observe(wait)
        if wait:
            await asyncio.sleep(wait)
        started, outcome = time.perf_counter(), "failed"
        try:
            async with way.session.get(
                self._bases[host] + path,
                params=query,
                headers={"X-API-Key": next(self._keys)},
                timeout=within,
            ) as answer:
                body = await answer.read()
            outcome = "answered" if answer.status == 200 else "refused"
        finally:
            metrics.BUNGIE_SECONDS.labels(host, outcome).observe(time.perf_counter() - started)
        if answer.status == 429:
            await way.permits[host].pause(1)
        return answer.status, body


def read_report(instance_id: int, status: int, body: bytes) -> Fetched:
    """Tell what an answer to the question for a report means; the number in it counts before the status."""
    try:
        envelope = _envelope.decode(body)
    except msgspec.MsgspecError:
        return Fetched(_WITHOUT_JSON.get(status, Result.DECODING_ERROR))
    code = envelope.error_code
    if code != SUCCESS:
        other = Result.RATE_LIMITED if status in (403, 429) else Result.EXTERNAL_ERROR
        return Fetched(_CODES.get(code, other))
    raw = bytes(envelope.response)
    if status != 200 or raw == _NOTHING:
        return Fetched(Result.DECODING_ERROR)
    try:
        found = pgcr.process(raw)
    except pgcr.BadFormat:
        return Fetched(Result.BAD_FORMAT)
    if found.instance_id != instance_id:  # an answer to somebody else's question
        return Fetched(Result.DECODING_ERROR)
    if isinstance(found, NonRaid):
        return Fetched(Result.NON_RAID, completed=found.date_completed)
    return Fetched(Result.SUCCESS, Report(found, raw), found.date_completed)


_envelope: Final = msgspec.json.Decoder(_Envelope)
_WITHOUT_JSON: Final[dict[int, Result]] = {
    404: Result.NOT_FOUND,
    429: Result.SYSTEM_DISABLED,
    403: Result.RATE_LIMITED,
}
_CODES: Final[dict[int, Result]] = {
    PGCR_NOT_FOUND: Result.NOT_FOUND,
    SYSTEM_DISABLED: Result.SYSTEM_DISABLED,
    NOT_VISIBLE: Result.INSUFFICIENT_PRIVILEGES,
    **dict.fromkeys(BROKEN, Result.INTERNAL_ERROR),
    **dict.fromkeys(THROTTLED, Result.RATE_LIMITED),
}
