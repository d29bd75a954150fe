"""GET /maps: maps with all that is shown of them."""

from typing import get_args

from genjilib.maps.types import SortKey
from tests import contract, rows
from tests.api import Api
from tests.maps.bodies import add_playtest

Maps = list[contract.MapResponse]


async def test_a_map_without_anything_shows_empty_lists_and_nulls(api: Api) -> None:
    api.add_map("AAAA")
    (found,) = (await api.get("/maps")).read(Maps)
    assert (found.creators, found.mechanics, found.restrictions, found.tags) == ([], [], [], [])
    assert (found.guides, found.medals, found.playtest, found.ratings, found.title, found.time) == (None,) * 6


async def test_maps_come_easiest_first_in_pages_that_tell_the_total(api: Api) -> None:
    for n, code in enumerate(("HARD", "EASY", "MIDDLE", "MIDDL2")):
        api.add_map(code, raw=(9, 1, 5, 5)[n])
    first = (await api.get("/maps", page_size=3)).read(Maps)
    assert [(found.code, found.total_results) for found in first] == [
        ("EASY", 4),
        ("MIDDLE", 4),
        ("MIDDL2", 4),
    ]
    second = (await api.get("/maps", page_size=3, page_number=2)).read(Maps)
    assert [found.code for found in second] == ["HARD"]
    assert (await api.get("/maps", page_size=3, page_number=3)).json == []


async def test_a_code_or_an_id_finds_one_map(api: Api) -> None:
    wanted, _ = api.add_map("AAAA"), api.add_map("BBBB")
    for query in ({"code": "AAAA"}, {"map_id": wanted}, {"code": "AAAA", "map_id": wanted}):
        found = (await api.get("/maps", **query)).read(Maps)
        assert [(item.id, item.total_results) for item in found] == [(wanted, 1)]
    assert (await api.get("/maps", code="BBBB", map_id=wanted)).json == []
    assert (await api.get("/maps", code="ZZZZ")).json == []


async def test_a_map_whose_code_was_released_is_not_found(api: Api) -> None:
    map_id = api.add_map("AAAA", archived=True)
    api.sql.execute("update core.maps set original_code = code, code = null")
    assert (await api.get("/maps")).json == []
    assert (await api.get("/maps", map_id=map_id)).json == []


async def test_an_open_playtest_is_shown_with_its_votes(api: Api) -> None:
    map_id = api.add_map("AAAA", playtesting="In Progress")
    voters = [api.add_user(), api.add_user()]
    rows.add(api.sql, "playtests.meta", "id", map_id=map_id, thread_id=77, initial_difficulty=5)
    for user_id, difficulty in zip(voters, (4, 5.25), strict=True):
        api.add_run(user_id, map_id, 10, verified=True)
        vote = {"map_id": map_id, "user_id": user_id, "playtest_thread_id": 77, "difficulty": difficulty}
        rows.add(api.sql, "playtests.votes", "id", **vote)
    (found,) = (await api.get("/maps")).read(Maps)
    assert found.playtest is not None
    assert (found.playtest.thread_id, found.playtest.vote_count, found.playtest.voters) == (77, 2, voters)
    assert found.playtest.vote_average in (4.62, 4.63)
    api.sql.execute("update playtests.meta set completed = true")
    assert (await api.get("/maps")).json[0]["playtest"] is None


async def test_ratings_are_the_mean_of_all(api: Api) -> None:
    map_id = api.add_map("AAAA")
    for quality in (2, 3, 6):
        rating = {"map_id": map_id, "user_id": api.add_user(), "quality": quality}
        rows.add(api.sql, "maps.ratings", "id", **rating)
    (found,) = (await api.get("/maps")).read(Maps)
    assert found.ratings is not None
    assert round(found.ratings, 4) == 3.6667


async def test_creators_stand_under_their_best_name_the_primary_first(api: Api) -> None:
    map_id = api.add_map("AAAA")
    zed, amy = api.add_user("Zed"), api.add_user("Amy")
    rows.add(api.sql, "users.overwatch_usernames", "id", user_id=amy, username="AMY", is_primary=True)
    rows.add(api.sql, "maps.creators", "map_id", map_id=map_id, user_id=amy, is_primary=False)
    rows.add(api.sql, "maps.creators", "map_id", map_id=map_id, user_id=zed, is_primary=True)
    (found,) = (await api.get("/maps")).read(Maps)
    assert [(creator.name, creator.is_primary) for creator in found.creators] == [
        ("Zed", True),
        ("AMY", False),
    ]


async def test_a_query_that_makes_no_sense_is_refused(api: Api) -> None:
    wrong = {"code": ["aaaa", "AAA"], "map_id": ["x", 2**31, 2**63], "page_number": [0], "page_size": [0]}
    for query in ({name: value} for name, values in wrong.items() for value in values):
        assert (await api.get("/maps", **query)).status == 400, query


async def codes(api: Api, **query: object) -> list[str]:
    """The codes that a search finds; a list is given as that many values of one name."""
    params = [
        (name, str(value))
        for name, values in query.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    return [found.code for found in (await api.ask("GET", "/maps", params=params)).read(Maps)]


def link(api: Api, map_id: int, kind: str, name: str) -> None:
    """A mechanic, restriction or tag of a map."""
    api.sql.execute(
        f"insert into maps.{kind}_links select %s, id from maps.{kind}s where name = %s".encode(),
        [map_id, name],
    )


def rate(api: Api, map_id: int, *qualities: int, verified: bool = True) -> None:
    """Ratings of a map by as many players."""
    for quality in qualities:
        rating = {"map_id": map_id, "user_id": api.add_user(), "quality": quality, "verified": verified}
        rows.add(api.sql, "maps.ratings", "id", **rating)


async def test_maps_are_filtered_by_what_they_are(api: Api) -> None:
    api.add_map("EASY", raw=1, category="Other", official=False, map_name="Nepal")
    api.add_map("MEDI", raw=2.35, archived=True)
    api.add_map("HARD", raw=5, hidden=True, playtesting="In Progress")
    api.add_map("HELL", raw=10, playtesting="Rejected", map_name="Oasis")
    for query, found in {
        (("playtest_status", "In Progress"),): ["HARD"],
        (("archived", "true"),): ["MEDI"],
        (("archived", "false"), ("hidden", "false")): ["EASY", "HELL"],
        (("official", "false"),): ["EASY"],
        (("category", "Other"),): ["EASY"],
        (("difficulty_exact", "Easy"),): ["EASY"],
        (("difficulty_exact", "Medium"),): ["MEDI"],
        (("difficulty_exact", "Hell"),): ["HELL"],
        (("difficulty_range_max", "Easy"),): ["EASY", "MEDI"],
        (("difficulty_range_min", "Hard"),): ["HARD", "HELL"],
        (("difficulty_range_min", "Medium"), ("difficulty_range_max", "Hard")): ["MEDI", "HARD"],
        (("map_name", "Atlantis"),): [],
    }.items():
        assert await codes(api, **dict(query)) == found, query
    assert await codes(api, map_name=["Nepal", "Oasis"]) == ["EASY", "HELL"]
    assert await codes(api, category=["Other", "Classic"], official="true", code="HARD") == ["HARD"]
    assert await codes(api, hidden="false", code="HARD") == []


async def test_maps_are_filtered_by_what_hangs_on_them(api: Api) -> None:
    first, second, third = (api.add_map(code, raw=n) for n, code in enumerate(("AAA1", "AAA2", "AAA3")))
    amy, zed, player = api.add_user("Amy_100%"), api.add_user("Zed"), api.add_user()
    rows.add(api.sql, "users.overwatch_usernames", "id", user_id=zed, username="Tracer", is_primary=True)
    for map_id, creators in ((first, [amy]), (second, [amy, zed]), (third, [zed])):
        for user_id in creators:
            rows.add(api.sql, "maps.creators", "map_id", map_id=map_id, user_id=user_id)
    for kind, name, map_ids in (
        ("mechanic", "Bhop", [first, second]),
        ("mechanic", "Dash", [second]),
        ("restriction", "Wall Climb", [third]),
        ("tag", "XP Based", [first, third]),
    ):
        for map_id in map_ids:
            link(api, map_id, kind, name)
    rows.add(api.sql, "maps.medals", "map_id", map_id=second, gold=1, silver=2, bronze=3)
    rate(api, first, 2, 6)
    rate(api, second, 6, verified=False)
    api.add_run(player, first, 50, verified=True, inserted_at="2026-01-01")
    api.add_run(player, first, 40, verified=True, completion=True, inserted_at="2026-01-02")
    api.add_run(player, second, 30, verified=True, legacy=True)
    api.add_run(player, third, 20)
    for query, found in (
        ({"mechanics": ["Bhop"]}, ["AAA1", "AAA2"]),
        ({"mechanics": ["Bhop", "Dash", "Bhop"]}, ["AAA2"]),
        ({"restrictions": ["Wall Climb"]}, ["AAA3"]),
        ({"tags": ["XP Based"], "mechanics": ["Bhop"]}, ["AAA1"]),
        ({"creator_ids": [amy]}, ["AAA1", "AAA2"]),
        ({"creator_ids": [amy, zed]}, ["AAA1", "AAA2", "AAA3"]),
        ({"creator_names": ["my_1"]}, ["AAA1", "AAA2"]),
        ({"creator_names": ["a%y"]}, []),
        ({"creator_names": ["0%", "TRACER"]}, ["AAA2"]),
        ({"minimum_quality": 4}, ["AAA1"]),
        ({"minimum_quality": 5}, []),
        ({"medal_filter": "With"}, ["AAA2"]),
        ({"medal_filter": "Without"}, ["AAA1", "AAA3"]),
        ({"completion_filter": "With", "user_id": player}, ["AAA1"]),
        ({"completion_filter": "Without", "user_id": player}, ["AAA2", "AAA3"]),
        ({"completion_filter": "With"}, ["AAA1", "AAA2", "AAA3"]),
        ({"code": "AAA3", "mechanics": ["Bhop"]}, ["AAA3"]),
        ({"map_id": third, "mechanics": ["Bhop"], "force_filters": "true"}, []),
    ):
        assert await codes(api, **query) == found, query
    times = (await api.get("/maps", user_id=player)).read(Maps)
    assert [found.time for found in times] == [40, None, None]


async def test_maps_are_filtered_by_their_playtests(api: Api) -> None:
    trying = {"playtesting": "In Progress"}
    first, second, third = (
        api.add_map("AAA1", raw=1, **trying),
        api.add_map("AAA2", raw=2, **trying),
        api.add_map("AAA3", raw=3),
    )
    add_playtest(api, first, 71)
    add_playtest(api, second, 72, verification_id=5)
    add_playtest(api, third, 73, completed=True)
    for query, found in (
        ({"playtest_filter": "Only"}, ["AAA1", "AAA2"]),
        ({"playtest_filter": "None"}, ["AAA3"]),
        ({"playtest_thread_id": 71}, ["AAA1"]),
        ({"playtest_thread_id": 73}, []),
        ({"finalized_playtests": "true"}, ["AAA2"]),
        ({"finalized_playtests": "false"}, ["AAA1", "AAA2", "AAA3"]),
    ):
        assert await codes(api, **query) == found, query


async def test_maps_are_sorted_by_any_keys_nulls_first_and_then_by_id(api: Api) -> None:
    rated = api.add_map("AAA1", raw=3, checkpoints=5, map_name="Oasis", title="b")
    api.add_map("AAA2", raw=2, checkpoints=5, map_name="Nepal")
    api.add_map("AAA3", raw=1, checkpoints=9, map_name="Nepal", title="a")
    rate(api, rated, 3, verified=False)
    for sort, found in (
        (["difficulty:asc"], "321"),
        (["difficulty:desc"], "123"),
        (["checkpoints:asc"], "123"),
        (["checkpoints:desc"], "312"),
        (["ratings:asc"], "231"),
        (["ratings:desc"], "231"),
        (["map_name:asc"], "231"),
        (["map_name:desc"], "123"),
        (["title:asc"], "231"),
        (["title:desc"], "213"),
        (["code:asc"], "123"),
        (["code:desc"], "321"),
        (["map_name:asc", "title:desc"], "231"),
        (["map_name:asc", "difficulty:asc"], "321"),
        (["checkpoints:asc", "title:desc", "difficulty:desc"], "213"),
        (["checkpoints:asc", "checkpoints:desc", "code:desc"], "213"),
        (["category:asc"], None),
    ):
        if found is None:
            assert (await api.ask("GET", "/maps", params=[("sort", key) for key in sort])).status == 400
        else:
            assert await codes(api, sort=sort) == [f"AAA{n}" for n in found], sort


async def test_all_maps_come_when_all_are_asked_for(api: Api) -> None:
    for n in range(12):
        api.add_map(f"AAA{n:02}", raw=n / 2)
    found = (await api.get("/maps", return_all="true", page_number=3)).read(Maps)
    assert [(one.code, one.total_results) for one in found] == [(f"AAA{n:02}", 12) for n in range(12)]


async def test_filters_that_contradict_each_other_are_refused(api: Api) -> None:
    for query in (
        {"difficulty_exact": "Hard", "difficulty_range_min": "Easy"},
        {"creator_ids": 1, "creator_names": "Amy"},
    ):
        (await api.get("/maps", **query)).refused(400, "filters-contradict")
    for query in ({"minimum_quality": 11}, {"creator_names": ""}, {"medal_filter": "Some"}, {"user_id": 0}):
        assert (await api.get("/maps", **query)).status == 400, query


async def test_a_sorted_page_of_all_maps_is_a_part_of_all_of_them_sorted(api: Api) -> None:
    for n in range(7):
        map_id = api.add_map(
            f"AAA{n}",
            raw=n % 3,
            map_name=("Hanamura", "Nepal")[n % 2],
            title=("B", None, "A")[n % 3],
            checkpoints=n // 3 + 1,
        )
        if n > 2:
            rate(api, map_id, n % 4 + 1)
    for key in get_args(SortKey):
        for sort in ([key], [key, "code:desc"], [key, "title:asc", "checkpoints:desc", "ratings:asc"]):
            every = await codes(api, sort=sort, return_all="true")
            pages = [await codes(api, sort=sort, page_size=3, page_number=number) for number in (1, 2, 3)]
            assert ([*pages[0], *pages[1], *pages[2]], len(every)) == (every, 7), sort
    found = (await api.get("/maps", sort="code:desc", page_size=3, page_number=3)).read(Maps)
    assert [(one.code, one.total_results) for one in found] == [("AAA0", 7)]
    assert (await api.get("/maps", sort="code:desc", page_size=3, page_number=10**9)).json == []


async def test_maps_that_a_user_has_not_done_are_counted(api: Api) -> None:
    done, doing = api.add_user(), api.add_user()
    map_ids = [api.add_map(f"AAA{n}", raw=n) for n in range(5)]
    for map_id in map_ids[:2]:
        api.add_run(done, map_id, 10, verified=True)
    api.add_run(doing, map_ids[0], 10)
    api.sql.execute("update core.maps set original_code = code, code = null where id = %s", [map_ids[0]])
    for user_id, rest in ((done, [2, 3, 4]), (doing, [1, 2, 3, 4])):
        asked = {"completion_filter": "Without", "user_id": user_id, "page_size": 2}
        for page in (1, 2, 3):
            found = (await api.get("/maps", **asked, page_number=page)).read(Maps)
            wanted = [(f"AAA{n}", len(rest)) for n in rest[2 * page - 2 : 2 * page]]
            assert [(one.code, one.total_results) for one in found] == wanted, (user_id, page)


async def test_texts_of_maps_may_hold_any_signs(api: Api) -> None:
    map_id = api.add_map("AAAA", title='"\\\n', description="\x01\t漢")
    (found,) = (await api.get("/maps")).read(Maps)
    assert (found.title, found.description) == ('"\\\n', "\x01\t漢")
    assert found.map_banner is not None
    assert found.map_banner.endswith("/assets/map_banners/hanamura.png")
    api.sql.execute(
        "update core.maps set custom_banner = %s where id = %s", ['https://b.example/"\\', map_id]
    )
    assert (await api.get("/maps/AAAA")).json["map_banner"] == 'https://b.example/"\\'
