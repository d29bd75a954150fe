"""PATCH /maps/{code}: changing any field of a map."""

import asyncio

from tests import contract, rows
from tests.api import Api
from tests.maps.bodies import add_playtest, news, submitted


async def edited(api: Api, which: str = "GENJ1", **changes: object) -> contract.MapResponse:
    return (await api.patch(f"/maps/{which}", changes)).read(contract.MapResponse)


async def test_every_field_is_changed_and_the_newsfeed_tells_what_people_see(api: Api) -> None:
    amy, zed = api.add_user("Amy"), api.add_user("Zed")
    made = await submitted(api, amy, mechanics=["Bhop"], medals={"gold": 1, "silver": 2, "bronze": 3})
    found = await edited(
        api,
        code="GENJ2",
        map_name="Nepal",
        category="Other",
        creators=[{"id": zed, "is_primary": True}, {"id": amy, "is_primary": False}],
        checkpoints=30,
        difficulty="Hell",
        hidden=False,
        official=False,
        playtesting="Approved",
        archived=True,
        mechanics=["Dash", "Bhop"],
        restrictions=["Wall Climb"],
        tags=["XP Based"],
        description="Long",
        medals={"gold": 10, "silver": 20.5, "bronze": 30},
        title="Peak",
        custom_banner="https://b.example/1.png",
    )
    assert found == contract.MapResponse(
        **{
            **{name: getattr(made.data, name) for name in made.data.__struct_fields__},
            "code": "GENJ2",
            "map_name": "Nepal",
            "category": "Other",
            "creators": [
                contract.CreatorFull(zed, True, "Zed"),
                contract.CreatorFull(amy, False, "Amy"),
            ],
            "checkpoints": 30,
            "difficulty": "Hell",
            "raw_difficulty": 9.71,
            "hidden": False,
            "official": False,
            "playtesting": "Approved",
            "archived": True,
            "mechanics": ["Bhop", "Dash"],
            "restrictions": ["Wall Climb"],
            "tags": ["XP Based"],
            "description": "Long",
            "medals": contract.MedalsResponse(10, 20.5, 30),
            "title": "Peak",
            "map_banner": "https://b.example/1.png",
            "updated_at": found.updated_at,
            "total_results": 1,
        }
    )
    assert found.updated_at > made.data.updated_at
    (told,) = news(api)
    assert (told["type"], told["code"], told["reason"]) == ("map_edit", "GENJ2", "")
    assert [tuple(change.values()) for change in told["changes"]] == [  # pyright: ignore
        ("Code", "GENJ1", "GENJ2"),
        ("Map Name", "Hanamura", "Nepal"),
        ("Category", "Classic", "Other"),
        ("Creators", ["Amy"], ["Amy", "Zed"]),
        ("Checkpoints", 24, 30),
        ("Difficulty", "Hard +", "Hell"),
        ("Mechanics", ["Bhop"], ["Bhop", "Dash"]),
        ("Restrictions", [], ["Wall Climb"]),
        ("Tags", [], ["XP Based"]),
        ("Description", None, "Long"),
        ("Medals", "Gold 1, Silver 2, Bronze 3", "Gold 10, Silver 20.5, Bronze 30"),
        ("Title", None, "Peak"),
        ("Custom Banner", None, "https://b.example/1.png"),
    ]
    assert api.queues().count("api.newsfeed.create") == 1


async def test_null_takes_away_and_what_is_left_out_stays(api: Api) -> None:
    await submitted(
        api,
        api.add_user("Amy"),
        mechanics=["Bhop"],
        restrictions=["Wall Climb"],
        tags=["XP Based"],
        description="Long",
        title="Peak",
        custom_banner="https://b.example/1.png",
        medals={"gold": 1, "silver": 2, "bronze": 3},
    )
    kept = await edited(api)
    assert (kept.mechanics, kept.restrictions, kept.tags) == (["Bhop"], ["Wall Climb"], ["XP Based"])
    assert (kept.title, kept.map_banner, kept.description) == ("Peak", "https://b.example/1.png", "Long")
    assert news(api) == []
    names = ("mechanics", "restrictions", "tags", "description", "title", "custom_banner", "medals")
    bare = await edited(api, **dict.fromkeys(names))
    assert (bare.mechanics, bare.restrictions, bare.tags) == ([], [], [])
    assert (bare.title, bare.description, bare.medals) == (None, None, None)
    assert bare.map_banner is not None
    assert bare.map_banner.endswith("/assets/map_banners/hanamura.png")
    shipped = await edited(api, custom_banner=bare.map_banner)
    assert shipped == bare
    assert len(news(api)) == 1


async def test_what_moderators_set_is_not_told(api: Api) -> None:
    api.add_map("GENJ1")
    found = await edited(api, hidden=True, official=False, archived=True, playtesting="Rejected")
    assert (found.hidden, found.official, found.archived, found.playtesting) == (
        True,
        False,
        True,
        "Rejected",
    )
    assert news(api) == []


async def test_the_same_label_keeps_the_average_and_another_one_reaches_the_open_playtest(api: Api) -> None:
    map_id = api.add_map("GENJ1", raw=5.11, playtesting="In Progress")
    api.add_map("GENJ2", raw=5)
    add_playtest(api, map_id, 71, initial_difficulty=5.11)
    add_playtest(api, map_id, 72, initial_difficulty=3, completed=True)
    begun = "select initial_difficulty::float8 from playtests.meta order by thread_id"
    assert (await edited(api, difficulty="Hard", title="x")).raw_difficulty == 5.11
    assert api.rows(begun) == [(5.11,), (3,)]
    assert (await edited(api, difficulty="Hell")).raw_difficulty == 9.71
    assert api.rows(begun) == [(9.71,), (3,)]


async def test_a_linked_map_stays_linked_under_its_new_code(api: Api) -> None:
    api.add_map("AAAA")
    api.add_map("BBBB", linked_code="AAAA")
    assert (await edited(api, "AAAA", code="CCCC")).linked_code == "BBBB"
    assert api.value("select linked_code from core.maps where code = 'BBBB'") == "CCCC"


async def test_mistakes_are_refused_and_nothing_is_changed(api: Api) -> None:
    user_id = api.add_user()
    await submitted(api, user_id)
    api.add_map("TAKEN")
    twice = {"id": user_id, "is_primary": True}
    for changes, code in (
        ({"code": "TAKEN"}, "map-code-exists"),
        ({"map_name": "Atlantis"}, "unknown-map-name"),
        ({"creators": [{"id": 404, "is_primary": True}]}, "creator-not-found"),
        ({"creators": [twice, twice]}, "duplicate-creator"),
        ({"creators": [{"id": user_id, "is_primary": False}]}, "primary-creator"),
        ({"mechanics": ["Bhop", "Bhop"]}, "duplicate-mechanic"),
        ({"restrictions": ["Bhop", "Bhop"]}, "duplicate-restriction"),
        ({"tags": ["XP Based", "XP Based"]}, "duplicate-tag"),
        ({"medals": {"gold": 3, "silver": 2, "bronze": 1}}, "medal-order"),
    ):
        await api.refuses(api.patch("/maps/GENJ1", changes), 400, code)
    await api.refuses(api.patch("/maps/NONE", {"title": "x"}), 404, "map-not-found")
    malformed = [[], {"code": None}, {"checkpoints": 0}, {"title": "x" * 51}, {"creators": []}, {"tags": [1]}]
    await api.finds_malformed("PATCH", "/maps/GENJ1", malformed)


async def test_of_ten_equal_edits_one_is_told(api: Api) -> None:
    api.add_map("GENJ1")
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*(api.patch("/maps/GENJ1", {"title": "Peak"}) for _ in range(10)))
    assert {answer.status for answer in answers} == {200}
    assert len(news(api)) == 1


async def test_parallel_edits_of_different_fields_are_all_kept(api: Api) -> None:
    map_id = api.add_map("GENJ1")
    changes = [{"title": "Peak"}, {"checkpoints": 7}, {"mechanics": ["Bhop"]}, {"description": "Long"}]
    async with asyncio.timeout(20):
        await asyncio.gather(*(api.patch("/maps/GENJ1", change) for change in changes))
    found = (await api.get("/maps", map_id=map_id)).json[0]
    assert {name: found[name] for change in changes for name in change} == {
        name: value for change in changes for name, value in change.items()
    }
    assert len(news(api)) == 4
    assert rows.scalar(api.sql, "select count(*) from maps.mechanic_links") == 1
