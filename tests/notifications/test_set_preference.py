"""PUT /notifications/users/{user_id}/preferences: channels go on or off, one or many at a time."""

import asyncio

from tests import contract
from tests.api import Api
from tests.notifications.test_create import DEFAULTS

CHANNELS = ("discord_dm", "discord_ping", "web")


def choice(kind: str, channel: str, enabled: bool) -> dict[str, object]:
    return {"event_type": kind, "channel": channel, "enabled": enabled}


def kept(api: Api) -> list[tuple[object, ...]]:
    return api.rows("select event_type, channel, enabled from notifications.preferences order by 1, 2")


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


async def test_many_choices_are_made_at_once_and_the_later_of_two_counts(api: Api) -> None:
    user_id = api.add_user()
    chosen = [
        choice("rank_up", "discord_dm", True),
        choice("rank_up", "web", False),
        choice("xp_gain", "web", True),
        choice("rank_up", "discord_dm", False),
    ]
    answer = await api.put(f"/notifications/users/{user_id}/preferences/bulk", chosen)
    assert (answer.status, answer.raw) == (204, b"")
    assert kept(api) == [
        ("rank_up", "discord_dm", False),
        ("rank_up", "web", False),
        ("xp_gain", "web", True),
    ]
    assert (await api.put(f"/notifications/users/{user_id}/preferences/bulk", [])).status == 204
    assert len(kept(api)) == 3


async def test_many_choices_are_made_by_somebody_known_or_not_at_all(api: Api) -> None:
    asked = api.put("/notifications/users/404/preferences/bulk", [choice("rank_up", "web", True)])
    await api.refuses(asked, 404, "user-not-found")
    path = f"/notifications/users/{api.add_user()}/preferences/bulk"
    good = choice("rank_up", "web", True)
    bodies = [None, {}, good, [good, good | {"channel": "pigeon"}], [good | {"enabled": 1}], [good] * 52]
    await api.finds_malformed("PUT", path, bodies)


async def test_choices_of_one_user_at_once_end_as_one_of_them(api: Api) -> None:
    path = f"/notifications/users/{api.add_user()}/preferences/bulk"
    both = [
        [choice(kind, "web", enabled) for kind in kinds]
        for kinds, enabled in ((list(DEFAULTS), True), (list(DEFAULTS)[::-1], False))
    ]
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*[api.put(path, both[n % 2]) for n in range(10)])
    assert {answer.status for answer in answers} == {204}
    assert len({enabled for _, _, enabled in kept(api)}) == 1
    assert len(kept(api)) == 17


async def test_a_channel_is_used_as_its_receiver_chose_or_by_default(api: Api) -> None:
    user_id = api.add_user()

    async def wanted(kind: str) -> dict[str, bool]:
        path = f"/notifications/users/{user_id}/should-deliver"
        answers = {c: await api.get(path, event_type=kind, channel=c) for c in CHANNELS}
        return {c: answers[c].read(contract.ShouldDeliverResponse).should_deliver for c in CHANNELS}

    before = {kind: await wanted(kind) for kind in DEFAULTS}
    for kind, discord in DEFAULTS.items():
        web = kind != "record_edited"
        assert before[kind] == {c: c in discord or (c == "web" and web) for c in CHANNELS}
    chosen = [choice(kind, c, not on) for kind, channels in before.items() for c, on in channels.items()]
    await api.put(f"/notifications/users/{user_id}/preferences/bulk", chosen)
    for kind, channels in before.items():
        assert await wanted(kind) == {c: not on for c, on in channels.items()}


async def test_a_question_for_no_type_or_channel_is_refused(api: Api) -> None:
    for query in ({"event_type": "rank_up"}, {"channel": "web"}, {"event_type": "x", "channel": "web"}):
        (await api.get("/notifications/users/1/should-deliver", **query)).refused(400, "validation-failed")
