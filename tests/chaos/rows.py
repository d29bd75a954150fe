"""The matrix: every failure with its strike and what has to hold; a test somewhere here carries out each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One failure: what happens, how it is brought about, what was promised."""

    number: str
    failure: str
    strike: str
    promise: str


_ONCE = "lost 0, double 0"

ROWS = [
    Row("1", "The worker is killed before its commit", "SIGKILL at the sight of `COMMIT`", _ONCE),
    Row("2", "The worker is killed after its commit, before its ack", "SIGKILL at `basic.ack`", _ONCE),
    Row("3", "A commit is in doubt", "the answer to `COMMIT` is swallowed, the connection reset",
        f"{_ONCE}; neither acknowledged nor dead"),
    Row("6", "The publisher dies between commit and publish", "SIGKILL right after the commit",
        f"{_ONCE}; another relay sends within 5 s"),
    Row("7", "The relay dies after publishing, before marking", "confirms are held, then SIGKILL",
        f"{_ONCE}; at least one duplicate on the wire, dropped by the inbox"),
]  # fmt: skip

FIND = {row.number: row for row in ROWS}
