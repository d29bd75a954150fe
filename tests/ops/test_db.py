"""Copies for development: nothing personal is left in them, and nothing else is replaced by them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from genjilib.ops.backup import content, masking
from genjilib.ops.postgres import Target
from tests.ops.conftest import Genji, at, create, drop, unique
from tests.support import Clones

PLANTED = ("planted", b"planted".hex(), "203.0.113.77")
ROWS = """
    insert into core.users (id, nickname, global_name)
    select i, 'planted ' || i, 'planted' from generate_series(9001, 9040) as i;
    insert into users.overwatch_usernames (user_id, username, is_primary) values (9001, 'planted#1', true);
    insert into users.email_auth (user_id, email, password_hash)
    select i, 'planted' || i || '@example.org', 'planted' from generate_series(9001, 9040) as i;
    insert into users.email_tokens (user_id, token_hash, token_type, expires_at)
    values (9001, 'planted', 'verification', now());
    insert into users.sessions (id, user_id, payload, ip_address, user_agent)
    values ('planted', 9001, 'planted', '203.0.113.77', 'planted');
    insert into users.remember_tokens (user_id, token_hash, expires_at, ip_address, user_agent)
    values (9001, 'planted', now(), '203.0.113.77', 'planted');
    insert into users.suspicious_flags (user_id, context, flag_type) values (9001, 'planted', 'cheating');
    insert into public.auth_users (username, info) values ('planted', 'planted');
    insert into public.api_tokens (api_key, name, prefix) values ('planted', 'planted', 'planted');
    insert into public.newsfeed (timestamp, payload) values (now(), '{"name": "planted"}');
    insert into public.analytics values ('planted', 9001, now(), '{"name": "planted"}');
    insert into public.jobs (id, action, error_msg) values (gen_random_uuid(), 'mail', 'planted');
    insert into public.change_requests (thread_id, user_id, change_request_type, content, creator_mentions)
    values (1, 9001, 'Other', 'planted', 'planted');
    insert into notifications.events (user_id, event_type, title, body, metadata)
    values (9001, 'xp_gain', 'planted', 'planted', '{"by": "planted"}');
    insert into core.player (membership_id, last_seen, display_name, bungie_global_display_name)
    values (9001, now(), 'planted', 'planted');
    insert into raw.pgcr (instance_id, data) values (9001, 'planted');
"""


@pytest.fixture(scope="module")
def source_url(clones: Clones) -> Iterator[str]:
    """A migrated database with something personal in many places, also in its statistics."""
    url = clones.take()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ROWS)
        connection.execute("analyze")
    yield url
    clones.give_back(url)


def leaks(url: str) -> list[str]:
    """Where a database still holds something planted: tables, and the samples of the statistics."""

    async def tables() -> list[str]:
        async with await Target.of(url).connect() as connection:
            return [f"{schema}.{name}" for schema, name, _, _ in await content.tables(connection)]

    like = [f"%{planted}%" for planted in PLANTED]
    with psycopg.connect(url) as connection:
        return [
            name
            for name in [*asyncio.run(tables()), "pg_catalog.pg_stats"]
            if connection.execute(
                sql.SQL("select from {} as t where t::text like any (%s)").format(
                    sql.Identifier(*name.split("."))
                ),
                (like,),
            ).rowcount
        ]


def test_a_masked_copy_holds_nothing_personal_and_the_next_one_replaces_it(
    genji: Genji, source_url: str, server_url: str
) -> None:
    assert {"core.users", "users.sessions", "raw.pgcr", "pg_catalog.pg_stats"} <= set(leaks(source_url))
    made = genji("backup", "create", "--json", url=source_url).json
    name = unique("development")
    url = at(server_url, name)
    for _ in range(2):
        done = genji("db", "refresh", "--masked", "--json", "--yes", url=url)
        assert done.code == 0, done.err
        assert done.json == {"id": made["id"], "database": name, "refreshed": True, "masked": True}
    assert leaks(url) == []
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "select u.nickname, u.global_name, e.email, e.password_hash from core.users as u"
            " join users.email_auth as e on e.user_id = u.id where u.id = 9002"
        ).fetchone()
        assert found == ("Player 9002", "Player 9002", "player9002@example.invalid", "!")
        assert connection.execute(
            "select count(*) from core.users where id between 9001 and 9040"
        ).fetchone() == (40,)
        off = connection.execute("select from pg_trigger where tgenabled = 'D' and not tgisinternal")
        assert off.rowcount == 0
    with psycopg.connect(server_url) as connection:
        aside = connection.execute("select from pg_database where starts_with(datname, %s)", (f"{name}_",))
        assert aside.rowcount == 0
    drop(url)


def test_a_database_that_is_no_copy_is_not_replaced_by_one(
    genji: Genji, source_url: str, server_url: str
) -> None:
    genji("backup", "create", url=source_url)
    url = create(server_url, unique("mine"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table public.mine as select 1 as id")
    done = genji("db", "refresh", "--masked", "--yes", url=url)
    assert (done.code, "tables already" in done.err) == (2, True)
    drop(url)


def test_a_column_that_sounds_personal_and_that_nobody_masks_is_refused(
    genji: Genji, server_url: str
) -> None:
    url, name = create(server_url, unique("new")), unique("copy")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table public.fans (id int, home_address text)")
    genji("backup", "create", url=url)
    done = genji("db", "refresh", "--into", name, "--yes", url=url)
    assert (done.code, "public.fans.home_address" in done.err) == (2, True)
    with psycopg.connect(server_url) as connection:
        assert connection.execute("select from pg_database where datname = %s", (name,)).rowcount == 0
    drop(url)


async def test_masks_name_tables_and_columns_that_exist(shared_url: str) -> None:
    async with await Target.of(shared_url).connect() as connection:
        tables = await content.tables(connection)
    found = {f"{schema}.{name}": set(columns) for schema, name, columns, _ in tables}
    assert masking.unmasked(tables) == []
    assert set(masking.EMPTIED) <= found.keys()
    assert {name: set(masks) - found.get(name, set()) for name, masks in masking.MASKED.items()} == {
        name: set() for name in masking.MASKED
    }
    for column in masking.IMPERSONAL:
        table, _, name = column.rpartition(".")
        assert name in found[table]


def test_a_dry_run_makes_no_copy(genji: Genji, source_url: str, server_url: str) -> None:
    genji("backup", "create", url=source_url)
    name = unique("tried")
    done = genji("db", "refresh", "--into", name, "--dry-run", "--json", url=source_url)
    assert (done.code, done.json["refreshed"]) == (0, False)
    assert len(list(Path("backups").iterdir())) == 2
    with psycopg.connect(server_url) as connection:
        assert connection.execute("select from pg_database where datname = %s", (name,)).rowcount == 0
