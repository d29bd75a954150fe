"""GET below /notifications/users/{user_id}: events, their unread number, preferences."""

from tests import contract
from tests.api import Api
from tests.notifications.test_create import DEFAULTS, body

Events = list[contract.NotificationEventResponse]


async def three(api: Api, user_id: int) -> list[int]:
    made = [await api.post("/notifications/events", body(user_id)) for _ in range(3)]
    return [answer.json["id"] for answer in made]


async def test_events_are_newest_first_and_only_the_users_own(api: Api) -> None:
    user_id, other = api.add_user(), api.add_user()
    ids = await three(api, user_id)
    await three(api, other)
    events = (await api.get(f"/notifications/users/{user_id}/events")).read(Events)
    assert [event.id for event in events] == ids[::-1]
    page = (await api.get(f"/notifications/users/{user_id}/events", limit=1, offset=1)).read(Events)
    assert [event.id for event in page] == [ids[1]]


async def test_dismissed_events_are_gone_and_read_ones_are_left_out_where_asked(api: Api) -> None:
    user_id = api.add_user()
    first, second, third = await three(api, user_id)
    api.sql.execute("update notifications.events set read_at = now() where id = %s", [first])
    api.sql.execute("update notifications.events set dismissed_at = now() where id = %s", [second])
    events = (await api.get(f"/notifications/users/{user_id}/events")).read(Events)
    assert [(event.id, event.read_at is None) for event in events] == [(third, True), (first, False)]
    unread = (await api.get(f"/notifications/users/{user_id}/events", unread_only="true")).read(Events)
    assert [event.id for event in unread] == [third]
    counted = await api.get(f"/notifications/users/{user_id}/unread-count")
    assert counted.read(contract.NotificationUnreadCountResponse).count == 1


async def test_nobody_has_no_events(api: Api) -> None:
    assert (await api.get("/notifications/users/404/events")).json == []
    assert (await api.get("/notifications/users/404/unread-count")).json == {"count": 0}


async def test_a_page_that_no_list_has_is_refused(api: Api) -> None:
    for query in ({"limit": 0}, {"limit": 101}, {"offset": -1}, {"unread_only": "perhaps"}):
        (await api.get("/notifications/users/1/events", **query)).refused(400, "validation-failed")


async def test_preferences_show_every_type_with_the_defaults_filled_in(api: Api) -> None:
    user_id = api.add_user()
    await api.put(f"/notifications/users/{user_id}/preferences/record_edited/web", enabled=True)
    answer = await api.get(f"/notifications/users/{user_id}/preferences")
    found = answer.read(list[contract.NotificationPreferencesResponse])
    shown = {item.event_type: item.channels for item in found}
    assert shown == {
        kind: {
            "discord_dm": "discord_dm" in channels,
            "discord_ping": "discord_ping" in channels,
            "web": True,
        }
        for kind, channels in DEFAULTS.items()
    }
    assert len(found) == 17
