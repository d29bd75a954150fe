"""POST /maps: a map comes in, with its playtest or straight into the newsfeed."""

import asyncio

import pytest

from genjilib.core.values import MIDPOINTS
from tests import contract
from tests.api import Api
from tests.maps.bodies import body, submitted


async def test_a_map_comes_back_with_all_that_was_given(api: Api) -> None:
    kuromi, lucio = api.add_user("Kuromi"), api.add_user("Lúcio")
    made = await submitted(
        api,
        kuromi,
        creators=[{"id": lucio, "is_primary": False}, {"id": kuromi, "is_primary": True}],
        mechanics=["Bhop", "Edge Climb"],
        restrictions=["Wall Climb", "Bhop"],
        tags=["XP Based"],
        medals={"gold": 60, "silver": 75.5, "bronze": 90.25},
        title='Blossoms "in" the \\ wind 風',
        description="Two\nlines",
        custom_banner="https://a.example/b.png",
    )
    found = made.data
    assert found.creators == [
        contract.CreatorFull(kuromi, True, "Kuromi"),
        contract.CreatorFull(lucio, False, "Lúcio"),
    ]
    assert (found.mechanics, found.restrictions, found.tags) == (
        ["Edge Climb", "Bhop"],
        ["Bhop", "Wall Climb"],
        ["XP Based"],
    )
    assert found.medals == contract.MedalsResponse(60, 75.5, 90.25)
    assert (found.title, found.description) == ('Blossoms "in" the \\ wind 風', "Two\nlines")
    assert (found.map_banner, found.difficulty, found.raw_difficulty) == (
        "https://a.example/b.png",
        "Hard +",
        5.58,
    )
    assert (found.official, found.hidden, found.archived, found.playtesting) == (
        True,
        True,
        False,
        "In Progress",
    )
    assert (await api.get("/maps", code="GENJ1")).read(list[contract.MapResponse]) == [found]


async def test_a_playtest_is_opened_by_a_message_with_a_job(api: Api) -> None:
    made = await submitted(api, api.add_user())
    ((playtest_id, difficulty, thread),) = api.rows(
        "select id, initial_difficulty, thread_id from playtests.meta"
    )
    assert (float(difficulty), thread, made.data.playtest) == (5.58, None, None)
    (message,) = api.sent()
    assert message.queue == "api.playtest.create"
    assert message.body == {"code": "GENJ1", "playtest_id": playtest_id}
    assert made.job_status is not None
    assert api.jobs() == [(made.job_status.id, "api.playtest.create", "queued")]
    assert message.job_id == made.job_status.id


async def test_an_approved_map_goes_into_the_newsfeed_at_once(api: Api) -> None:
    made = await submitted(api, api.add_user("Kuromi"), playtesting="Approved", hidden=False, title="T")
    assert made.job_status is None
    assert api.queues() == ["api.newsfeed.create"]
    entry = (await api.get("/newsfeed")).json[0]
    assert entry["payload"] == {
        "type": "new_map",
        "code": "GENJ1",
        "map_name": "Hanamura",
        "difficulty": "Hard +",
        "creators": ["Kuromi"],
        "title": "T",
        "banner_url": "https://cdn.genji.pk/assets/map_banners/hanamura.png",
        "official": True,
    }
    assert api.value("select count(*) from playtests.meta") == 0


async def test_an_unofficial_map_needs_no_playtest(api: Api) -> None:
    made = await submitted(api, api.add_user(), official=False, playtesting="In Progress")
    assert (made.data.playtesting, made.job_status) == ("Approved", None)


async def test_a_rejected_map_is_neither_tried_nor_announced(api: Api) -> None:
    made = await submitted(api, api.add_user(), playtesting="Rejected")
    assert (made.data.playtesting, made.job_status, api.queues()) == ("Rejected", None, [])


@pytest.mark.parametrize("official", [True, False])
async def test_a_guide_pays_the_primary_creator(api: Api, official: bool) -> None:
    first, second = api.add_user(), api.add_user()
    creators = [{"id": first, "is_primary": False}, {"id": second, "is_primary": True}]
    guide = "https://a.example/watch?v=1"
    made = await submitted(api, first, creators=creators, guide_url=guide, official=official)
    assert made.data.guides == [guide]
    assert (api.xp(first), api.xp(second)) == (0, 35)
    message = api.sent("api.xp.grant")[0].body
    assert (message["user_id"], message["type"], message["amount"]) == (second, "Guide", 35)


@pytest.mark.parametrize(
    ("name", "key"),
    [("King's Row (Winter)", "kings_row_winter"), ("Watchpoint: Gibraltar", "watchpoint_gibraltar")],
)
async def test_a_shipped_banner_follows_from_the_name(api: Api, name: str, key: str) -> None:
    shipped = "https://cdn.genji.pk/assets/map_banners/other.png"
    made = await submitted(api, api.add_user(), map_name=name, custom_banner=shipped)
    assert made.data.map_banner == f"https://cdn.genji.pk/assets/map_banners/{key}.png"
    assert api.value("select custom_banner from core.maps") is None


async def test_every_difficulty_keeps_its_label(api: Api) -> None:
    user_id = api.add_user()
    for n, (label, raw) in enumerate(MIDPOINTS.items()):
        made = await submitted(api, user_id, f"MAP{n:02}", difficulty=label)
        assert (made.data.difficulty, made.data.raw_difficulty) == (label, raw)


async def test_a_taken_code_is_refused(api: Api) -> None:
    user_id = api.add_user()
    await submitted(api, user_id)
    answer = await api.refuses(api.post("/maps", body(user_id)), 400, "map-code-exists")
    assert answer.json["error"] == "Provided code already exists."


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"map_name": "Atlantis"}, "unknown-map-name"),
        ({"mechanics": ["Bhop", "Stall", "Bhop"]}, "duplicate-mechanic"),
        ({"restrictions": ["Bhop", "Bhop"]}, "duplicate-restriction"),
        ({"tags": ["XP Based", "XP Based"]}, "duplicate-tag"),
        ({"medals": {"gold": 10, "silver": 10, "bronze": 12}}, "medal-order"),
        ({"medals": {"gold": 10, "silver": 12, "bronze": 11}}, "medal-order"),
        ({"medals": {"gold": 10.001, "silver": 10.002, "bronze": 10.003}}, "medal-order"),
        ({"medals": {"gold": 0.001, "silver": 1, "bronze": 2}}, "medal-order"),
        ({"creators": [{"id": 404, "is_primary": True}]}, "creator-not-found"),
    ],
)
async def test_what_makes_no_map_is_refused(api: Api, change: dict[str, object], code: str) -> None:
    await api.refuses(api.post("/maps", body(api.add_user(), **change)), 400, code)


async def test_creators_are_different_and_one_of_them_is_primary(api: Api) -> None:
    first, second = api.add_user(), api.add_user()
    for creators, code in (
        ([(first, True), (first, False)], "duplicate-creator"),
        ([(first, False), (second, False)], "primary-creator"),
        ([(first, True), (second, True)], "primary-creator"),
    ):
        given = [{"id": user_id, "is_primary": primary} for user_id, primary in creators]
        await api.refuses(api.post("/maps", body(first, creators=given)), 400, code)


async def test_a_malformed_map_is_refused(api: Api) -> None:
    user_id = api.add_user()
    changes: list[dict[str, object]] = [
        {"code": "abcd"},
        {"code": "ABC"},
        {"code": "ABCDEFG"},
        {"code": "ABCD\n"},
        {"code": "АBCD"},
        {"title": "x" * 51},
        {"category": "Modern"},
        {"checkpoints": 0},
        {"checkpoints": "24"},
        {"checkpoints": 100_001},
        {"difficulty": "Hard+"},
        {"difficulty": None},
        {"playtesting": "Perhaps"},
        {"creators": []},
        {"creators": [{"id": user_id, "is_primary": n == 0} for n in range(4)]},
        {"creators": [{"id": str(user_id), "is_primary": True}]},
        {"mechanics": ["Teleport"]},
        {"restrictions": "Bhop"},
        {"medals": {"gold": 1, "silver": 2}},
        {"medals": {"gold": 0, "silver": 2, "bronze": 3}},
        {"medals": {"gold": 1, "silver": 2, "bronze": 1e8}},
        {"guide_url": "javascript:alert(1)"},
        {"guide_url": "https://"},
        {"custom_banner": "https://a.example/x y.png"},
        {"official": "yes"},
        {"description": "x" * 4001},
    ]
    await api.finds_malformed("POST", "/maps", [{}, [], *(body(user_id, **change) for change in changes)])


async def test_all_mistakes_of_a_body_are_told_at_once(api: Api) -> None:
    wrong = body(1, "abc", checkpoints=-1, category="Modern", creators=[{"id": "x", "is_primary": 1}])
    answer = await api.post("/maps", wrong)
    assert answer.json["error"] == "Validation failed for POST /api/v3/maps"
    keys = {mistake["key"] for mistake in answer.json["extra"]}
    assert keys == {"code", "checkpoints", "category", "creators[0].id", "creators[0].is_primary"}
    assert {mistake["source"] for mistake in answer.json["extra"]} == {"body"}


async def test_a_new_map_is_never_archived(api: Api) -> None:
    made = await submitted(api, api.add_user(), archived=True, id=999, raw_difficulty=0, linked_code="BBBB")
    assert (made.data.archived, made.data.linked_code, made.data.raw_difficulty) == (False, None, 5.58)


async def test_of_ten_maps_with_one_code_one_is_added(api: Api) -> None:
    user_id = api.add_user()
    asked = [api.post("/maps", body(user_id, guide_url=f"https://a.example/{n}")) for n in range(10)]
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*asked)
    assert sorted(answer.status for answer in answers) == [201] + [400] * 9
    assert {answer.json["code"] for answer in answers if answer.status == 400} == {"map-code-exists"}
    for table in ("core.maps", "maps.creators", "maps.guides", "playtests.meta", "public.jobs"):
        assert api.value(f"select count(*) from {table}") == 1
    assert api.xp(user_id) == 35
    assert sorted(api.queues())[:1] == ["api.notification.delivery"]
    assert len(api.sent("api.playtest.create")) == len(api.sent("api.xp.grant")) == 1
