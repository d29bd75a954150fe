"""The bot's part of completions: submitting a run, judging it in the queue, showing an accepted one."""

from typing import Any

import discord
from discord import app_commands, ui
from msgspec import json

from genjilib.broker.handler import Delivery, Handler
from genjilib.chat import look, permissions
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form, reply
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors, nonce_of, post, take_away
from genjilib.chat.texts import t
from genjilib.chat.transforms import Link, MapCode, RunTime
from genjilib.chat.views import Button, confirm, posted
from genjilib.completions import rules
from genjilib.completions.types import (
    CompletionCreatedEvent,
    CompletionCreateRequest,
    CompletionPatchRequest,
    CompletionVerificationUpdateRequest,
    FailedAutoverifyEvent,
    UpvoteUpdateEvent,
    VerificationChangedEvent,
    VerificationMessageDeleteEvent,
)
from genjilib.core.errors import Invalid
from genjilib.core.text import format_run_time
from genjilib.core.validate import checked
from genjilib.images import rules as images
from genjilib.queries.completions import CompletionSubmissionResponse


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
    """Show an accepted run among the completions, and take every judged run out of the queue."""
    run = await rules.submission(bot.db, delivery.event.completion_id)
    if run.verified and run.message_id is None:
        channel = bot.get_partial_messageable(bot.config.channels.completions)
        message = await post(channel, posted(_card(run, Tone.OK)), message_id=delivery.message.message_id)
        await rules.patch(bot.db, run.id, CompletionPatchRequest(message_id=message.id))
    if run.verification_id is not None:
        await _take_out(bot, run.verification_id)


async def on_verification_delete(bot: GenjiBot, delivery: Delivery[VerificationMessageDeleteEvent]) -> None:
    """Take a run out of the queue that a faster one replaced."""
    await _take_out(bot, delivery.event.verification_id)


async def on_upvote(bot: GenjiBot, delivery: Delivery[UpvoteUpdateEvent]) -> None:
    """Forward a run that got another ten upvotes to the channel of the best ones."""
    channels = bot.config.channels
    run = discord.MessageReference(
        type=discord.MessageReferenceType.forward,
        message_id=delivery.event.message_id,
        channel_id=channels.completions,
    )
    with discord_errors():
        await bot.get_partial_messageable(channels.upvotes).send(
            reference=run, nonce=nonce_of(delivery.message.message_id)
        )


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


handlers = [
    Handler(CompletionCreatedEvent, prepare=on_submission),
    Handler(VerificationChangedEvent, prepare=on_verification),
    Handler(VerificationMessageDeleteEvent, prepare=on_verification_delete),
    Handler(UpvoteUpdateEvent, prepare=on_upvote),
    Handler(FailedAutoverifyEvent, prepare=on_autoverification_failed),
]


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
        reason = self.text.value.strip()
        if not reason:
            raise Invalid("A rejection needs a reason.", code="reason-missing")
        verdict = CompletionVerificationUpdateRequest(
            verified_by=interaction.user.id, verified=False, reason=reason
        )
        await rules.verify(interaction.client.db, self._completion_id, verdict)
        await reply(interaction, t(interaction, "completion-rejected"))


class Completions(Cog):
    """Commands about runs."""

    buttons = (Accept, Reject)

    @app_commands.command(name="submit-completion", description="Submit a run for verification")
    @app_commands.describe(
        code="Code of the map",
        time="Your time, such as 1:23.45",
        screenshot="Screenshot that shows code and time",
        quality="How good is the map, from 1 to 6 stars?",
        video="Link to a video of the whole run",
    )
    async def submit(
        self,
        interaction: Interaction,
        code: MapCode,
        time: RunTime,
        screenshot: discord.Attachment,
        quality: app_commands.Range[int, 1, 6],
        video: Link | None = None,
    ) -> None:
        """Ask once more, store the screenshot, submit the run and keep the rating of the map."""
        settings, db = self.bot.settings, self.bot.db
        if screenshot.size > settings.api_upload_limit:
            raise Invalid("The screenshot is too large.", code="picture-too-large")
        if not (screenshot.content_type or "image/").startswith("image/"):
            raise Invalid("The screenshot must be a picture.", code="not-a-picture")
        await rules.target(db, code, interaction.user.id)
        question = t(interaction, "completion-confirm", code=code, time=format_run_time(time))
        if not await confirm(interaction, question):
            return
        with discord_errors():
            picture = await screenshot.read()
        url = await images.store_screenshot(settings, picture)
        run = CompletionCreateRequest(code, interaction.user.id, time, url, video)
        read = settings.ocr_url is not None
        submitted = await rules.submit(db, checked(run), quality=quality, read=read)
        shown = await rules.submission(db, submitted.completion_id)
        await reply(interaction, posted(_card(shown, Tone.WAIT)))


def _queue_message(run: CompletionSubmissionResponse) -> ui.LayoutView:
    row = ui.ActionRow[Any](
        Accept(run.id, t(None, "completion-accept"), style=discord.ButtonStyle.success),
        Reject(run.id, t(None, "completion-reject"), style=discord.ButtonStyle.danger),
    )
    return posted(_card(run, Tone.WAIT, row))


def _card(run: CompletionSubmissionResponse, tone: Tone, *blocks: ui.Item[Any]) -> ui.Container[Any]:
    facts = look.facts(
        [
            (t(None, "completion-player"), look.plain(run.name)),
            (t(None, "completion-code"), look.code(run.code)),
            (t(None, "completion-map"), f"{look.plain(run.map_name)} · {run.difficulty}"),
            (t(None, "completion-time"), format_run_time(run.time)),
            (t(None, "completion-rank"), run.hypothetical_rank),
            (t(None, "completion-medal"), run.hypothetical_medal),
            (t(None, "completion-video"), run.video),
            (t(None, "completion-submitted"), discord.utils.format_dt(run.inserted_at, "R")),
        ]
    )
    title = t(None, "completion-title", code=run.code, time=format_run_time(run.time))
    return look.card(tone, title, facts, *blocks, images=[run.screenshot])


async def _take_out(bot: GenjiBot, message_id: int) -> None:
    await take_away(bot.get_partial_messageable(bot.config.channels.verification_queue), message_id)
