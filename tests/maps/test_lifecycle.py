"""Archive, released codes, legacy runs and further playtests of maps."""

import asyncio

from tests import contract, rows
from tests.api import Answer, Api
from tests.maps.bodies import add_playtest, news, submitted


async def archive(api: Api, *codes: str, status: str = "Archive") -> Answer:
    return await api.patch("/maps/archive", {"codes": list(codes), "status": status})


async def send(api: Api, code: str = "AAAA", difficulty: str = "Hard") -> Answer:
    return await api.post(f"/maps/{code}/playtest", {"initial_difficulty": difficulty})


async def legacy(api: Api, code: str = "AAAA", **query: str) -> Answer:
    return await api.ask("POST", f"/maps/{code}/legacy", params=query)


def states(api: Api) -> list[tuple[object, ...]]:
    return api.rows("select code, archived, playtesting::text from core.maps order by code")


async def test_a_map_is_archived_and_its_playtest_ends(api: Api) -> None:
    made = await submitted(api, api.add_user("Amy"), "AAAA")
    map_id = made.data.id
    api.sql.execute("update playtests.meta set thread_id = 71")
    add_playtest(api, map_id, None)
    add_playtest(api, map_id, 73, completed=True)
    before = len(api.sent())
    answer = await archive(api, "AAAA")
    assert (answer.status, answer.json) == (200, None)
    assert states(api) == [("AAAA", True, "Rejected")]
    assert api.value("select bool_and(completed) from playtests.meta")
    closed, told = api.sent()[before:]
    assert (closed.queue, closed.body) == (
        "api.playtest.force_deny",
        {"verifier_id": rows.SYSTEM, "reason": "map archived, playtest cancelled", "thread_id": 71},
    )
    assert told.queue == "api.newsfeed.create"
    entry = {
        "code": "AAAA",
        "map_name": "Hanamura",
        "creators": ["Amy"],
        "difficulty": "Hard +",
        "reason": "",
    }
    assert news(api) == [{"type": "archive", **entry}]
    await archive(api, "AAAA", status="Unarchived")
    assert states(api) == [("AAAA", False, "Rejected")]
    assert news(api)[1:] == [{"type": "unarchive", **entry}]


async def test_several_maps_are_told_of_together_and_only_those_that_changed(api: Api) -> None:
    for code in ("AAAA", "BBBB", "CCCC"):
        api.add_map(code, archived=code == "BBBB")
    await archive(api, "CCCC", "BBBB", "AAAA", "CCCC")
    assert {archived for _, archived, _ in states(api)} == {True}
    await archive(api, "AAAA", "BBBB")
    await archive(api, "AAAA", "BBBB", "CCCC", status="Unarchived")
    assert news(api) == [
        {"type": "bulk_archive", "codes": ["CCCC", "AAAA"], "reason": ""},
        {"type": "bulk_unarchive", "codes": ["AAAA", "BBBB", "CCCC"], "reason": ""},
    ]


async def test_one_unknown_code_archives_nothing(api: Api) -> None:
    api.add_map("AAAA")
    await api.refuses(archive(api, "AAAA", "NONE"), 404, "map-not-found")
    bodies = [{}, {"codes": [], "status": "Archive"}, {"codes": ["AAAA"], "status": "Archived"}]
    await api.finds_malformed("PATCH", "/maps/archive", bodies)


async def test_of_ten_archivings_in_any_order_one_is_told(api: Api) -> None:
    for code in ("AAAA", "BBBB"):
        add_playtest(api, api.add_map(code, playtesting="In Progress"), ord(code[0]))
    orders = [("AAAA", "BBBB"), ("BBBB", "AAAA")] * 5
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*(archive(api, *codes) for codes in orders))
    assert {answer.status for answer in answers} == {200}
    assert len(news(api)) == 1
    assert [sent.body["thread_id"] for sent in api.sent("api.playtest.force_deny")] == [65, 66]


async def test_a_released_code_goes_to_another_map(api: Api) -> None:
    map_id, user_id = api.add_map("AAAA", archived=True), api.add_user()
    request = {"code": "AAAA", "user_id": user_id, "change_request_type": "x", "content": "y"}
    rows.add(
        api.sql,
        "public.change_requests",
        "thread_id",
        **{"thread_id": 1, "creator_mentions": "z", "resolved": True, **request},
    )
    edit = {"map_id": map_id, "code": "AAAA", "proposed_changes": "{}", "reason": "x", "created_by": user_id}
    rows.add(api.sql, "maps.edit_requests", "id", **edit)
    answer = await api.ask("PATCH", "/maps/AAAA/release-code")
    assert (answer.status, answer.raw) == (204, b"")
    assert api.rows("select code, original_code from core.maps") == [(None, "AAAA")]
    assert api.rows("select code from maps.edit_requests") == [(None,)]
    await submitted(api, user_id, "AAAA")


async def test_the_code_of_a_map_that_is_needed_is_not_released(api: Api) -> None:
    api.add_map("AAAA")
    api.add_map("BBBB", archived=True)
    request = {"code": "BBBB", "user_id": api.add_user(), "change_request_type": "x", "content": "y"}
    rows.add(
        api.sql, "public.change_requests", "thread_id", **{"thread_id": 1, "creator_mentions": "z", **request}
    )
    for code, status, why in (
        ("NONE", 404, "map-not-found"),
        ("AAAA", 409, "map-not-archived"),
        ("BBBB", 409, "unresolved-change-requests"),
    ):
        await api.refuses(api.ask("PATCH", f"/maps/{code}/release-code"), status, why)


async def test_judged_runs_become_legacy_with_the_medal_they_had(api: Api) -> None:
    player, moderator, map_id = api.add_user(), api.add_user(), api.add_map("AAAA", medals=(10, 20, 30))
    api.add_run(player, map_id, 15, verified=True)
    api.add_run(moderator, map_id, 5, verified=True, completion=True)
    api.add_run(player, map_id, 12, verified_by=moderator)
    api.add_run(player, map_id, 40, legacy=True, legacy_medal="Gold", verified=True)
    assert (await legacy(api, reason="It changed.")).status == 204
    assert api.rows("select time::float8, legacy, legacy_medal from core.completions order by id") == [
        (15, True, "Silver"),
        (5, True, None),
        (12, True, None),
        (40, True, "Gold"),
    ]
    assert api.value("select count(*) from maps.medals") == 0
    record = {"type": "legacy_record", "code": "AAAA", "affected_count": 3, "reason": "It changed."}
    assert news(api) == [record]
    await legacy(api)
    assert news(api) == [record]


async def test_runs_that_wait_stop_a_map_from_becoming_legacy(api: Api) -> None:
    map_id = api.add_map("AAAA", medals=(1, 2, 3))
    api.add_run(api.add_user(), map_id, 15)
    await api.refuses(legacy(api), 409, "pending-verifications")
    await api.refuses(send(api), 409, "pending-verifications")
    await api.refuses(legacy(api, "NONE"), 404, "map-not-found")
    assert (await legacy(api, reason="x" * 1001)).status == 400


async def test_a_map_is_tried_again(api: Api) -> None:
    player, map_id = api.add_user(), api.add_map("AAAA", raw=5.11, medals=(10, 20, 30))
    api.add_run(player, map_id, 15, verified=True)
    job = (await send(api, difficulty="Hell")).read(contract.JobStatusResponse, status=201)
    assert states(api) == [("AAAA", False, "In Progress")]
    playtest = api.rows("select id, initial_difficulty::float8, thread_id from playtests.meta")
    assert [row[1:] for row in playtest] == [(9.71, None)]
    roles, sent = api.sent()
    assert (roles.queue, roles.body) == ("api.user.roles", {"user_id": player})
    assert (sent.queue, sent.body, sent.job_id) == (
        "api.playtest.create",
        {"code": "AAAA", "playtest_id": playtest[0][0]},
        job.id,
    )
    assert api.rows("select legacy, legacy_medal from core.completions") == [(True, "Silver")]
    assert news(api) == []
    assert (await api.get("/maps/AAAA/partial")).json["difficulty"] == "Hell"
    await api.refuses(send(api), 400, "already-in-playtest")
    await api.refuses(send(api, "NONE"), 404, "map-not-found")
    await api.finds_malformed("POST", "/maps/AAAA/playtest", [{}, {"initial_difficulty": "Hard++"}])


async def test_of_ten_playtests_one_begins(api: Api) -> None:
    api.add_map("AAAA")
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*(send(api) for _ in range(10)))
    assert sorted(answer.status for answer in answers) == [201] + [400] * 9
    assert (api.value("select count(*) from playtests.meta"), api.queues()) == (1, ["api.playtest.create"])


async def test_all_ratings_are_overridden(api: Api) -> None:
    first, second = api.add_map("AAAA"), api.add_map("BBBB")
    for map_id, quality in ((first, 2), (first, 3), (second, 1)):
        rows.add(api.sql, "maps.ratings", "id", map_id=map_id, user_id=api.add_user(), quality=quality)
    answer = await api.post("/maps/AAAA/quality", {"value": 6})
    assert (answer.status, answer.json) == (201, None)
    assert api.rows("select quality from maps.ratings order by id") == [(6,), (6,), (1,)]
    assert [one["ratings"] for one in (await api.get("/maps")).json] == [6, 1]
    await api.refuses(api.post("/maps/NONE/quality", {"value": 6}), 404, "map-not-found")
    await api.finds_malformed("POST", "/maps/AAAA/quality", [{}, {"value": 0}, {"value": 7}])
