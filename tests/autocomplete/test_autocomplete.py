"""/utilities/autocomplete, /transformers and /map-names: what somebody may mean who types."""

from typing import Any

import psycopg
import pytest

from genjilib import queries
from genjilib.ops.sql.explaining import explain
from tests import rows
from tests.api import IDS, Api

KINDS = {
    "names": ("maps.names", "Hanamura", "Hanamuro"),
    "mechanics": ("maps.mechanics", "Bhop", "Bhip"),
    "restrictions": ("maps.restrictions", "Wall Climb", "Wall Clomb"),
    "tags": ("maps.tags", "XP Based", "XP Vased"),
}


async def ask(api: Api, kind: str, search: str, **query: object) -> Any:
    answer = await api.get(f"/utilities/{kind}", search=search, **query)
    assert answer.status == 200, answer.raw
    return answer.json


@pytest.mark.parametrize("kind", KINDS)
async def test_a_name_is_found_whatever_its_case_and_with_one_wrong_letter(api: Api, kind: str) -> None:
    table, name, typo = KINDS[kind]
    for typed in (name, name.upper(), typo, name[: len(name) - 1]):
        assert await ask(api, f"transformers/{kind}", typed) == name
        assert (await ask(api, f"autocomplete/{kind}", typed))[0] == name
    amount = api.value(f"select count(*) from {table}")
    assert len(await ask(api, f"autocomplete/{kind}", typed)) == min(5, amount)
    assert len(await ask(api, f"autocomplete/{kind}", "", limit=2)) == 2


async def test_every_map_name_is_found_with_one_letter_wrong(api: Api) -> None:
    names = [name for (name,) in api.rows("select name from maps.names")]
    for name in names:
        for at in range(0, len(name), 3):
            typo = name[:at] + "x" + name[at + 1 :]
            found = await queries.autocomplete.names(api.db, search=typo, size=5)
            assert name in [row.name for row in found], typo


async def test_all_map_names_are_listed(api: Api) -> None:
    listed = (await api.get("/utilities/map-names")).json
    assert listed == sorted(name for (name,) in api.rows("select name from maps.names"))


@pytest.mark.parametrize("kind", [*KINDS, "codes"])
async def test_an_empty_table_answers_null(api: Api, kind: str) -> None:
    api.sql.execute("truncate maps.names, maps.mechanics, maps.restrictions, maps.tags cascade")
    assert await ask(api, f"autocomplete/{kind}", "x") is None
    assert await ask(api, f"transformers/{kind}", "x") is None


async def test_codes_are_ordered_by_what_was_typed(api: Api) -> None:
    for code in ("ABCD", "ABCDE", "ABCDEF", "XBCD", "ABXCD", "ACBD", "ZZZZ", "BCDA"):
        api.add_map(code)
    found = await ask(api, "autocomplete/codes", "abcd", limit=8)
    assert found[:3] == ["ABCD", "ABCDE", "ABCDEF"]
    assert set(found[3:6]) == {"XBCD", "ABXCD", "ACBD"}, "one sign another, more, or swapped"
    assert set(found[6:]) == {"ZZZZ", "BCDA"}, "the most similar of the rest, however far"
    assert len(await ask(api, "autocomplete/codes", "abcd")) == 5
    for typed in ("ABCD", " ab-cd ", "`abcd`"):
        assert await ask(api, "transformers/codes", typed) == "ABCD"
    assert await ask(api, "transformers/codes", "ABCDXF") == "ABCDEF"
    assert len(await ask(api, "autocomplete/codes", "", limit=3)) == 3
    assert len(await ask(api, "autocomplete/codes", "%_", limit=3)) == 3


async def test_a_code_with_one_wrong_sign_is_among_the_first_of_many(api: Api) -> None:
    api.sql.execute(
        "insert into core.maps (code, map_name, category, checkpoints, difficulty, raw_difficulty)"
        " select translate(upper(lpad(to_hex(n * 7919 %% 1048576), 5, 'Z')), 'O', '0'),"
        " 'Hanamura', 'Classic', 1, 'x', 5 from generate_series(1, %s) as n",
        [5000],
    )
    codes = [code for (code,) in api.rows("select code from core.maps order by md5(code) limit 8")]
    for code in codes:
        for at in range(len(code)):
            typo = code[:at] + "W" + code[at + 1 :]
            assert code in await ask(api, "autocomplete/codes", typo, limit=10), typo


async def test_codes_can_be_of_some_maps_only(api: Api) -> None:
    api.add_map("AAAA")
    api.add_map("AAAB", archived=True)
    api.add_map("AAAC", hidden=True)
    api.add_map("AAAD", playtesting="In Progress")
    for query, expected in (
        ({}, ["AAAA", "AAAB", "AAAC", "AAAD"]),
        ({"archived": True}, ["AAAB"]),
        ({"archived": False}, ["AAAA", "AAAC", "AAAD"]),
        ({"hidden": True}, ["AAAC"]),
        ({"playtesting": "In Progress"}, ["AAAD"]),
        ({"archived": False, "hidden": False, "playtesting": "Approved"}, ["AAAA"]),
        ({"archived": True, "hidden": True}, None),
    ):
        assert await ask(api, "autocomplete/codes", "AAAA", **query) == expected
        assert await ask(api, "transformers/codes", "AAAA", **query) == (expected and expected[0])
    answer = await api.get("/utilities/autocomplete/codes", search="A", playtesting="Lost")
    answer.refused(400, "validation-failed")


async def test_users_are_found_by_each_of_their_names(api: Api) -> None:
    genji = api.add_user("Genji", global_name="Sparrow")
    rows.add(api.sql, "users.overwatch_usernames", "id", user_id=genji, username="Greencyborg")
    rows.add(api.sql, "users.overwatch_usernames", "id", user_id=genji, username="Genji", is_primary=True)
    hanzo = api.add_user("Hanzo", global_name="Hanzo")
    nameless = rows.add_user(api.sql, IDS + 90)
    fake = rows.add_user(api.sql, 7, nickname="Genjo", global_name="Genjo")
    for typed in ("genji", "Sparow", "Greencyborh"):
        assert (await ask(api, "autocomplete/users", typed))[0] == [genji, "Genji (Sparrow, Greencyborg)"]
    assert (await ask(api, "autocomplete/users", "hanzp"))[0] == [hanzo, "Hanzo"]
    found = await ask(api, "autocomplete/users", "genjo", limit=2)
    assert found == [[fake, "Genjo"], [genji, "Genji (Sparrow, Greencyborg)"]]
    assert await ask(api, "autocomplete/users", "Hanzo", fake_users_only=True) == [[fake, "Genjo"]]
    everybody = await ask(api, "autocomplete/users", "x", limit=100)
    assert nameless not in [user_id for user_id, _ in everybody]


async def test_no_user_answers_null(api: Api) -> None:
    assert await ask(api, "autocomplete/users", "x", fake_users_only=True) is None


async def test_a_search_without_text_or_with_a_limit_out_of_range_is_refused(api: Api) -> None:
    for kind in (*KINDS, "codes", "users"):
        for query in ({}, {"search": "x" * 101}, {"search": "x", "limit": 0}, {"search": "x", "limit": 101}):
            answer = await api.get(f"/utilities/autocomplete/{kind}", **query)
            answer.refused(400, "validation-failed")
    for kind in (*KINDS, "codes"):
        (await api.get(f"/utilities/transformers/{kind}")).refused(400, "validation-failed")


def test_the_nearest_are_those_that_a_look_at_every_name_finds(database_url: str) -> None:
    every = """
        select min(n.name <-> %(typed)s) as distance
        from (
            select u.id, unnest(array[u.nickname, u.global_name]) as name from core.users as u
            union all
            select o.user_id, o.username from users.overwatch_usernames as o
        ) as n
        where n.id < %(below)s and n.name is not null
        group by n.id
        order by distance
        limit %(size)s
    """
    near = "select distance from users.nearest(%(typed)s, %(below)s, %(size)s)"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "insert into core.users (id, nickname, global_name)"
            " select n, case when n % 3 > 0 then left(md5(n::text), 2 + n % 9) end,"
            " case when n % 5 > 0 then 'Name' || n % 40 end from generate_series(1, 300) as n"
        )
        connection.execute(
            "insert into users.overwatch_usernames (user_id, username)"
            " select 1 + n % 90, 'Player' || left(md5(n::text), 3) || '#' || n"
            " from generate_series(1, 200) as n"
        )
        for typed in ("Player42", "name7", "a7", "c4ca", "nothing", "Player", "e", "!"):
            for below, size in ((1000, 5), (1000, 100), (20, 5), (1, 3)):
                asked = {"typed": typed, "below": below, "size": size}
                found = connection.execute(near, asked).fetchall()
                assert found == connection.execute(every.encode(), asked).fetchall(), asked
        with connection.transaction():
            connection.execute(near, {"typed": "Player42", "below": 1000, "size": 5})
            assert connection.execute("show pg_trgm.similarity_threshold").fetchone() == ("0.3",)


def test_the_nearest_are_read_from_indexes(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "insert into core.users (id, nickname, global_name) select n, md5(n::text), md5((n + 1)::text)"
            " from generate_series(1, 5000) as n"
        )
        connection.execute(
            "insert into users.overwatch_usernames (user_id, username) select n, md5((n + 2)::text)"
            " from generate_series(1, 5000) as n"
        )
        connection.execute(
            "insert into core.maps (code, map_name, category, checkpoints, difficulty, raw_difficulty)"
            " select lpad(n::text, 5, '0'), 'Hanamura', 'Classic', 1, 'x', 5"
            " from generate_series(1, 5000) as n"
        )
        connection.execute("analyze")
        connection.execute("select from users.nearest('a7c', null, 5)")
        connection.execute("select pg_stat_force_next_flush()")
        used = connection.execute(
            "select indexrelname from pg_stat_user_indexes"
            " where idx_scan > 0 and indexrelname like '%nearest_idx'"
        ).fetchall()
        read = connection.execute(
            "select relname from pg_stat_user_tables"
            " where relname in ('users', 'overwatch_usernames') and seq_scan > 0"
        ).fetchall()
    names = ("overwatch_usernames", "users_global_name", "users_nickname")
    assert sorted(used) == [(f"{name}_nearest_idx",) for name in names]
    assert read == []
    for query, indexes in (("autocomplete.codes", ["maps_code_keys_idx", "maps_code_nearest_idx"]),):
        for plan in explain(query, database_url):
            text = "\n".join(plan["plan"])
            assert [index for index in indexes if index not in text] == [], text
