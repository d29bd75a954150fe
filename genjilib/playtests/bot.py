"""The bot's part of playtests: opening the thread of a new map, and closing it when it is decided."""

from typing import Any, Final

import discord
from discord import ui

from genjilib.broker.handler import Delivery, Handler
from genjilib.chat import look
from genjilib.chat.client import GenjiBot
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors, post
from genjilib.chat.texts import t
from genjilib.chat.views import posted
from genjilib.core.errors import Invalid
from genjilib.core.values import top_of
from genjilib.maps import rules as maps
from genjilib.maps.types import MapResponse, PlaytestCreatedEvent
from genjilib.playtests import rules
from genjilib.playtests.types import PlaytestForceAcceptedEvent

THREAD_NAME: Final = 100
"""Characters that Discord allows in the name of a thread."""


async def on_create(bot: GenjiBot, delivery: Delivery[PlaytestCreatedEvent]) -> None:
    """Open the thread in which a map is tried, and let the map be seen."""
    event = delivery.event
    if await rules.has_thread(bot.db, event.playtest_id):
        return
    tried = await maps.get(bot.db, event.code, cdn_url=bot.settings.s3_public_url)
    with discord_errors():
        thread = await _thread(bot, tried)
    await rules.associate(bot.db, event.playtest_id, thread.id)


async def on_force_accept(bot: GenjiBot, delivery: Delivery[PlaytestForceAcceptedEvent]) -> None:
    """Say in the thread that the map was accepted, and close it."""
    event = delivery.event
    with discord_errors():
        try:
            thread = await bot.fetch_channel(event.thread_id)
        except discord.NotFound:
            return
    if not isinstance(thread, discord.Thread) or thread.locked:
        return
    text = t(None, "playtest-accepted", difficulty=event.difficulty)
    card = look.card(Tone.OK, t(None, "playtest-closed"), text)
    await post(thread, posted(card), message_id=delivery.message.message_id)
    with discord_errors():
        await thread.edit(applied_tags=_tags(bot, event.difficulty, "Complete"), archived=True, locked=True)


handlers = [
    Handler(PlaytestCreatedEvent, prepare=on_create),
    Handler(PlaytestForceAcceptedEvent, prepare=on_force_accept),
]


async def _thread(bot: GenjiBot, tried: MapResponse) -> discord.Thread:
    forum = bot.get_channel(bot.config.channels.playtest)
    if not isinstance(forum, discord.ForumChannel):
        raise Invalid("The playtest forum is not there.", code="no-playtest-forum")
    creator = next((one.name for one in tried.creators if one.is_primary), "?")
    name = f"{tried.code} | {tried.difficulty} {tried.map_name} by {look.visible(creator)}"[:THREAD_NAME]
    # Threads have no nonce: one that was opened before a crash is found by its name.
    for thread in forum.threads:
        if thread.name == name and not thread.locked and thread.owner_id == bot.application_id:
            return thread
    created = await forum.create_thread(
        name=name, view=posted(_card(tried)), applied_tags=_tags(bot, tried.difficulty, "Open")
    )
    return created.thread


def _card(tried: MapResponse) -> ui.Container[Any]:
    medals = tried.medals
    facts = look.facts(
        [
            (t(None, "map-code"), look.code(tried.code)),
            (t(None, "map-name"), look.plain(tried.map_name)),
            (t(None, "map-difficulty"), tried.difficulty),
            (t(None, "map-creators"), ", ".join(look.plain(one.name) for one in tried.creators)),
            (t(None, "map-checkpoints"), tried.checkpoints),
            (t(None, "map-mechanics"), ", ".join(tried.mechanics)),
            (t(None, "map-restrictions"), ", ".join(tried.restrictions)),
            (t(None, "map-medals"), medals and f"{medals.gold} / {medals.silver} / {medals.bronze}"),
            (t(None, "map-description"), look.plain(tried.description or "", 1000)),
        ]
    )
    images = [tried.map_banner] if tried.map_banner else []
    return look.card(Tone.INFO, t(None, "playtest-title", code=tried.code), facts, images=images)


def _tags(bot: GenjiBot, difficulty: str, state: str) -> list[discord.ForumTag]:
    forum = bot.get_channel(bot.config.channels.playtest)
    ids = {bot.config.tags.playtest[name] for name in (top_of(difficulty), state)}
    return (
        [tag for tag in forum.available_tags if tag.id in ids]
        if isinstance(forum, discord.ForumChannel)
        else []
    )
