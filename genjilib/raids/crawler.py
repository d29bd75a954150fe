"""The crawler: walks through the ids of reports one by one, as fast as it may, and leaves none out."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from typing import Final, Self, TypeVar

from genjilib import queries
from genjilib.core import log, metrics
from genjilib.core.clock import now
from genjilib.core.errors import Unavailable
from genjilib.db import Db
from genjilib.raids import crawl
from genjilib.raids.alerts import Alerts
from genjilib.raids.bungie import Bungie, Fetched, Result
from genjilib.raids.pace import AT_THE_EDGE, FIRST_PERIOD, RETRY_SECONDS, Measures, next_period
from genjilib.raids.store import BATCH

T = TypeVar("T")

THERE: Final = (Result.SUCCESS, Result.NON_RAID, Result.INSUFFICIENT_PRIVILEGES, Result.BAD_FORMAT)
"""Results that only an id which was played can have."""
SEARCHED: Final = 5_000_000
"""How far ahead something is looked for when nothing is there any more."""
MANY_ABSENT: Final = 0.8
"""Share of ids that are not there from which on people are told."""
SHOWN_RANGES: Final = 15
"""So many ranges of ids that are still missing are told."""
CLOSED_EVERY: Final = 20.0
"""Seconds between two notes that Bungie is closed."""
NEIGHBOURS: Final = 5
"""Ids are sparse: so many in a row that are missing count as nothing there."""

_logger = log.get_logger(__name__)


@dataclass(frozen=True)
class Waits:
    """Seconds between tries: for an id that is not there yet, for Bungie's maintenance, errors and limits."""

    retry: float = RETRY_SECONDS
    disabled: float = 45.0
    error: float = 5.0
    limited: float = 30.0
    idle: float = 5.0
    """Between two looks for missed ids that are due."""
    summary: float = 900.0
    """Between two accounts of what was tried again."""

    @classmethod
    def around(cls, retry: float) -> Self:
        """Return waits in their usual proportions to ``retry``."""
        factor = retry / RETRY_SECONDS
        return cls(*(getattr(cls, field.name) * factor for field in fields(cls)))


@dataclass
class _Tried:
    """What trying again came to: ids that were asked for, still had no answer, and were raids to store."""

    asked: int = 0
    failed: int = 0
    added: int = 0

    def note(self, asked: int, failed: int, added: int) -> None:
        """Add the outcome of some tries."""
        self.asked, self.failed, self.added = self.asked + asked, self.failed + failed, self.added + added


class Crawler:
    """One crawler; a second one beside it would do everything twice and nothing wrong."""

    def __init__(
        self,
        db: Db,
        bungie: Bungie,
        alerts: Alerts,
        *,
        start_id: int | None = None,
        length: int = FIRST_PERIOD,
        waits: Waits | None = None,
    ) -> None:
        """Crawl from ``start_id`` where nothing else tells the place, ``length`` ids in the first period."""
        self._db, self._bungie, self._alerts = db, bungie, alerts
        self._start_id, self._length, self._waits = start_id, length, waits or Waits()
        self._measures = Measures()
        self._next = 0
        self._closed = -CLOSED_EVERY
        self._tried, self._summed = _Tried(), 0.0
        self._open: dict[int, None] = {}
        """Ids that were handed out and are not recorded, in their order."""
        self._finished: asyncio.Queue[tuple[int, Fetched]] = asyncio.Queue(2 * BATCH)

    async def run(self) -> None:
        """Crawl until cancelled."""
        self._next = await self._persist(lambda: crawl.begin(self._db, self._start_id))
        self._alerts.tell("The crawler starts", f"It goes on at {self._next}.", "news")
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._record())
                tasks.create_task(self._try_again())
                tasks.create_task(self._walk())
        except ExceptionGroup as errors:
            names = ", ".join(type(error).__name__ for error in errors.exceptions)
            self._alerts.tell("The crawler fell", f"Of {names}; the log says more.", "grave", mention=True)
            raise

    async def _walk(self) -> None:
        """Period after period: the same number of workers, then another by what was measured."""
        workers, length = AT_THE_EDGE, self._length
        while True:
            metrics.CRAWLER_WORKERS.set(workers)
            end = self._next + length
            async with asyncio.TaskGroup() as tasks:
                for _ in range(workers):
                    tasks.create_task(self._work(end))
            window = self._measures.window()
            if window is not None:
                _logger.info("period", workers=workers, ids=length, window=str(window), next=self._next)
                workers, length = next_period(window, workers)
                text = f"{self._next} is next: {length} ids with {workers} workers. {window}"
                self._alerts.tell("A period is over", text, "quiet")
                if window.not_found > MANY_ABSENT and window.absent > 50:
                    text = f"{window.not_found:.0%} of the ids before {self._next} are not there."
                    self._alerts.tell("Many ids are missing", text, "warning")
                if window.not_found > 0.99 and window.absent > 50:
                    await self._look_ahead()

    async def _work(self, end: int) -> None:
        while self._next < end:
            instance_id = self._next
            self._next += 1
            self._open[instance_id] = None
            await self._finished.put((instance_id, await self._resolve(instance_id)))

    async def _resolve(self, instance_id: int) -> Fetched:
        """Ask for a report until there is an answer, or it has to wait for another time."""
        attempt = absent = errors = 0
        while True:
            fetched = await self._ask(instance_id, "first" if attempt == 0 else "later")
            match fetched.result:
                case Result.SUCCESS | Result.NON_RAID | Result.INSUFFICIENT_PRIVILEGES:
                    return fetched
                case Result.NOT_FOUND:
                    absent += 1
                case Result.SYSTEM_DISABLED:
                    await self._note_closed()
                    await asyncio.sleep(self._waits.disabled)
                    continue
                case Result.INTERNAL_ERROR | Result.DECODING_ERROR:
                    errors += 1
                    await asyncio.sleep(self._waits.error * errors**2)
                case Result.RATE_LIMITED:
                    errors += 1
                    await asyncio.sleep(self._waits.limited)
                case Result.BAD_FORMAT | Result.EXTERNAL_ERROR:
                    if errors:
                        break
                    errors = 1
            if absent > 3 or errors > 2:
                break
            spread = random.uniform(0, self._waits.retry * (attempt + 1))  # noqa: S311  # only spreads
            await asyncio.sleep(self._waits.retry * 2 / 3 + spread)
            attempt += 1
        return fetched

    async def _ask(self, instance_id: int, attempt: str) -> Fetched:
        fetched = await self._bungie.report(instance_id)
        lag = None
        if fetched.completed is not None and (age := (now() - fetched.completed).total_seconds()) >= 0:
            lag = age
            metrics.CRAWLER_LAG_SECONDS.observe(lag)
        elif fetched.result is Result.SYSTEM_DISABLED:
            lag = 0.0  # not behind: there is nothing to be behind of
        metrics.CRAWLER_RESULTS.labels(fetched.result.name.lower(), attempt).inc()
        self._measures.note(fetched.result, lag)
        return fetched

    async def _note_closed(self) -> None:
        """Tell whoever asks for the status that Bungie is closed, now and then."""
        if time.monotonic() > self._closed + CLOSED_EVERY:
            self._closed = time.monotonic()
            next_id = next(iter(self._open), self._next)
            await self._persist(lambda: queries.raids.note_closed(self._db, next_id=next_id))

    async def _record(self) -> None:
        """Write what is finished, as much as there is at once, and how far everything is."""
        while True:
            answers = dict([await self._finished.get()])
            while len(answers) < BATCH and not self._finished.empty():
                answers |= [self._finished.get_nowait()]
            next_id = next((one for one in self._open if one not in answers), self._next)
            findings = crawl.sorted_out(answers, lambda _: crawl.SOON)
            await self._persist(lambda f=findings, n=next_id: crawl.record(self._db, f, next_id=n))
            for instance_id in answers:
                del self._open[instance_id]
                self._finished.task_done()
            metrics.CRAWLER_POSITION.set(next_id)

    async def _try_again(self) -> None:
        """Try what was missed and is due; without any, look through the ranges that were jumped over."""
        self._summed = time.monotonic()
        while True:
            if self._tried.asked and time.monotonic() > self._summed + self._waits.summary:
                await self._sum_up()
            due = await self._persist(lambda: crawl.take_missed(self._db, AT_THE_EDGE))
            if due:
                await self._try_missed(due)
            elif not await self._look_through():
                await asyncio.sleep(self._waits.idle)

    async def _try_missed(self, due: dict[int, int]) -> None:
        fetched = await asyncio.gather(*(self._ask(instance_id, "missed") for instance_id in due))
        answers = dict(zip(due, fetched, strict=True))
        findings = crawl.sorted_out(answers, lambda instance_id: crawl.wait_after(due[instance_id]))
        added = await self._persist(lambda: crawl.record(self._db, findings))
        self._tried.note(len(due), len(findings.missed), added)
        for instance_id, (result, after) in findings.missed.items():
            if after is None:
                self._alerts.tell("A report is lost", f"{instance_id}: {result.name.lower()}", "missing")
            elif due[instance_id] == 3:
                text = f"{instance_id} is unresolved after 3 tries: {result.name.lower()}"
                self._alerts.tell("A report is missing", text, "unsure")

    async def _look_through(self) -> bool:
        """Ask for the next ids of the oldest range that was jumped over; tell whether there is one."""
        gap = await self._persist(lambda: queries.raids.next_gap(self._db))
        if gap is None:
            return False
        piece = range(gap.next_id, min(gap.next_id + AT_THE_EDGE, gap.last_id + 1))
        rows = await self._persist(lambda: queries.raids.not_stored(self._db, instance_ids=list(piece)))
        ids = [row.instance_id for row in rows]
        fetched = await asyncio.gather(*(self._ask(instance_id, "missed") for instance_id in ids))
        # What is not there was not there when it was jumped over either.
        known = {
            one: answer
            for one, answer in zip(ids, fetched, strict=True)
            if answer.result is not Result.NOT_FOUND
        }
        findings = crawl.sorted_out(known, lambda _: crawl.SOON)
        added = await self._persist(
            lambda: crawl.record_range(self._db, findings, first_id=gap.first_id, next_id=piece.stop)
        )
        self._tried.note(len(ids), len(findings.missed), added)
        return True

    async def _sum_up(self) -> None:
        """Tell what trying again came to, and what is still missing."""
        tried, self._tried, self._summed = self._tried, _Tried(), time.monotonic()
        missing = await self._persist(lambda: queries.raids.missing_ranges(self._db, n=SHOWN_RANGES))
        shown = [
            str(one.first_id) if one.first_id == one.last_id else f"{one.first_id}-{one.last_id}"
            for one in missing
        ]
        if missing and (more := missing[0].ranges - len(missing)):
            shown.append(f"and {more} ranges more")
        text = (
            f"Asked for again: {tried.asked}. Added: {tried.added}. Without an answer: {tried.failed}."
            f" Still missing: {', '.join(shown) or 'nothing'}."
        )
        self._alerts.tell("Missed reports", text, "quiet")

    async def _look_ahead(self) -> None:
        """Nothing is there any more: jump to where something is, or back to the newest that is stored."""
        await self._finished.join()
        found = await find_next(self._there, self._next, self._next + SEARCHED)
        if found is not None:
            first, self._next = self._next, found
            await self._persist(lambda: crawl.jump(self._db, first, found))
            text = (
                f"Nothing is there from {first} on; going on at {found}, and looking through the rest later."
            )
            self._alerts.tell("Ids are jumped over", text, "news", mention=True)
        elif (latest := await self._persist(lambda: queries.raids.latest(self._db))) is not None:
            self._next = min(self._next, max(1, latest - crawl.BUFFER))
            text = f"Nothing is there for {SEARCHED} ids; going back to {self._next}."
            self._alerts.tell("The crawler ran away", text, "grave", mention=True)

    async def _there(self, instance_id: int) -> bool:
        """Whether one of a few ids from this one on was played."""
        while True:
            ids = range(instance_id, instance_id + NEIGHBOURS)
            results = [(await self._bungie.report(one)).result for one in ids]
            if any(result in THERE for result in results):
                return True
            if all(result is Result.NOT_FOUND for result in results):
                return False
            await asyncio.sleep(self._waits.error)

    async def _persist(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do something with the database, again and again while that is away."""
        while True:
            try:
                return await work()
            except Unavailable as error:
                _logger.warning("database-away", reason=error.detail)
                await asyncio.sleep(min(error.after, 5))


async def find_next(there: Callable[[int], Awaitable[bool]], first: int, last: int) -> int | None:
    """Return about the first id that is there: in ever longer steps up to ``last``, and then by halves."""
    below, step = first, 1000
    while not await there(above := min(below + step, last)):
        if above == last:
            return None
        below, step = above, 2 * step
    while above - below > NEIGHBOURS:
        middle = (below + above) // 2
        below, above = (below, middle) if await there(middle) else (middle, above)
    return below
