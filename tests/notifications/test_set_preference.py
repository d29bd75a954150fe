"""PUT /notifications/users/{user_id}/preferences/{event_type}/{channel}: a channel goes on or off."""

from tests.api import Api


async def test_the_last_choice_counts(api: Api) -> None:
    path = f"/notifications/users/{api.add_user()}/preferences/rank_up/discord_dm"
    for enabled in ("true", "false", "true"):
        answer = await api.put(path, enabled=enabled)
        assert (answer.status, answer.raw) == (204, b"")
    assert api.rows("select event_type, channel, enabled from notifications.preferences") == [
        ("rank_up", "discord_dm", True)
    ]


async def test_an_unknown_user_chooses_nothing(api: Api) -> None:
    asked = api.put("/notifications/users/404/preferences/rank_up/web", enabled=True)
    await api.refuses(asked, 404, "user-not-found")


async def test_an_unknown_type_or_channel_or_no_answer_is_refused(api: Api) -> None:
    user_id = api.add_user()
    for path, query in (
        ("gossip/web", {"enabled": True}),
        ("rank_up/pigeon", {"enabled": True}),
        ("rank_up/web", {}),
        ("rank_up/web", {"enabled": "perhaps"}),
    ):
        asked = api.put(f"/notifications/users/{user_id}/preferences/{path}", **query)
        await api.refuses(asked, 400, "validation-failed")
