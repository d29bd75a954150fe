"""A PostgreSQL that is measured has the memory and the log that production's has."""

import re

import psycopg
from psycopg import sql

from genjilib.local import CHECKOUT
from genjilib.local.postgres import Postgres

CONFIGURATION = CHECKOUT / "infra" / "postgres" / "postgresql.conf"
TUNED = re.compile(
    r"^(shared_buffers|effective_cache_size|work_mem|maintenance_work_mem|random_page_cost|jit|wal_compression"
    r"|max_wal_size|checkpoint_timeout|autovacuum_\w+) = (\S+)",
    re.MULTILINE,
)


async def tune(postgres: Postgres) -> None:
    """Give a running server what ``infra/postgres`` sets, and start it again."""
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        for name, value in TUNED.findall(CONFIGURATION.read_text()):
            connection.execute(sql.SQL("alter system set {} = {}").format(sql.Identifier(name), value))
    await postgres.stop()
    await postgres.start()
