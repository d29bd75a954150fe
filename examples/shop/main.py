"""The SQL layer on a schema of its own: every shape of a query once.

Run ``PYTHONPATH=.:examples python -m shop.main postgresql://…`` on an empty database; ``./cli.py sql generate
--project examples/shop`` wrote ``shop/queries``.
"""

import asyncio
import sys
from pathlib import Path

import psycopg

from genjilib.db import Db
from shop.queries import items


async def main(url: str) -> None:
    """Create the schema, fill it, and use it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute((Path(__file__).parent / "sql/schema.sql").read_bytes())
    async with Db.connect(url, name="shop") as db:
        async with db.transaction() as tx:
            loaded = await items.load(tx, ((n, f"item {n}", n % 7, n / 8, None) for n in range(1, 2001)))
            restocked = await items.restock(tx, [(1, "item 1", 12, 0.5), (2001, "a new one", 3, 1.5)])
        print(f"loaded {loaded}, restocked {restocked}")
        sold = await items.sell(db, id=1, pieces=2)
        item = await items.get(db, id=1)
        print(f"sold {sold}, left {item.stock if item else None}")
        page = await items.page(db, pattern="item 19%", order="name", size=3)
        print([item.name for item in page])
        print((await items.get.json(db, id=2001)).decode()[:18])
        async with db.transaction() as tx:
            pieces = 0
            async for row in items.every(tx):
                pieces += row.stock
            lines = b"".join([block async for block in items.export(tx)]).count(b"\n")
        print(f"{pieces} pieces, {lines} lines")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
