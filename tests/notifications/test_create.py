"""POST /notifications/events: a notification is stored and delivered as its receiver chose."""

import pytest

from tests import contract, rows
from tests.api import Api

DIRECT = {
    "verification_approved",
    "verification_rejected",
    "record_removed",
    "auto_verify_failed",
    "skill_role_update",
    "lootbox_earned",
    "playtest_update",
    "map_edit_approved",
    "map_edit_rejected",
    "quest_rival_mention",
}
PINGS = {"xp_gain", "rank_up", "prestige", "mastery_earned"}
DEFAULTS = {
    **{kind: ["discord_dm"] for kind in DIRECT},
    **{kind: ["discord_ping"] for kind in PINGS},
    "quest_complete": ["discord_dm", "discord_ping"],
    "quest_rotation": [],
    "record_edited": [],
}
"""Which channels of Discord each type takes when its receiver chose nothing."""


def body(user_id: int, kind: str = "rank_up", **more: object) -> dict[str, object]:
    return {"user_id": user_id, "event_type": kind, "title": "Title", "body": "Body", **more}


async def test_all_seventeen_types_take_their_own_channels(api: Api) -> None:
    user_id = api.add_user()
    assert len(DEFAULTS) == 17
    for kind in DEFAULTS:
        made = await api.post("/notifications/events", body(user_id, kind))
        made.read(contract.NotificationEventResponse, status=201)
    wanted = {kind: channels for kind, channels in DEFAULTS.items() if channels}
    sent = api.sent("api.notification.delivery")
    assert {m.body["event_type"]: sorted(m.body["channels_to_deliver"]) for m in sent} == wanted
    assert api.notified(user_id) == list(DEFAULTS)
    assert api.jobs() == []


async def test_the_message_carries_all_that_discord_needs(api: Api) -> None:
    user_id = api.add_user()
    metadata = {"code": "AAAA", "list": [1, None, "źdźbło"], "deep": {"a": {"b": True}}}
    asked = body(user_id, "playtest_update", discord_message="**Hi**", metadata=metadata)
    made = (await api.post("/notifications/events", asked)).read(
        contract.NotificationEventResponse, status=201
    )
    assert (made.metadata, made.read_at, made.dismissed_at) == (metadata, None, None)
    (message,) = api.sent()
    assert message.body == {
        "event_id": made.id,
        "user_id": user_id,
        "event_type": "playtest_update",
        "title": "Title",
        "body": "Body",
        "discord_message": "**Hi**",
        "metadata": metadata,
        "channels_to_deliver": ["discord_dm"],
    }


@pytest.mark.parametrize(("user_id", "messages"), [(10**15 - 1, 0), (10**15, 1), (100_000_000, 0)])
async def test_only_people_of_discord_get_messages_there(api: Api, user_id: int, messages: int) -> None:
    rows.add_user(api.sql, user_id)
    await api.post("/notifications/events", body(user_id))
    assert len(api.sent()) == messages
    assert api.notified(user_id) == ["rank_up"]


async def test_what_the_receiver_chose_goes_before_the_defaults(api: Api) -> None:
    user_id = api.add_user()
    await api.put(f"/notifications/users/{user_id}/preferences/rank_up/discord_ping", enabled=False)
    await api.put(f"/notifications/users/{user_id}/preferences/rank_up/discord_dm", enabled=True)
    await api.put(f"/notifications/users/{user_id}/preferences/prestige/discord_ping", enabled=False)
    await api.put(f"/notifications/users/{user_id}/preferences/prestige/web", enabled=False)
    for kind in ("rank_up", "prestige", "xp_gain"):
        await api.post("/notifications/events", body(user_id, kind))
    sent = [(message.body["event_type"], message.body["channels_to_deliver"]) for message in api.sent()]
    assert sent == [("rank_up", ["discord_dm"]), ("xp_gain", ["discord_ping"])]
    assert api.notified(user_id) == ["rank_up", "prestige", "xp_gain"]


async def test_an_unknown_user_is_not_notified(api: Api) -> None:
    await api.refuses(api.post("/notifications/events", body(404)), 404, "user-not-found")


async def test_a_rotation_of_quests_is_told_once(api: Api) -> None:
    asked = body(api.add_user(), "quest_rotation", metadata={"rotation_id": "r1"})
    assert (await api.post("/notifications/events", asked)).status == 201
    await api.refuses(api.post("/notifications/events", asked), 409, "notification-exists")


async def test_a_malformed_notification_is_refused(api: Api) -> None:
    good = body(api.add_user())
    bodies = [
        {},
        good | {"event_type": "gossip"},
        good | {"user_id": "1"},
        good | {"title": None},
        good | {"metadata": [1]},
        good | {"metadata": {"a": "nul\0"}},
        good | {"body": "nul\0"},
    ]
    await api.finds_malformed("POST", "/notifications/events", bodies)
