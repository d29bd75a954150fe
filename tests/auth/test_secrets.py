"""What opens doors is nowhere in the database as it is."""

import psycopg
from psycopg import sql

from genjilib.auth import keys
from tests.api import SECRET, Api
from tests.auth.accounts import PASSWORD, registered, verify

TEXTS = """
    select table_schema, table_name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
"""


def everything(connection: psycopg.Connection) -> str:
    """All rows of all tables as one text."""
    tables = connection.execute(TEXTS).fetchall()
    return "\n".join(
        str(row)
        for schema, name in tables
        for row in connection.execute(
            sql.SQL("select t::text from {} as t").format(sql.Identifier(schema, name))
        )
    )


async def test_keys_tokens_and_passwords_are_nowhere_in_plain(api: Api) -> None:
    created = await keys.create_key(
        api.db, name="website", scopes=["maps:read"], superuser=False, expires_at=None
    )
    await api.ask("GET", "/maps", key=created.key)
    _, used = await registered(api, "a@b.example")
    await verify(api, used)
    _, unused = await registered(api, "c@d.example")
    kept = everything(api.sql)
    assert "a@b.example" in kept
    assert created.prefix in kept
    for secret in (api.key, created.key, created.key.removeprefix(created.prefix), used, unused):
        assert secret not in kept
    for secret in (PASSWORD, SECRET):
        assert secret not in kept


async def test_a_key_is_kept_as_the_hash_of_256_random_bits(api: Api) -> None:
    made = [
        await keys.create_key(api.db, name="k", scopes=[], superuser=True, expires_at=None) for _ in range(3)
    ]
    assert len({key.key for key in made}) == 3
    for key in made:
        assert key.key.startswith("genji_live_")
        assert key.key.startswith(f"{key.prefix}_")
        assert len(key.key.removeprefix(f"{key.prefix}_")) == 43
        hashed = api.value("select api_key from public.api_tokens where id = %s", key.id)
        assert hashed == keys.hash_key(key.key)
        assert key.key not in repr(key)
