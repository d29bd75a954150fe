"""PATCH /maps/playtests and GET /maps/playtests/{thread_id}: a playtest gets its thread."""

import asyncio

from tests import contract
from tests.api import Api
from tests.maps.bodies import submitted
from tests.playtests.acts import THREAD, associate, opened


async def test_with_its_thread_the_map_can_be_seen(api: Api) -> None:
    await submitted(api, api.add_user())
    playtest_id = api.value("select id from playtests.meta")
    found = (await associate(api, playtest_id)).read(contract.PlaytestResponse)
    assert (found.id, found.thread_id, found.code, found.completed) == (playtest_id, THREAD, "GENJ1", False)
    assert (found.initial_difficulty, found.verification_id) == (5.58, None)
    assert (await api.get(f"/maps/playtests/{THREAD}")).read(contract.PlaytestResponse) == found
    shown = (await api.get("/maps", code="GENJ1")).json[0]
    assert (shown["hidden"], shown["playtest"]["thread_id"]) == (False, THREAD)


async def test_the_same_thread_again_changes_nothing(api: Api) -> None:
    playtest_id = await opened(api, api.add_user())
    again = (await associate(api, playtest_id)).read(contract.PlaytestResponse)
    assert again.thread_id == THREAD


async def test_a_second_thread_is_a_conflict(api: Api) -> None:
    playtest_id = await opened(api, api.add_user())
    await api.refuses(associate(api, playtest_id, THREAD + 1), 409, "thread-exists")


async def test_a_thread_belongs_to_one_playtest(api: Api) -> None:
    user_id = api.add_user()
    await opened(api, user_id)
    await submitted(api, user_id, "GENJ2")
    other = api.value("select max(id) from playtests.meta")
    await api.refuses(associate(api, other), 409, "thread-taken")


async def test_unknown_playtests_and_threads_are_not_found(api: Api) -> None:
    for playtest_id in (404, 2**31 - 1):
        await api.refuses(associate(api, playtest_id), 404, "playtest-not-found")
    (await api.get("/maps/playtests/404")).refused(404, "playtest-not-found")


async def test_a_malformed_association_is_refused(api: Api) -> None:
    bodies = [
        {},
        {"playtest_id": 1},
        {"playtest_id": "1", "thread_id": 1},
        {"playtest_id": 1, "thread_id": 0},
        {"playtest_id": 1, "thread_id": 2**63},
    ]
    await api.finds_malformed("PATCH", "/maps/playtests", bodies)


async def test_of_many_threads_at_once_one_stays(api: Api) -> None:
    await submitted(api, api.add_user())
    playtest_id = api.value("select id from playtests.meta")
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*[associate(api, playtest_id, THREAD + n) for n in range(10)])
    taken = [answer.json["thread_id"] for answer in answers if answer.status == 200]
    assert sorted(answer.status for answer in answers) == [200] + [409] * 9
    assert taken == [api.value("select thread_id from playtests.meta")]
