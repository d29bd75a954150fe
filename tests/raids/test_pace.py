"""The crawler's formulas: how many workers, how many ids, from what was measured."""

import pytest

from genjilib.raids import pace
from genjilib.raids.bungie import Result
from genjilib.raids.pace import Measures, Window, next_period, weighted


@pytest.mark.parametrize(
    ("window", "workers", "expected"),
    [
        # The present: most ids are not played yet.
        (Window(lag=30, not_found=0.51, rate=100, absent=9), 200, (25, 2_500)),
        # Catching up: all ids are there, or the reports are old.
        (Window(lag=120, not_found=0, rate=100, absent=0), 50, (100, 10_000)),
        (Window(lag=620, not_found=0.02, rate=100, absent=9), 20, (140, 10_000)),
        (Window(lag=900, not_found=0, rate=100, absent=0), 100, (250, 11_865)),
        (Window(lag=1e8, not_found=0, rate=100, absent=0), 100, (250, 100_000)),
        (Window(lag=5, not_found=0, rate=100, absent=0), 40, (40, 10_000)),
        # In between: towards 2.5 % that are missing.
        (Window(lag=40, not_found=0.025, rate=100, absent=9), 40, (40, 30_000)),
        (Window(lag=40, not_found=0.125, rate=100, absent=9), 100, (59, 10_000)),
        (Window(lag=40, not_found=0.005, rate=50.5, absent=9), 100, (110, 15_150)),
        (Window(lag=40, not_found=0.49, rate=10, absent=9), 100, (35, 1_000)),
        (Window(lag=40, not_found=0.4, rate=0, absent=9), 6, (5, 3_000)),
        (Window(lag=599, not_found=0.001, rate=1, absent=9), 250, (250, 300)),
    ],
)
def test_the_next_period_follows_from_what_was_measured(
    window: Window, workers: int, expected: tuple[int, int]
) -> None:
    assert next_period(window, workers) == expected


def test_later_values_weigh_more_and_missing_ones_nothing() -> None:
    assert weighted([1.0, 4.0], 9) == 3.0
    assert weighted([None, 4.0, None], 9) == 4.0
    assert weighted([None], 9) == 9


def test_what_is_measured_is_forgotten_after_four_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: clock[0])
    measures = Measures()
    assert measures.window() is None
    for _ in range(30):
        measures.note(Result.SUCCESS, 40.0)
        measures.note(Result.NON_RAID, 40.0)
        measures.note(Result.NOT_FOUND, None)
    clock[0] += 60
    measures.note(Result.SUCCESS, 100.0)
    clock[0] += 1
    window = measures.window()
    assert window is not None
    assert window.lag == pytest.approx((40 + 2 * 100) / 3)
    assert window.not_found == pytest.approx((1 / 3 + 0) / 3)
    assert window.rate == pytest.approx((1 + 2 * 1) / 3)
    assert window.absent == 30
    clock[0] += 300
    assert measures.window() is None
