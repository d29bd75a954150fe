"""Values that several domains speak of."""

import pytest

from genjilib.core.values import MIDPOINTS, as_stored, top_of


@pytest.mark.parametrize(
    ("given", "kept"),
    [(60, 60), (59.995, 60), (59.994, 59.99), (0.004, 0), (0.005, 0.01), (10.005, 10.01), (1e-9, 0)],
)
def test_a_time_is_kept_with_two_decimals_halves_up(given: float, kept: float) -> None:
    assert as_stored(given) == kept


def test_a_difficulty_without_its_sign_is_its_top() -> None:
    tops = [top_of(label) for label in MIDPOINTS]
    assert list(dict.fromkeys(tops)) == ["Easy", "Medium", "Hard", "Very Hard", "Extreme", "Hell"]
    assert list(MIDPOINTS.values()) == sorted(MIDPOINTS.values())
