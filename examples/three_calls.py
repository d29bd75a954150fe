"""Call three queries from a script: ``python examples/three_calls.py postgresql://…``, migrated before."""

import asyncio
import sys

from genjilib import queries
from genjilib.db import Db


async def main(url: str) -> None:
    async with Db.connect(url, name="script") as db:
        await queries.users.create(db, user_id=42, nickname="Genji", global_name="Shimada")
        print(await queries.users.name(db, user_id=42))
        print((await queries.completions.leaderboard.json(db, code="AAAA", size=10, skip=0)).decode())


asyncio.run(main(sys.argv[1]))
