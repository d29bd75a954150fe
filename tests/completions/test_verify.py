"""PUT /completions/{record_id}/verification: a verdict and all that follows from it."""

import asyncio

import pytest

from tests import contract
from tests.api import Api
from tests.completions.acts import accepted, submit, submitted, verify

RUN = "select verified, verified_by, reason from core.completions where id = %s"


async def test_an_accepted_run_is_told_paid_and_announced(api: Api) -> None:
    player, moderator = api.add_user("Genji"), api.add_user("Sombra")
    api.add_map(medals=(60, 75, 90))
    run_id = (await submitted(api, player, 60)).completion_id
    job = (await verify(api, run_id, moderator)).read(contract.JobStatusResponse)
    assert api.rows(RUN, run_id) == [(True, moderator, None)]
    assert api.queues()[1:] == [
        "api.xp.grant",
        "api.newsfeed.create",
        "api.completion.verification",
        "api.notification.delivery",
        "api.notification.delivery",
    ]
    message = api.sent("api.completion.verification")[0]
    assert message.body == {
        "completion_id": run_id,
        "verified": True,
        "verified_by": moderator,
        "reason": None,
    }
    assert message.job_id == job.id
    assert (job.id, "api.completion.verification", "queued") in api.jobs()
    assert api.notified(player) == ["verification_approved", "xp_gain"]
    assert api.notified(moderator) == []
    assert api.xp(player) == 50
    assert (await api.get("/newsfeed")).json[0]["payload"] == {
        "type": "record",
        "code": "AAAA",
        "map_name": "Hanamura",
        "time": 60,
        "video": "https://a.example/v",
        "rank_num": 1,
        "name": "Genji",
        "medal": "Gold",
        "difficulty": "Hard",
    }


async def test_a_rejected_run_is_told_with_its_reason_and_nothing_else(api: Api) -> None:
    player, moderator = api.add_user(), api.add_user()
    api.add_map()
    run_id = (await submitted(api, player)).completion_id
    answer = await verify(api, run_id, moderator, verified=False, reason="No timer to be seen.")
    assert answer.status == 200
    assert api.rows(RUN, run_id) == [(False, moderator, "No timer to be seen.")]
    assert api.queues()[1:] == ["api.completion.verification", "api.notification.delivery"]
    told = api.sent("api.notification.delivery")[0].body
    assert (told["event_type"], told["metadata"]) == (
        "verification_rejected",
        {"completion_id": run_id, "code": "AAAA"},
    )
    assert "No timer to be seen." in told["body"]
    assert api.xp(player) == 0
    assert (await api.get("/newsfeed")).json is None
    await submitted(api, player, 61)


async def test_a_world_record_pays_once_for_a_player_and_a_map(api: Api) -> None:
    player, rival = api.add_user(), api.add_user()
    api.add_map("AAAA")
    api.add_map("BBBB")
    await accepted(api, player, 60)
    assert api.xp(player) == 50
    await accepted(api, player, 50)
    assert api.xp(player) == 65
    await accepted(api, rival, 40)
    assert api.xp(rival) == 50
    await accepted(api, player, 30)
    assert api.xp(player) == 80
    await accepted(api, player, 60, "BBBB")
    assert api.xp(player) == 130
    kinds = [m.body["type"] for m in api.sent("api.xp.grant") if m.body["user_id"] == player]
    assert kinds == ["World Record", "Record", "Record", "World Record"]


@pytest.mark.parametrize(
    ("map_is", "run", "kind", "amount"),
    [
        ({}, {"time": 70}, "Record", 15),
        ({}, {"time": 50}, "World Record", 50),
        ({}, {"time": 60}, "World Record", 50),
        ({}, {"time": 50, "video": None}, "Completion", 5),
        ({"playtesting": "In Progress"}, {"time": 50}, "Completion", 5),
        ({"official": False}, {"time": 50}, None, 0),
    ],
)
async def test_what_a_run_pays_follows_from_its_rank_and_proof(
    api: Api, map_is: dict[str, object], run: dict[str, object], kind: str | None, amount: int
) -> None:
    player = api.add_user()
    map_id = api.add_map(**map_is)
    api.add_run(api.add_user(), map_id, 60, verified=True)
    await accepted(api, player, **run)
    assert api.xp(player) == amount
    assert [message.body["type"] for message in api.sent("api.xp.grant")] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("time", "video", "told"),
    [
        (59, "https://a.example/v", True),
        (80, "https://a.example/v", True),
        (95, "https://a.example/v", False),
        (59, None, False),
    ],
)
async def test_the_newsfeed_tells_of_records_and_medals_with_a_video(
    api: Api, time: float, video: str | None, told: bool
) -> None:
    map_id = api.add_map(medals=(50, 70, 90))
    api.add_run(api.add_user(), map_id, 60, verified=True)
    await accepted(api, api.add_user(), time, video=video)
    assert ((await api.get("/newsfeed")).json is not None) is told


async def test_a_run_is_judged_once(api: Api) -> None:
    player, first, second = api.add_user(), api.add_user("Sombra"), api.add_user()
    api.add_map()
    run_id = (await submitted(api, player)).completion_id
    await verify(api, run_id, first)
    for verified in (True, False):
        asked = verify(api, run_id, second, verified=verified, reason="no")
        answer = await api.refuses(asked, 409, "already-judged")
        assert answer.json["error"] == "This run was already accepted by Sombra."


async def test_a_replaced_run_cannot_be_judged_any_more(api: Api) -> None:
    player, moderator = api.add_user(), api.add_user()
    api.add_map()
    old = (await submitted(api, player, 60)).completion_id
    await submitted(api, player, 50)
    await api.refuses(verify(api, old, moderator), 409, "already-judged")


async def test_an_unknown_verifier_is_refused(api: Api) -> None:
    api.add_map()
    run_id = (await submitted(api, api.add_user())).completion_id
    for verified in (True, False):
        asked = verify(api, run_id, 404, verified=verified)
        answer = await api.refuses(asked, 400, "unknown-verifier")
        assert answer.json["error"] == "The verifier is not a user."


async def test_an_unknown_run_is_not_found(api: Api) -> None:
    await api.refuses(verify(api, 404, api.add_user()), 404, "completion-not-found")
    assert (await verify(api, 2**31, api.add_user())).status in (400, 404)


async def test_a_malformed_verdict_is_refused(api: Api) -> None:
    api.add_map()
    run_id = (await submitted(api, api.add_user())).completion_id
    good = {"verified_by": 1, "verified": True, "reason": None}
    bodies = [
        {},
        {"verified_by": 1, "verified": True},
        good | {"verified": "true"},
        good | {"verified": None},
        good | {"verified_by": "1"},
        good | {"reason": "x" * 1001},
        good | {"reason": 5},
    ]
    await api.finds_malformed("PUT", f"/completions/{run_id}/verification", bodies)


async def test_a_verdict_makes_the_players_rating_count(api: Api) -> None:
    player = api.add_user()
    map_id = api.add_map()
    api.rows(
        "insert into maps.ratings (map_id, user_id, quality) values (%s, %s, 5) returning 1", map_id, player
    )
    await accepted(api, player)
    assert api.value("select verified from maps.ratings")


async def test_of_twenty_verdicts_at_once_one_counts(api: Api) -> None:
    player = api.add_user()
    api.add_map()
    run_id = (await submitted(api, player)).completion_id
    asked = [verify(api, run_id, api.add_user(), verified=n % 2 == 0) for n in range(20)]
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*asked)
    assert sorted(answer.status for answer in answers) == [200] + [409] * 19
    assert {answer.json["code"] for answer in answers if answer.status == 409} == {"already-judged"}
    assert len(api.sent("api.completion.verification")) == 1
    assert api.xp(player) == (50 if api.rows(RUN, run_id)[0][0] else 0)
    assert len(api.notified(player)) in (1, 2)


async def test_verdicts_and_faster_runs_of_one_player_do_not_block_each_other(api: Api) -> None:
    player, moderator = api.add_user(), api.add_user()
    api.add_map()
    run_id = (await submitted(api, player, 60)).completion_id
    async with asyncio.timeout(30):
        for time in range(59, 39, -1):
            faster, judged = await asyncio.gather(
                submit(api, player, time), verify(api, run_id, moderator, verified=time % 2 == 0)
            )
            assert faster.status == 201, faster.raw
            assert judged.status in (200, 409), judged.raw
            run_id = faster.json["completion_id"]
    waiting = "select count(*) from core.completions where not verified and verified_by is null"
    assert api.value(waiting) == 1


async def test_world_records_of_ten_players_at_once_pay_each_what_its_rank_was(api: Api) -> None:
    players = [api.add_user() for _ in range(10)]
    moderator = api.add_user()
    api.add_map()
    runs = [(await submitted(api, player, 50 + n)).completion_id for n, player in enumerate(players)]
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*[verify(api, run_id, moderator) for run_id in runs])
    assert {answer.status for answer in answers} == {200}
    assert api.xp(players[0]) == 50
    assert {api.xp(player) for player in players[1:]} <= {15, 50}
