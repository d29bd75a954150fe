"""/maps/link-codes: the global and the Chinese code of one map."""

import asyncio

from tests import contract
from tests.api import Answer, Api
from tests.maps.bodies import news, submitted


async def link(api: Api, official: str = "AAAA", unofficial: str = "BBBB") -> Answer:
    return await api.post("/maps/link-codes", {"official_code": official, "unofficial_code": unofficial})


async def unlink(api: Api, official: str = "AAAA", unofficial: str = "BBBB") -> Answer:
    body = {"official_code": official, "unofficial_code": unofficial, "reason": "Different."}
    return await api.ask("DELETE", "/maps/link-codes", json=body)


def links(api: Api) -> list[tuple[object, ...]]:
    return api.rows("select code, linked_code from core.maps order by code")


async def test_two_maps_are_linked_and_let_go_again(api: Api) -> None:
    api.add_map("AAAA")
    api.add_map("BBBB", official=False)
    answer = await link(api)
    assert (answer.status, answer.json) == (201, None)
    assert links(api) == [("AAAA", "BBBB"), ("BBBB", "AAAA")]
    assert (await unlink(api)).status == 204
    assert links(api) == [("AAAA", None), ("BBBB", None)]
    codes = {"official_code": "AAAA", "unofficial_code": "BBBB"}
    assert news(api) == [
        {"type": "linked_map", **codes, "playtest_id": None},
        {"type": "unlinked_map", **codes, "reason": "Different."},
    ]


async def test_a_missing_global_map_is_copied_hidden_and_tried_first(api: Api) -> None:
    amy, zed = api.add_user("Amy"), api.add_user("Zed")
    made = await submitted(
        api,
        amy,
        "BBBB",
        official=False,
        hidden=False,
        creators=[{"id": amy, "is_primary": True}, {"id": zed, "is_primary": False}],
        mechanics=["Bhop"],
        restrictions=["Wall Climb"],
        tags=["XP Based"],
        medals={"gold": 1, "silver": 2, "bronze": 3},
        description="Long",
        title="Peak",
        custom_banner="https://b.example/1.png",
    )
    told = len(news(api))
    job = (await link(api)).read(contract.JobStatusResponse, status=201)
    (found,) = (await api.get("/maps", code="AAAA")).read(list[contract.MapResponse])
    own = {
        "id": found.id,
        "code": "AAAA",
        "linked_code": "BBBB",
        "official": True,
        "hidden": True,
        "playtesting": "In Progress",
        "created_at": found.created_at,
        "updated_at": found.updated_at,
    }
    copied = {name: getattr(made.data, name) for name in made.data.__struct_fields__}
    assert found == contract.MapResponse(**{**copied, **own})
    playtest_id = api.value("select id from playtests.meta where map_id = %s", found.id)
    created = api.sent("api.playtest.create")[-1]
    assert (created.body, created.job_id) == ({"code": "AAAA", "playtest_id": playtest_id}, job.id)
    assert news(api)[told:] == [
        {
            "type": "linked_map",
            "official_code": "AAAA",
            "unofficial_code": "BBBB",
            "playtest_id": playtest_id,
        }
    ]


async def test_a_missing_chinese_map_is_copied_and_approved_at_once(api: Api) -> None:
    api.add_map("AAAA", playtesting="In Progress", hidden=True, medals=(1, 2, 3))
    assert (await link(api)).json is None
    found = (await api.get("/maps", code="BBBB")).json[0]
    assert (found["official"], found["hidden"], found["playtesting"]) == (False, False, "Approved")
    assert (found["linked_code"], found["medals"]) == ("AAAA", {"gold": 1, "silver": 2, "bronze": 3})
    assert api.queues() == ["api.newsfeed.create"]


async def test_what_cannot_be_linked_or_let_go_is_refused(api: Api) -> None:
    for code in ("AAAA", "BBBB", "CCCC", "DDDD"):
        api.add_map(code)
    await link(api)
    for ask, status, why in (
        (link(api), 400, "already-linked"),
        (link(api, "AAAA", "CCCC"), 400, "already-linked"),
        (link(api, "CCCC", "BBBB"), 400, "already-linked"),
        (link(api, "AAAA", "NEW1"), 400, "already-linked"),
        (link(api, "CCCC", "CCCC"), 400, "linked-to-itself"),
        (link(api, "NEW1", "NEW2"), 400, "no-map-to-link"),
        (unlink(api, "AAAA", "CCCC"), 400, "not-linked"),
        (unlink(api, "CCCC", "DDDD"), 400, "not-linked"),
        (unlink(api, "AAAA", "NEW1"), 404, "map-not-found"),
    ):
        await api.refuses(ask, status, why)
    await api.finds_malformed("POST", "/maps/link-codes", [{}, {"official_code": "AAAA"}])
    await api.finds_malformed("DELETE", "/maps/link-codes", [{}, {"official_code": "A", "reason": "x"}])


async def test_of_ten_links_one_is_made_and_of_ten_partings_too(api: Api) -> None:
    api.add_map("BBBB", official=False)
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*(link(api) for _ in range(10)))
        assert sorted(answer.status for answer in answers) == [201] + [400] * 9
        assert links(api) == [("AAAA", "BBBB"), ("BBBB", "AAAA")]
        answers = await asyncio.gather(*(unlink(api) for _ in range(10)))
    assert sorted(answer.status for answer in answers) == [204] + [400] * 9
    assert [entry["type"] for entry in news(api)] == ["linked_map", "unlinked_map"]
    assert api.value("select count(*) from playtests.meta") == 1


async def test_of_links_to_different_partners_one_is_made(api: Api) -> None:
    for code in ("AAAA", "BBB1", "BBB2", "BBB3"):
        api.add_map(code)
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*(link(api, "AAAA", f"BBB{n}") for n in (1, 2, 3)))
    assert sorted(answer.status for answer in answers) == [201, 400, 400]
    assert sum(1 for _, linked in links(api) if linked) == 2
