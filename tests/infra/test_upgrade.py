"""An upgrade fails no request: first the schema, then processes that say that they leave."""

import os
import subprocess
from pathlib import Path

import psycopg
import pytest

from genjilib.auth import keys
from genjilib.db import Db
from genjilib.local import CHECKOUT
from genjilib.local.roles import grant, role_url
from tests.api import api_settings
from tests.infra.upgrade import expand, newer, upgrade
from tests.support import create_database, database_of, drop_database, with_database

FROM = os.environ.get("UPGRADE_FROM")
"""A commit whose processes are replaced; without, this checkout's. What follows is one migration ahead."""
REPLACEMENTS = int(os.environ.get("UPGRADE_REPLACEMENTS", "1"))


@pytest.mark.timeout(120 + 20 * REPLACEMENTS)
async def test_a_release_with_a_migration_takes_over_and_no_request_fails(
    database_url: str, tmp_path: Path
) -> None:
    old, new = CHECKOUT, newer(tmp_path / "new")
    if FROM:
        old = tmp_path / "old"
        subprocess.run(["git", "-C", CHECKOUT, "worktree", "add", "--detach", old, FROM], check=True)
        # One that the commit's own migrations have built, which may be others than ours.
        database_url = with_database(database_url, f"{database_of(database_url)}-before")
        create_database(database_url)
    try:
        if FROM:
            await expand(old, database_url)
        async with Db.open(api_settings(database_url), name="tests") as db:
            key = (await keys.create_key(db, name="t", scopes=(), superuser=True, expires_at=None)).key
        await grant(database_url)
        environment = {
            **os.environ,
            "DATABASE_URL": role_url(database_url, "api"),
            "AMQP_URL": "amqp://nobody:none@127.0.0.1/",
            "TOKEN_SECRET": "only for tests, long enough to be one",
        }
        load = await upgrade(tmp_path, database_url, environment, key, old, new, replacements=REPLACEMENTS)
    finally:
        if FROM:
            subprocess.run(["git", "-C", CHECKOUT, "worktree", "remove", "--force", old], check=True)
    print(dict(load.answers))
    assert set(load.answers) == {"fine"}
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "select id, release from core.users where id between 6 * 10^17 and 7 * 10^17"
        ).fetchall()
    assert {user_id for user_id, _ in rows} == load.created
    assert {release for _, release in rows} == {"before", "after"}
    if FROM:
        drop_database(database_url)
