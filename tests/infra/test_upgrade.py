"""An upgrade fails no request: processes say that they leave, and a proxy goes elsewhere."""

import os
import subprocess
from pathlib import Path

import psycopg
import pytest

from genjilib.auth import rules as keys
from genjilib.db import Db
from genjilib.local import CHECKOUT
from genjilib.local.roles import grant, role_url
from tests.api import api_settings
from tests.infra.upgrade import upgrade

FROM = os.environ.get("UPGRADE_FROM")
"""A commit whose processes are replaced by this checkout's; without, all are this checkout's."""
REPLACEMENTS = int(os.environ.get("UPGRADE_REPLACEMENTS", "1"))


@pytest.mark.timeout(60 + 20 * REPLACEMENTS)
async def test_processes_are_replaced_and_no_request_fails(database_url: str, tmp_path: Path) -> None:
    old = CHECKOUT
    if FROM:
        old = tmp_path / "old"
        subprocess.run(["git", "-C", CHECKOUT, "worktree", "add", "--detach", old, FROM], check=True)
    try:
        async with Db.open(api_settings(database_url), name="tests") as db:
            key = (await keys.create_key(db, name="t", scopes=(), superuser=True, expires_at=None)).key
        await grant(database_url)
        environment = {
            **os.environ,
            "DATABASE_URL": role_url(database_url, "api"),
            "AMQP_URL": "amqp://nobody:none@127.0.0.1/",
            "TOKEN_SECRET": "only for tests, long enough to be one",
        }
        load = await upgrade(tmp_path, environment, key, old, CHECKOUT, replacements=REPLACEMENTS)
    finally:
        if FROM:
            subprocess.run(["git", "-C", CHECKOUT, "worktree", "remove", "--force", old], check=True)
    print(dict(load.answers))
    assert set(load.answers) == {"fine"}
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("select id from core.users where id between 6 * 10^17 and 7 * 10^17")
        assert {user_id for (user_id,) in rows.fetchall()} == load.created
