"""The bot's part of the newsfeed: showing each entry in its channel, and taking announcements up."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import discord
from discord import ui

from genjilib import queries
from genjilib.broker.handler import Delivery, Handler
from genjilib.chat import look
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors, post
from genjilib.chat.texts import t
from genjilib.chat.views import posted
from genjilib.core.errors import Invalid
from genjilib.core.text import format_run_time
from genjilib.images import rules as images
from genjilib.newsfeed import rules
from genjilib.newsfeed.types import (
    NewsfeedAnnouncement,
    NewsfeedArchive,
    NewsfeedBulkArchive,
    NewsfeedBulkUnarchive,
    NewsfeedDispatchEvent,
    NewsfeedGuide,
    NewsfeedLegacyRecord,
    NewsfeedLinkedMap,
    NewsfeedMapEdit,
    NewsfeedNewMap,
    NewsfeedPayload,
    NewsfeedRecord,
    NewsfeedRole,
    NewsfeedScalar,
    NewsfeedUnarchive,
    NewsfeedUnlinkedMap,
)
from genjilib.playtests import rules as playtests
from genjilib.playtests.bot.decisions import open_thread, refresh


async def on_create(bot: GenjiBot, delivery: Delivery[NewsfeedDispatchEvent]) -> None:
    """Post an entry in the newsfeed's channel; what happens to a map in playtest is told in its thread."""
    entry = await rules.get(bot.db, delivery.event.newsfeed_id)
    if entry is None:
        return
    payload, shown = entry.payload, posted(card(entry.payload))
    thread_id = None
    if isinstance(payload, NewsfeedMapEdit | NewsfeedGuide):
        thread_id = await queries.maps.open_thread(bot.db, code=payload.code)
    thread = await open_thread(bot, thread_id) if thread_id else None
    channel = thread or bot.get_partial_messageable(bot.config.channels.newsfeed)
    await post(channel, shown, message_id=delivery.message.message_id)
    state = await playtests.state(bot.db, thread.id) if thread else None
    if thread and state:
        await refresh(bot, thread, state)


handlers = [Handler(NewsfeedDispatchEvent, prepare=on_create)]


class Announcements(Cog):
    """What the team announces in Discord is an entry of the newsfeed, too."""

    @Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Add an announcement with its first picture; a first line that has others below it is its title."""
        text = message.content.strip()
        if message.channel.id != self.bot.config.channels.announcements or message.author.bot:
            return
        title, _, rest = text.partition("\n")
        if not rest.strip():
            title, rest = t(None, "news-announcement"), text
        entry = NewsfeedAnnouncement(
            title=title.lstrip("# ")[:200],
            content=rest.strip(),
            banner_url=await self._banner(message.attachments),
            from_discord=True,
        )
        async with self.bot.db.transaction() as tx:
            await rules.publish(tx, entry, at=message.created_at)

    async def _banner(self, files: Sequence[discord.Attachment]) -> str | None:
        """Store the first file, since Discord's own address of it ends; nothing when it is no picture."""
        settings = self.bot.settings
        if not files or files[0].size > settings.api_upload_limit:
            return None
        with suppress(Invalid), discord_errors():
            return await images.store_screenshot(settings, await files[0].read())
        return None


def card(payload: NewsfeedPayload) -> ui.Container[Any]:
    """Build the message of an entry."""
    title, text, image = _content(payload)
    return look.card(Tone.NEWS, title, *([text] if text else []), images=[image] if image else [])


def _content(payload: NewsfeedPayload) -> tuple[str, str, str | None]:
    match payload:
        case NewsfeedRecord():
            return t(None, "news-record", code=payload.code), _record(payload), None
        case NewsfeedNewMap():
            creators = ", ".join(look.plain(name) for name in payload.creators)
            place = f"{look.plain(payload.map_name)} · {payload.difficulty}"
            return t(None, "news-new-map", code=payload.code), f"{place}\n{creators}", payload.banner_url
        case NewsfeedArchive() | NewsfeedUnarchive():
            kind = "news-archive" if isinstance(payload, NewsfeedArchive) else "news-unarchive"
            return t(None, kind, code=payload.code), look.plain(payload.reason), None
        case NewsfeedBulkArchive() | NewsfeedBulkUnarchive():
            kind = "news-bulk-archive" if isinstance(payload, NewsfeedBulkArchive) else "news-bulk-unarchive"
            codes = ", ".join(look.code(code) for code in payload.codes)
            return t(None, kind), f"{codes}\n{look.plain(payload.reason)}", None
        case NewsfeedGuide():
            text = f"{look.plain(payload.name)}\n{payload.guide_url}"
            return t(None, "news-guide", code=payload.code), text, None
        case NewsfeedLegacyRecord():
            text = t(None, "news-legacy-count", count=payload.affected_count)
            reason = look.plain(payload.reason)
            return t(None, "news-legacy", code=payload.code), f"{text}\n{reason}", None
        case NewsfeedMapEdit():
            return t(None, "news-map-edit", code=payload.code), _changes(payload), None
        case NewsfeedRole():
            roles = ", ".join(look.plain(role) for role in payload.added)
            return t(None, "news-role"), f"{look.plain(payload.name)}: {roles}", None
        case NewsfeedAnnouncement():
            text = "\n".join(filter(None, [payload.content, payload.url]))
            return look.plain(payload.title), text, payload.banner_url
        case NewsfeedLinkedMap():
            codes = f"{look.code(payload.official_code)} ↔ {look.code(payload.unofficial_code)}"
            return t(None, "news-linked"), codes, None
        case NewsfeedUnlinkedMap():
            codes = f"{look.code(payload.official_code)} · {look.code(payload.unofficial_code)}"
            return t(None, "news-unlinked"), f"{codes}\n{look.plain(payload.reason)}", None


def _record(payload: NewsfeedRecord) -> str:
    return look.facts(
        [
            (t(None, "completion-player"), look.plain(payload.name)),
            (t(None, "completion-map"), f"{look.plain(payload.map_name)} · {payload.difficulty}"),
            (t(None, "completion-time"), format_run_time(payload.time)),
            (t(None, "completion-rank"), payload.rank_num),
            (t(None, "completion-medal"), payload.medal),
            (t(None, "completion-video"), payload.video),
        ]
    )


def _changes(payload: NewsfeedMapEdit) -> str:
    lines = (f"**{look.plain(c.field)}** {_value(c.old)} → {_value(c.new)}" for c in payload.changes)
    return "\n".join(filter(None, [*lines, look.plain(payload.reason)]))


def _value(value: NewsfeedScalar) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return t(None, "news-yes" if value else "news-no")
        case list():
            return look.plain(", ".join(value)) or "–"
        case _:
            return look.plain(str(value))
