"""The crawler's pace: what it measures about itself, and the formulas that choose its next period."""

import math
import time
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Final

from genjilib.raids.bungie import Result

FEWEST, MOST = 5, 250
"""Workers of a period."""
FIRST_PERIOD, SHORT_PERIOD, LONGEST_PERIOD = 10_000, 2_500, 100_000
"""Ids of a period. The last bounds a formula that, years behind, would not look up for months."""
AT_THE_EDGE: Final = 25
"""Workers where most ids are not played yet."""
RETRY_SECONDS: Final = 5.5
"""The wait before an id that is not there yet is tried again, on average."""
UNKNOWN_LAG: Final = 900.0
"""The lag where nothing was found that could tell it."""

_MINUTES: Final = 4
_FOUND: Final = (Result.SUCCESS, Result.NON_RAID)


@dataclass(frozen=True)
class Window:
    """The last minutes: lag in seconds, share of ids not found, found reports a second, number not found."""

    lag: float
    not_found: float
    rate: float
    absent: int

    def __str__(self) -> str:
        """Return it in a line for people."""
        return f"{self.lag:.0f} s behind, {self.rate:.0f}/s found, {self.not_found:.1%} not there."


@dataclass
class _Minute:
    number: int
    results: Counter[Result] = field(default_factory=Counter[Result])
    lags: list[float] = field(default_factory=list[float])


class Measures:
    """Counts of the last four minutes, kept by minute; later minutes weigh more."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._minutes: deque[_Minute] = deque(maxlen=_MINUTES)
        self._began = time.monotonic()

    def note(self, result: Result, lag: float | None) -> None:
        """Count an answer; ``lag`` is how long ago its activity ended, in seconds."""
        number = int((time.monotonic() - self._began) // 60)
        if not self._minutes or self._minutes[-1].number != number:
            self._minutes.append(_Minute(number))
        self._minutes[-1].results[result] += 1
        if lag is not None:
            self._minutes[-1].lags.append(lag)

    def window(self) -> Window | None:
        """Return what was measured; nothing when nothing was asked lately."""
        now = time.monotonic() - self._began
        recent = [minute for minute in self._minutes if minute.number > now // 60 - _MINUTES]
        if not recent:
            return None
        seconds = [min(60.0, max(now - 60 * minute.number, 1.0)) for minute in recent]
        return Window(
            lag=weighted([_lag(minute.lags) for minute in recent], UNKNOWN_LAG),
            not_found=weighted([m.results[Result.NOT_FOUND] / m.results.total() for m in recent], 0.0),
            rate=weighted([_found(m) / taken for m, taken in zip(recent, seconds, strict=True)], 0.0),
            absent=sum(minute.results[Result.NOT_FOUND] for minute in recent),
        )


def next_period(window: Window, workers: int) -> tuple[int, int]:
    """Return the number of workers and of ids of the next period.

    Where most ids are missing the present was reached. Where none is, or the reports are ten minutes old, the
    crawler catches up: workers grow with the lag. In between their number follows the share that is missing,
    towards 2.5 %, and a period lasts about five minutes, or 100 s where more than 7.5 % are missing.
    """
    share, lag = window.not_found, max(window.lag, 20.0)
    if share > 0.5:
        return AT_THE_EDGE, SHORT_PERIOD
    if share < 0.001 or lag >= 600:
        length = round((workers * (math.ceil(lag) - 20)) ** 0.824)
        return _clamp(workers * (1 + (lag - 20) / 100)), min(max(length, 10_000), LONGEST_PERIOD)
    off = share - 0.025
    step = min((RETRY_SECONDS * 1000 / 8 * abs(off)) ** 0.88 / 100, 0.65)
    new = _clamp(round(workers - math.copysign(step, off) * workers))
    if window.rate == 0:
        return new, 600 * new
    return new, max(1, round((100 if share >= 0.075 else 300) * window.rate))


def weighted(series: Sequence[float | None], otherwise: float) -> float:
    """Return the mean of a series in which the n-th value weighs n; what is missing is left out."""
    pairs = [(place, value) for place, value in enumerate(series, 1) if value is not None]
    total = sum(place for place, _ in pairs)
    return sum(place * value for place, value in pairs) / total if total else otherwise


def _clamp(workers: float) -> int:
    return min(max(math.ceil(workers), FEWEST), MOST)


def _lag(lags: Iterable[float]) -> float | None:
    """Return the lag that a fifth of the reports stays below: stragglers say nothing about the crawler."""
    found = list(lags)
    return quantiles(found, n=5, method="inclusive")[0] if len(found) > 1 else (found[0] if found else None)


def _found(minute: _Minute) -> int:
    return sum(minute.results[result] for result in _FOUND)
