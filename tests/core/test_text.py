"""Numbers as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genjilib.core.text import format_run_time


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.00"),
        (0.01, "0.01"),
        (0.5, "0.50"),
        (5, "5.00"),
        (9.999, "10.00"),
        (59.9, "59.90"),
        (59.994, "59.99"),
        (59.996, "1:00.00"),
        (60, "1:00.00"),
        (83.45, "1:23.45"),
        (3599.99, "59:59.99"),
        (3600, "1:00:00.00"),
        (36_061.07, "10:01:01.07"),
        (99_999_999.99, "27777:46:39.99"),
    ],
)
def test_a_time_reads_as_on_a_stopwatch(seconds: float, text: str) -> None:
    assert format_run_time(seconds) == text


@given(st.integers(0, 10**10 - 1))
def test_what_is_read_is_what_was_run(hundredths: int) -> None:
    total = 0.0
    for part in format_run_time(hundredths / 100).split(":"):
        total = total * 60 + float(part)
    assert round(total * 100) == hundredths
