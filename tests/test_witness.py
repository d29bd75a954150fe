"""The watch on results sees a null, and a number of rows, that were said never to come."""

import psycopg
import pytest

from tests import witness
from tests.api import Api


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("select 1 as id, 'x' as \"label!\"", []),
        ("select 1 as id, null as label", ["a.b: label is null in row 0, though never null was said"]),
        ("select null as id, 'x' as label", []),
        ("select 1 as id, 'x' as label where false", ["a.b: 0 rows, though one was said"]),
        ("select null as other", []),
    ],
)
def test_what_was_said_never_to_come_is_seen(
    database_url: str, monkeypatch: pytest.MonkeyPatch, sql: str, found: list[str]
) -> None:
    monkeypatch.setattr(witness, "said", lambda _name: witness.Said(["id", "label"], [1], "one"))
    with psycopg.connect(database_url) as connection:
        result = connection.execute(sql.encode()).pgresult
    assert result is not None
    assert witness.contradictions("a.b", result) == found


def test_every_query_is_watched() -> None:
    known = witness.said("maps.exists")
    assert known is not None
    assert known.columns == ["exists"]
    assert known.never == [0]
    assert witness.said("nobody.knows") is None


async def test_results_are_watched_wherever_they_come_from(
    api: Api, monkeypatch: pytest.MonkeyPatch, contradictions: witness.Witness
) -> None:
    monkeypatch.setattr(witness, "contradictions", lambda name, _result: [name])
    await api.get("/users/1")
    assert "users.get" in contradictions.found
    contradictions.found.clear()
