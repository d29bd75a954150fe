"""PATCH of notifications: one or all are read, or dismissed."""

import asyncio

from tests.api import Api
from tests.notifications.test_read import three


async def state(api: Api, user_id: int) -> list[tuple[bool, bool]]:
    """Of each notification whether it was read and whether it was dismissed, oldest first."""
    return api.rows(
        "select read_at is not null, dismissed_at is not null from notifications.events"
        " where user_id = %s order by id",
        user_id,
    )


async def unread(api: Api, user_id: int) -> int:
    return (await api.get(f"/notifications/users/{user_id}/unread-count")).json["count"]


async def test_one_is_read_and_another_dismissed(api: Api) -> None:
    user_id = api.add_user()
    first, second, _ = await three(api, user_id)
    for path in (f"{first}/read", f"{second}/dismiss"):
        answer = await api.patch(f"/notifications/events/{path}", None)
        assert (answer.status, answer.raw) == (204, b"")
    assert await state(api, user_id) == [(True, False), (False, True), (False, False)]
    assert await unread(api, user_id) == 1


async def test_the_first_time_stays(api: Api) -> None:
    first, *_ = await three(api, api.add_user())
    times = "select read_at, dismissed_at from notifications.events where id = %s"
    for act in ("read", "dismiss"):
        await api.patch(f"/notifications/events/{first}/{act}", None)
    before = api.rows(times, first)
    for act in ("read", "dismiss"):
        await api.patch(f"/notifications/events/{first}/{act}", None)
    assert api.rows(times, first) == before


async def test_all_are_read_and_counted_once(api: Api) -> None:
    user_id, other = api.add_user(), api.add_user()
    first, *_ = await three(api, user_id)
    await three(api, other)
    await api.patch(f"/notifications/events/{first}/read", None)
    async with asyncio.timeout(20):
        answers = await asyncio.gather(
            *[api.patch(f"/notifications/users/{user_id}/read-all", None) for _ in range(4)]
        )
    assert sorted(answer.json["marked_read"] for answer in answers) == [0, 0, 0, 2]
    assert all(answer.json.keys() == {"marked_read"} for answer in answers)
    assert (await unread(api, user_id), await unread(api, other)) == (0, 3)


async def test_all_are_dismissed_as_read(api: Api) -> None:
    user_id, other = api.add_user(), api.add_user()
    first, *_ = await three(api, user_id)
    await three(api, other)
    await api.patch(f"/notifications/events/{first}/dismiss", None)
    answer = await api.patch(f"/notifications/users/{user_id}/dismiss-all", None)
    assert (answer.status, answer.json) == (200, {"dismissed": 2})
    assert await state(api, user_id) == [(False, True), (True, True), (True, True)]
    assert (await api.get(f"/notifications/users/{user_id}/events")).json == []
    assert (await api.patch(f"/notifications/users/{user_id}/dismiss-all", None)).json == {"dismissed": 0}
    assert await unread(api, other) == 3


async def test_what_does_not_exist_changes_nothing(api: Api) -> None:
    before = api.fingerprint()
    for path in ("events/404/read", "events/404/dismiss"):
        assert (await api.patch(f"/notifications/{path}", None)).status == 204
    assert (await api.patch("/notifications/users/404/read-all", None)).json == {"marked_read": 0}
    assert (await api.patch("/notifications/users/404/dismiss-all", None)).json == {"dismissed": 0}
    assert api.fingerprint() == before
