"""POST /completions/upvoting and GET /completions/upvoting/{message_id}: what others think of a run."""

import asyncio
from collections import Counter

from tests import contract
from tests.api import Answer, Api

MESSAGE = 77


async def upvote(api: Api, user_id: int, message_id: int = MESSAGE) -> Answer:
    return await api.post("/completions/upvoting", {"user_id": user_id, "message_id": message_id})


def shown(api: Api) -> None:
    api.add_run(api.add_user(), api.add_map(), 10, verified=True, message_id=MESSAGE)


async def test_an_upvote_counts(api: Api) -> None:
    shown(api)
    for amount in (1, 2):
        answer = await upvote(api, api.add_user())
        found = answer.read(contract.UpvoteSubmissionJobResponse, status=201)
        assert (found.job_status, found.upvotes) == (None, amount)
    assert (await api.get(f"/completions/upvoting/{MESSAGE}")).json == 2
    assert (await api.get("/completions/upvoting/404")).json == 0
    assert api.queues() == []


async def test_a_user_upvotes_a_run_once(api: Api) -> None:
    shown(api)
    user_id = api.add_user()
    await upvote(api, user_id)
    await api.refuses(upvote(api, user_id), 409, "already-upvoted")


async def test_unknown_runs_and_users_are_not_found(api: Api) -> None:
    shown(api)
    await api.refuses(upvote(api, api.add_user(), 404), 404, "completion-not-found")
    await api.refuses(upvote(api, 404), 404, "user-not-found")


async def test_of_a_hundred_upvotes_at_once_every_tenth_is_announced(api: Api) -> None:
    shown(api)
    users = [api.add_user() for _ in range(100)]
    async with asyncio.timeout(30):
        answers = await asyncio.gather(*[upvote(api, user_id) for user_id in users])
    found = [answer.read(contract.UpvoteSubmissionJobResponse, status=201) for answer in answers]
    assert sorted(one.upvotes or 0 for one in found) == list(range(1, 101))
    assert sorted(one.upvotes or 0 for one in found if one.job_status) == list(range(10, 101, 10))
    sent = api.sent()
    assert [message.queue for message in sent] == ["api.completion.upvote"] * 10
    assert {message.body["message_id"] for message in sent} == {MESSAGE}


async def test_of_a_hundred_upvotes_of_one_user_at_once_one_counts(api: Api) -> None:
    shown(api)
    user_id = api.add_user()
    async with asyncio.timeout(30):
        answers = await asyncio.gather(*[upvote(api, user_id) for _ in range(100)])
    assert Counter(answer.status for answer in answers) == {201: 1, 409: 99}
    assert (await api.get(f"/completions/upvoting/{MESSAGE}")).json == 1


async def test_a_malformed_upvote_is_refused(api: Api) -> None:
    bodies = [{}, {"user_id": 1}, {"user_id": "1", "message_id": 1}, {"user_id": 1, "message_id": 0}]
    await api.finds_malformed("POST", "/completions/upvoting", bodies)
