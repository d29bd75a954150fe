"""How many rows come back, from keys, limits, aggregates and writes."""

import pytest

from genjilib.db.nullability import analyse
from tests.db.nullability.connections import Connection


@pytest.mark.parametrize(
    ("expected", "queries"),
    [
        (
            "one",
            [
                "select 1",
                "select count(*) from team",
                "select max(id) from team where id = $1",
                "values (1, 2)",
                "select * from (values (1)) v(x)",
                "select count(*) from team limit 1",
                "select x.n from (select count(*) n from team) x left join team t on t.id = x.n",
                "select v.x from (values (1)) v(x) left join (values (2)) w(y) on w.y = v.x group by v.x",
                "select now() from current_date",
                "select 1 limit null",
                "insert into team (id, title) values (90, 'x') returning id",
                "insert into team (id, title) values (90, 'x') on conflict (id) do update set size = 1"
                " returning id",
                "with x as (select count(*) n from team) select n from x",
                "insert into team (id, title) select 90, 'x' returning id",
            ],
        ),
        (
            "maybe",
            [
                "select * from team where id = $1",
                "select * from team where id = 1 and region = 'a'",
                "select * from team limit 1",
                "select * from team fetch first row only",
                "select * from run where player_id = $1 and map = $2",
                "select * from player where name = $1",
                "select * from player p join team t on t.id = p.team_id where p.id = $1",
                "select * from player p left join team t on t.id = p.team_id where p.id = $1",
                "select * from player p left join team t on t.id = p.coach_id and t.size > 0"
                " where p.name = 'x'",
                "select * from team where id = (select max(id) from player)",
                "select * from team t join (select team_id, count(*) from player group by team_id) c"
                " on c.team_id = t.id where t.id = $1",
                "select region, count(*) from team where region = $1 group by region",
                "select id, count(*) from team where id = $1 group by id",
                "select count(*) from team having count(*) > 1",
                "select 1 where $1 > 0",
                "select * from calm where id = $1",
                "update team set size = 1 where id = $1 returning *",
                "delete from run where player_id = $1 and map = $2 returning *",
                "insert into team (id, title) values (90, 'x') on conflict do nothing returning id",
                "insert into team (id, title) values (1, 'x') on conflict (id) do update set size = 1"
                " where team.size > 0 returning id",
                "insert into guarded values (1, 'x') returning id",
                "insert into team (id, title) select 90, 'x' where $1 > 0 returning id",
                "select count(*) from team offset 1",
                "select * from team where id = $1 for update",
                "select p.id from player p left join (values (1)) v(x) on p.score = 1 where p.id = v.x + 1",
            ],
        ),
        (
            "many",
            [
                "select * from team",
                "select * from team where region = $1",
                "select * from run where player_id = $1",
                "select * from team where id > $1",
                "select * from team where id = any($1)",
                "select * from team where id = random()::int",
                "select * from team where id = 1 or id = 2",
                "select * from base where id = $1",
                "select * from player p join run r on r.player_id = p.id where p.id = $1",
                "select * from player p left join run r on r.player_id = p.id where p.id = $1",
                "select * from team a full join team b on a.id = b.id where true",
                "select * from team t, player p where t.id = $1",
                "select generate_series(1, 2)",
                "select * from generate_series(1, 2)",
                "values (1), (2)",
                "select region, count(*) from team group by region",
                "select title, count(*) from team where title = $1 group by rollup (title)",
                "select 1 union select 2",
                "select * from team limit $1",
                "select * from team limit 2",
                "select * from team order by size fetch first row with ties",
                "insert into team (id, title) values (90, 'x'), (91, 'y') returning id",
                "insert into team (id, title) select id, name from player returning id",
                "update team set size = 1 returning *",
                "select * from team t join player p on p.id = t.size where t.id = 1 or p.id = 1",
                "select v.x from (values (1)) v(x) right join player p on p.id = v.x group by v.x",
                "select t.id from player p left join team t on t.id = 1 and p.id = 1 group by t.id",
                "select p.id from player p left join (values (1)) v(x) on p.score = 1"
                " where p.id = coalesce(v.x, 0)",
            ],
        ),
        (
            "none",
            [
                "delete from run",
                "update team set size = 1",
                "insert into loose default values",
                "select from team",
            ],
        ),
    ],
)
def test_row_count_is_inferred(connection: Connection, expected: str, queries: list[str]) -> None:
    assert {query: analyse(connection, query).rows for query in queries} == dict.fromkeys(queries, expected)


def test_deferrable_or_partial_key_pins_nothing(connection: Connection) -> None:
    connection.execute("create table later (id int unique deferrable, part int, word text)")
    connection.execute("create unique index on later (part) where word is null")
    connection.execute("create unique index on later (lower(word))")
    for condition in ("id = 1", "part = 1", "lower(word) = 'x'"):
        assert analyse(connection, f"select * from later where {condition}").rows == "many"


def test_collation_that_equates_different_strings_pins_nothing(connection: Connection) -> None:
    connection.execute("create table words (word text unique)")
    assert analyse(connection, "select * from words where word = 'x'").rows == "maybe"
    if connection.execute("select 1 from pg_collation where collname = 'und-x-icu'").fetchone() is None:
        return  # this server is built without ICU, hence without such collations
    connection.execute(
        "create collation loose_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
    )
    assert analyse(connection, "select * from words where word = 'x' collate loose_case").rows == "many"
