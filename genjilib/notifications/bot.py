"""The bot's part of notifications: direct messages."""

import discord

from genjilib.broker.handler import Delivery, Handler
from genjilib.chat import look
from genjilib.chat.client import GenjiBot
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors, tell
from genjilib.chat.views import posted
from genjilib.notifications import rules
from genjilib.notifications.types import (
    Channel,
    NotificationDeliveryEvent,
    NotificationDeliveryResultRequest,
)


async def on_delivery(bot: GenjiBot, delivery: Delivery[NotificationDeliveryEvent]) -> None:
    """Deliver a notification through each channel once, and record how it went."""
    event = delivery.event
    for channel in event.channels_to_deliver:
        if not await rules.is_delivered(bot.db, event.event_id, channel):
            result = await _deliver(bot, delivery, channel)
            await rules.record_delivery(bot.db, event.event_id, result)


handlers = [Handler(NotificationDeliveryEvent, prepare=on_delivery, concurrency=4)]


async def _deliver(
    bot: GenjiBot, delivery: Delivery[NotificationDeliveryEvent], channel: Channel
) -> NotificationDeliveryResultRequest:
    if channel != "discord_dm":
        # Whatever caused the notification mentions the person in a channel where that is wanted.
        return NotificationDeliveryResultRequest(channel, "skipped")
    event = delivery.event
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
