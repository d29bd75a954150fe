"""The tester tested: the ledger sees what is wrong, the proxy knows what passes, no row is forgotten."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.chaos.ledger import Ledger
from tests.chaos.proxy.wire import Amqp, Postgres
from tests.chaos.rows import ROWS
from tests.chaos.table import PAGE, results_of

PROMISED = ("lost 0 double 0 ghost 0 dead ", "refused: ")
"""How the result of a row begins that held, or that this machine cannot carry out."""


@pytest.mark.parametrize(
    ("applied", "dead", "found"),
    [
        ([0, 1, 2, 3], [], "lost 0 double 0 ghost 0 dead 0 of 4; recovered in 0.0 s"),
        ([0, 1, 2], [], "lost 1 double 0 ghost 0 dead 0 of 4; recovered in 0.0 s"),
        ([0, 1, 2, 2], [3], "lost 0 double 1 ghost 0 dead 1 of 4; recovered in 0.0 s"),
        ([0, 1, 2, 3, 9], [], "lost 0 double 0 ghost 0 dead 0 of 4; recovered in 0.0 s"),
        ([0, 1, 2, 3, 10], [], "lost 0 double 0 ghost 1 dead 0 of 4; recovered in 0.0 s"),
    ],
)
def test_the_ledger_counts_what_went_wrong(applied: list[int], dead: list[int], found: str) -> None:
    assert str(Ledger({0, 1, 2, 3}, {9}).balance(applied, dead, 0)) == found


def test_frames_are_found_wherever_the_bytes_are_cut() -> None:
    ack = bytes.fromhex("01 0001 0000000d 003c0050 0000000000000007 00 ce")
    wire, stream = Amqp(), b"AMQP\x00\x00\x09\x01" + ack + ack
    units = [unit for byte in stream for unit in wire.cut("client", bytes([byte]))]
    assert [unit.name for unit in units] == ["protocol", "basic.ack", "basic.ack"]
    assert b"".join(unit.raw for unit in units) == stream


def test_a_commit_knows_what_its_transaction_ran() -> None:
    wire, startup = Postgres(), b"\x00\x00\x00\x09\x00\x03\x00\x00\x00"
    spoken = [("Q", b"BEGIN\0"), ("P", b"one\0select 1\0\0\0"), ("B", b"\0one\0"), ("Q", b"COMMIT\0")]
    messages = [letter.encode() + (4 + len(body)).to_bytes(4) + body for letter, body in spoken]
    units = wire.cut("client", startup + b"".join(messages))
    assert [unit.name for unit in units] == ["startup", "BEGIN", "SELECT", "B", "COMMIT"]
    assert "one" in units[-1].within
    (answer,) = wire.cut("server", b"C\x00\x00\x00\x0bCOMMIT\0")
    assert (answer.name, "one" in answer.within) == ("COMMIT", True)


def test_every_row_has_one_test_and_a_line_in_the_table() -> None:
    tests = "".join(path.read_text() for path in sorted(Path(__file__).parent.glob("test_*.py")))
    marks = re.findall(r"mark\.row\((.*)\)", tests)
    marked = Counter(number for mark in marks for number in re.findall(r'"(\w+)"', mark))
    assert marked == {row.number: 1 for row in ROWS}
    results = results_of(PAGE.read_text())
    assert results.keys() == marked.keys()
    assert [line for line, _ in results.values() if not line.startswith(PROMISED)] == []
