"""Runs one by one, to be corrected by the team."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal

import discord
from discord import app_commands, ui
from msgspec import UNSET

from genjilib import queries
from genjilib.chat import look, permissions
from genjilib.chat.client import Cog
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form
from genjilib.chat.paging import Page, Pages
from genjilib.chat.texts import t
from genjilib.chat.transforms import (
    AnyCode,
    KnownPlayer,
    parse_run_time,
)
from genjilib.completions import moderation
from genjilib.completions.bot.flags import Flagging, needed
from genjilib.completions.bot.shown import links, place
from genjilib.completions.types import (
    CompletionModerateRequest,
    VerificationFilter,
)
from genjilib.core.text import format_run_time
from genjilib.core.validate import checked
from genjilib.core.values import SuspiciousFlag
from genjilib.queries.completions import (
    ModerationRecordResponse,
)


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
                (t(reader, "completion-map"), place(run)),
                (t(reader, "completion-time"), format_run_time(run.time)),
                (t(reader, "completion-rank"), run.rank),
                (t(reader, "completion-medal"), run.medal),
                (t(reader, "record-state"), t(reader, state)),
                (t(reader, "record-suspicious"), t(reader, "record-flagged") if run.suspicious else None),
                (t(reader, "record-links"), " · ".join(links(reader, run))),
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
        reason = needed(self.text)
        changes: dict[str, Any] = (
            {"verified": False, "verification_reason": reason}
            if self.time is None
            else {"time": parse_run_time(self.time.value), "time_change_reason": reason}
        )
        await self._records.moderate(interaction, self._run_id, **changes)


class RunRecords(Cog):
    """Correcting runs."""

    mod = app_commands.Group(name="mod", description="What only the team may do")
    edit_record = app_commands.Group(name="edit-record", description="Correct runs", parent=mod)

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

        async def total() -> int | None:
            if code is not None or user is not None:
                return None
            return await queries.completions.count_records(
                self.bot.db,
                latest_only=latest_only,
                verified=None if verification_status == "All" else verification_status == "Verified",
            )

        async def find(offset: int) -> ModerationRecordResponse | None:
            found = await queries.completions.records(
                self.bot.db,
                code=UNSET if code is None else code,
                user_id=UNSET if user is None else user.id,
                verified=UNSET if verification_status == "All" else verification_status == "Verified",
                latest_only=latest_only,
                far=False,
                total_results=await total(),
                size=1,
                skip=offset,
            )
            return found[0] if found else None

        await Records(interaction, find).show(interaction)
