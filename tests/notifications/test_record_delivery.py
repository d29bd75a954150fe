"""POST /notifications/events/{event_id}/delivery-result: how a delivery ended."""

from tests.api import Api
from tests.notifications.test_create import body

LOG = "select channel, status, error_message, delivered_at is not null from notifications.delivery_log"


async def test_the_last_result_of_a_channel_is_kept(api: Api) -> None:
    event_id = (await api.post("/notifications/events", body(api.add_user()))).json["id"]
    path = f"/notifications/events/{event_id}/delivery-result"
    failed = {"channel": "discord_dm", "status": "failed", "error_message": "closed"}
    answer = await api.post(path, failed)
    assert (answer.status, answer.raw) == (204, b"")
    assert api.rows(LOG) == [("discord_dm", "failed", "closed", False)]
    await api.post(path, {"channel": "discord_dm", "status": "delivered"})
    assert api.rows(LOG) == [("discord_dm", "delivered", None, True)]
    await api.post(path, {"channel": "discord_ping", "status": "skipped"})
    assert len(api.rows(LOG)) == 2


async def test_an_unknown_notification_has_no_result(api: Api) -> None:
    asked = api.post("/notifications/events/404/delivery-result", {"channel": "web", "status": "delivered"})
    answer = await api.refuses(asked, 404, "notification-not-found")
    assert answer.json["error"] == "Notification event not found."


async def test_a_malformed_result_is_refused(api: Api) -> None:
    bodies = [{}, {"channel": "pigeon", "status": "delivered"}, {"channel": "web", "status": "lost"}]
    await api.finds_malformed("POST", "/notifications/events/1/delivery-result", bodies)
