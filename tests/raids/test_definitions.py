"""What the raids' schema computes by itself: seasons, the manifest's numbers in words, names and scores."""

import json
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors
from typer.testing import CliRunner

from cli import app


@pytest.fixture
def db(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url) as connection:
        yield connection


def value(db: psycopg.Connection, expression: str) -> object:
    row = db.execute(f"select {expression}".encode()).fetchone()
    assert row is not None
    return row[0]


def test_a_moment_lies_in_the_season_that_began_before_it(db: psycopg.Connection) -> None:
    def season(moment: str) -> object:
        return value(db, f"definitions.get_season('{moment}')")

    assert season("2017-09-01Z") is None
    assert season("2020-11-10 17:00Z") == 11
    assert season("2020-11-10 17:00:01Z") == 12
    assert season("2022-03-05 18:00Z") == 16


def test_numbers_of_the_manifest_have_words(db: psycopg.Connection) -> None:
    assert value(db, "definitions.get_element(6)::text") == "Stasis"
    assert value(db, "definitions.get_ammo_type(3)::text") == "Heavy"
    assert value(db, "definitions.get_slot(953998645)::text") == "Power"
    assert value(db, "definitions.get_weapon_type(33)::text") == "Glaive"


@pytest.mark.parametrize("call", ["element(5)", "ammo_type(0)", "slot(1)", "weapon_type(15)"])
def test_a_number_the_manifest_does_not_know_is_an_error(db: psycopg.Connection, call: str) -> None:
    with pytest.raises(errors.CaseNotFound):
        value(db, f"definitions.get_{call}")


def test_a_raid_has_one_version_played_for_the_worlds_first(db: psycopg.Connection) -> None:
    raids = value(
        db,
        "array(select activity_id from definitions.activity_version where is_world_first order by 1)",
    )
    assert raids == list(range(1, 17))


def test_guided_games_are_version_2_and_prestige_is_3(db: psycopg.Connection) -> None:
    names = value(db, "array(select name from definitions.version_definition where id in (2, 3) order by id)")
    assert names == ["Guided Games", "Prestige"]


def test_a_player_is_named_with_the_code_where_there_is_one(db: psycopg.Connection) -> None:
    db.execute(
        "insert into core.player (membership_id, display_name, bungie_global_display_name,"
        " bungie_global_display_name_code, last_seen) values (1, 'old', 'Ana', '0007', now()),"
        " (2, 'Bo', 'Bo', null, now())"
    )
    names = value(db, "array(select bungie_name from core.player order by membership_id)")
    assert names == ["Ana#0007", "Bo"]


def test_who_played_later_is_found_first(db: psycopg.Connection) -> None:
    db.execute(
        "insert into core.player (membership_id, clears, last_seen) values (1, 99, '2017-08-27Z'),"
        " (2, 0, '2026-11-27Z'), (3, 3, '2016-01-01Z')"
    )
    found = value(db, "array(select membership_id from core.player order by _search_score desc)")
    assert found == [2, 1, 3]
    assert value(db, "(select _search_score::float8 from core.player where membership_id = 3)") == 2.0


SERVICES = {"atlas", "hermes", "hades", "athena", "nemesis", "hera", "pan", "bob", "zeus"}
QUEUES = {
    "raid.activity_history.crawl",
    "raid.character.fill",
    "raid.clan.crawl",
    "raid.pgcr.blocked",
    "raid.pgcr.cheat_check",
    "raid.pgcr.clickhouse",
    "raid.pgcr.exists",
    "raid.pgcr.store",
    "raid.player.crawl",
}
TOOLS = {
    "genji raids activity-history-update",
    "genji raids fix-sherpa-clears",
    "genji raids flag-restricted-pgcrs",
    "genji raids process-single-pgcr",
    "genji raids update-skull-hashes",
}


def shown(what: str, name: str) -> set[str]:
    done = CliRunner().invoke(app, ["show", what, "--json"])
    return {row[name] for row in json.loads(done.stdout)}


def test_the_documents_services_workers_and_tools_have_their_names() -> None:
    assert shown("services", "name") >= SERVICES
    assert {one for one in shown("queues", "name") if one.startswith("raid.")} == QUEUES
    assert shown("commands", "name") >= TOOLS
