"""Backups: made, listed, restored, proved; and what must not happen to them."""

import asyncio
import json
import random
import signal
import stat
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pyrage
import pytest

from genjilib import storage
from genjilib.core.errors import Conflict
from genjilib.local.s3 import BUCKET, S3
from genjilib.ops import postgres
from genjilib.ops.backup import bucket, content, dump, manifest, retention
from genjilib.ops.backup import restore as rules
from genjilib.ops.backup.sink import BLOCK, Folder, place
from genjilib.ops.postgres import Target
from tests.ops.conftest import ROOT, Genji, at, create, drop, environment, unique

NAME = unique('odd "name"; with spaces')
ROWS = """
    create type public.mood as enum ('sad', 'glad');
    create table public.values_of_each_kind (
      id int primary key, name text, at timestamptz, amount numeric, data jsonb, old json, mood public.mood,
      share float8, names text[], raw bytea, code uuid, address inet, gap interval, flag bool
    );
    insert into public.values_of_each_kind
    select i, 'name ' || i, '2026-01-01'::timestamptz + i * interval '1 hour', i * 1.50,
      jsonb_build_object('i', i), '{"b": 1,  "a": 2}',
      case when i % 2 = 0 then 'sad' else 'glad' end::public.mood, i / 7.0::float8,
      array['x', null, i::text], decode(md5(i::text), 'hex'), md5(i::text)::uuid, '10.0.0.1',
      i * interval '1 day', i % 3 = 0
    from generate_series(1, 3000) as i;
    create table public.nothing_in_it ();
    create table public.schema_migrations (version varchar primary key);
    insert into public.schema_migrations values ('20260101000000');
"""


@pytest.fixture(scope="module")
def source_url(server_url: str) -> Iterator[str]:
    """A database of an awkward name, with rows of every kind of value."""
    url = create(server_url, NAME)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ROWS)
    yield url
    drop(url)


def exists(server_url: str, name: str) -> bool:
    with psycopg.connect(server_url) as connection:
        found = connection.execute("select from pg_database where datname = %s", (name,))
        return found.rowcount == 1


def left_behind(server_url: str) -> list[str]:
    """Scratch databases that nobody works on; other tests may be at work on some."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        names = connection.execute(
            "select datname from pg_database where starts_with(datname, 'genji_scratch_')"
        )
        return [
            name
            for (name,) in names.fetchall()
            if connection.execute("select pg_try_advisory_lock(%s)", (int(name[14:], 16),)).fetchone()
            == (True,)
        ]


def test_a_backup_is_made_listed_proved_and_restored(genji: Genji, source_url: str, server_url: str) -> None:
    made = genji("backup", "create", "--json", url=source_url).json
    assert made["database"] == NAME
    assert made["schema_version"] == "20260101000000"
    assert made["rows"] == 3001
    proof = genji("backup", "verify", "--json", url=source_url)
    assert (proof.code, proof.json["problems"]) == (0, [])
    assert left_behind(server_url) == []
    (listed,) = genji("backup", "list", "--check", "--json", url=source_url).json
    assert (listed["id"], listed["state"]) == (made["id"], "whole")
    assert listed["proved_at"] is not None
    again = unique('again; "and" again')
    done = genji("backup", "restore", made["id"], "--into", again, "--json", url=source_url)
    assert (done.code, done.json["restored"]) == (0, True), done.err
    with psycopg.connect(at(server_url, again)) as connection:
        found = connection.execute("select count(*), sum(amount) from public.values_of_each_kind").fetchone()
    assert found == (3000, 6752250)
    drop(at(server_url, again))


def test_a_proof_covers_the_queries_of_the_release_when_the_schema_is_its_own(
    genji: Genji, shared_url: str, source_url: str
) -> None:
    for url, known in ((shared_url, True), (source_url, False)):
        genji("backup", "create", url=url)
        proof = genji("backup", "verify", "--json", url=url).json
        assert proof["problems"] == []
        assert (proof["queries"] is not None) == known


def test_backups_are_for_their_owner_only(genji: Genji, source_url: str) -> None:
    genji("backup", "create", url=source_url)
    assert stat.S_IMODE(Path("backups").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in Path("backups").iterdir()} == {0o600}
    assert len(list(Path("backups").iterdir())) == 2


def test_contents_do_not_depend_on_the_order_of_rows(genji: Genji, server_url: str, source_url: str) -> None:
    """A dump of the same rows in another physical order passes as the same contents."""
    genji("backup", "create", url=source_url)
    name = unique("shuffled")
    genji("backup", "restore", "latest", "--into", name, url=source_url)
    url = at(server_url, name)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "create table t as select * from public.values_of_each_kind order by md5(id::text);"
            "truncate public.values_of_each_kind; insert into public.values_of_each_kind select * from t;"
            "drop table t"
        )
    one, two = (tables_of(genji, each) for each in (source_url, url))
    assert one == two
    drop(url)


def tables_of(genji: Genji, url: str) -> dict[str, object]:
    made = genji("backup", "create", "--json", url=url).json
    return json.loads(Path("backups", f"{made['id']}.json").read_text())["document"]["tables"]


@pytest.mark.parametrize(
    "change",
    [
        "name = name || ' '",
        "at = at + interval '1 microsecond'",
        "amount = amount::numeric(20, 3)",
        "data = data || '{\"j\": null}'",
        'old = \'{"b": 1, "a": 2}\'',
        "mood = case mood when 'sad' then 'glad' else 'sad' end::public.mood",
        "share = share + 1e-12",
        "names = array['x', '', id::text]",
        "raw = raw || '\\x00'",
        "gap = justify_days(gap)",
        "flag = null",
    ],
)
def test_one_changed_cell_changes_the_contents(source_url: str, change: str) -> None:
    async def both() -> list[str]:
        async with await Target.of(source_url).connect() as connection:
            await content.prepare(connection)
            before = await content.read(connection)
            await connection.execute("begin")
            await connection.execute(f"update public.values_of_each_kind set {change} where id = 2999")
            after = await content.read(connection)
            await connection.execute("rollback")
            return content.differences(before, after)

    assert asyncio.run(both()) == ["public.values_of_each_kind has 3000 rows, but other contents"]


def test_one_corrupted_byte_is_found_wherever_it_is(genji: Genji, source_url: str, server_url: str) -> None:
    made = genji("backup", "create", "--json", url=source_url).json
    name = unique("broken")
    target = Target.of(at(server_url, name))

    async def restore() -> None:
        sink = Folder(Path("backups"))
        await rules.restore(target, sink, await manifest.load(sink, made["id"]), lambda _: None)

    for _ in corrupted(Path("backups", f"{made['id']}.dump")):
        with pytest.raises(Conflict, match="was damaged"):
            asyncio.run(restore())
    done = genji("backup", "list", "--check", "--json", url=source_url)
    assert (done.code, done.json[0]["state"]) == (1, "damaged")
    done = genji("backup", "restore", made["id"], "--into", name, "--yes", url=source_url)
    assert (done.code, "was damaged" in done.err) == (2, True)
    done = genji("backup", "verify", made["id"], "--json", url=source_url)
    assert done.code == 1
    assert "damaged" in done.json["problems"][0]
    (listed,) = genji("backup", "list", "--json", url=source_url).json
    assert (listed["state"], listed["proved_at"]) == ("failed verification", None)
    assert not exists(server_url, name)
    assert left_behind(server_url) == []


def test_a_corrupted_byte_of_the_manifest_is_found(genji: Genji, source_url: str) -> None:
    made = genji("backup", "create", "--json", url=source_url).json
    sink = Folder(Path("backups"))
    for _ in corrupted(Path("backups", f"{made['id']}.json")):
        with pytest.raises(Conflict, match="was damaged"):
            asyncio.run(manifest.load(sink, made["id"]))
    done = genji("backup", "verify", made["id"], url=source_url)
    assert (done.code, "was damaged" in done.err) == (2, True)
    (listed,) = genji("backup", "list", "--json", url=source_url).json
    assert "damaged" in listed["state"]


def corrupted(path: Path) -> Iterator[None]:
    """Flip one bit of a file a hundred times, each time of a whole one; the last stays flipped."""
    whole = path.read_bytes()
    for position in random.sample(range(len(whole)), 100):
        broken = bytearray(whole)
        broken[position] ^= 1 << random.randrange(8)
        path.write_bytes(broken)
        yield


def test_a_truncated_backup_is_listed_as_such(genji: Genji, source_url: str) -> None:
    made = genji("backup", "create", "--json", url=source_url).json
    dump = Path("backups", f"{made['id']}.dump")
    dump.write_bytes(dump.read_bytes()[:-1])
    assert genji("backup", "list", "--json", url=source_url).json[0]["state"] == "of another size"
    dump.unlink()
    assert genji("backup", "list", "--json", url=source_url).json[0]["state"] == "missing"


def test_a_database_with_tables_is_never_touched(genji: Genji, source_url: str, shared_url: str) -> None:
    genji("backup", "create", url=source_url)
    for target in ([], ["--into", NAME], ["--into", shared_url.rpartition("/")[2].partition("?")[0]]):
        done = genji("backup", "restore", "latest", *target, "--yes", url=source_url)
        assert (done.code, done.out) == (2, "")
        assert "tables already" in done.err
    with psycopg.connect(source_url) as connection:
        assert connection.execute("select count(*) from public.values_of_each_kind").fetchone() == (3000,)


def test_a_database_is_replaced_when_its_name_is_typed_and_then_set_aside(
    genji: Genji, source_url: str, server_url: str
) -> None:
    genji("backup", "create", url=source_url)
    name = unique("replaced " + "x" * 40)
    url = create(server_url, name)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table public.mine as select 1 as id")
    wrong = genji("backup", "restore", "latest", "--replace", NAME, "--yes", url=url)
    assert (wrong.code, "The target is" in wrong.err) == (2, True)
    done = genji("backup", "restore", "latest", "--replace", name, "--yes", "--json", url=url)
    assert (done.code, done.json["restored"]) == (0, True), done.err
    with psycopg.connect(url) as connection:
        assert connection.execute("select count(*) from public.values_of_each_kind").fetchone() == (3000,)
        (aside,) = connection.execute(
            "select datname from pg_database where starts_with(datname, %s)", (f"{name[:40]}_before_",)
        ).fetchone()
    with psycopg.connect(at(server_url, aside)) as connection:
        assert connection.execute("select id from public.mine").fetchone() == (1,)
    drop(at(server_url, aside))
    drop(url)


def test_production_is_restored_only_when_its_name_is_typed(
    genji: Genji, source_url: str, server_url: str
) -> None:
    genji("backup", "create", url=source_url)
    name = unique("live")
    url = at(server_url, name)
    for more in ([], ["--into", name]):
        done = genji("backup", "restore", "latest", *more, "--yes", url=url, APP_ENVIRONMENT="production")
        assert (done.code, "is production's database" in done.err) == (2, True)
    assert not exists(server_url, name)
    typed = ["--replace", name, "--yes"]
    assert genji("backup", "restore", "latest", *typed, url=url, APP_ENVIRONMENT="production").code == 0
    drop(url)


def test_an_empty_database_may_be_the_target(genji: Genji, source_url: str, empty_url: str) -> None:
    genji("backup", "create", url=source_url)
    refused = genji("backup", "restore", "latest", url=empty_url)
    assert refused.code == 2
    assert "--yes" in refused.err
    assert genji("backup", "restore", "latest", "--yes", url=empty_url).code == 0
    with psycopg.connect(empty_url) as connection:
        assert connection.execute("select count(*) from public.values_of_each_kind").fetchone() == (3000,)


def test_a_target_that_somebody_uses_stays_theirs(
    genji: Genji, source_url: str, empty_url: str, server_url: str
) -> None:
    genji("backup", "create", url=source_url)
    with psycopg.connect(empty_url):
        done = genji("backup", "restore", "latest", "--yes", url=empty_url)
    assert done.code == 2
    assert "Somebody uses" in done.err
    assert left_behind(server_url) == []


def test_a_killed_backup_leaves_nothing_listed_but_what_is_whole_and_the_next_one_cleans_up(
    genji: Genji, source_url: str
) -> None:
    for delay in (random.uniform(0, 0.25) for _ in range(10)):
        process = subprocess.Popen(
            [sys.executable, ROOT / "cli.py", "backup", "create", "--folder", "backups"],
            env=environment(source_url), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while not list(Path().glob("backups/*.partial")) and process.poll() is None:
            time.sleep(0.005)
        time.sleep(delay)
        process.kill()
        process.wait()
        # Killed behind its last step it is listed, and whole.
        for made in genji("backup", "list", "--json", url=source_url).json:
            assert genji("backup", "verify", made["id"], url=source_url).code == 0
        for path in Path("backups").glob("*.json"):
            path.unlink()
    assert genji("backup", "create", url=source_url).code == 0
    assert not list(Path().glob("backups/*.partial"))


def test_ctrl_c_ends_with_130_and_leaves_nothing(source_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    with psycopg.connect(source_url) as blocker:
        # The backup waits for this lock, so that the signal always finds it at work.
        blocker.execute("lock table public.values_of_each_kind")
        process = subprocess.Popen(
            [sys.executable, ROOT / "cli.py", "backup", "create", "--folder", folder],
            env=environment(source_url), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        while not list(folder.glob("*.partial")):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert list(folder.iterdir()) == []


def test_a_second_backup_at_the_same_time_is_refused(genji: Genji, source_url: str) -> None:
    with psycopg.connect(source_url) as first:
        first.execute("select pg_advisory_lock(%s)", (dump._LOCK,))
        done = genji("backup", "create", url=source_url)
    assert done.code == 2
    assert "Another backup" in done.err


def test_a_full_disk_is_said_to_be_full_and_nothing_is_left(genji: Genji, source_url: str) -> None:
    Path("small").mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40k", "none", "small"], check=False)
    try:
        target = "small" if mounted.returncode == 0 else "/dev/full"
        done = genji("backup", "create", "--folder", target, url=source_url)
        assert done.code == 75
        assert "The backup was not made" in done.err
        if mounted.returncode == 0:
            assert "is full" in done.err
            assert list(Path("small").iterdir()) == []
    finally:
        subprocess.run(["umount", "small"], check=False, stderr=subprocess.DEVNULL)


def test_rows_written_while_it_runs_are_in_dump_and_contents_or_in_neither(
    genji: Genji, server_url: str
) -> None:
    url = create(server_url, unique("busy"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table public.t as select i from generate_series(1, 200000) as i")
    writer = subprocess.Popen(
        [
            sys.executable, "-c",
            "import sys, psycopg; c = psycopg.connect(sys.argv[1], autocommit=True)\n"
            "while True: c.execute('insert into public.t values (0)')", url,
        ],
    )  # fmt: skip
    try:
        for _ in range(3):
            assert genji("backup", "create", url=url).code == 0
            proof = genji("backup", "verify", "--json", url=url)
            assert (proof.code, proof.json["problems"]) == (0, [])
    finally:
        writer.kill()
        writer.wait()
        drop(url)


def test_what_a_killed_verification_left_is_removed_by_the_next(
    genji: Genji, source_url: str, server_url: str
) -> None:
    genji("backup", "create", url=source_url)
    abandoned = f"genji_scratch_{uuid.uuid4().hex[:12]}"
    create(server_url, abandoned)
    assert genji("backup", "verify", url=source_url).code == 0
    assert not exists(server_url, abandoned)


def test_a_backup_that_does_not_exist_names_the_newest(genji: Genji, source_url: str) -> None:
    assert "none at all" in genji("backup", "verify", "latest", url=source_url).err
    made = genji("backup", "create", "--json", url=source_url).json
    done = genji("backup", "verify", "yesterday", url=source_url)
    assert done.code == 2
    assert made["id"] in done.err


def test_quiet_says_nothing_when_all_is_well(genji: Genji, source_url: str) -> None:
    for command in ("create", "verify"):
        done = genji("backup", command, "--quiet", url=source_url)
        # A bot of another test may live in this process, and complain that nobody lets it run meanwhile.
        said = [line for line in done.err.splitlines() if "heartbeat blocked" not in line]
        assert (done.code, done.out, said) == (0, "", [])


def entry(day: str, *, proved: bool = False, state: str = "whole") -> dict[str, Any]:
    at = datetime.fromisoformat(f"{day}T03:15:00+00:00")
    return {"id": day, "created_at": at, "state": state, "proved_at": at if proved else None}


@pytest.mark.parametrize(
    ("entries", "counts", "stay"),
    [
        ([], (7, 4, 6), {}),
        ([entry("2026-01-01")], (0, 0, 0), {"2026-01-01": ["newest"]}),
        (
            [entry("2026-01-01", proved=True), entry("2026-01-02"), entry("2026-01-03")],
            (0, 0, 0),
            {"2026-01-01": ["proved"], "2026-01-03": ["newest"]},
        ),
        (
            # Weeks are ISO's: 29 December 2025 to 4 January 2026 is one.
            [entry(day) for day in ("2025-12-28", "2025-12-29", "2026-01-01", "2026-01-04", "2026-01-05")],
            (2, 3, 2),
            {
                "2026-01-05": ["newest", "daily", "weekly", "monthly"],
                "2026-01-04": ["daily", "weekly"],
                "2025-12-28": ["weekly"],
                "2025-12-29": ["monthly"],
            },
        ),
        (
            [entry("2026-01-01"), entry("2026-01-02", state="missing", proved=True)],
            (1, 0, 0),
            {"2026-01-01": ["newest", "daily"]},
        ),
    ],
)
def test_the_newest_of_each_period_stays(
    entries: list[dict[str, Any]], counts: tuple[int, int, int], stay: dict[str, list[str]]
) -> None:
    assert retention.kept(entries, dict(zip(("daily", "weekly", "monthly"), counts, strict=True))) == stay


def test_prune_removes_what_is_old_but_never_the_last_proved_one(genji: Genji, source_url: str) -> None:
    proved, old, new = (genji("backup", "create", "--json", url=source_url).json["id"] for _ in range(3))
    genji("backup", "verify", proved, url=source_url)
    abandoned = Path("backups", "20200101-000000-abcd.dump")
    abandoned.write_bytes(b"half a dump")
    Path("backups", f"{new}-being-made.dump").write_bytes(b"half a dump")
    none = ["backup", "prune", "--keep-daily", "0", "--keep-weekly", "0", "--keep-monthly", "0", "--json"]
    asked = genji(*none, url=source_url)
    assert (asked.code, asked.out) == (2, "")
    assert genji(*none, "--dry-run", url=source_url).json[0]["removed"] is False
    assert abandoned.exists()
    done = genji(*none, "--yes", url=source_url)
    assert done.code == 0
    assert {row["id"]: (row["removed"], row["keep"]) for row in done.json} == {
        "20200101-000000-abcd": (True, []),
        proved: (False, ["proved"]),
        old: (True, []),
        new: (False, ["newest"]),
    }
    assert {path.name.split(".")[0] for path in Path("backups").iterdir()} == {
        proved,
        new,
        f"{new}-being-made",
    }


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A public key of age, and the file with the secret one."""
    secret = pyrage.x25519.Identity.generate()
    path = tmp_path_factory.mktemp("age") / "key.txt"
    path.write_text(f"# made for a test\n{secret}\n")
    return str(secret.to_public()), path


def test_an_encrypted_backup_is_read_with_the_secret_key_only(
    genji: Genji, source_url: str, keys: tuple[str, Path], tmp_path: Path
) -> None:
    public, identity = keys
    made = genji("backup", "create", "--recipients", public, "--json", url=source_url).json
    kept = Path("backups", f"{made['id']}.dump").read_bytes()
    assert kept.startswith(b"age-encryption.org/v1")
    secret = pyrage.x25519.Identity.from_str(identity.read_text().split()[-1])
    assert pyrage.decrypt(kept, [secret]).startswith(b"PGDMP")
    refused = genji("backup", "verify", url=source_url)
    assert (refused.code, "pass --identity" in refused.err) == (2, True)
    other = tmp_path / "other.txt"
    other.write_text(str(pyrage.x25519.Identity.generate()))
    wrong = genji("backup", "verify", "--identity", str(other), "--json", url=source_url)
    assert (wrong.code, "cannot be decrypted" in wrong.json["problems"][0]) == (1, True)
    other.write_text("not a key")
    assert genji("backup", "verify", "--identity", str(other), url=source_url).code == 2
    proof = genji("backup", "verify", "--identity", str(identity), "--json", url=source_url)
    assert (proof.code, proof.json["problems"]) == (0, [])


def test_encryption_that_is_asked_for_and_not_there_makes_no_backup(
    genji: Genji, source_url: str, keys: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyrage", None)
    done = genji("backup", "create", "--recipients", keys[0], url=source_url)
    assert (done.code, "needs the package pyrage" in done.err) == (75, True)
    assert not Path("backups").exists()


@pytest.mark.parametrize("recipients", ["", "age1nobody", "age1,"])
def test_a_backup_that_cannot_be_encrypted_is_not_made(
    genji: Genji, source_url: str, recipients: str
) -> None:
    done = genji("backup", "create", "--recipients", recipients, url=source_url)
    assert (done.code, "age's public keys" in done.err) == (2, True)
    assert not Path("backups").exists()


def test_an_empty_list_of_keys_is_no_wish_for_a_backup_that_anybody_reads(
    genji: Genji, source_url: str
) -> None:
    done = genji("backup", "create", url=source_url, BACKUP_AGE_RECIPIENTS="")
    assert (done.code, "BACKUP_AGE_RECIPIENTS is empty" in done.err) == (2, True)
    assert not Path("backups").exists()


def test_roles_and_queues_are_kept_beside_the_dump_without_a_password(genji: Genji, source_url: str) -> None:
    genji("backup", "create", url=source_url)
    found = genji("backup", "setup", "--json", url=source_url).json
    assert "CREATE ROLE genji_worker;" in found["roles"]
    assert "ALTER ROLE genji_worker SET jit TO 'off';" in found["roles"]
    assert "SCRAM-SHA-256" not in found["roles"]
    assert found["broker"]["vhosts"] == [{"name": "/"}]
    assert {queue["name"] for queue in found["broker"]["queues"]} >= {"api.mail.delivery"}


def test_an_encrypted_backup_in_a_bucket_is_made_proved_restored_and_pruned(
    genji: Genji, source_url: str, server_url: str, keys: tuple[str, Path], s3: S3
) -> None:
    public, identity = keys
    there = {
        **s3.environment(), "BACKUP_FOLDER": f"s3://{BUCKET}/of/genji",
        "BACKUP_AGE_RECIPIENTS": public, "BACKUP_AGE_IDENTITY": str(identity),
    }  # fmt: skip
    old, made = (genji("backup", "create", "--json", url=source_url, **there).json for _ in range(2))
    proof = genji("backup", "verify", "--json", url=source_url, **there)
    assert (proof.code, proof.json["problems"]) == (0, [])
    again = unique("from a bucket")
    done = genji("backup", "restore", made["id"], "--into", again, "--json", url=source_url, **there)
    assert (done.code, done.json["restored"]) == (0, True), done.err
    drop(at(server_url, again))
    assert genji("backup", "prune", "--keep-daily", "1", "--yes", url=source_url, **there).code == 0
    listed = genji("backup", "list", "--json", url=source_url, **there).json
    assert [(row["id"], row["state"], row["encrypted"]) for row in listed] == [(made["id"], "whole", True)]
    gone = genji("backup", "verify", old["id"], url=source_url, **there)
    assert (gone.code, "There is no backup" in gone.err) == (2, True)
    nowhere = genji("backup", "list", url=source_url, **there | {"BACKUP_FOLDER": "s3://nobodys-bucket"})
    assert (nowhere.code, "NoSuchBucket" in nowhere.err) == (75, True)
    assert not list(Path().iterdir())


async def test_what_is_uploaded_in_parts_appears_whole_or_not_at_all(
    s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "PART", 5 * BLOCK)
    for name, value in s3.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    sink, blocks = place(f"s3://{BUCKET}/parts/"), [random.randbytes(BLOCK + 7) for _ in range(12)]

    async def write(name: str, *, fails: bool) -> None:
        async with sink.create(name) as upload:
            for block in blocks:
                await upload.write(block)
                assert name not in await sink.names()
            if fails:
                raise asyncio.CancelledError

    await write("whole.dump", fails=False)
    with pytest.raises(asyncio.CancelledError):
        await write("half.dump", fails=True)
    assert await sink.names() == {"whole.dump": sum(map(len, blocks))}
    assert b"".join([block async for block in sink.read("whole.dump")]) == b"".join(blocks)
    client = storage.client(postgres.settings())

    def unfinished() -> int:
        return len(client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []))

    assert unfinished() == 0
    client.create_multipart_upload(Bucket=BUCKET, Key="parts/killed.dump")
    # The local service says of every unfinished upload that it was begun in 2010.
    async with sink.create("small.json") as upload:
        await upload.write(b"{}")
    assert unfinished() == 0
    await sink.delete("whole.dump")
    assert set(await sink.names()) == {"small.json"}
