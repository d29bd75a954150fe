"""The first message of a playtest's thread, and what the team decides there."""

from io import BytesIO
from typing import Any, Final

import discord
import msgspec
from discord import ui

from genjilib import queries
from genjilib.chat import look, permissions
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form, reply
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors, post
from genjilib.chat.texts import t
from genjilib.chat.views import Button, confirm, posted
from genjilib.core.errors import Invalid
from genjilib.core.text import format_run_time
from genjilib.core.values import MIDPOINTS, Difficulty, top_of
from genjilib.maps import rules as maps
from genjilib.maps.types import MapResponse
from genjilib.playtests import chart, rules
from genjilib.playtests.bot.finalize import Ask, Finalize, final_message, open_state
from genjilib.playtests.bot.votes import Unvote, Vote
from genjilib.playtests.types import (
    VOTES_NEEDED,
    PlaytestForceDenyRequest,
    PlaytestResetRequest,
)
from genjilib.queries.playtests import StateRow

CHART: Final = "playtest.png"

DECISIONS: Final = (
    "playtest-approve",
    "playtest-force-accept",
    "playtest-force-deny",
    "playtest-start-over",
    "playtest-remove-votes",
    "playtest-toggle-finalize",
)
"""What a moderator may do with a playtest, by the texts that say it."""


class Moderate(Button, action="playtests:moderate"):
    """Asks a moderator what shall become of the playtest."""

    async def press(self, interaction: Interaction) -> None:
        """Open the form for the decision."""
        permissions.require_moderator(interaction)
        await open_form(interaction, Decision(interaction))


class Decision(Form):
    """What shall become of a playtest."""

    def __init__(self, interaction: Interaction) -> None:
        """Offer every decision; only some need a difficulty or a reason."""
        super().__init__(t(interaction, "playtest-decide"))
        options = [discord.SelectOption(label=t(interaction, key), value=key) for key in DECISIONS]
        self.decision = ui.Select[Any](options=options)
        labels = [discord.SelectOption(label=label) for label in MIDPOINTS]
        self.difficulty = ui.Select[Any](options=labels, min_values=0, required=False)
        self.reason = ui.TextInput[Any](style=discord.TextStyle.paragraph, max_length=1000, required=False)
        self.add_item(ui.Label(text=t(interaction, "playtest-decision"), component=self.decision))
        self.add_item(ui.Label(text=t(interaction, "playtest-difficulty"), component=self.difficulty))
        self.add_item(ui.Label(text=t(interaction, "playtest-reason"), component=self.reason))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Decide as the person who filled in the form; a question comes before an approval."""
        who = permissions.require_moderator(interaction).user_id or 0
        bot, db, thread_id = interaction.client, interaction.client.db, interaction.channel_id or 0
        reason, cdn_url = self.reason.value.strip(), bot.settings.s3_public_url
        state = await open_state(bot, thread_id)
        match self.decision.values[0]:
            case "playtest-approve":
                question = await _question(interaction, state, thread_id)
                if not await confirm(interaction, question, check=permissions.require_moderator):
                    return
                await rules.approve(db, thread_id, who, cdn_url=cdn_url)
            case "playtest-force-accept":
                if not self.difficulty.values:
                    raise Invalid("A difficulty is needed for this.", code="difficulty-missing")
                difficulty = msgspec.convert(self.difficulty.values[0], Difficulty)
                await rules.force_accept(db, thread_id, difficulty, who, cdn_url=cdn_url)
            case "playtest-force-deny":
                if not reason:
                    raise Invalid("A rejection needs a reason.", code="reason-missing")
                await rules.force_deny(db, thread_id, PlaytestForceDenyRequest(who, reason))
            case "playtest-start-over":
                await rules.reset(db, thread_id, PlaytestResetRequest(who, reason, True, True))
            case "playtest-remove-votes":
                await rules.clear_votes(db, thread_id, by=who)
                await _show(interaction, t(None, "playtest-reset-votes"))
            case _:
                allowed = await rules.toggle_finalize(db, thread_id, who)
                text = "playtest-finalize-allowed" if allowed else "playtest-finalize-forbidden"
                await _show(interaction, t(None, text))
        await reply(interaction, t(interaction, "playtest-decided"))


async def open_thread(bot: GenjiBot, thread_id: int) -> discord.Thread | None:
    """Return a thread that can be written in; nothing when it is gone or locked."""
    with discord_errors():
        try:
            thread = await bot.fetch_channel(thread_id)
        except discord.NotFound:
            return None
    return thread if isinstance(thread, discord.Thread) and not thread.locked else None


async def refresh(bot: GenjiBot, thread: discord.Thread, state: StateRow) -> None:
    """Draw the first message of a thread anew from the votes as they are now.

    To be called after something was posted: that wakes a thread which Discord archived for its silence, and
    messages of an archived one cannot be edited.
    """
    if state.code is None:
        return
    tried = await maps.get(bot.db, state.code, cdn_url=bot.settings.s3_public_url)
    file = await draw_chart(await rules.tally(bot.db, thread.id))
    view = posted(card(tried, state.vote_count, finalize_allowed=state.finalize_allowed))
    with discord_errors():
        # The first message of a forum's thread has the thread's own id.
        await thread.get_partial_message(thread.id).edit(view=view, attachments=[file])


async def repair(bot: GenjiBot, message: discord.Message) -> bool:
    """Show a playtest anew, in its thread's first message or in the queue; false for other messages."""
    waits = await queries.playtests.of_verification(bot.db, verification_id=message.id)
    state = await rules.state(bot.db, waits or message.id)
    if state is None or state.completed:
        return False
    if waits:
        await message.edit(view=await final_message(bot, state, waits, waits=False))
        return True
    thread = await open_thread(bot, message.id)
    if thread is not None:
        await refresh(bot, thread, state)
    return thread is not None


def card(tried: MapResponse, votes: int, *, finalize_allowed: bool = False) -> ui.Container[Any]:
    """Build the first message of a thread: the map, its votes, and what can be done."""
    medals, needed = tried.medals, VOTES_NEEDED[top_of(tried.difficulty)]
    times = medals and " / ".join(map(format_run_time, (medals.gold, medals.silver, medals.bronze)))
    facts = look.facts(
        [
            (t(None, "map-code"), look.code(tried.code)),
            (t(None, "map-name"), look.plain(tried.map_name)),
            (t(None, "map-difficulty"), tried.difficulty),
            (t(None, "map-creators"), ", ".join(look.plain(one.name) for one in tried.creators)),
            (t(None, "map-checkpoints"), tried.checkpoints),
            (t(None, "map-mechanics"), ", ".join(tried.mechanics)),
            (t(None, "map-restrictions"), ", ".join(tried.restrictions)),
            (t(None, "map-medals"), times),
            (t(None, "map-votes"), f"{votes} / {needed}"),
            (t(None, "map-description"), look.plain(tried.description or "", 1000)),
        ]
    )
    # In a gallery of its own it is as wide as the message: beside the banner nobody could read it.
    drawn = ui.MediaGallery[Any](discord.MediaGalleryItem(f"attachment://{CHART}"))
    images = [tried.map_banner] if tried.map_banner else []
    row = ui.ActionRow[Any](
        Vote(tried.code, t(None, "playtest-vote"), style=discord.ButtonStyle.primary),
        Unvote(tried.code, t(None, "playtest-unvote")),
    )
    decisions = ui.ActionRow[Any](
        Finalize(
            tried.code,
            t(None, "playtest-finalize"),
            style=discord.ButtonStyle.success,
            disabled=votes < needed and not finalize_allowed,
        ),
        Ask(tried.code, t(None, "playtest-ask")),
        Moderate(tried.code, t(None, "playtest-moderate")),
    )
    title = t(None, "playtest-title", code=tried.code)
    return look.card(Tone.INFO, title, facts, drawn, row, decisions, images=images)


async def draw_chart(votes: dict[str, int]) -> discord.File:
    """Draw votes by difficulty as the picture of a thread's first message."""
    return discord.File(BytesIO(await chart.draw(votes, "PNG")), CHART)


async def _question(interaction: Interaction, state: StateRow, thread_id: int) -> str:
    """Return what is asked before an approval; it warns of few votes."""
    votes, needed = (
        await rules.votes(interaction.client.db, thread_id),
        VOTES_NEEDED[top_of(state.difficulty)],
    )
    lines = [t(interaction, "playtest-approve-question", average=f"{votes.average or 0:.2f}")]
    if state.vote_count < needed:
        lines.append(t(interaction, "playtest-few-votes", count=state.vote_count, needed=needed))
    return "\n".join(lines)


async def _show(interaction: Interaction, text: str) -> None:
    """Say something in the thread that changed what its first message shows, and draw that anew."""
    bot, thread_id = interaction.client, interaction.channel_id or 0
    thread, state = await open_thread(bot, thread_id), await rules.state(bot.db, thread_id)
    if thread is not None and state is not None:
        await post(thread, text, message_id=str(interaction.id))
        await refresh(bot, thread, state)


class Decisions(Cog):
    """The button of the team."""

    buttons = (Moderate,)
