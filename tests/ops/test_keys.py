"""API keys, from the command line and from the keys."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import psycopg
import pytest
from pydantic import SecretStr

from genjilib.auth import keys
from genjilib.core import clock
from genjilib.core.errors import Invalid, NotFound, Unauthenticated
from genjilib.core.settings import Settings
from genjilib.db import Db
from tests.ops.conftest import Genji


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Db]:
    settings = Settings(
        database_url=SecretStr(database_url), amqp_url=SecretStr("amqp://-"), token_secret=SecretStr("x" * 32)
    )
    async with Db.open(settings, name="test") as opened:
        yield opened


def everything(url: str) -> str:
    """All rows of all tables, as text."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables"
            " where schemaname not in ('pg_catalog', 'information_schema')"
        ).fetchall()
        return "\n".join(str(connection.execute(f"select * from {name}").fetchall()) for (name,) in tables)


def test_a_key_is_shown_once_and_only_its_hash_is_stored(genji: Genji, database_url: str) -> None:
    made = genji(
        "keys", "create", "website", "-s", "maps:read", "-s", "maps:write", "--json", url=database_url
    ).json
    assert re.fullmatch(r"genji_live_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", made["key"])
    assert made["key"].startswith(made["prefix"])
    stored = everything(database_url)
    assert keys.hash_key(made["key"]) in stored
    assert made["key"].removeprefix(made["prefix"]) not in stored
    (listed,) = genji("keys", "list", "--json", url=database_url).json
    assert listed["prefix"] == made["prefix"]
    assert listed["scopes"] == ["maps:read", "maps:write"]
    assert made["key"] not in str(listed)


def test_a_revoked_key_is_listed_on_request_only(genji: Genji, database_url: str) -> None:
    made = genji("keys", "create", "bot", "--superuser", "--json", url=database_url).json
    refused = genji("keys", "revoke", made["prefix"], url=database_url)
    assert refused.code == 2
    assert "--yes" in refused.err
    assert genji("keys", "revoke", made["prefix"], "--dry-run", "--json", url=database_url).json["usable"]
    assert not genji("keys", "revoke", made["prefix"], "--yes", "--json", url=database_url).json["usable"]
    assert genji("keys", "list", "--json", url=database_url).json == []
    assert len(genji("keys", "list", "--all", "--json", url=database_url).json) == 1


def test_revoking_what_does_not_exist_is_refused(genji: Genji, shared_url: str) -> None:
    done = genji("keys", "revoke", "nothing", "--yes", url=shared_url)
    assert (done.code, done.out) == (2, "")
    assert "There is no API key nothing." in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["x"],
        ["", "--superuser"],
        ["a\nb", "--superuser"],
        ["x", "-s", "everything"],
        ["x", "-s", "Maps:Read"],
    ],
)
def test_a_key_that_makes_no_sense_is_refused(genji: Genji, shared_url: str, arguments: list[str]) -> None:
    assert genji("keys", "create", *arguments, url=shared_url).code == 2


async def test_a_key_opens_what_its_scopes_say(db: Db) -> None:
    made = await keys.create_key(db, name="site", scopes=["maps:read"], superuser=False, expires_at=None)
    who = await keys.authenticate(db, made.key)
    assert who is not None
    assert (who.kind, who.name, who.user_id, who.superuser) == ("key", "site", None, False)
    who.require("maps:read")
    with pytest.raises(Unauthenticated):
        who.require("maps:write")


async def test_unknown_expired_and_revoked_keys_are_all_unknown(db: Db, database_url: str) -> None:
    later = clock.now() + timedelta(days=1)
    expired = await keys.create_key(db, name="a", scopes=(), superuser=True, expires_at=later)
    revoked = await keys.create_key(db, name="b", scopes=(), superuser=True, expires_at=None)
    assert await keys.authenticate(db, expired.key) is not None
    await keys.revoke_key(db, revoked.id)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "update public.api_tokens set expires_at = now() - interval '1 second' where id = %s",
            (expired.id,),
        )
    for key in (expired.key, revoked.key, expired.key[:-1], "", "genji_live_", keys.hash_key(expired.key)):
        assert await keys.authenticate(db, key) is None


async def test_use_is_noted_at_most_once_a_minute(db: Db, database_url: str) -> None:
    made = await keys.create_key(db, name="a", scopes=(), superuser=True, expires_at=None)

    async def noted() -> tuple[object, ...]:
        await keys.authenticate(db, made.key)
        with psycopg.connect(database_url) as connection:
            return (
                connection.execute("select last_used_at, xmin::text from public.api_tokens").fetchone() or ()
            )

    first = await noted()
    assert first[0] is not None
    assert await noted() == first
    with psycopg.connect(database_url) as connection:
        connection.execute("update public.api_tokens set last_used_at = now() - interval '61 seconds'")
    assert (await noted())[0] != first[0]


async def test_an_imported_key_has_the_name_of_its_user(db: Db, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("insert into public.auth_users (username) values ('bot')")
        connection.execute(
            "insert into public.api_tokens (user_id, api_key, is_superuser, scopes)"
            " select id, %s, null, null from public.auth_users",
            (keys.hash_key("old"),),
        )
    who = await keys.authenticate(db, "old")
    assert who is not None
    assert (who.name, who.superuser, who.scopes) == ("bot", False, frozenset())


async def test_ending_a_key_again_keeps_the_first_time(db: Db) -> None:
    made = await keys.create_key(db, name="a", scopes=(), superuser=True, expires_at=None)
    assert await keys.revoke_key(db, made.id) == await keys.revoke_key(db, made.id)
    with pytest.raises(NotFound):
        await keys.revoke_key(db, made.id + 1)


async def test_a_key_cannot_expire_in_the_past(db: Db) -> None:
    with pytest.raises(Invalid):
        await keys.create_key(db, name="a", scopes=(), superuser=True, expires_at=clock.now())


def test_the_secret_is_not_in_the_text_form_of_a_new_key() -> None:
    made = keys.CreatedKey(1, "a", "p", (), True, None, "the secret")
    assert "the secret" not in repr(made)
