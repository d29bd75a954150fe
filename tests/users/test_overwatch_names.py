"""PUT and GET /users/{user_id}/overwatch: the names somebody plays under."""

import asyncio

from tests import contract
from tests.api import Answer, Api


async def put(api: Api, user_id: int, *names: str, primary: str | None = None) -> Answer:
    items = [{"username": name, "is_primary": name == (primary or names[0])} for name in names]
    return await api.put(f"/users/{user_id}/overwatch", {"usernames": items})


async def names(api: Api, user_id: int) -> list[str | None]:
    answer = await api.get(f"/users/{user_id}/overwatch")
    found = answer.read(contract.OverwatchUsernamesResponse)
    return [found.primary, found.secondary, found.tertiary]


async def test_names_replace_those_before_them(api: Api) -> None:
    user_id, other = api.add_user(), api.add_user()
    await put(api, other, "Kept")
    answer = await put(api, user_id, "A", "B", "C", primary="B")
    assert (answer.status, answer.json) == (200, {"success": True})
    assert await names(api, user_id) == ["B", "A", "C"]
    await put(api, user_id, "D")
    assert await names(api, user_id) == ["D", None, None]
    assert await names(api, other) == ["Kept", None, None]


async def test_names_stand_in_the_order_they_were_given_in(api: Api) -> None:
    user_id = api.add_user()
    await put(api, user_id, "A", "B", "C", "D")
    await put(api, user_id, "D", "C", "A", "B", primary="C")
    assert await names(api, user_id) == ["C", "D", "A"]
    assert (await api.get(f"/users/{user_id}")).json["overwatch_usernames"] == ["C", "D", "A", "B"]


async def test_an_empty_list_takes_all_names_away(api: Api) -> None:
    user_id = api.add_user()
    await put(api, user_id, "A")
    assert (await api.put(f"/users/{user_id}/overwatch", {"usernames": []})).status == 200
    assert await names(api, user_id) == [None, None, None]


async def test_exactly_one_name_is_the_primary_one(api: Api) -> None:
    user_id = api.add_user()
    await put(api, user_id, "Kept")
    for marks in ([False, False], [True, True]):
        items = [{"username": f"n{at}", "is_primary": mark} for at, mark in enumerate(marks)]
        asked = api.put(f"/users/{user_id}/overwatch", {"usernames": items})
        await api.refuses(asked, 400, "primary-username")


async def test_the_same_name_twice_is_refused_and_the_old_ones_stay(api: Api) -> None:
    user_id = api.add_user()
    await put(api, user_id, "Kept")
    items = [{"username": "A", "is_primary": True}, {"username": "A"}]
    asked = api.put(f"/users/{user_id}/overwatch", {"usernames": items})
    await api.refuses(asked, 400, "duplicate-username")


async def test_an_unknown_user_has_no_names(api: Api) -> None:
    await api.refuses(put(api, 404, "A"), 404, "user-not-found")


async def test_malformed_names_are_refused(api: Api) -> None:
    bodies = [
        {},
        {"usernames": None},
        {"usernames": ["A"]},
        {"usernames": [{"username": "", "is_primary": True}]},
        {"usernames": [{"username": "x" * 101, "is_primary": True}]},
        {"usernames": [{"username": f"n{n}", "is_primary": n == 0} for n in range(11)]},
    ]
    await api.finds_malformed("PUT", f"/users/{api.add_user()}/overwatch", bodies)


async def test_many_at_once_leave_the_names_of_one_of_them(api: Api) -> None:
    user_id = api.add_user()
    asked = [put(api, user_id, f"{n}a", "both", f"{n}b") for n in range(20)]
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*asked)
    assert {answer.status for answer in answers} == {200}
    first, second, third = await names(api, user_id)
    assert first is not None
    assert (second, third) == ("both", f"{first[:-1]}b")
