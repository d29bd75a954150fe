"""PostgreSQL's own functions keep what `builtins.txt` says of them; to be run on each major version."""

from importlib.resources import files

import psycopg
import pytest

from tests.db.nullability.connections import Connection
from tests.db.nullability.exercise import exercise

DATA = files("genjilib.db.nullability").joinpath("builtins.txt")
LISTED = [
    line
    for line in files("genjilib.db.nullability")
    .joinpath("builtins.txt")
    .read_text(encoding="utf-8")
    .splitlines()
    if not line.startswith("#")
]
KNOWN = """
select p.proname || '(' || oidvectortypes(p.proargtypes) || ')', p.proisstrict and not p.proretset
from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace and p.oid < 16384
"""


@pytest.fixture
def known(connection: Connection) -> dict[str, bool]:
    """The signatures of this version's functions, and whether each is strict."""
    return {str(signature): bool(strict) for signature, strict in connection.execute(KNOWN)}


def has_xml(connection: Connection) -> bool:
    """Whether the server was built with libxml."""
    try:
        with connection.transaction():
            connection.execute("select '<a/>'::xml")
    except psycopg.errors.FeatureNotSupported:
        return False
    return True


def test_list_is_sorted_and_has_no_duplicates() -> None:
    assert sorted(set(LISTED)) == LISTED


def test_every_listed_function_is_strict_here(known: dict[str, bool]) -> None:
    assert [signature for signature in LISTED if not known.get(signature, True)] == []


def test_most_of_the_list_is_known_here(known: dict[str, bool]) -> None:
    assert len([signature for signature in LISTED if signature in known]) > 0.95 * len(LISTED)


def test_no_listed_function_ever_returned_null(connection: Connection, known: dict[str, bool]) -> None:
    here = [signature for signature in LISTED if signature in known]
    if not has_xml(connection):
        here = [signature for signature in here if "xml" not in signature and "xpath" not in signature]
    answers = exercise(connection, here, most=100)
    assert [signature for signature, answer in answers.items() if answer["null"]] == []
    assert [signature for signature, answer in answers.items() if not answer["value"]] == []
