"""Hot pages cost the same however many runs there are: the short form of what ``make bench-api`` measures.

Each statement runs as it does in the API, by one plan for pages of any size, on a few runs and on ten times
as many by as many more players. What is counted are the blocks of tables and indexes that it looks at.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest
from psycopg import sql

from genjilib import queries
from genjilib.community import api as community
from genjilib.completions import api as completions
from genjilib.db.statement import Statement, Text
from genjilib.maps import search
from genjilib.maps.search import MapQuery

FLAT = 1.3
"""How many times the blocks ten times the runs may take."""
FEW, MANY = 100, 1_000
"""Players; each has five runs, which gather on twenty maps."""
PLAYER = 1_000_001

FILL = """
set session_replication_role = replica;
insert into core.users (id, nickname, global_name)
select 1000000 + n, 'Player' || n, 'global' || n from generate_series({first} + 1, {last}) as n;
insert into core.maps
    (code, map_name, category, checkpoints, official, playtesting, hidden, difficulty, raw_difficulty)
select 'MAP' || lpad(n::text, 2, '0'), 'Hanamura', 'Classic', 9, true, 'Approved', false, 'Easy', n / 10.0
from generate_series(0, 19) as n
on conflict do nothing;
insert into core.completions (map_id, user_id, time, screenshot, video, verified, message_id, inserted_at)
select m.id, 1000000 + n, 10 + n * 5 + k, 's', 'v', k > 0, n * 5 + k, now() - n * interval '1 hour'
from generate_series({first} + 1, {last}) as n
cross join generate_series(0, 4) as k
join core.maps as m on m.code = 'MAP' || lpad(((n * 5 + k) % 20)::text, 2, '0');
select completions.rebuild();
select ranks.rebuild();
set session_replication_role = origin;
"""

PAGES: dict[str, Callable[[Any], Awaitable[object]]] = {
    "user": lambda db: queries.users.get(db, user_id=PLAYER),
    "map search": lambda db: search.search_json(db, MapQuery(), cdn_url=""),
    "map search, filtered": lambda db: search.search_json(db, MapQuery(difficulty_exact="Easy"), cdn_url=""),
    "map leaderboard": lambda db: completions.leaderboard(db, "MAP05", completions.PageOrAll()),
    "community leaderboard": lambda db: community.leaderboard(db, community.LeaderboardQuery()),
    "user's completions": lambda db: completions.of_user(db, completions.OfUserQuery(user_id=PLAYER)),
    "dashboard": lambda db: completions.dashboard(db, completions.DashboardQuery(user_id=PLAYER)),
    "world records": lambda db: completions.world_records(db, completions.WorldRecordsQuery(user_id=PLAYER)),
    "latest runs": lambda db: completions.latest(db, completions.Page()),
    "moderation records": lambda db: queries.completions.records.json(
        db, total_results=9, latest_only=True, far=False, size=10, skip=0, order="newest"
    ),
    "how many of them": lambda db: queries.completions.count_records(db, latest_only=True, verified=None),
}


class Caught(Exception):
    """A statement on its way to PostgreSQL."""


class Catcher:
    """In the place of the database: keeps the statement that would have run."""

    async def execute(self, statement: Statement[Any], text: Text, parameters: list[bytes | None]) -> Any:
        kinds = [*statement.parameters.values()]
        self.kinds = [kinds[place].rstrip("?") for place in text.parameters]
        self.text, self.parameters = text.sql, parameters
        raise Caught


async def blocks(connection: psycopg.Connection[Any], page: Callable[[Any], Awaitable[object]]) -> int:
    """Run a page's statement and return how many blocks it looked at."""
    catcher = Catcher()
    with pytest.raises(Caught):
        await page(catcher)
    kinds = f"({', '.join(catcher.kinds)})".encode() if catcher.kinds else b""
    connection.execute(b"prepare page %b as %b" % (kinds, catcher.text))
    given = [None if value is None else value.decode() for value in catcher.parameters]
    values = sql.SQL("({})").format(sql.SQL(", ").join(map(sql.Literal, given))) if given else sql.SQL("")
    run = sql.SQL("explain (analyze, buffers, format json) execute page {}").format(values)
    for _ in range(2):  # at first the catalogue is looked at too
        found = connection.execute(run).fetchone()
    connection.execute("deallocate page")
    assert found
    plan = found[0][0]["Plan"]
    assert plan["Actual Rows"] > 0
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


async def test_ten_times_the_runs_cost_a_page_nothing(database_url: str) -> None:
    took: dict[str, list[int]] = {name: [] for name in PAGES}
    with psycopg.connect(database_url, autocommit=True, prepare_threshold=None) as connection:
        # As on a connection of ours; and small tables are not to be read whole just because they are small.
        connection.execute(
            "set jit = off; set plan_cache_mode = force_generic_plan; set enable_seqscan = off"
        )
        for first, last in ((0, FEW), (FEW, MANY)):
            connection.execute(FILL.format(first=first, last=last).encode())
            connection.execute("vacuum analyze")
            for name, page in PAGES.items():
                took[name].append(await blocks(connection, page))
    # An index of a few hundred entries becomes one level deeper.
    assert not {name: pair for name, pair in took.items() if pair[1] > pair[0] * FLAT + 1}
