"""approve, force_deny and reset: how moderators end a playtest, or let it begin again."""

import asyncio

import pytest

from tests import contract
from tests.api import Api
from tests.playtests.acts import (
    THREAD,
    add_voter,
    approve,
    deny,
    force_accept,
    opened,
    reset,
    vote,
    votes,
)


async def test_an_approved_map_has_exactly_the_average_of_its_votes(api: Api) -> None:
    kuromi, lucio, moderator = (api.add_user(name) for name in ("Kuromi", "Lucio", "Sombra"))
    await opened(api, kuromi, lucio)
    voters = [add_voter(api) for _ in range(3)]
    for user_id, difficulty in zip(voters, (5.88, 5.9, 6.31), strict=True):
        await vote(api, user_id, difficulty)
    job = (await approve(api, moderator)).read(contract.JobStatusResponse, status=202)
    (found,) = (await api.get("/maps", code="GENJ1")).read(list[contract.MapResponse])
    assert (found.playtesting, found.difficulty, found.raw_difficulty) == ("Approved", "Very Hard -", 6.03)
    (message,) = api.sent("api.playtest.approve")
    assert message.body == {
        "verifier_id": moderator,
        "difficulty": "Very Hard -",
        "thread_id": THREAD,
        "primary_creator_id": kuromi,
        "code": "GENJ1",
    }
    assert (job.status, message.job_id) == ("queued", job.id)
    assert (await api.get(f"/maps/playtests/{THREAD}")).json["completed"]
    assert [api.xp(user_id) for user_id in (kuromi, lucio, *voters)] == [30, 30, 35, 35, 35]
    assert [api.notified(user_id).count("playtest_update") for user_id in (kuromi, lucio, moderator)] == [
        1,
        1,
        0,
    ]
    entry = (await api.get("/newsfeed")).json[0]["payload"]
    assert (entry["type"], entry["difficulty"], entry["creators"]) == (
        "new_map",
        "Very Hard -",
        ["Kuromi", "Lucio"],
    )


async def test_a_map_without_votes_is_not_approved(api: Api) -> None:
    await opened(api, api.add_user())
    answer = await api.refuses(approve(api, api.add_user()), 400, "no-votes")
    assert answer.json["error"] == "A playtest without votes cannot be approved."


async def test_a_map_without_creator_is_not_approved(api: Api) -> None:
    await opened(api, api.add_user())
    await vote(api, add_voter(api))
    api.sql.execute("delete from maps.creators")
    await api.refuses(approve(api, api.add_user()), 400, "map-incomplete")


async def test_a_denied_map_is_rejected_and_hidden_and_its_creators_told_why(api: Api) -> None:
    kuromi, lucio, moderator = (api.add_user(name) for name in ("Kuromi", "Lucio", "Sombra"))
    await opened(api, kuromi, lucio)
    await vote(api, add_voter(api))
    job = (await deny(api, moderator, "Too short")).read(contract.JobStatusResponse, status=202)
    (found,) = (await api.get("/maps", code="GENJ1")).read(list[contract.MapResponse])
    assert (found.playtesting, found.hidden, found.difficulty, found.playtest) == (
        "Rejected",
        True,
        "Hard +",
        None,
    )
    (message,) = api.sent("api.playtest.force_deny")
    assert message.body == {"verifier_id": moderator, "reason": "Too short", "thread_id": THREAD}
    assert (job.status, message.job_id) == ("queued", job.id)
    told = api.rows("select user_id, event_type, body from notifications.events order by user_id")
    body = "Your map GENJ1 was rejected. Reason: Too short"
    assert told == [(kuromi, "playtest_update", body), (lucio, "playtest_update", body)]
    assert api.value("select count(*) from lootbox.xp") == 0
    assert (await api.get("/newsfeed")).json is None


async def test_a_reset_playtest_stays_open_and_keeps_what_shall_stay(api: Api) -> None:
    kuromi, moderator = api.add_user("Kuromi"), api.add_user()
    await opened(api, kuromi)
    tracer = add_voter(api)
    await vote(api, tracer, 4)
    job = (await reset(api, moderator)).read(contract.JobStatusResponse, status=202)
    assert (await votes(api)).average == 4
    assert not (await api.get(f"/maps/playtests/{THREAD}")).json["completed"]
    (message,) = api.sent("api.playtest.reset")
    assert message.body == {
        "verifier_id": moderator,
        "reason": "The map changed",
        "remove_votes": False,
        "remove_completions": False,
        "thread_id": THREAD,
    }
    assert (job.status, message.job_id) == ("queued", job.id)
    assert api.notified(kuromi) == ["playtest_update"]
    assert (await vote(api, tracer, 5)).status == 202


async def test_a_reset_removes_votes_and_the_runs_since_the_playtest_began(api: Api) -> None:
    await opened(api, api.add_user("Kuromi"))
    map_id, other = api.value("select id from core.maps"), api.add_map("OTHER")
    tracer = add_voter(api)
    await vote(api, tracer)
    old = api.add_run(tracer, map_id, 20, verified=True, legacy=True, inserted_at="2020-01-01")
    elsewhere = api.add_run(tracer, other, 20)
    api.add_run(api.add_user(), map_id, 30, verification_id=77)
    api.add_run(api.add_user(), map_id, 40, verification_id=78, verified_by=tracer)
    api.sql.execute("update playtests.meta set enough_votes_message_id = 5")
    assert (await reset(api, api.add_user(), votes=True, runs=True)).status == 202
    assert (await votes(api)).votes == []
    assert api.rows("select id from core.completions order by id") == [(old,), (elsewhere,)]
    assert [one.body for one in api.sent("api.completion.verification.delete")] == [{"verification_id": 77}]
    assert api.value("select count(*) from playtests.meta where enough_votes_message_id is null") == 1


async def test_a_second_reset_is_announced_too(api: Api) -> None:
    await opened(api, api.add_user())
    for _ in range(2):
        assert (await reset(api, api.add_user(), votes=True)).status == 202
    assert len(api.sent("api.playtest.reset")) == 2


@pytest.mark.parametrize("act", [approve, deny, reset, force_accept])
async def test_what_is_unknown_or_over_is_not_decided(api: Api, act: object) -> None:
    moderator = api.add_user()
    await api.refuses(act(api, moderator), 404, "playtest-not-found")  # type: ignore[operator]
    await opened(api, api.add_user())
    assert (await deny(api, moderator)).status == 202
    await api.refuses(act(api, moderator), 409, "playtest-over")  # type: ignore[operator]


async def test_of_many_different_verdicts_at_once_one_counts(api: Api) -> None:
    creator, moderator = api.add_user(), api.add_user()
    await opened(api, creator)
    await vote(api, add_voter(api), 9.8)
    acts = (approve, deny, force_accept)
    async with asyncio.timeout(30):
        answers = await asyncio.gather(*[act(api, moderator) for act in acts * 4])
    assert sorted(answer.status for answer in answers) == [202] + [409] * 11
    verdicts = [
        queue for queue in api.queues() if queue.split(".")[-1] in ("approve", "force_deny", "force_accept")
    ]
    assert len(verdicts) == 1
    assert len(api.notified(creator)) == (1 if "deny" in verdicts[0] else 2)


async def test_malformed_verdicts_are_refused(api: Api) -> None:
    await opened(api, api.add_user())
    who = {"verifier_id": 1}
    flags = {"reason": "r", "remove_votes": True, "remove_completions": True}
    cases: list[tuple[str, list[object]]] = [
        ("approve", [{}, {"verifier_id": 0}, {"verifier_id": "1"}, {"verifier_id": 2**63}, None]),
        ("force_deny", [{}, who, {**who, "reason": 1}, {**who, "reason": "x" * 1001}, {"reason": "r"}]),
        ("reset", [who, {**who, **flags, "remove_votes": 1}, {**who, **flags, "reason": "x" * 1001}, flags]),
    ]
    for act, bodies in cases:
        await api.finds_malformed("POST", f"/maps/playtests/{THREAD}/{act}", bodies)


async def test_fields_of_a_playtest_can_be_changed(api: Api) -> None:
    await opened(api, api.add_user())
    path = f"/maps/playtests/{THREAD}"
    answer = await api.patch(path, {"verification_id": 55, "completed": True})
    assert (answer.status, answer.raw) == (204, b"")
    found = (await api.get(path)).read(contract.PlaytestResponse)
    assert (found.verification_id, found.completed, found.thread_id) == (55, True, THREAD)
    assert (await api.patch(path, {"thread_id": THREAD + 1, "completed": False})).status == 204
    found = (await api.get(f"/maps/playtests/{THREAD + 1}")).read(contract.PlaytestResponse)
    assert (found.verification_id, found.completed) == (55, False)
    await api.refuses(api.patch(path, {"completed": True}), 404, "playtest-not-found")


async def test_what_jobs_tell_is_taken_and_not_kept(api: Api) -> None:
    await opened(api, api.add_user())
    body = {
        "thread_creation_status": "failed",
        "thread_creation_failure_reason": "no forum",
        "thread_creation_last_attempt_at": "2026-01-01T00:00:00Z",
    }
    assert (await api.patch(f"/maps/playtests/{THREAD}", body)).status == 204
    found = (await api.get(f"/maps/playtests/{THREAD}")).read(contract.PlaytestResponse)
    assert (found.thread_creation_status, found.thread_creation_failure_reason) == (None, None)


async def test_changes_that_cannot_be_are_refused(api: Api) -> None:
    path = f"/maps/playtests/{THREAD}"
    await opened(api, api.add_user())
    await opened(api, api.add_user(), code="GENJ2", thread_id=THREAD + 1)
    await api.refuses(api.patch(path, {}), 400, "nothing-to-change")
    await api.refuses(api.patch(path, {"thread_id": THREAD + 1}), 409, "thread-taken")
    await vote(api, add_voter(api))
    await api.refuses(api.patch(path, {"thread_id": THREAD + 2}), 409, "thread-has-votes")
    bodies = [
        {"thread_id": 0},
        {"completed": None},
        {"thread_creation_status": "lost"},
        {"verification_id": "1"},
    ]
    await api.finds_malformed("PATCH", path, bodies)
