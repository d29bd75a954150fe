"""The bot's part of map edits: proposing one, showing it in the verification queue, judging it there."""

from typing import Any

import discord
import msgspec
from discord import app_commands, ui

from genjilib import queries
from genjilib.broker.handler import Delivery, Handler
from genjilib.chat import look, permissions
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form, reply
from genjilib.chat.look import Tone
from genjilib.chat.send import post, take_away
from genjilib.chat.texts import t
from genjilib.chat.transforms import Picture, VisibleCode
from genjilib.chat.views import Button, posted
from genjilib.core.errors import Invalid
from genjilib.map_edits import rules
from genjilib.map_edits.types import (
    MapEditCreatedEvent,
    MapEditCreateRequest,
    MapEditResolvedEvent,
    MapEditResolveRequest,
    MapEditSubmissionResponse,
)
from genjilib.maps import rules as maps
from genjilib.maps.bot.editor import Editor


async def on_created(bot: GenjiBot, delivery: Delivery[MapEditCreatedEvent]) -> None:
    """Show a new edit in the verification queue, with buttons that survive restarts."""
    edit_id = delivery.event.edit_request_id
    edit = await rules.submission(bot.db, edit_id, cdn_url=bot.settings.s3_public_url)
    if edit.message_id is not None:
        return
    message = await post(_queue(bot), _queue_message(edit), message_id=delivery.message.message_id)
    await rules.set_message(bot.db, edit_id, message.id)
    # Whoever judged it before that found no message to take out of the queue.
    if (await rules.get(bot.db, edit_id)).accepted is not None:
        await take_away(_queue(bot), message.id)


async def on_resolved(bot: GenjiBot, delivery: Delivery[MapEditResolvedEvent]) -> None:
    """Take a judged edit out of the queue."""
    edit = await rules.get(bot.db, delivery.event.edit_request_id)
    if edit.message_id is not None:
        await take_away(_queue(bot), edit.message_id)


async def repair(bot: GenjiBot, message: discord.Message) -> bool:
    """Show an edit anew in its message, or take a judged one out of the queue; false for other messages."""
    edit_id = await queries.map_edits.of_message(bot.db, message_id=message.id)
    if edit_id is None:
        return False
    if (await rules.get(bot.db, edit_id)).accepted is not None:
        await take_away(_queue(bot), message.id)
    else:
        edit = await rules.submission(bot.db, edit_id, cdn_url=bot.settings.s3_public_url)
        await message.edit(view=_queue_message(edit))
    return True


handlers = [
    Handler(MapEditCreatedEvent, prepare=on_created),
    Handler(MapEditResolvedEvent, prepare=on_resolved),
]


class Accept(Button, action="map_edits:accept", thinking=True):
    """Accepts the edit that the message is about."""

    async def press(self, interaction: Interaction) -> None:
        """Apply the edit as the person who pressed."""
        await _judge(interaction, int(self.key))


class AcceptAndTry(Button, action="map_edits:accept_and_try", thinking=True):
    """Accepts the edit that the message is about and sends the map to playtest."""

    async def press(self, interaction: Interaction) -> None:
        """Apply the edit as the person who pressed."""
        await _judge(interaction, int(self.key), send_to_playtest=True)


class Reject(Button, action="map_edits:reject"):
    """Asks why, and rejects the edit that the message is about."""

    async def press(self, interaction: Interaction) -> None:
        """Open the form for the reason."""
        permissions.require_moderator(interaction)
        await open_form(interaction, Rejection(interaction, int(self.key)))


class Rejection(Form):
    """Why an edit is rejected."""

    def __init__(self, interaction: Interaction, edit_id: int) -> None:
        """Be about the edit ``edit_id``."""
        super().__init__(t(interaction, "map-edit-reject-title"))
        self._edit_id = edit_id
        self.text = ui.TextInput[Any](style=discord.TextStyle.paragraph, max_length=1000)
        self.add_item(ui.Label(text=t(interaction, "map-edit-reject-reason"), component=self.text))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Judge the edit as the person who filled in the form."""
        reason = self.text.value.strip()
        if not reason:
            raise Invalid("A rejection needs a reason.", code="reason-missing")
        await _judge(interaction, self._edit_id, reason=reason)


class Why(Form):
    """Why a map shall be changed; the team need not say so."""

    def __init__(self, interaction: Interaction, editor: Editor) -> None:
        """Be about the changes that ``editor`` collected."""
        super().__init__(t(interaction, "map-edit-why-title"))
        self._editor = editor
        staff = not permissions.principal(interaction).scopes.isdisjoint(permissions.STAFF)
        self.text = ui.TextInput[Any](style=discord.TextStyle.paragraph, max_length=1000, required=not staff)
        self.add_item(ui.Label(text=t(interaction, "map-edit-why"), component=self.text))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Propose the changes as the person who filled in the form."""
        reason, code = self.text.value.strip(), self._editor.now.code
        if not reason and self.text.required:
            raise Invalid("An edit needs a reason.", code="edit-reason-missing")
        changes = msgspec.to_builtins(await self._editor.changes(interaction))
        given = {("new_code" if name == "code" else name): one for name, one in changes.items()}
        about = {"code": code, "reason": reason, "created_by": interaction.user.id}
        new = msgspec.convert({**given, **about}, MapEditCreateRequest)
        await rules.create(interaction.client.db, new)
        await self._editor.end(interaction, t(interaction, "map-edit-proposed", code=code))


class MapEdits(Cog):
    """Proposing edits, and the buttons about them."""

    buttons = (Accept, AcceptAndTry, Reject)

    @app_commands.command(name="edit-request", description="Propose changes of a map to the team")
    @app_commands.describe(code="Code of the map", custom_banner="A new picture to show the map with")
    async def propose(
        self, interaction: Interaction, code: VisibleCode, custom_banner: Picture | None = None
    ) -> None:
        """Collect changes, ask why, and show them to the team."""

        async def finish(interaction: Interaction, editor: Editor) -> None:
            await open_form(interaction, Why(interaction, editor))

        now = await maps.get(self.bot.db, code, cdn_url=self.bot.settings.s3_public_url)
        await reply(interaction, Editor(interaction, now, finish, custom_banner))


async def _judge(
    interaction: Interaction, edit_id: int, *, reason: str | None = None, send_to_playtest: bool = False
) -> None:
    who = permissions.require_moderator(interaction)
    bot = interaction.client
    verdict = MapEditResolveRequest(
        accepted=reason is None,
        resolved_by=who.user_id or 0,
        rejection_reason=reason,
        send_to_playtest=send_to_playtest,
    )
    await rules.resolve(bot.db, edit_id, verdict, cdn_url=bot.settings.s3_public_url)
    await reply(interaction, t(interaction, "map-edit-rejected" if reason else "map-edit-accepted"))


def _queue(bot: GenjiBot) -> discord.PartialMessageable:
    return bot.get_partial_messageable(bot.config.channels.verification_queue)


def _queue_message(edit: MapEditSubmissionResponse) -> ui.LayoutView:
    facts = look.facts(
        [
            (t(None, "map-edit-by"), look.plain(edit.submitter_name)),
            (t(None, "map-code"), look.code(edit.code)),
            (t(None, "map-name"), f"{look.plain(edit.map_name)} · {edit.difficulty}"),
            (t(None, "map-edit-reason"), look.plain(edit.reason, 1000)),
            (t(None, "map-edit-submitted"), discord.utils.format_dt(edit.created_at, "R")),
        ]
    )
    changes = "\n".join(
        f"**{one.field}** {look.plain(one.old_value, 300)} → {look.plain(one.new_value, 300)}"
        for one in edit.changes
    )
    row = ui.ActionRow[Any](
        Accept(edit.id, t(None, "map-edit-accept"), style=discord.ButtonStyle.success),
        AcceptAndTry(edit.id, t(None, "map-edit-accept-and-try"), style=discord.ButtonStyle.primary),
        Reject(edit.id, t(None, "map-edit-reject"), style=discord.ButtonStyle.danger),
    )
    title = t(None, "map-edit-title", code=edit.code)
    blocks = [facts, *([changes] if changes else []), row]
    return posted(look.card(Tone.WAIT, title, *blocks))
