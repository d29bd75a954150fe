"""The bot's part of change requests: asking for a change, the thread it gets, its end, and reminders."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final, get_args

import discord
import msgspec
from discord import app_commands, ui

from genjilib import queries
from genjilib.change_requests import rules
from genjilib.change_requests.types import (
    ChangeRequestCreateRequest,
    ChangeRequestResponse,
    ChangeRequestType,
)
from genjilib.chat import look, permissions
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.forms import Form, FormOffer
from genjilib.chat.interactions import Interaction, open_form, reply
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors, post
from genjilib.chat.texts import t
from genjilib.chat.transforms import VisibleCode
from genjilib.chat.views import Button, posted
from genjilib.core import log
from genjilib.core.errors import Conflict, Forbidden, GenjiError, Invalid, NotFound
from genjilib.core.values import FIRST_DISCORD_ID
from genjilib.maps import rules as maps
from genjilib.maps.types import MapResponse

EVERY: Final = 3600.0
"""Seconds between two looks for requests that nobody answered."""

SHOWN: Final = 5
"""Open requests that are shown before another one is made."""

TEXT: Final = 2000
"""Characters of a request."""

_logger = log.get_logger(__name__)


class Close(Button, action="change_requests:close", thinking=True):
    """Closes the request of the thread."""

    async def press(self, interaction: Interaction) -> None:
        """Close request and thread as the moderator who pressed."""
        permissions.require_moderator(interaction)
        bot, thread = interaction.client, interaction.channel
        await _open_code(interaction)
        if not await rules.resolve(bot.db, interaction.channel_id or 0, by=interaction.user.id):
            raise _over()
        await reply(interaction, t(interaction, "change-closed"))
        if isinstance(thread, discord.Thread):
            with discord_errors():
                kept = [tag for tag in thread.applied_tags if tag.id != _tag(bot, "Resolved")]
                tags = [*kept, *_tags(bot, "Resolved")]
                if thread.archived:  # for its silence; the tags of a thread that sleeps cannot be changed
                    await thread.edit(archived=False)
                await thread.edit(applied_tags=tags, archived=True, locked=True)


class Confirm(Button, action="change_requests:confirm", thinking=True):
    """A creator says that the change is made."""

    async def press(self, interaction: Interaction) -> None:
        """Call the team with the answer."""
        await _answer(interaction, "change-confirmed")


class Deny(Button, action="change_requests:deny", thinking=True):
    """A creator says that nothing will be changed."""

    async def press(self, interaction: Interaction) -> None:
        """Call the team with the answer."""
        await _answer(interaction, "change-denied")


class Archive(Button, action="change_requests:archive", thinking=True):
    """A creator asks for the map to be archived instead."""

    async def press(self, interaction: Interaction) -> None:
        """Call the team with the answer."""
        await _answer(interaction, "change-archive")


class Ask(Form):
    """What shall be changed of a map."""

    def __init__(self, interaction: Interaction, code: str) -> None:
        """Be about the map ``code``."""
        super().__init__(t(interaction, "change-form", code=code))
        self._code = code
        kinds = [discord.SelectOption(label=t(interaction, text), value=kind) for kind, text in KINDS.items()]
        self.kind = ui.Select[Any](options=kinds)
        self.text = ui.TextInput[Any](style=discord.TextStyle.paragraph, max_length=TEXT)
        self.add_item(ui.Label(text=t(interaction, "change-kind"), component=self.kind))
        self.add_item(ui.Label(text=t(interaction, "change-text"), component=self.text))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Open a thread for the request, and keep it."""
        bot, who = interaction.client, interaction.user.id
        text = self.text.value.strip()
        if not text:
            raise Invalid("A request says what shall be changed.", code="change-empty")
        if await queries.users.name(bot.db, user_id=who) is None:
            raise NotFound("User not found.", code="user-not-found")
        wanted = await maps.get(bot.db, self._code, cdn_url=bot.settings.s3_public_url)
        kind = msgspec.convert(self.kind.values[0], ChangeRequestType)
        creators = [one.id for one in wanted.creators if one.id >= FIRST_DISCORD_ID]
        with discord_errors():
            thread = await _thread(bot, wanted, kind, text, who, creators)
        mentions = " ".join(f"<@{one}>" for one in creators)
        try:
            new = ChangeRequestCreateRequest(thread.id, who, wanted.code, text, kind, mentions)
            await rules.create(bot.db, new)
        except GenjiError:
            with discord_errors():
                await thread.delete()
            raise
        await reply(interaction, t(interaction, "change-made", thread=f"<#{thread.id}>"))


class ChangeRequests(Cog):
    """Asking for changes of maps."""

    buttons = (Close, Confirm, Deny, Archive)

    @app_commands.command(name="change-request", description="Ask the creators of a map to change it")
    @app_commands.describe(code="Code of the map")
    async def ask(self, interaction: Interaction, code: VisibleCode) -> None:
        """Show the open requests first; without any, open the form at once."""
        await maps.partial(self.bot.db, code)
        form = Ask(interaction, code)
        found = await rules.unresolved(self.bot.db, code)
        if not found:
            await open_form(interaction, form)
            return
        entries = [_entry(interaction, one) for one in found[:SHOWN]]
        card = look.card(Tone.INFO, t(interaction, "change-open", code=code, count=len(found)), *entries)
        await reply(interaction, FormOffer(interaction, form, card, t(interaction, "change-another")))


@asynccontextmanager
async def reminding(bot: GenjiBot, *, every: float = EVERY) -> AsyncGenerator[None]:
    """Remind of requests that nobody answers while the block runs."""
    task = asyncio.create_task(_watch(bot, every))
    try:
        yield
    finally:
        task.cancel()


async def remind(bot: GenjiBot) -> None:
    """Call creators and team once in each request that has been open for two weeks.

    A bot that dies between calling and noting calls again, with the same nonce: Discord shows one.
    """
    modmail = discord.Object(bot.config.roles.modmail)
    for stale in await queries.change_requests.stale(bot.db):
        people = [word.strip("<@!>") for word in stale.creator_mentions.split()]
        mentioned = [discord.Object(int(one)) for one in people if one.isdecimal()]
        called = " ".join([f"<@&{modmail.id}>", *(f"<@{one.id}>" for one in mentioned)])
        mentions = discord.AllowedMentions(everyone=False, users=mentioned, roles=[modmail])
        try:
            await post(
                bot.get_partial_messageable(stale.thread_id),
                t(None, "change-stale", called=called),
                message_id=f"stale {stale.thread_id}",
                mentions=mentions,
            )
        except (NotFound, Forbidden) as error:
            # Its thread is gone: there is nobody to remind, and will be nobody in an hour.
            _logger.warning("reminder-unsent", thread_id=stale.thread_id, reason=error.detail)
        await rules.alert(bot.db, stale.thread_id)


KINDS: Final[dict[str, str]] = dict(
    zip(
        get_args(ChangeRequestType),
        ("change-difficulty", "change-geometry", "change-edit", "change-framework", "change-other"),
        strict=True,
    )
)
"""The kinds of requests with the texts that say them."""


async def _watch(bot: GenjiBot, every: float) -> None:
    while True:
        try:
            await remind(bot)
        except GenjiError as error:
            _logger.warning("reminder-postponed", reason=error.detail)
        except Exception:
            _logger.exception("reminder-failed")
        await asyncio.sleep(every)


async def _open_code(interaction: Interaction) -> str:
    """Return which map the thread's request is about; ``Conflict`` when it is closed."""
    found = await queries.change_requests.find(interaction.client.db, thread_id=interaction.channel_id or 0)
    if found is None or found.code is None:
        raise NotFound("There is no such request.", code="change-not-found")
    if found.resolved:
        raise _over()
    return found.code


def _over() -> Conflict:
    return Conflict("This request is closed already.", code="change-over")


async def _answer(interaction: Interaction, key: str) -> None:
    """Call the team in the thread with what a creator says."""
    bot, thread_id, who = interaction.client, interaction.channel_id or 0, interaction.user.id
    code = await _open_code(interaction)
    if not await queries.change_requests.permitted(bot.db, thread_id=thread_id, user_id=who, code=code):
        raise Forbidden("Only creators of the map may do this.", code="creators-only")
    modmail = discord.Object(bot.config.roles.modmail)
    await post(
        bot.get_partial_messageable(thread_id),
        f"<@&{modmail.id}> <@{who}>: {t(None, key)}",
        message_id=str(interaction.id),
        mentions=discord.AllowedMentions(everyone=False, users=False, roles=[modmail]),
    )
    await reply(interaction, t(interaction, "change-answered"))


async def _thread(
    bot: GenjiBot, wanted: MapResponse, kind: ChangeRequestType, text: str, who: int, creators: list[int]
) -> discord.Thread:
    forum = bot.get_channel(bot.config.channels.change_requests)
    if not isinstance(forum, discord.ForumChannel):
        raise Invalid("The forum of change requests is not there.", code="no-change-forum")
    facts = look.facts(
        [
            (t(None, "map-code"), look.code(wanted.code)),
            (t(None, "map-name"), f"{look.plain(wanted.map_name)} · {wanted.difficulty}"),
            (t(None, "map-creators"), " ".join(f"<@{one}>" for one in creators)),
            (t(None, "change-by"), f"<@{who}>"),
        ]
    )
    answers = ui.ActionRow[Any](
        Confirm(wanted.code, t(None, "change-confirm"), style=discord.ButtonStyle.success),
        Deny(wanted.code, t(None, "change-deny"), style=discord.ButtonStyle.danger),
        Archive(wanted.code, t(None, "change-ask-archive")),
        Close(wanted.code, t(None, "change-close")),
    )
    created = await forum.create_thread(
        name=f"{wanted.code} | {kind}",
        view=posted(look.card(Tone.WAIT, t(None, KINDS[kind]), facts, look.plain(text, TEXT), answers)),
        applied_tags=_tags(bot, kind),
        allowed_mentions=discord.AllowedMentions(
            everyone=False, roles=False, users=[discord.Object(one) for one in creators]
        ),
    )
    return created.thread


def _entry(interaction: Interaction, one: ChangeRequestResponse) -> str:
    kind = t(interaction, KINDS[one.change_request_type])
    return f"**{kind}** <#{one.thread_id}>\n{look.plain(one.content, 300)}"


def _tag(bot: GenjiBot, name: str) -> int:
    return bot.config.tags.change_requests[name]


def _tags(bot: GenjiBot, name: str) -> list[discord.ForumTag]:
    forum = bot.get_channel(bot.config.channels.change_requests)
    if not isinstance(forum, discord.ForumChannel):
        return []
    return [tag for tag in forum.available_tags if tag.id == _tag(bot, name)]
