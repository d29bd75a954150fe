"""Dead letters from the command line: look, count, replay, edit, discard, and who did it."""

import getpass
import os

import psycopg
import pytest

from tests.ops.conftest import Genji


def bury(url: str, count: int, error: str = "bad", queue: str = "api.newsfeed.create") -> None:
    """Write dead letters of the newsfeed."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "insert into messages.dead_letters"
            " (message_id, queue, version, body, position, error, detail, attempts, created_at)"
            " select gen_random_uuid(), %s, 1, jsonb_build_object('newsfeed_id', n), n, %s, 'It was.', 1,"
            " now()"
            " from generate_series(1, %s) as n",
            (queue, error, count),
        )


def ask(url: str, query: str) -> object:
    """Return the first value of a query."""
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()  # pyright: ignore[reportArgumentType, reportCallIssue]
    return row and row[0]


def test_they_are_listed_filtered_and_grouped(genji: Genji, database_url: str) -> None:
    bury(database_url, 3)
    bury(database_url, 2, error="ugly")
    listed = genji("dlq", "list", "--json", url=database_url).json
    assert [row["error"] for row in listed] == ["ugly", "ugly", "bad", "bad", "bad"]
    one = genji("dlq", "list", "--where", "newsfeed_id=2", "--error", "bad", "--json", url=database_url).json
    assert len(one) == 1
    assert genji("dlq", "list", "--older-than", "1h", "--json", url=database_url).json == []
    assert (
        len(genji("dlq", "list", "--newer-than", "1h", "--limit", "4", "--json", url=database_url).json) == 4
    )
    groups = genji("dlq", "list", "--group", "error", "--json", url=database_url).json
    assert [(row["error"], row["n"]) for row in groups] == [("bad", 3), ("ugly", 2)]
    watched = genji("dlq", "watch", "--times", "1", "--json", url=database_url).json
    assert watched == groups


def test_one_is_shown_with_its_tries_and_lives(genji: Genji, database_url: str) -> None:
    bury(database_url, 1)
    (row,) = genji("dlq", "list", "--json", url=database_url).json
    shown = genji("dlq", "show", str(row["id"]), "--json", url=database_url).json
    assert shown["body"] == {"newsfeed_id": 1}
    assert (shown["failures"], len(shown["lives"])) == ([], 1)
    assert genji("dlq", "show", str(row["id"]), "--raw", url=database_url).out == '{"newsfeed_id":1}\n'
    text = genji("dlq", "show", str(row["id"]), url=database_url).out
    assert "It was." in text
    assert genji("dlq", "show", "4711", url=database_url).code == 2


def test_a_replay_is_counted_confirmed_done_and_written_down(genji: Genji, database_url: str) -> None:
    bury(database_url, 4)
    looked = genji("dlq", "replay", "--all", "--dry-run", "--json", url=database_url)
    assert looked.json["dead"] == 4
    assert "nothing was changed" in looked.err
    assert genji("dlq", "replay", "--all", url=database_url).code == 2
    assert ask(database_url, "select count(*) from messages.outbox") == 0
    done = genji("dlq", "replay", "--error", "bad", "--limit", "3", "--yes", "--json", url=database_url).json
    assert (done["replayed"], done["outcome"]) == (3, "done")
    assert ask(database_url, "select count(*) from messages.outbox") == 3
    (action,) = genji("dlq", "actions", "--json", url=database_url).json
    assert (action["what"], action["n"], action["filter"]["error"]) == ("replay", 3, "bad")
    assert action["who"].startswith(f"{getpass.getuser()}@")


def test_replay_and_discard_want_to_know_which(genji: Genji, database_url: str) -> None:
    assert "--all" in genji("dlq", "replay", "--yes", url=database_url).err
    assert "--all" in genji("dlq", "discard", "--reason", "x", "--yes", url=database_url).err
    assert genji("dlq", "replay", "--all", "--rate", "fast", url=database_url).code == 2
    assert genji("dlq", "list", "--older-than", "soon", url=database_url).code == 2
    assert genji("dlq", "list", "--where", "nonsense", url=database_url).code == 2
    nope = genji("dlq", "list", "--queue", "nope", url=database_url)
    assert (nope.code, "no queue nope" in nope.err) == (2, True)
    assert genji("dlq", "replay", "--type", "nope", "--yes", url=database_url).code == 2


def test_many_are_edited_by_the_same_change(genji: Genji, database_url: str) -> None:
    bury(database_url, 3)
    bury(database_url, 1, error="ugly")
    edit = ("dlq", "edit", "--error", "bad", "--set", "newsfeed_id=9", "--json")
    assert genji(*edit, "--dry-run", url=database_url).json["edited"] == 3
    assert ask(database_url, "select count(*) from messages.outbox") == 0
    done = genji(*edit, "--yes", url=database_url).json
    assert (done["edited"], done["unfit"]) == (3, 0)
    assert ask(database_url, "select count(*) from messages.outbox where body ->> 'newsfeed_id' = '9'") == 3
    (action,) = genji("dlq", "actions", "--json", url=database_url).json
    assert (action["what"], action["n"], action["filter"]["error"]) == ("edit", 3, "bad")
    assert genji("dlq", "edit", "--set", "newsfeed_id=9", "--yes", url=database_url).code == 2
    assert genji("dlq", "edit", "--all", "--editor", "--yes", url=database_url).code == 2


@pytest.mark.parametrize(("value", "code"), [("7", 0), ("word", 2)])
def test_an_edit_is_checked_against_the_type(genji: Genji, database_url: str, value: str, code: int) -> None:
    bury(database_url, 1)
    (row,) = genji("dlq", "list", "--json", url=database_url).json
    done = genji(
        "dlq", "edit", str(row["id"]), "--set", f"newsfeed_id={value}", "--yes", "--json", url=database_url
    )
    assert done.code == code, done.err
    found = ask(database_url, "select body ->> 'newsfeed_id' from messages.outbox")
    assert found == ("7" if code == 0 else None)


def test_an_edit_by_the_persons_editor(
    genji: Genji, database_url: str, tmp_path: os.PathLike[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bury(database_url, 1)
    (row,) = genji("dlq", "list", "--json", url=database_url).json
    monkeypatch.delenv("VISUAL", raising=False)
    edit = ("dlq", "edit", str(row["id"]), "--editor", "--yes")
    assert genji(*edit, url=database_url, EDITOR="true").code == 2
    assert genji(*edit, url=database_url, EDITOR="sed -i s/1/42/").code == 0
    assert ask(database_url, "select body ->> 'newsfeed_id' from messages.outbox") == "42"


def test_discarded_ones_stay_with_their_reason(genji: Genji, database_url: str) -> None:
    bury(database_url, 2)
    discard = ("dlq", "discard", "--queue", "api.newsfeed.create", "--reason", "test data", "--json")
    assert genji(*discard, "--dry-run", url=database_url).json["dead"] == 2
    assert genji(*discard, "--yes", url=database_url).json == {"discarded": 2, "reason": "test data"}
    assert genji("dlq", "list", "--json", url=database_url).json == []
    assert len(genji("dlq", "list", "--state", "discarded", "--json", url=database_url).json) == 2
