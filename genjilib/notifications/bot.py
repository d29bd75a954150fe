"""The bot's part of notifications: direct messages, and what each person wants to be told of."""

from collections.abc import Sequence
from typing import Any, Final

import discord
from discord import app_commands, ui

from genjilib import queries
from genjilib.broker.handler import Delivery, Handler
from genjilib.chat import look
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form, reply, update
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors, post, tell
from genjilib.chat.texts import t
from genjilib.chat.views import Layout, posted
from genjilib.core.validate import checked
from genjilib.notifications import rules
from genjilib.notifications.types import (
    Channel,
    NotificationDeliveryEvent,
    NotificationDeliveryResultRequest,
    NotificationPreference,
    NotificationType,
)
from genjilib.users import rules as users
from genjilib.users.types import OverwatchUsernameItem, OverwatchUsernamesUpdateRequest

PREFERENCES: Final[dict[str, tuple[Channel, tuple[NotificationType, ...]]]] = {
    "setting-verification": ("discord_dm", ("verification_approved", "verification_rejected")),
    "setting-skill-role": ("discord_dm", ("skill_role_update",)),
    "setting-lootbox": ("discord_dm", ("lootbox_earned",)),
    "setting-record-removal": ("discord_dm", ("record_removed",)),
    "setting-playtest": ("discord_dm", ("playtest_update",)),
    "setting-auto-verify": ("discord_dm", ("auto_verify_failed",)),
    "setting-xp": ("discord_ping", ("xp_gain",)),
    "setting-mastery": ("discord_ping", ("mastery_earned",)),
    "setting-rank": ("discord_ping", ("rank_up", "prestige")),
}
"""What a person may switch in Discord: the text of each, its channel, and the types it stands for."""

NAMES: Final = 3
"""Overwatch names that the form has room for; whoever has more keeps the others."""


async def on_delivery(bot: GenjiBot, delivery: Delivery[NotificationDeliveryEvent]) -> None:
    """Deliver a notification through each channel once, and record how it went."""
    event = delivery.event
    for channel in event.channels_to_deliver:
        if not await rules.is_delivered(bot.db, event.event_id, channel):
            result = await _deliver(bot, delivery, channel)
            await rules.record_delivery(bot.db, event.event_id, result)


handlers = [Handler(NotificationDeliveryEvent, prepare=on_delivery, concurrency=4)]


class SettingsView(Layout):
    """What a person wants to be told of, to be chosen from a list, and the names they play under."""

    def __init__(self, interaction: Interaction, on: set[str], names: Sequence[str]) -> None:
        """Show which of ``PREFERENCES`` are ``on``, and the names, the primary one first."""
        super().__init__(interaction)
        self._choice = ui.Select[Any](
            placeholder=t(interaction, "settings-choose"), min_values=0, max_values=len(PREFERENCES)
        )
        self._choice.callback = self._choose
        self._rename = ui.Button[Any](
            label=t(interaction, "settings-names"), style=discord.ButtonStyle.primary
        )
        self._rename.callback = self._open_names
        self.draw(interaction, on, names)

    def draw(self, interaction: Interaction, on: set[str], names: Sequence[str]) -> None:
        """Show the state given, where that of before was shown."""
        self._on, self._names = on, names
        self._choice.options = [
            discord.SelectOption(label=t(interaction, key), value=key, default=key in on)
            for key in PREFERENCES
        ]
        lines = [f"{'✅' if key in on else '❌'} {t(interaction, key)}" for key in PREFERENCES]
        played = ", ".join(look.plain(name) for name in names) or "–"
        self.clear_items()
        self.add_item(
            look.card(
                Tone.INFO,
                t(interaction, "settings-title"),
                "\n".join(lines),
                look.facts([(t(interaction, "settings-names"), played)]),
                ui.ActionRow[Any](self._choice),
                ui.ActionRow[Any](self._rename),
            )
        )

    async def _choose(self, interaction: Interaction) -> None:
        on = set(self._choice.values)
        chosen = [
            NotificationPreference(kind, channel, key in on)
            for key, (channel, kinds) in PREFERENCES.items()
            for kind in kinds
        ]
        await rules.set_preferences(interaction.client.db, interaction.user.id, chosen)
        self.draw(interaction, on, self._names)
        await update(interaction, self)

    async def _open_names(self, interaction: Interaction) -> None:
        await open_form(interaction, Names(interaction, self, self._names))

    async def rename(self, interaction: Interaction, names: Sequence[str]) -> None:
        """Keep the names, and show them."""
        items = [OverwatchUsernameItem(name, place == 0) for place, name in enumerate(names)]
        request = checked(OverwatchUsernamesUpdateRequest(items))
        await users.set_overwatch_names(interaction.client.db, interaction.user.id, request)
        self.draw(interaction, self._on, names)
        await update(interaction, self)


class Names(Form):
    """The names somebody plays under."""

    def __init__(self, interaction: Interaction, shown: SettingsView, names: Sequence[str]) -> None:
        """Begin with the names there are."""
        super().__init__(t(interaction, "settings-names"))
        self._shown, self._others = shown, names[NAMES:]
        given = [*names[:NAMES], *[None] * NAMES][:NAMES]
        self.fields = [ui.TextInput[Any](default=name, max_length=100, required=False) for name in given]
        for number, field in enumerate(self.fields, 1):
            label = t(interaction, "settings-name", number=number)
            self.add_item(ui.Label(text=label, component=field))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Keep the names; the first of them is the primary one."""
        typed = [name for field in self.fields if (name := field.value.strip())]
        await self._shown.rename(interaction, [*typed, *self._others])


class Notifications(Cog):
    """Commands about what people want to be told of."""

    @app_commands.command(name="settings", description="What you are told of, and your Overwatch names")
    async def settings(self, interaction: Interaction) -> None:
        """Show the caller's settings, to be changed there."""
        db, user_id = self.bot.db, interaction.user.id
        if not await queries.users.exists(db, user_id=user_id):
            raise users.not_found(user_id)
        chosen = {one.event_type: one.channels for one in await rules.preferences(db, user_id)}
        on = {
            key
            for key, (channel, kinds) in PREFERENCES.items()
            if all(chosen[kind][channel] for kind in kinds)
        }
        names = [row.username for row in await queries.users.overwatch_names(db, user_id=user_id)]
        await reply(interaction, SettingsView(interaction, on, names))


async def _deliver(
    bot: GenjiBot, delivery: Delivery[NotificationDeliveryEvent], channel: Channel
) -> NotificationDeliveryResultRequest:
    event = delivery.event
    if event.event_type == "mastery_earned" and channel == "discord_ping":
        await _call(bot, delivery)
        return NotificationDeliveryResultRequest(channel, "delivered")
    if channel != "discord_dm":
        # Whatever caused the notification mentions the person in a channel where that is wanted.
        return NotificationDeliveryResultRequest(channel, "skipped")
    with discord_errors():
        try:
            person = bot.get_user(event.user_id) or await bot.fetch_user(event.user_id)
        except discord.NotFound:
            return NotificationDeliveryResultRequest(channel, "failed", "Discord does not know this user.")
    text = look.plain(event.discord_message or event.body, look.MESSAGE_TEXT)
    card = look.card(Tone.INFO, look.plain(event.title), text)
    message = await tell(person, posted(card), message_id=delivery.message.message_id)
    if message is None:
        return NotificationDeliveryResultRequest(channel, "failed", "The user takes no direct messages.")
    return NotificationDeliveryResultRequest(channel, "delivered")


async def _call(bot: GenjiBot, delivery: Delivery[NotificationDeliveryEvent]) -> None:
    """Tell all of a mastery, and call who earned it."""
    event = delivery.event
    text = f"<@{event.user_id}> {look.plain(event.body, 1000)}"
    await post(
        bot.get_partial_messageable(bot.config.channels.xp),
        posted(look.card(Tone.NEWS, look.plain(event.title), text)),
        message_id=delivery.message.message_id,
        part="call",
        mentions=discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(event.user_id)]),
    )
