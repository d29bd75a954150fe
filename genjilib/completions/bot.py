"""The bot's part of completions: runs submitted, judged, shown, listed, upvoted, flagged and corrected."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Literal, TypeAlias, TypeVar

import discord
from discord import app_commands, ui
from msgspec import UNSET, UnsetType, json

from genjilib import queries
from genjilib.broker.handler import Delivery, Handler
from genjilib.chat import look, permissions
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form, reply, update
from genjilib.chat.look import Tone
from genjilib.chat.paging import Page, Pages
from genjilib.chat.send import discord_errors, nonce_of, post, take_away
from genjilib.chat.texts import t
from genjilib.chat.transforms import (
    AnyCode,
    KnownPlayer,
    Link,
    Player,
    RunTime,
    VisibleCode,
    parse_run_time,
)
from genjilib.chat.views import Button, confirm, posted
from genjilib.completions import moderation, rules
from genjilib.completions.types import (
    ArchivedFilter,
    CompletionCreatedEvent,
    CompletionCreateRequest,
    CompletionModerateRequest,
    CompletionPatchRequest,
    CompletionVerificationUpdateRequest,
    FailedAutoverifyEvent,
    SuspiciousCompletionCreateRequest,
    UpvoteCreateRequest,
    UpvoteUpdateEvent,
    VerificationChangedEvent,
    VerificationFilter,
    VerificationMessageDeleteEvent,
)
from genjilib.core.errors import Invalid
from genjilib.core.text import format_run_time
from genjilib.core.validate import checked
from genjilib.core.values import DifficultyTop, SuspiciousFlag
from genjilib.images import rules as images
from genjilib.maps import rules as maps
from genjilib.queries.completions import (
    CompletionResponse,
    CompletionSubmissionResponse,
    ModerationRecordResponse,
    SuspiciousCompletionResponse,
    UserCompletionResponse,
    WorldRecordResponse,
)

Listed: TypeAlias = (
    CompletionResponse | UserCompletionResponse | WorldRecordResponse | ModerationRecordResponse
)
Run = TypeVar("Run", CompletionResponse, UserCompletionResponse)

OF_USER: Final = 6
"""Entries of a page of a player's runs."""


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
        shown = posted(_card(run, Tone.OK, ui.ActionRow[Any](Upvote(run.id, _count(0)))))
        message = await post(channel, shown, message_id=delivery.message.message_id)
        await rules.patch(bot.db, run.id, CompletionPatchRequest(message_id=message.id))
    if run.verification_id is not None:
        await _take_out(bot, run.verification_id)


async def on_verification_delete(bot: GenjiBot, delivery: Delivery[VerificationMessageDeleteEvent]) -> None:
    """Take a run out of the queue that a faster one replaced."""
    await _take_out(bot, delivery.event.verification_id)


async def on_upvote(bot: GenjiBot, delivery: Delivery[UpvoteUpdateEvent]) -> None:
    """Show how many upvotes a run has, and forward one with another ten of them to the best ones' channel."""
    channels, message_id = bot.config.channels, delivery.event.message_id
    amount = await queries.completions.upvotes(bot.db, message_id=message_id)
    run = discord.MessageReference(
        type=discord.MessageReferenceType.forward,
        message_id=message_id,
        channel_id=channels.completions,
    )
    with discord_errors():
        shown = await bot.get_partial_messageable(channels.completions).fetch_message(message_id)
        await shown.edit(view=_counted(shown, amount))
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


class Flags(Button, action="completions:flags"):
    """Lists the flags of the player whose run waits for a verdict."""

    async def press(self, interaction: Interaction) -> None:
        """Show the flags to a moderator."""
        permissions.require_moderator(interaction)
        user_id = int(self.key)
        name = await queries.users.name(interaction.client.db, user_id=user_id)
        await _show_flags(interaction, Player(user_id, name or "?"))


class Upvote(Button, action="upvote:submission"):
    """Upvotes the run that the message shows; the label says how many have."""

    async def press(self, interaction: Interaction) -> None:
        """Count the upvote of who pressed, and show the number."""
        message, db = interaction.message, interaction.client.db
        if message is None:
            return
        await rules.upvote(db, UpvoteCreateRequest(interaction.user.id, message.id))
        amount = await queries.completions.upvotes(db, message_id=message.id)
        await update(interaction, _counted(message, amount))


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
        reason = _needed(self.text)
        verdict = CompletionVerificationUpdateRequest(
            verified_by=interaction.user.id, verified=False, reason=reason
        )
        await rules.verify(interaction.client.db, self._completion_id, verdict)
        await reply(interaction, t(interaction, "completion-rejected"))


class Flagging(Form):
    """Why a run is suspicious."""

    def __init__(
        self, interaction: Interaction, flag: Callable[[Interaction, SuspiciousFlag, str], Awaitable[None]]
    ) -> None:
        """Call ``flag`` with the kind of suspicion and what it rests on."""
        super().__init__(t(interaction, "flag-title"))
        self._flag = flag
        self.kind = ui.Select[Any](
            options=[
                discord.SelectOption(label=t(interaction, "flag-cheating"), value="Cheating"),
                discord.SelectOption(label=t(interaction, "flag-scripting"), value="Scripting"),
            ]
        )
        self.text = ui.TextInput[Any](style=discord.TextStyle.paragraph, max_length=1000)
        self.add_item(ui.Label(text=t(interaction, "flag-kind"), component=self.kind))
        self.add_item(ui.Label(text=t(interaction, "flag-context"), component=self.text))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Flag the run as the person who filled in the form."""
        permissions.require_moderator(interaction)
        kind: SuspiciousFlag = "Scripting" if self.kind.values == ["Scripting"] else "Cheating"
        await self._flag(interaction, kind, _needed(self.text))


async def mark_suspicious(interaction: Interaction, message: discord.Message) -> None:
    """Ask why the run of a message is suspicious, and flag it."""
    who = permissions.require_moderator(interaction)
    channels = interaction.client.config.channels
    if message.channel.id not in (channels.completions, channels.verification_queue):
        raise Invalid("Only messages that show a run can be flagged.", code="not-a-run")
    waiting = message.channel.id == channels.verification_queue
    message_id, verification_id = (None, message.id) if waiting else (message.id, None)
    db = interaction.client.db
    if not await queries.completions.of_message(db, message_id=message_id, verification_id=verification_id):
        raise Invalid("Only messages that show a run can be flagged.", code="not-a-run")

    async def flag(answered: Interaction, kind: SuspiciousFlag, context: str) -> None:
        new = SuspiciousCompletionCreateRequest(
            context, kind, who.user_id or 0, message_id=message_id, verification_id=verification_id
        )
        await moderation.flag(db, checked(new))
        await reply(answered, t(answered, "flag-done"))

    await open_form(interaction, Flagging(interaction, flag))


class Completions(Cog):
    """Commands about runs."""

    buttons = (Accept, Reject, Flags, Upvote)
    menus = (app_commands.ContextMenu(name="Mark Suspicious", callback=mark_suspicious),)

    mod = app_commands.Group(name="mod", description="What only the team may do")
    edit_record = app_commands.Group(name="edit-record", description="Correct runs", parent=mod)

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
        code: VisibleCode,
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

    @app_commands.command(name="completions", description="Show the leaderboard of a map")
    @app_commands.describe(code="Code of the map")
    async def leaderboard(self, interaction: Interaction, code: VisibleCode) -> None:
        """List the runs of a map: ranked ones by time, then partial ones, legacy runs behind all others."""
        if not await queries.maps.exists(self.bot.db, code=code):
            raise maps.not_found(code)

        async def load(offset: int, limit: int) -> Page:
            found = await queries.completions.leaderboard(self.bot.db, code=code, size=limit, skip=offset)
            return _page(found, lambda run: _entry(interaction, run, look.plain(run.name)))

        await Pages(interaction, t(interaction, "completions-of-map", code=code), load).show(interaction)

    @app_commands.command(name="user-completions", description="Show the runs of a player")
    @app_commands.describe(
        user="Name of the player",
        difficulty="Only maps of this difficulty",
        archived="Archived maps or others?",
    )
    async def of_user(
        self,
        interaction: Interaction,
        user: KnownPlayer,
        difficulty: DifficultyTop | None = None,
        archived: ArchivedFilter = "all",
    ) -> None:
        """List a player's latest verified run on every map, easiest map first."""

        async def load(offset: int, limit: int) -> Page:
            found = await queries.completions.of_user(
                self.bot.db,
                user_id=user.id,
                difficulty=difficulty,
                archived=_archived(archived),
                size=limit,
                skip=offset,
            )
            return _page(found, lambda run: _entry(interaction, run, run.code, _map(run)))

        title = t(interaction, "completions-of-player", name=look.plain(user.name))
        await Pages(interaction, title, load, size=OF_USER).show(interaction)

    @app_commands.command(name="world-records", description="Show the world records of a player")
    @app_commands.describe(user="Name of the player", archived="Archived maps or others?")
    async def world_records(
        self, interaction: Interaction, user: KnownPlayer, archived: ArchivedFilter = "all"
    ) -> None:
        """List a player's runs that lead their maps, easiest map first."""

        async def load(offset: int, limit: int) -> Page:
            found = await queries.completions.world_records(
                self.bot.db, user_id=user.id, archived=_archived(archived)
            )
            shown = [_entry(interaction, run, run.code, _map(run)) for run in found[offset : offset + limit]]
            return Page(shown, len(found))

        title = t(interaction, "completions-records", name=look.plain(user.name))
        await Pages(interaction, title, load).show(interaction)

    @app_commands.command(name="view-flagged-submissions", description="Show the flags on a player's runs")
    @app_commands.describe(user="Name of the player")
    @permissions.staff_only
    async def flags(self, interaction: Interaction, user: KnownPlayer) -> None:
        """List the flags on a player's runs, oldest first."""
        await _show_flags(interaction, user)

    @edit_record.command(name="manage", description="Correct the time, verdict or flags of runs")
    @app_commands.describe(
        code="Only runs of this map",
        user="Only runs of this player",
        verification_status="Only verified runs, or only others",
        latest_only="Of each player only the newest run of a map (yes unless chosen otherwise)",
    )
    @permissions.staff_only
    async def manage(
        self,
        interaction: Interaction,
        code: AnyCode | None = None,
        user: KnownPlayer | None = None,
        verification_status: VerificationFilter = "All",
        latest_only: bool = True,
    ) -> None:
        """Show runs one by one, newest first, with what can be corrected in each."""

        async def find(offset: int) -> ModerationRecordResponse | None:
            found = await queries.completions.records(
                self.bot.db,
                code=UNSET if code is None else code,
                user_id=UNSET if user is None else user.id,
                verified=UNSET if verification_status == "All" else verification_status == "Verified",
                latest_only=latest_only,
                size=1,
                skip=offset,
            )
            return found[0] if found else None

        await Records(interaction, find).show(interaction)


class Records(Pages):
    """Runs one by one, for moderators, with buttons for what can be corrected in the one shown."""

    def __init__(
        self, interaction: Interaction, find: Callable[[int], Awaitable[ModerationRecordResponse | None]]
    ) -> None:
        """Show the run that ``find`` returns for a place in the list, the first being 0."""
        super().__init__(interaction, t(interaction, "record-title"), self._load_run, size=1)
        self._interaction, self._find = interaction, find
        self._run: ModerationRecordResponse | None = None
        style = discord.ButtonStyle
        self._change = self._act("record-change-time", style.primary, self._open_time)
        self._verify = self._act("record-verify", style.success, self._set_verified)
        self._unverify = self._act("record-unverify", style.danger, self._open_unverify)
        self._flag = self._act("record-flag", style.danger, self._open_flag)
        self._unflag = self._act("record-unflag", style.secondary, self._take_flags)

    def rows(self) -> Sequence[ui.ActionRow[Any]]:
        """Offer what makes sense for the run shown."""
        run = self._run
        if run is None:
            return ()
        self._verify.disabled, self._unverify.disabled = run.verified, not run.verified
        self._unflag.disabled = not run.suspicious
        return [ui.ActionRow[Any](self._change, self._verify, self._unverify, self._flag, self._unflag)]

    async def moderate(self, interaction: Interaction, run_id: int, **changes: Any) -> None:
        """Correct the run ``run_id`` as who acts, and show what became of it."""
        who = permissions.require_moderator(interaction)
        request = CompletionModerateRequest(moderated_by=who.user_id or 0, **changes)
        await moderation.moderate(interaction.client.db, run_id, checked(request))
        await self.go(interaction, self.number)

    async def _load_run(self, offset: int, _: int) -> Page:
        self._run = run = await self._find(offset)
        if run is None:
            return Page([], 0)
        reader = self._interaction
        state = "record-verified" if run.verified else "record-not-verified"
        facts = look.facts(
            [
                (t(reader, "completion-player"), look.plain(run.name)),
                (t(reader, "completion-code"), look.code(run.code)),
                (t(reader, "completion-map"), _map(run)),
                (t(reader, "completion-time"), format_run_time(run.time)),
                (t(reader, "completion-rank"), run.rank),
                (t(reader, "completion-medal"), run.medal),
                (t(reader, "record-state"), t(reader, state)),
                (t(reader, "record-suspicious"), t(reader, "record-flagged") if run.suspicious else None),
                (t(reader, "record-links"), " · ".join(_links(reader, run))),
            ]
        )
        return Page([facts], run.total_results)

    def _act(
        self,
        key: str,
        style: discord.ButtonStyle,
        act: Callable[[Interaction, int], Awaitable[None]],
    ) -> ui.Button[Any]:
        async def press(interaction: Interaction) -> None:
            permissions.require_moderator(interaction)
            if self._run is not None:
                await act(interaction, self._run.id)

        button = ui.Button[Any](label=t(self._interaction, key), style=style)
        button.callback = press
        return button

    async def _open_time(self, interaction: Interaction, run_id: int) -> None:
        await open_form(interaction, Correction(interaction, self, run_id, "time"))

    async def _open_unverify(self, interaction: Interaction, run_id: int) -> None:
        await open_form(interaction, Correction(interaction, self, run_id, "verdict"))

    async def _set_verified(self, interaction: Interaction, run_id: int) -> None:
        await self.moderate(interaction, run_id, verified=True)

    async def _take_flags(self, interaction: Interaction, run_id: int) -> None:
        await self.moderate(interaction, run_id, unmark_suspicious=True)

    async def _open_flag(self, interaction: Interaction, run_id: int) -> None:
        async def flag(answered: Interaction, kind: SuspiciousFlag, context: str) -> None:
            await self.moderate(
                answered,
                run_id,
                mark_suspicious=True,
                suspicious_flag_type=kind,
                suspicious_context=context,
            )

        await open_form(interaction, Flagging(interaction, flag))


class Correction(Form):
    """A new time for a run, or that it counts no more, and why."""

    def __init__(
        self, interaction: Interaction, records: Records, run_id: int, what: Literal["time", "verdict"]
    ) -> None:
        """Be about the run ``run_id``, which ``records`` shows."""
        title = "record-change-time" if what == "time" else "record-unverify"
        super().__init__(t(interaction, title))
        self._records, self._run_id = records, run_id
        self.time = ui.TextInput[Any](max_length=20, placeholder="1:23.45") if what == "time" else None
        self.text = ui.TextInput[Any](style=discord.TextStyle.paragraph, max_length=1000)
        if self.time is not None:
            self.add_item(ui.Label(text=t(interaction, "completion-time"), component=self.time))
        self.add_item(ui.Label(text=t(interaction, "record-reason"), component=self.text))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Correct the run as the person who filled in the form."""
        reason = _needed(self.text)
        changes: dict[str, Any] = (
            {"verified": False, "verification_reason": reason}
            if self.time is None
            else {"time": parse_run_time(self.time.value), "time_change_reason": reason}
        )
        await self._records.moderate(interaction, self._run_id, **changes)


def _queue_message(run: CompletionSubmissionResponse) -> ui.LayoutView:
    row = ui.ActionRow[Any](
        Accept(run.id, t(None, "completion-accept"), style=discord.ButtonStyle.success),
        Reject(run.id, t(None, "completion-reject"), style=discord.ButtonStyle.danger),
    )
    if run.suspicious:
        row.add_item(Flags(run.user_id, t(None, "completion-flags")))
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


def _needed(field: ui.TextInput[Any]) -> str:
    text = field.value.strip()
    if not text:
        raise Invalid("A reason is needed.", code="reason-missing")
    return text


def _count(amount: int) -> str:
    return t(None, "completion-upvotes", count=amount)


def _counted(message: discord.Message, amount: int) -> ui.LayoutView:
    """Return what a message shows with the number of its upvotes; all else stays as it was posted."""
    view = ui.LayoutView.from_message(message, timeout=None)
    mark = f"{Upvote.action}:"
    for item in list(view.walk_children()):
        custom_id = item.custom_id if isinstance(item, ui.Button) else None
        if custom_id and custom_id.startswith(mark) and isinstance(row := item.parent, ui.ActionRow):
            row.remove_item(item).add_item(Upvote(custom_id.removeprefix(mark), _count(amount)))
    return view


def _archived(which: ArchivedFilter) -> bool | UnsetType:
    return UNSET if which == "all" else which == "archived"


def _page(runs: Sequence[Run], entry: Callable[[Run], str]) -> Page:
    return Page([entry(run) for run in runs], runs[0].total_results if runs else 0)


def _entry(interaction: Interaction, run: Listed, name: str, place: str = "") -> str:
    """Write a run as two lines: whose or of which map it is, then its time and where it is shown."""
    rank = "" if run.rank is None else f"#{run.rank} "
    partial = t(interaction, "completion-partial") if run.completion else None
    legacy = t(interaction, "completion-legacy") if run.legacy else None
    medal = run.legacy_medal if run.legacy else run.medal
    facts = [format_run_time(run.time), medal, partial, legacy, *_links(interaction, run)]
    return f"**{rank}{name}** {place}".rstrip() + f"\n{' · '.join(filter(None, facts))}"


def _map(run: Listed) -> str:
    return f"{look.plain(run.map_name)} · {run.difficulty}"


def _links(interaction: Interaction, run: Listed) -> list[str]:
    config, found = interaction.client.config, list[str]()
    if run.video:
        found.append(look.link(t(interaction, "completion-video"), run.video))
    if run.message_id:
        shown = _address(config.guild, config.channels.completions, run.message_id)
        found.append(look.link(t(interaction, "completion-message"), shown))
    return found


def _address(guild: int, channel: int, message: int) -> str:
    return f"https://discord.com/channels/{guild}/{channel}/{message}"


async def _show_flags(interaction: Interaction, player: Player) -> None:
    config, db = interaction.client.config, interaction.client.db

    def entry(flag: SuspiciousCompletionResponse) -> str:
        channels = config.channels
        channel = channels.completions if flag.message_id else channels.verification_queue
        message = flag.message_id or flag.verification_id
        address = message and _address(config.guild, channel, message)
        shown = look.link(t(interaction, "completion-message"), address) if address else None
        head = " · ".join(filter(None, [f"**{flag.flag_type}**", f"<@{flag.flagged_by}>", shown]))
        return f"{head}\n{look.plain(flag.context, 1000)}"

    async def load(offset: int, limit: int) -> Page:
        found = await queries.completions.flags(db, user_id=player.id)
        return Page([entry(flag) for flag in found[offset : offset + limit]], len(found))

    title = t(interaction, "flags-of-player", name=look.plain(player.name))
    await Pages(interaction, title, load).show(interaction)
