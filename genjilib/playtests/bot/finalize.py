"""What creators ask of the team: a verdict, a change, the deletion of the map."""

from typing import Any, Final

import discord
from discord import ui

from genjilib.chat import look, permissions
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form, reply, update
from genjilib.chat.look import Tone
from genjilib.chat.send import post, take_away
from genjilib.chat.texts import t
from genjilib.chat.views import Button, posted
from genjilib.core.errors import Conflict, Forbidden, Invalid
from genjilib.core.values import top_of
from genjilib.playtests import rules
from genjilib.playtests.types import (
    VOTES_NEEDED,
    PlaytestPatchRequest,
)
from genjilib.queries.playtests import StateRow

WISHES: Final = ("playtest-wish-change", "playtest-wish-deletion")


class Finalize(Button, action="playtests:finalize", thinking=True):
    """Lets a creator say that the map is ready for its verdict, with enough votes or the team's leave."""

    async def press(self, interaction: Interaction) -> None:
        """Put the playtest into the verification queue; the team may do so with fewer votes."""
        bot, thread_id = interaction.client, interaction.channel_id or 0
        state = await open_state(bot, thread_id)
        staff = not permissions.principal(interaction).scopes.isdisjoint(permissions.STAFF)
        if not staff:
            _require_creator(interaction, state)
        needed = VOTES_NEEDED[top_of(state.difficulty)]
        if state.vote_count < needed and not staff and not state.finalize_allowed:
            numbers = {"count": state.vote_count, "needed": needed}
            raise Invalid("There are not enough votes yet.", code="votes-missing", extra=numbers)
        if state.verification_id is not None:
            raise Conflict("The map waits for its verdict already.", code="finalized")
        queue = bot.get_partial_messageable(bot.config.channels.verification_queue)
        view = await final_message(bot, state, thread_id, waits=False)
        message = await post(queue, view, message_id=f"finalize {state.id}")
        await rules.patch(bot.db, thread_id, PlaytestPatchRequest(verification_id=message.id))
        decided = await rules.state(bot.db, thread_id)
        if decided is None or decided.completed:
            # Whoever decided it before that found no message to take out of the queue.
            await take_away(queue, message.id)
        await reply(interaction, t(interaction, "playtest-finalized"))


class Wait(Button, action="playtests:wait"):
    """Marks a playtest in the verification queue as one that has to wait, and takes the mark away."""

    async def press(self, interaction: Interaction) -> None:
        """Change the colour of the message; its key is the thread and whether it is marked."""
        permissions.require_moderator(interaction)
        thread_id, _, marked = self.key.partition(":")
        bot = interaction.client
        state = await open_state(bot, int(thread_id))
        await update(interaction, await final_message(bot, state, int(thread_id), waits=marked != "marked"))


class Ask(Button, action="playtests:ask"):
    """Lets a creator ask the team to change or delete the map."""

    async def press(self, interaction: Interaction) -> None:
        """Open the form for the wish."""
        _require_creator(interaction, await open_state(interaction.client, interaction.channel_id or 0))
        await open_form(interaction, Wish(interaction))


class Wish(Form):
    """What a creator wants of the team."""

    def __init__(self, interaction: Interaction) -> None:
        """Offer a change and the deletion."""
        super().__init__(t(interaction, "playtest-ask"))
        options = [discord.SelectOption(label=t(interaction, key), value=key) for key in WISHES]
        self.kind = ui.Select[Any](options=options)
        self.text = ui.TextInput[Any](style=discord.TextStyle.paragraph, max_length=1000)
        self.add_item(ui.Label(text=t(interaction, "playtest-wish"), component=self.kind))
        self.add_item(ui.Label(text=t(interaction, "playtest-wish-text"), component=self.text))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Call the team in the thread."""
        bot, thread_id = interaction.client, interaction.channel_id or 0
        _require_creator(interaction, await open_state(bot, thread_id))
        text = self.text.value.strip()
        if not text:
            raise Invalid("A wish says what is wanted.", code="wish-empty")
        role = discord.Object(bot.config.roles.modmail)
        called = f"<@&{role.id}> <@{interaction.user.id}>: **{t(None, self.kind.values[0])}**"
        await post(
            bot.get_partial_messageable(thread_id),
            f"{called}\n{look.plain(text, 1000)}",
            message_id=str(interaction.id),
            mentions=discord.AllowedMentions(everyone=False, users=False, roles=[role]),
        )
        await reply(interaction, t(interaction, "playtest-asked"))


async def open_state(bot: GenjiBot, thread_id: int) -> StateRow:
    """Return where an open playtest stands; ``NotFound`` without one, ``Conflict`` when it is over."""
    state = await rules.state(bot.db, thread_id)
    if state is None:
        raise rules.not_found(thread_id)
    if state.completed:
        raise Conflict("This playtest is over already.", code="playtest-over")
    return state


def _require_creator(interaction: Interaction, state: StateRow) -> None:
    if interaction.user.id not in state.creator_ids:
        raise Forbidden("Only creators of the map may do this.", code="creators-only")


async def final_message(bot: GenjiBot, state: StateRow, thread_id: int, *, waits: bool) -> ui.LayoutView:
    """Build the message of a playtest in the verification queue."""
    votes = await rules.votes(bot.db, thread_id)
    facts = look.facts(
        [
            (t(None, "map-code"), look.code(state.code or "?")),
            (t(None, "map-difficulty"), state.difficulty),
            (t(None, "map-votes"), f"{state.vote_count} / {VOTES_NEEDED[top_of(state.difficulty)]}"),
            (t(None, "playtest-average"), f"{votes.average or 0:.2f}"),
            (t(None, "playtest-thread"), f"<#{thread_id}>"),
        ]
    )
    mark = "marked" if waits else "open"
    row = ui.ActionRow[Any](
        Wait(f"{thread_id}:{mark}", t(None, "playtest-go-on" if waits else "playtest-wait"))
    )
    title = t(None, "playtest-ready", code=state.code or "?")
    return posted(look.card(Tone.WAIT if waits else Tone.INFO, title, facts, row))


class Finalizing(Cog):
    """The buttons about verdicts."""

    buttons = (Finalize, Wait, Ask)
