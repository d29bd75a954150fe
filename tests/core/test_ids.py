"""Identifiers sort by age and traces are continued."""

import re
import time
from datetime import UTC, datetime

import pytest

from genjilib.core.ids import child_traceparent, new_id, new_traceparent

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


def test_ids_are_of_version_seven_and_never_the_same() -> None:
    made = [new_id() for _ in range(10_000)]
    assert len(set(made)) == len(made)
    assert {(each.version, each.variant) for each in made} == {(7, "specified in RFC 4122")}


def test_a_later_id_is_greater() -> None:
    made = []
    for _ in range(20):
        made.append(new_id())
        time.sleep(0.002)
    assert made == sorted(made)


def test_an_id_tells_when_it_was_made() -> None:
    before = datetime.now(UTC).timestamp()
    stamp = (new_id().int >> 80) / 1000
    assert before - 0.01 <= stamp <= datetime.now(UTC).timestamp()


def test_a_trace_goes_on_under_a_new_span() -> None:
    child = child_traceparent(PARENT)
    assert re.fullmatch(rf"00-{TRACE}-[0-9a-f]{{16}}-01", child)
    assert child != PARENT
    assert child_traceparent(PARENT.replace("-01", "-00")).endswith("-00")


@pytest.mark.parametrize(
    "parent",
    [
        None,
        "",
        "nonsense",
        PARENT.upper(),
        PARENT + "\n",
        PARENT + "-more",
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[:-1]}-b7ad6b7169203331-01",
        "x" * 100_000,
    ],
)
def test_what_is_no_trace_starts_a_new_one(parent: str | None) -> None:
    started = child_traceparent(parent)
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", started)
    assert TRACE not in started


def test_traces_differ() -> None:
    assert len({new_traceparent() for _ in range(100)}) == 100
