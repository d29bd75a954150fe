"""POST /maps/playtests/{thread_id}/force_accept: a moderator ends a playtest."""

import asyncio

from tests import contract, rows
from tests.api import Api
from tests.playtests.acts import THREAD, force_accept, opened


def add_vote(api: Api, user_id: int, map_id: int) -> None:
    api.add_run(user_id, map_id, 10, verified=True)
    rows.add(
        api.sql,
        "playtests.votes",
        "id",
        user_id=user_id,
        map_id=map_id,
        playtest_thread_id=THREAD,
        difficulty=3,
    )


async def test_the_map_is_approved_with_the_moderators_difficulty(api: Api) -> None:
    moderator = api.add_user("Sombra")
    await opened(api, api.add_user())
    job = (await force_accept(api, moderator, "Very Hard -")).read(contract.JobStatusResponse, status=202)
    (found,) = (await api.get("/maps", code="GENJ1")).read(list[contract.MapResponse])
    assert (found.playtesting, found.difficulty, found.raw_difficulty) == ("Approved", "Very Hard -", 6.17)
    assert found.playtest is None
    assert (await api.get(f"/maps/playtests/{THREAD}")).json["completed"]
    message = api.sent("api.playtest.force_accept")[0]
    assert message.body == {"difficulty": "Very Hard -", "verifier_id": moderator, "thread_id": THREAD}
    assert (job.status, message.job_id) == ("queued", job.id)


async def test_creators_and_voters_are_paid_and_creators_told(api: Api) -> None:
    kuromi, lucio, tracer, ana = (api.add_user(name) for name in ("Kuromi", "Lucio", "Tracer", "Ana"))
    await opened(api, kuromi, lucio)
    map_id = api.value("select id from core.maps")
    for user_id in (tracer, lucio):
        add_vote(api, user_id, map_id)
    assert (await force_accept(api, api.add_user(), "Hell")).status == 202
    assert [api.xp(user_id) for user_id in (kuromi, lucio, tracer, ana)] == [30, 65, 35, 0]
    kinds = [(message.body["user_id"], message.body["type"]) for message in api.sent("api.xp.grant")]
    assert kinds == [
        (kuromi, "Map Submission"),
        (lucio, "Map Submission"),
        (lucio, "Playtest"),
        (tracer, "Playtest"),
    ]
    for user_id, told in ((kuromi, 1), (lucio, 1), (tracer, 0)):
        assert api.notified(user_id).count("playtest_update") == told
    entry = (await api.get("/newsfeed")).json[0]["payload"]
    assert (entry["type"], entry["difficulty"], entry["creators"]) == ("new_map", "Hell", ["Kuromi", "Lucio"])


async def test_a_playtest_ends_once(api: Api) -> None:
    moderator = api.add_user()
    await opened(api, api.add_user())
    await force_accept(api, moderator)
    answer = await api.refuses(force_accept(api, moderator, "Hell"), 409, "playtest-over")
    assert answer.json["error"] == "This playtest is over already."


async def test_of_ten_moderators_one_decides(api: Api) -> None:
    creator = api.add_user()
    await opened(api, creator)
    asked = [force_accept(api, api.add_user(), level) for level in ("Easy", "Hell") * 5]
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*asked)
    assert sorted(answer.status for answer in answers) == [202] + [409] * 9
    assert api.xp(creator) == 30
    accepted = api.sent("api.playtest.force_accept")
    assert [message.body["difficulty"] for message in accepted] == [
        api.value("select difficulty from core.maps")
    ]


async def test_an_unknown_thread_is_not_found(api: Api) -> None:
    await api.refuses(force_accept(api, api.add_user()), 404, "playtest-not-found")


async def test_a_malformed_decision_is_refused(api: Api) -> None:
    await opened(api, api.add_user())
    bodies = [
        {},
        {"difficulty": "Easy"},
        {"difficulty": "Impossible", "verifier_id": 1},
        {"difficulty": "Easy", "verifier_id": "1"},
        {"difficulty": "Easy", "verifier_id": 0},
    ]
    await api.finds_malformed("POST", f"/maps/playtests/{THREAD}/force_accept", bodies)
