"""/change-requests: what players ask creators to change, opened, found, reminded of and resolved."""

import asyncio

from tests import contract
from tests.api import Answer, Api

Open = list[contract.ChangeRequestResponse]
Stale = list[contract.StaleChangeRequestResponse]


def body(user_id: int, thread_id: int = 7, **changes: object) -> dict[str, object]:
    return {
        "thread_id": thread_id,
        "user_id": user_id,
        "code": "AAAA",
        "content": "The third checkpoint is out of reach.",
        "change_request_type": "Map Geometry",
        "creator_mentions": "1234,555",
        **changes,
    }


async def create(api: Api, user_id: int, thread_id: int = 7, **changes: object) -> Answer:
    return await api.post("/change-requests", body(user_id, thread_id, **changes))


async def listed(api: Api, code: str = "AAAA") -> list[int]:
    found = (await api.get("/change-requests", code=code)).read(Open)
    return [each.thread_id for each in found]


async def stale(api: Api) -> Stale:
    return (await api.get("/change-requests/stale")).read(Stale)


async def test_an_open_request_is_found_by_its_map(api: Api) -> None:
    user_id = api.add_user()
    api.add_map("AAAA")
    api.add_map("BBBB")
    answer = await create(api, user_id)
    assert (answer.status, answer.json) == (201, None)
    await create(api, user_id, 8, code="BBBB")
    (found,) = (await api.get("/change-requests", code="AAAA")).read(Open)
    assert found == contract.ChangeRequestResponse(**body(user_id), alerted=False, resolved=False)  # pyright: ignore[reportArgumentType]
    assert await listed(api, "CCCC") == []


async def test_every_type_is_taken(api: Api) -> None:
    user_id = api.add_user()
    api.add_map("AAAA")
    kinds = ("Difficulty Change", "Map Geometry", "Map Edit Required", "Framework/Workshop", "Other")
    for thread_id, kind in enumerate(kinds, 1):
        assert (await create(api, user_id, thread_id, change_request_type=kind)).status == 201


async def test_newest_first_and_without_what_is_resolved(api: Api) -> None:
    user_id = api.add_user()
    api.add_map("AAAA")
    for thread_id in (1, 2, 3):
        await create(api, user_id, thread_id)
    assert await listed(api) == [3, 2, 1]
    answer = await api.patch("/change-requests/2/resolve", None)
    assert (answer.status, answer.json) == (200, None)
    assert await listed(api) == [3, 1]
    assert (await api.patch("/change-requests/404/resolve", None)).status == 200


async def test_a_thread_has_one_request(api: Api) -> None:
    user_id = api.add_user()
    api.add_map("AAAA")
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*[create(api, user_id) for _ in range(5)])
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409, 409]
    await api.refuses(create(api, user_id), 409, "change-request-exists")


async def test_a_request_is_about_a_map_and_by_a_user(api: Api) -> None:
    user_id = api.add_user()
    await api.refuses(create(api, user_id), 404, "map-not-found")
    api.add_map("AAAA")
    await api.refuses(create(api, 404), 404, "user-not-found")


async def test_a_malformed_request_is_refused(api: Api) -> None:
    good = body(api.add_user())
    bodies = [
        {},
        good | {"thread_id": "7"},
        good | {"thread_id": 0},
        good | {"change_request_type": "Gossip"},
        good | {"content": None},
        good | {"content": "x" * 5000},
        good | {"creator_mentions": ["1234"]},
    ]
    await api.finds_malformed("POST", "/change-requests", bodies)


async def test_only_a_mentioned_creator_of_this_request_has_permission(api: Api) -> None:
    user_id = api.add_user()
    api.add_map("AAAA")
    await create(api, user_id)
    await create(api, user_id, 8, creator_mentions="<@1234> <@!77>")

    async def permitted(who: int, thread_id: int = 7, code: str = "AAAA") -> object:
        return (
            await api.get("/change-requests/permission", thread_id=thread_id, user_id=who, code=code)
        ).json

    assert [await permitted(who) for who in (1234, 555)] == [True, True]
    assert [await permitted(who) for who in (123, 234, 55, 5, 4555, 77)] == [False] * 6
    assert [await permitted(who, 8) for who in (1234, 77, 7)] == [True, True, False]
    assert await permitted(1234, 9) is False
    assert await permitted(1234, code="BBBB") is False
    (await api.get("/change-requests/permission", thread_id=7, user_id=1)).refused(400, "validation-failed")


async def test_after_two_weeks_the_creators_are_reminded_once(api: Api) -> None:
    user_id = api.add_user()
    api.add_map("AAAA")
    for thread_id in (1, 2, 3, 4):
        await create(api, user_id, thread_id)
    assert await stale(api) == []
    api.sql.execute(
        "update public.change_requests set created_at = now() - interval '14 days 1 second' * thread_id"
        " where thread_id < 4"
    )
    assert await stale(api) == [
        contract.StaleChangeRequestResponse(n, user_id, "1234,555") for n in (3, 2, 1)
    ]
    answer = await api.patch("/change-requests/3/alerted", None)
    assert (answer.status, answer.json) == (200, None)
    await api.patch("/change-requests/1/resolve", None)
    assert [each.thread_id for each in await stale(api)] == [2]
    assert (await api.get("/change-requests", code="AAAA")).json[2]["alerted"] is True
    assert (await api.patch("/change-requests/404/alerted", None)).status == 200
