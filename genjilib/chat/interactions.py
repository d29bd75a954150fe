"""Answering people in time: a handler that is slow is deferred by itself, and its answer still arrives.

Discord shows "the application did not respond" three seconds after a press. Handlers here need not care: they
call ``reply``, ``update`` or ``open_form`` whenever they are ready, and never ``interaction.response``.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import discord
from discord import ui

from genjilib.chat import errors, look
from genjilib.chat.texts import t
from genjilib.core import clock, log, metrics, reports
from genjilib.core.ids import new_traceparent

if TYPE_CHECKING:
    from genjilib.chat.client import GenjiBot

Interaction: TypeAlias = "discord.Interaction[GenjiBot]"
Shown: TypeAlias = "ui.LayoutView | ui.Container[Any] | str"
"""What can be shown: a whole layout, one card, or a sentence."""

DEFER_AFTER: Final = 1.5
"""Seconds a handler may stay silent before it is deferred; half of what Discord allows."""

_ARCHIVED: Final = 50083
"""Discord's code for a thread in which nothing can be written any more."""

_TOO_LATE: Final = (10062, 10015, 50027, _ARCHIVED)
"""Discord's codes for where nobody is answered: interaction or webhook gone, token over, thread closed."""

_ALREADY: Final = 40060
_logger = log.get_logger(__name__)


class Answer:
    """How far the answer to one interaction has come; one exists for each, in ``interaction.extras``."""

    def __init__(self, interaction: Interaction, name: str, *, public: bool, thinking: bool) -> None:
        """Begin; see ``attend``."""
        self.interaction, self.name, self.public = interaction, name, public
        self.command = interaction.type is discord.InteractionType.application_command
        self.thinking = thinking or self.command
        self.lock = asyncio.Lock()
        self.deferred: Literal["thinking", "update"] | None = None
        self.answered = False
        self.outcome: errors.Outcome = "ok"
        self._began = clock.monotonic()
        self._timer = asyncio.get_running_loop().call_later(DEFER_AFTER, self._defer_now)

    async def defer(self) -> None:
        """Tell Discord that an answer will come, unless there is one."""
        async with self.lock:
            if self.interaction.response.is_done():
                return
            try:
                await self.interaction.response.defer(ephemeral=not self.public, thinking=self.thinking)
                self.deferred = "thinking" if self.thinking else "update"
            except discord.HTTPException as error:
                # The handler goes on: what it does counts, even when nobody can be told.
                _logger.warning("interaction-undeferred", code=error.code, status=error.status)

    def _defer_now(self) -> None:
        self.interaction.client.keep(self.defer())

    def end(self, task: asyncio.Task[Any]) -> None:
        """Count the interaction when its handler's task is over, and see to it that it has an answer."""
        self._timer.cancel()
        error = None if task.cancelled() else task.exception()
        if error is not None or task.cancelled():
            self.outcome = "failed"
        seconds = clock.monotonic() - self._began
        metrics.DISCORD_SECONDS.labels(self.name, self.outcome).observe(seconds)
        reports.traced("discord.interaction", self.name, seconds, failed=self.outcome == "failed")
        if not task.cancelled() and (error is not None or not self.answered):
            self.interaction.client.keep(self._settle(error))

    async def _settle(self, error: BaseException | None) -> None:
        """Answer for a handler that did not: nobody shall see "the application did not respond"."""
        if error is not None:
            await refuse(self.interaction, error)
        elif self.deferred == "thinking" or (self.command and not self.interaction.response.is_done()):
            await reply(self.interaction, t(self.interaction, "done"))
        else:
            self.thinking = False
            await self.defer()


def attend(interaction: Interaction, name: str, *, public: bool = False, thinking: bool = False) -> None:
    """Take care of an interaction until the current task, which runs its handler, is over.

    ``name`` is from a closed list and labels metrics. ``public`` answers are seen by all. A ``thinking``
    component shows that it is at work when deferred; others wait silently, which suits those that only
    change their own message. From here on the log lines of the task carry the interaction's id.
    """
    task = asyncio.current_task()
    if Answer in interaction.extras or task is None:
        return
    log.bind_contextvars(
        request_id=str(interaction.id),
        traceparent=new_traceparent(),
        user_id=interaction.user.id,
        interaction=name,
    )
    if interaction.type is discord.InteractionType.autocomplete:
        return
    interaction.extras[Answer] = answer = Answer(interaction, name, public=public, thinking=thinking)
    interaction.client.running.add(task)
    task.add_done_callback(answer.end)
    task.add_done_callback(interaction.client.running.discard)


def answer_of(interaction: Interaction) -> Answer:
    """Return the answer ``attend`` began."""
    return interaction.extras[Answer]


async def reply(
    interaction: Interaction,
    shown: Shown,
    *,
    public: bool | None = None,
    files: Sequence[discord.File] = (),
) -> discord.Message | None:
    """Answer with a new message, now or after the deferral; the second and later calls send further ones.

    Only the caller sees it unless ``public`` or the handler is declared public. In a thread that was closed
    the answer is a direct message. Returns nothing when the person cannot be reached any more (15 minutes
    after the press); that is logged and no error.
    """
    answer = answer_of(interaction)
    view = as_view(shown)
    look.check(view)
    hidden = not (answer.public if public is None else public)
    async with answer.lock:
        message = await _while_it_lasts(lambda: _send_or_tell(interaction, answer, view, hidden, list(files)))
        answer.answered = True
    _remember(view, message.edit if message else None)
    return message


async def _send_or_tell(
    interaction: Interaction, answer: Answer, view: ui.LayoutView, hidden: bool, files: list[discord.File]
) -> discord.Message:
    try:
        return await _send(interaction, answer, view, hidden, files)
    except discord.HTTPException as error:
        if error.code == _ARCHIVED and not files:
            with suppress(discord.Forbidden):  # takes no direct messages
                return await interaction.user.send(view=view)
        raise


async def _send(
    interaction: Interaction, answer: Answer, view: ui.LayoutView, hidden: bool, files: list[discord.File]
) -> discord.Message:
    if not interaction.response.is_done():
        sent = await interaction.response.send_message(view=view, ephemeral=hidden, files=files)
        if isinstance(sent.resource, discord.Message):
            return sent.resource
        return await interaction.original_response()
    if answer.deferred == "thinking" and not answer.answered:
        if hidden != answer.public:
            return await interaction.edit_original_response(view=view, attachments=files)
        # A deferred answer cannot change who sees it: the waiting one goes and a new one comes.
        await interaction.delete_original_response()
    return await interaction.followup.send(view=view, ephemeral=hidden, files=files, wait=True)


async def update(interaction: Interaction, view: ui.LayoutView) -> None:
    """Show ``view`` in the message whose button, select or form this interaction is."""
    answer = answer_of(interaction)
    look.check(view)
    async with answer.lock:
        await _while_it_lasts(lambda: _edit(interaction, answer, view))
        answer.answered = True
    _remember(view, interaction.edit_original_response if answer.deferred != "thinking" else None)


async def _edit(interaction: Interaction, answer: Answer, view: ui.LayoutView) -> None:
    response, source = interaction.response, interaction.message
    if not response.is_done():
        await response.edit_message(view=view)
    elif response.type in (
        discord.InteractionResponseType.deferred_message_update,
        discord.InteractionResponseType.message_update,
    ):
        await interaction.edit_original_response(view=view)
    elif source is not None:
        await interaction.followup.edit_message(source.id, view=view)
        if answer.deferred == "thinking" and not answer.answered:
            await interaction.delete_original_response()


async def open_form(interaction: Interaction, form: ui.Modal) -> None:
    """Open ``form``; when the interaction is deferred already, offer a button that opens it."""
    answer = answer_of(interaction)
    async with answer.lock:
        late = interaction.response.is_done()
        if not late:
            await _while_it_lasts(lambda: interaction.response.send_modal(form))
            answer.answered = True
    if late:
        from genjilib.chat.forms import FormOffer

        await reply(interaction, FormOffer(interaction, form, t(interaction, "form-ready")))


async def refuse(
    interaction: Interaction,
    error: BaseException,
    *,
    show: Callable[[ui.Container[Any]], ui.LayoutView] | None = None,
) -> None:
    """Tell the caller, and nobody else, why it did not work; the one way every handler's error takes.

    ``show`` may put the explanation into a layout of its own, such as one with a button to try again.
    """
    answer = answer_of(interaction)
    found = errors.explain(interaction, error, str(interaction.id))
    answer.outcome = found.outcome
    card = look.card(found.tone, found.title, found.text, reference=found.reference)
    try:
        await reply(interaction, show(card) if show and not found.reference else card, public=False)
    except (discord.DiscordException, OSError) as failure:
        _logger.warning("error-unshown", error=str(failure))


def as_view(shown: Shown) -> ui.LayoutView:
    """Make a whole message of ``shown``; one without a timeout when it is only a card or a sentence."""
    if isinstance(shown, ui.LayoutView):
        return shown
    item = ui.TextDisplay[Any](look.cut(shown, look.MESSAGE_TEXT)) if isinstance(shown, str) else shown
    return ui.LayoutView(timeout=None).add_item(item)


async def _while_it_lasts(send: Callable[[], Awaitable[Any]]) -> Any:
    """Run ``send``; nothing comes back when the interaction is over and nobody can be told."""
    try:
        return await send()
    except discord.HTTPException as error:
        if error.code not in _TOO_LATE and error.code != _ALREADY:
            raise
        _logger.warning("answer-too-late", code=error.code)
        return None


def _remember(view: ui.LayoutView, edit: Callable[..., Awaitable[Any]] | None) -> None:
    """Let a view that ends by itself know how to show that it did."""
    if edit is not None and hasattr(view, "edit"):
        view.edit = edit  # pyright: ignore[reportAttributeAccessIssue]  # declared by views.Layout
