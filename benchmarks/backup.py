"""Bars of backups beside bare pg_dump: time, memory, corrupted bytes, kills.

Run ``python -m benchmarks.backup [MB]``; it starts a PostgreSQL of its own and fills it with so much.
"""

import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg

from genjilib.core.errors import Conflict
from genjilib.local import CHECKOUT
from genjilib.local.postgres import Postgres
from genjilib.ops.backup import manifest
from genjilib.ops.backup.restore import check_file
from genjilib.ops.backup.sink import Folder
from genjilib.ops.postgres import program

ROUNDS, CORRUPTIONS, KILLS = 3, 100, 100
ROW = 300
"""Bytes of a row, about: half of them compress well, as texts and times do."""


def main(megabytes: int) -> None:
    """Fill a database and hold the backups of it to their bars."""
    with tempfile.TemporaryDirectory(prefix="genji-bench-") as name:
        server = Postgres(Path(name) / "postgres")
        asyncio.run(server.start())
        try:
            fill(server.url(), megabytes * 1_000_000 // ROW)
            measure(server.url(), Path(name))
            with psycopg.connect(server.url(), autocommit=True) as connection:
                connection.execute("delete from runs where id > 20000")
                connection.execute("vacuum full runs")
            corrupt(server.url(), Path(name) / "corrupt")
            kill(server.url(), Path(name) / "killed")
        finally:
            asyncio.run(server.stop())


def fill(url: str, rows: int) -> None:
    """Make a table of ``rows`` rows, in a repeatable way."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "create table runs as select i as id, md5(i::text) || md5((i * 7)::text) as proof,"
            " 'https://pictures.example/' || i % 1000 || repeat('/part', 20) as screenshot,"
            " (i % 60000) / 100.0 as time, '2026-01-01'::timestamptz + i * interval '1 second' as at"
            f" from generate_series(1, {rows}) as i"
        )
        size = connection.execute("select pg_size_pretty(pg_database_size(current_database()))").fetchone()
    print(f"{rows} rows, {size[0] if size else ''}")


def measure(url: str, folder: Path) -> None:
    """Compare the time with that of pg_dump alone, in turns, and tell the most memory that was used."""
    bare, ours, memory = [], [], 0
    dump = [str(program("pg_dump", 17)), "--format=custom", "--compress=zstd:1", f"--dbname={url}"]
    for _ in range(ROUNDS):
        bare.append(timed([*dump, f"--file={folder / 'bare.dump'}"])[0])
        seconds, most = timed(create(folder / "timed"), url)
        ours.append(seconds)
        memory = max(memory, most)
    ratio = statistics.median(ours) / statistics.median(bare)
    print(f"pg_dump alone        {statistics.median(bare):8.1f} s")
    print(f"backup create        {statistics.median(ours):8.1f} s   {ratio:.2f} × (bar 1.20)")
    print(f"most memory          {memory / 1024:8.0f} MB  (bar 150)")


def timed(command: Sequence[str], url: str = "") -> tuple[float, int]:
    """Run a command; return seconds and the most memory (kB) of it or of one of the programs it started."""
    started = time.perf_counter()
    child = subprocess.Popen(command, env=environment(url), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0, command
    return time.perf_counter() - started, usage.ru_maxrss


def corrupt(url: str, folder: Path) -> None:
    """Flip one bit a hundred times; every time it has to be found."""
    subprocess.run(create(folder), env=environment(url), check=True, stdout=subprocess.DEVNULL)
    sink = Folder(folder)
    wanted = asyncio.run(manifest.load(sink, "latest"))
    path, found = folder / manifest.dump_name(wanted.id), 0
    whole = path.read_bytes()
    for position in random.sample(range(len(whole)), CORRUPTIONS):
        broken = bytearray(whole)
        broken[position] ^= 1 << random.randrange(8)
        path.write_bytes(broken)
        try:
            asyncio.run(check_file(sink, wanted, lambda _: None))
        except Conflict:
            found += 1
    print(f"corrupted bytes found{found:6}/{CORRUPTIONS}")


def kill(url: str, folder: Path) -> None:
    """SIGKILL a backup at random moments of its life; nothing partial may be listed."""
    started = time.perf_counter()
    subprocess.run(create(folder), env=environment(url), check=True, stdout=subprocess.DEVNULL)
    life, sink, partial, unfinished = time.perf_counter() - started, Folder(folder), 0, 0
    for _ in range(KILLS):
        child = subprocess.Popen(
            create(folder), env=environment(url), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(random.uniform(0.2, 1.0) * life)
        unfinished += child.poll() is None
        child.kill()
        child.wait()
        partial += sum(entry["state"] != "whole" for entry in asyncio.run(manifest.every(sink)))
    print(f"killed {unfinished} of {KILLS} in the middle, partial ones listed: {partial} (bar 0)")


def create(folder: Path) -> list[str]:
    """The command that makes a backup."""
    return [sys.executable, str(CHECKOUT / "cli.py"), "backup", "create", "--quiet", "--folder", str(folder)]


def environment(url: str) -> dict[str, str]:
    """What the command reads."""
    return {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(CHECKOUT)}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
