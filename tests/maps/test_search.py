"""GET /maps: maps with all that is shown of them."""

from tests import contract, rows
from tests.api import Api

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
