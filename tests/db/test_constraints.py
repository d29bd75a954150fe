"""Every refusal of the database that a route can cause has a sentence, and every sentence its refusal."""

import re
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

from genjilib import queries
from genjilib.core.errors import Invalid, NotFound, Unavailable
from genjilib.db.constraints import CONSTRAINTS, translate
from tests.db.statements import open_db
from tests.rows import add_map

QUERIES = Path(__file__).parents[2] / "sql" / "queries"

NAMES = """
    select conname::text from pg_constraint
    union select indexrelid::regclass::text from pg_index
    union select relname::text from pg_index join pg_class on pg_class.oid = indexrelid
"""
SOURCES = "select string_agg(prosrc, ' ') from pg_proc where prolang <> 12 and prolang <> 13"
GUARDS = """
    select conname::text, pg_get_constraintdef(k.oid) from pg_constraint as k
    where conrelid = %(table)s::regclass
      and (contype in ('u', 'c') or contype = 'f' and confrelid = 'core.users'::regclass
        or contype = 'p' and not exists (
          select from pg_attribute as a
          where a.attrelid = conrelid and a.attnum = any(conkey)
            and (a.attidentity <> '' or pg_get_serial_sequence(conrelid::regclass::text, a.attname) <> '')
        ))
    union all
    select c.relname::text, 'unique index' from pg_index as i
    join pg_class as c on c.oid = i.indexrelid
    where i.indrelid = %(table)s::regclass and i.indisunique
      and not exists (select from pg_constraint as k where k.conindid = i.indexrelid)
"""

NEVER_HIT = {
    "answers_pkey": "the key is locked and looked up before",
    "analytics_pkey": "written with on conflict",
    "api_tokens_api_key_key": "keys are 256 random bits",
    "delivery_log_event_id_channel_key": "written with on conflict",
    "email_auth_pkey": "the user is made by the same statement",
    "email_auth_user_id_fkey": "the user is made by the same statement",
    "email_tokens_token_type_check": "the kind is written in the statement",
    "email_tokens_user_id_fkey": "the user is made by the same statement",
    "jobs_pkey": "ids are made by the database",
    "map_mastery_pk": "written with on conflict",
    "mechanic_links_pkey": "duplicates are refused before",
    "medals_pkey": "the map is made by the same statement",
    "offers_user_id_fkey": "the user has a key",
    "outbox_pkey": "ids are drawn for each message",
    "overwatch_usernames_user_id_fkey": "the user is locked before",
    "preferences_pkey": "written with on conflict",
    "processed_messages_pkey": "written with on conflict",
    "rank_card_avatar_pk": "written with on conflict",
    "rank_card_background_pk": "written with on conflict",
    "rank_card_badges_pk": "written with on conflict",
    "ratings_map_id_user_id_key": "written with on conflict",
    "remember_tokens_pkey": "ids are made by the database",
    "restriction_links_pkey": "duplicates are refused before",
    "sessions_pkey": "written with on conflict",
    "suspicious_flags_user_id_fkey": "the user is that of the run",
    "tag_links_pkey": "duplicates are refused before",
    "votes_user_id_fkey": "a trigger asks for a verified run of theirs before",
    "votes_user_id_map_id_playtest_thread_id_uindex": "written with on conflict",
    "u_click_unique_per_day": "written with on conflict",
    "user_rewards_user_id_fkey": "the user is locked before",
    "xp_pkey": "written with on conflict",
}
"""What no request can run into, and why."""


@pytest.fixture
def catalog(database_url: str):
    with psycopg.connect(database_url) as connection:
        yield connection


def written() -> set[str]:
    """The tables that statements of the domains write."""
    found: set[str] = set()
    for path in QUERIES.rglob("*.sql"):
        writes = re.search(r"^-- writes: (.+)$", path.read_text(), re.MULTILINE)
        if writes and path.parent.name not in ("messages", "chat", "ops", "raids"):
            found |= {table.strip() for table in writes[1].split(",")}
    return found


def test_every_sentence_is_about_a_constraint_that_exists(catalog: psycopg.Connection) -> None:
    names = {name for (name,) in catalog.execute(NAMES)}
    ((sources,),) = catalog.execute(SOURCES)
    assert [name for name in CONSTRAINTS if name not in names and f"'{name}'" not in sources] == []


def test_every_guard_a_request_can_run_into_has_a_sentence(catalog: psycopg.Connection) -> None:
    guards = {
        name: f"{table}: {definition}"
        for table in sorted(written())
        for name, definition in catalog.execute(GUARDS, {"table": table})
    }
    silent = {name: guards[name] for name in guards if name not in CONSTRAINTS and name not in NEVER_HIT}
    assert silent == {}
    assert sorted(NEVER_HIT.keys() - guards.keys()) == []
    assert sorted(NEVER_HIT.keys() & CONSTRAINTS.keys()) == []


def test_every_refusal_by_a_trigger_has_a_sentence(catalog: psycopg.Connection) -> None:
    ((sources,),) = catalog.execute(SOURCES)
    raised = set(re.findall(r"'(\w+_check)'", sources))
    assert raised
    assert raised <= CONSTRAINTS.keys()


def test_sentences_are_sentences_and_codes_are_slugs() -> None:
    for _, code, sentence in CONSTRAINTS.values():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
        assert re.fullmatch(r"[A-Z].*\.", sentence)


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (errors.NumericValueOutOfRange(), Invalid, "out-of-range"),
        (errors.DatetimeFieldOverflow(), Invalid, "out-of-range"),
        (errors.UntranslatableCharacter(), Invalid, "bad-character"),
        (errors.DeadlockDetected(), Unavailable, "busy"),
        (errors.SerializationFailure(), Unavailable, "busy"),
        (errors.LockNotAvailable(), Unavailable, "busy"),
        (errors.QueryCanceled(), Unavailable, "timeout"),
        (errors.AdminShutdown(), Unavailable, "unavailable"),
        (psycopg.OperationalError("gone"), Unavailable, "unavailable"),
    ],
)
def test_what_is_no_constraint_is_told_by_its_kind(
    error: psycopg.Error, kind: type[Exception], code: str
) -> None:
    found = translate(error)
    assert isinstance(found, kind)
    assert found.code == code


def test_a_defect_is_not_dressed_up() -> None:
    for error in (errors.UndefinedTable(), errors.SyntaxError(), errors.UniqueViolation(), psycopg.Error()):
        assert translate(error) is None


async def test_a_refusal_becomes_its_sentence(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        add_map(connection, "AAAA")
    async with open_db(database_url) as db:
        with pytest.raises(NotFound) as caught:
            await queries.maps.rate(db, code="AAAA", user_id=404, quality=3)
    assert caught.value.code == "user-not-found"
