"""The verification queue: runs put there, judged and taken out, and shown once they are accepted."""

from typing import Any

import discord
from discord import ui
from msgspec import json

from genjilib import queries
from genjilib.broker.handler import Delivery
from genjilib.chat import look, permissions
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form, reply
from genjilib.chat.look import Tone
from genjilib.chat.send import post, take_away
from genjilib.chat.texts import t
from genjilib.chat.views import Button, posted
from genjilib.completions import rules
from genjilib.completions.bot.flags import Flags, needed
from genjilib.completions.bot.shown import card
from genjilib.completions.bot.upvotes import upvotes
from genjilib.completions.types import (
    CompletionCreatedEvent,
    CompletionPatchRequest,
    CompletionVerificationUpdateRequest,
    FailedAutoverifyEvent,
    VerificationChangedEvent,
    VerificationMessageDeleteEvent,
)
from genjilib.core.text import format_run_time
from genjilib.queries.completions import (
    CompletionSubmissionResponse,
)
from genjilib.users.bot import keep_roles


async def on_submission(bot: GenjiBot, delivery: Delivery[CompletionCreatedEvent]) -> None:
    """Show a new run in the verification queue, with buttons that survive restarts."""
    run = await rules.submission(bot.db, delivery.event.completion_id)
    if run.verification_id is not None:
        return
    channel = bot.get_partial_messageable(bot.config.channels.verification_queue)
    message = await post(channel, _queue_message(run), message_id=delivery.message.message_id)
    await rules.patch(bot.db, run.id, CompletionPatchRequest(verification_id=message.id))
    # Whoever judged it before that found no message to take out of the queue, though there may have been one:
    # an earlier try may have posted it without being told so. That is why a judged run is posted, too.
    judged = await rules.submission(bot.db, run.id)
    if judged.verified or judged.verified_by is not None:
        await _take_out(bot, message.id)


async def on_verification(bot: GenjiBot, delivery: Delivery[VerificationChangedEvent]) -> None:
    """Show an accepted run among the completions, and take every judged run out of the queue.

    The skill ranks of its player follow.
    """
    run = await rules.submission(bot.db, delivery.event.completion_id)
    if run.verified and run.message_id is None:
        channel = bot.get_partial_messageable(bot.config.channels.completions)
        shown = posted(card(run, Tone.OK, ui.ActionRow[Any](upvotes(run.id, 0))))
        message = await post(channel, shown, message_id=delivery.message.message_id)
        await rules.patch(bot.db, run.id, CompletionPatchRequest(message_id=message.id))
    if run.verification_id is not None:
        await _take_out(bot, run.verification_id)
    await keep_roles(bot, run.user_id)


async def on_verification_delete(bot: GenjiBot, delivery: Delivery[VerificationMessageDeleteEvent]) -> None:
    """Take a run out of the queue that a faster one replaced."""
    await _take_out(bot, delivery.event.verification_id)


async def on_autoverification_failed(bot: GenjiBot, delivery: Delivery[FailedAutoverifyEvent]) -> None:
    """Show the team what was read in a screenshot that does not show what its run claims."""
    event, shown = delivery.event, delivery.event.extracted
    sign = {True: "✅", False: "❌"}
    names = look.plain(", ".join(event.submitted_user_names), 500)
    time = None if shown.time is None else format_run_time(shown.time)
    lines = [
        (event.code_match, "completion-code", look.code(event.submitted_code), shown.code),
        (event.time_match, "completion-time", format_run_time(event.submitted_time), time),
        (event.user_match, "completion-player", names, shown.name),
    ]
    facts = look.facts(
        (t(None, key), f"{sign[match]} {claimed} ← {look.code(read or '?')}")
        for match, key, claimed, read in lines
    )
    read = json.encode({"sources": shown.sources, "texts": shown.texts}).decode()
    title = t(None, "completion-unread", code=event.submitted_code)
    card = look.card(Tone.INFO, title, facts, look.code(read, 1500), images=[event.screenshot])
    channel = bot.get_partial_messageable(bot.config.channels.dlq_alerts)
    await post(channel, posted(card), message_id=delivery.message.message_id)


async def repair(bot: GenjiBot, message: discord.Message) -> bool:
    """Show a run anew in its message, or take a judged one out of the queue; false for other messages."""
    channels, channel_id = bot.config.channels, message.channel.id
    if channel_id not in (channels.verification_queue, channels.completions):
        return False
    waiting = channel_id == channels.verification_queue
    message_id, verification_id = (None, message.id) if waiting else (message.id, None)
    run_id = await queries.completions.of_message(
        bot.db, message_id=message_id, verification_id=verification_id
    )
    if run_id is None:
        return False
    run = await rules.submission(bot.db, run_id)
    if waiting and (run.verified or run.verified_by is not None):
        await _take_out(bot, message.id)
    elif waiting:
        await message.edit(view=_queue_message(run))
    else:
        amount = await queries.completions.upvotes(bot.db, message_id=message.id)
        row = ui.ActionRow[Any](upvotes(run.id, amount))
        await message.edit(view=posted(card(run, Tone.OK, row)))
    return True


class Accept(Button, action="completions:accept", thinking=True):
    """Accepts the run that the message is about."""

    async def press(self, interaction: Interaction) -> None:
        """Judge the run as the person who pressed."""
        permissions.require_moderator(interaction)
        verdict = CompletionVerificationUpdateRequest(
            verified_by=interaction.user.id, verified=True, reason=None
        )
        await rules.verify(interaction.client.db, int(self.key), verdict)
        await reply(interaction, t(interaction, "completion-accepted"))


class Reject(Button, action="completions:reject"):
    """Asks why, and rejects the run that the message is about."""

    async def press(self, interaction: Interaction) -> None:
        """Open the form for the reason."""
        permissions.require_moderator(interaction)
        await open_form(interaction, Reason(interaction, int(self.key)))


class Reason(Form):
    """Why a run is rejected."""

    def __init__(self, interaction: Interaction, completion_id: int) -> None:
        """Be about the run ``completion_id``."""
        super().__init__(t(interaction, "completion-reject-title"))
        self._completion_id = completion_id
        self.text = ui.TextInput[Any](style=discord.TextStyle.paragraph, max_length=1000)
        self.add_item(ui.Label(text=t(interaction, "completion-reject-reason"), component=self.text))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Judge the run as the person who filled in the form."""
        permissions.require_moderator(interaction)
        reason = needed(self.text)
        verdict = CompletionVerificationUpdateRequest(
            verified_by=interaction.user.id, verified=False, reason=reason
        )
        await rules.verify(interaction.client.db, self._completion_id, verdict)
        await reply(interaction, t(interaction, "completion-rejected"))


class Verification(Cog):
    """The buttons under runs that wait for a verdict."""

    buttons = (Accept, Reject)


def _queue_message(run: CompletionSubmissionResponse) -> ui.LayoutView:
    row = ui.ActionRow[Any](
        Accept(run.id, t(None, "completion-accept"), style=discord.ButtonStyle.success),
        Reject(run.id, t(None, "completion-reject"), style=discord.ButtonStyle.danger),
    )
    if run.suspicious:
        row.add_item(Flags(run.user_id, t(None, "completion-flags")))
    return posted(card(run, Tone.WAIT, row))


async def _take_out(bot: GenjiBot, message_id: int) -> None:
    await take_away(bot.get_partial_messageable(bot.config.channels.verification_queue), message_id)
