"""A community of some size, made by the database itself: the same rows each time, in seconds.

``make bench-data`` fills the migrated, empty database at DATABASE_URL, or one that is thrown away, and prints
what is in it: 5,000 users (5 % placeholders), 2,000 maps, 150,000 runs and what hangs on them. Runs gather on
few maps and few players; ``data.sql`` has the numbers.
"""

import asyncio
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import psycopg

from genjilib.local.postgres import Postgres
from genjilib.local.scratch import migrate

STEP = re.compile(r"^-- step: (.*)$", re.MULTILINE)
GATHERED = """
select percentile_disc(array[0.5, 0.9, 0.99, 1]) within group (order by n)
from (select count(*) as n from core.completions group by {}) as c
"""


def fill(url: str, *, times: int = 1) -> Iterator[tuple[str, float]]:
    """Fill the database at ``url``, with ``times`` as many runs; yield each step and its seconds.

    Triggers rest meanwhile, but for the one that names difficulties; what they keep is built at the end.
    """
    _, *parts = STEP.split(Path(__file__).with_suffix(".sql").read_text())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("set jit = off")
        connection.execute("set work_mem = '256MB'")
        connection.execute("select set_config('bench.times', %s, false)", [str(times)])
        connection.execute("alter table core.maps enable always trigger trg_maps_set_difficulty_from_raw")
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            began = perf_counter()
            connection.execute(text.encode())
            yield name, perf_counter() - began
        connection.execute("alter table core.maps enable trigger trg_maps_set_difficulty_from_raw")


def show(url: str) -> None:
    """Print how many rows the large tables have, and how runs gather on maps and players."""
    with psycopg.connect(url) as connection:
        tables = "select oid::regclass::text, reltuples::bigint from pg_class where relkind = 'r'"
        for name, amount in connection.execute(
            f"{tables} and reltuples >= 1000 and oid > 16384 order by reltuples desc".encode()
        ):
            print(f"{name:32} {amount:10,}")
        for name, column in {"runs of a map": "map_id", "runs of a player": "user_id"}.items():
            found = connection.execute(GATHERED.format(column).encode()).fetchone()
            print(f"{name:32} p50, p90, p99, most: {found and found[0]}")


async def main(times: int) -> None:
    """Fill the database at DATABASE_URL, or one that is thrown away."""
    with TemporaryDirectory(prefix="genji-bench-") as folder:
        server = None if os.environ.get("DATABASE_URL") else Postgres(Path(folder), durable=False)
        try:
            if server:
                await server.start()
                await migrate(server.url())
            url = server.url() if server else os.environ["DATABASE_URL"]
            for name, seconds in fill(url, times=times):
                print(f"{name:32} {seconds:8.1f} s", flush=True)
            show(url)
        finally:
            if server:
                await server.stop()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
