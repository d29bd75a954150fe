"""The archive of infra/postgres/postgresql.conf brings back the moment before a mistake."""

import re
import subprocess
from pathlib import Path

import psycopg

from genjilib.local import CHECKOUT
from genjilib.local import postgres as local
from genjilib.local.postgres import Postgres

CONF = (CHECKOUT / "infra/postgres/postgresql.conf").read_text()


def archiving(archive: Path) -> dict[str, str]:
    """What our configuration says of the archive, which is in another place here."""
    found = dict(re.findall(r"^(wal_level|archive_\w+) = '?(.+?)'?$", CONF, re.MULTILINE))
    assert found.keys() == {"wal_level", "archive_mode", "archive_timeout", "archive_command"}
    return {
        **found,
        "archive_command": found["archive_command"].replace("/var/lib/postgresql/archive", str(archive)),
    }


async def test_a_moment_before_a_mistake_comes_back(tmp_path: Path, monkeypatch) -> None:
    archive = tmp_path / "archive"
    archive.mkdir(mode=0o777)
    tmp_path.chmod(0o777)
    archive.chmod(0o777)
    monkeypatch.setattr(local, "SETTINGS", {**local.SETTINGS, **archiving(archive)})
    server = Postgres(tmp_path / "server", durable=False)
    await server.start()
    try:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("create table runs as select 1 as id")
            copy = [
                server.bin_dir / "pg_basebackup",
                "--checkpoint=fast",
                "--wal-method=none",
                "--no-manifest",
            ]
            subprocess.run([*copy, "-D", tmp_path / "again/data", f"--dbname={server.url()}"], check=True)
            connection.execute("insert into runs values (2)")
            (moment,) = connection.execute("select clock_timestamp()::text").fetchone() or ("",)
            connection.execute("delete from runs")
            connection.execute("select pg_switch_wal()")
    finally:
        await server.stop()  # waits until the archive has everything
    (tmp_path / "again/password").write_text((tmp_path / "server/password").read_text())
    (tmp_path / "again/data/recovery.signal").touch()
    back = {"restore_command": f"cp {archive}/%f %p", "recovery_target_time": moment}
    back |= {"recovery_target_action": "promote", "archive_mode": "off"}
    monkeypatch.setattr(local, "SETTINGS", {**local.SETTINGS, **back})
    again = Postgres(tmp_path / "again", durable=False)
    await again.start()
    try:
        with psycopg.connect(again.url()) as connection:
            assert connection.execute("select id from runs order by id").fetchall() == [(1,), (2,)]
    finally:
        await again.stop()
