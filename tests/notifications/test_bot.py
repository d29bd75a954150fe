"""Notifications in Discord: a direct message where it is wanted, once, and in the user's order."""

from typing import Any

import pytest

from genjilib.notifications import bot as handlers
from genjilib.notifications import rules
from genjilib.notifications.types import NotificationCreateRequest, NotificationDeliveryEvent
from genjilib.users import rules as users
from genjilib.users.types import OverwatchUsernameItem, OverwatchUsernamesUpdateRequest, UserCreateRequest
from tests.town import Town, delivery

LOG = "select channel, status, error_message from notifications.delivery_log order by id"


async def notify(town: Town, who: str | int, body: str = "Your run was accepted.", **more: Any) -> int:
    """Notify somebody."""
    user_id = town.id(who) if isinstance(who, str) else who
    new = NotificationCreateRequest(user_id, "verification_approved", "Run accepted", body, **more)
    async with town.db.transaction() as tx:
        return (await rules.create(tx, new)).id


async def test_a_direct_message_is_delivered_and_recorded(town: Town) -> None:
    await notify(town, "tracer")
    await town.settled()
    assert await town.texts("@tracer") == ["### Run accepted\nYour run was accepted."]
    assert await town.rows(LOG) == [("discord_dm", "delivered", None)]
    assert await town.ask("select delivered_at is not null from notifications.delivery_log")


async def test_discord_has_a_text_of_its_own_where_one_is_given(town: Town) -> None:
    await notify(town, "tracer", discord_message="Look: *accepted*!")
    await town.settled()
    assert await town.texts("@tracer") == ["### Run accepted\nLook: \\*accepted\\*!"]


async def test_closed_direct_messages_are_recorded_and_not_tried_again(town: Town) -> None:
    await notify(town, "echo")
    await town.settled()
    assert await town.rows(LOG) == [("discord_dm", "failed", "The user takes no direct messages.")]
    assert await town.ask("select count(*) from messages.failures") == 0
    assert await town.ask("select count(*) from messages.dead_letters") == 0


async def test_somebody_discord_does_not_know_is_recorded_and_not_tried_again(town: Town) -> None:
    stranger = 10**18 + 7
    await users.create(town.db, UserCreateRequest(stranger, "x", "x"))
    await notify(town, stranger)
    await town.settled()
    assert await town.rows(LOG) == [("discord_dm", "failed", "Discord does not know this user.")]


async def test_a_mastery_is_told_to_all_and_calls_who_wants_it(town: Town) -> None:
    for wanted in (True, False):
        await rules.set_preference(town.db, town.id("tracer"), "mastery_earned", "discord_ping", wanted)
        new = NotificationCreateRequest(town.id("tracer"), "mastery_earned", "Map mastery", "You are Rookie.")
        async with town.db.transaction() as tx:
            await rules.notify(tx, new)
    await town.settled()
    (message,) = await town.messages("xp")
    assert message.text == f"### Map mastery\n<@{town.id('tracer')}> You are Rookie."
    assert [one["id"] for one in message.raw["mentions"]] == [str(town.id("tracer"))]


async def test_who_switched_it_off_gets_nothing(town: Town) -> None:
    await rules.set_preference(town.db, town.id("tracer"), "verification_approved", "discord_dm", False)
    await notify(town, "tracer")
    await town.settled()
    assert await town.messages("@tracer") == []
    assert await town.ask("select count(*) from messages.sent") == 0
    assert await town.ask("select count(*) from notifications.events") == 1


@pytest.mark.parametrize("user_id", [100_000_001, 10**15 - 1])
async def test_who_is_not_in_discord_gets_nothing(town: Town, user_id: int) -> None:
    await users.create(town.db, UserCreateRequest(user_id, "x", "x"))
    await notify(town, user_id)
    assert await town.ask("select count(*) from messages.outbox") == 0
    assert await town.ask("select count(*) from messages.sent") == 0


async def test_a_delivery_that_comes_again_tells_nobody_twice(town: Town) -> None:
    event_id = await notify(town, "tracer")
    await town.settled()
    event = NotificationDeliveryEvent(
        event_id=event_id,
        user_id=town.id("tracer"),
        event_type="verification_approved",
        title="Run accepted",
        body="Your run was accepted.",
        discord_message=None,
        metadata=None,
        channels_to_deliver=["discord_dm"],
    )
    sent = await town.ask("select message_id from messages.sent")
    await handlers.on_delivery(town.bot, delivery(event))
    await town.rows("delete from notifications.delivery_log")
    await handlers.on_delivery(town.bot, delivery(event, sent))
    assert len(await town.messages("@tracer")) == 1
    assert await town.rows(LOG) == [("discord_dm", "delivered", None)]


async def test_one_users_messages_keep_their_order_while_others_go_ahead(town: Town) -> None:
    conversation = town.discord.world.dm_with(town.id("tracer"))
    await town.discord.fault("slow", f"POST /channels/{conversation.id}/messages", seconds=1, times=2)
    async with town.db.transaction() as tx:  # all at once: how long the commits take decides nothing
        for who, body in [*(("tracer", f"{n}.") for n in range(6)), ("genji", "Quick.")]:
            new = NotificationCreateRequest(town.id(who), "verification_approved", "Run accepted", body)
            await rules.notify(tx, new)
    await town.until(lambda: town.texts("@genji"))
    assert len(await town.texts("@tracer")) < 2
    await town.settled()
    assert [text.split()[-1] for text in await town.texts("@tracer")] == [f"{n}." for n in range(6)]


async def test_a_ping_is_left_to_whoever_posts_about_it(town: Town) -> None:
    new = NotificationCreateRequest(town.id("tracer"), "xp_gain", "XP", "You gained 5 XP.")
    async with town.db.transaction() as tx:
        await rules.notify(tx, new)
    await town.settled()
    assert await town.rows(LOG) == [("discord_ping", "skipped", None)]
    assert await town.messages("@tracer") == []


async def test_settings_show_and_switch_what_a_person_is_told_of(town: Town) -> None:
    tracer = town.discord.user("tracer")
    shown = await tracer.slash("settings")
    assert shown.message.ephemeral
    lines = [line for line in shown.text.splitlines() if line.startswith(("✅", "❌"))]
    assert lines[0] == "✅ Direct message when a run is judged"
    assert len(lines) == 9
    await tracer.select(shown, "Ping when you gain XP", "Ping when your tier rises")
    on = {
        (one.event_type, channel)
        for one in await rules.preferences(town.db, town.id("tracer"))
        for channel, enabled in one.channels.items()
        if enabled and channel != "web"
    }
    assert on & {(kind, channel) for channel, kinds in handlers.PREFERENCES.values() for kind in kinds} == {
        ("xp_gain", "discord_ping"),
        ("rank_up", "discord_ping"),
        ("prestige", "discord_ping"),
    }
    again = await tracer.slash("settings")
    assert [line for line in again.text.splitlines() if line.startswith("✅")] == [
        "✅ Ping when you gain XP",
        "✅ Ping when your tier rises",
    ]


async def test_settings_keep_three_overwatch_names_and_touch_no_others(town: Town) -> None:
    tracer = town.discord.user("tracer")
    names = [OverwatchUsernameItem(name, name == "A") for name in ("A", "B", "C", "D")]
    await users.set_overwatch_names(town.db, town.id("tracer"), OverwatchUsernamesUpdateRequest(names))
    shown = await tracer.slash("settings")
    assert "**Overwatch names** A, B, C, D" in shown.text
    form = await tracer.press(shown, "Overwatch names")
    assert [form.form.value(f"Name {number}") for number in (1, 2, 3)] == ["A", "B", "C"]
    refused = await tracer.submit_modal(form, {"Name 1": "B"})
    assert "The same name is there twice." in refused.text
    again = await tracer.press(refused, "Edit and try again")
    await tracer.submit_modal(again, {"Name 1": "Lena", "Name 2": ""})
    kept = "select username, is_primary from users.overwatch_usernames where user_id = %s order by 2 desc, 1"
    assert await town.rows(kept, town.id("tracer")) == [("Lena", True), ("C", False), ("D", False)]


async def test_settings_are_for_who_is_registered_and_in_their_language(town: Town) -> None:
    assert "成绩审核后私信通知" in (await town.discord.user("lucio").slash("settings")).text
    await town.rows("delete from core.users where id = %s", town.id("echo"))
    stranger = await town.discord.user("echo").slash("settings")
    assert "You are not registered in this community yet." in stranger.text
