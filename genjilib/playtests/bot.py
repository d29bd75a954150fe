"""The bot's part of playtests: the thread of a new map, its votes and chart, decisions about it, its end."""

from io import BytesIO
from typing import Any, Final

import discord
import msgspec
from discord import ui

from genjilib import queries
from genjilib.broker.handler import Delivery, Handler
from genjilib.chat import look, permissions
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form, reply, update
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors, post, take_away
from genjilib.chat.texts import t
from genjilib.chat.views import Button, confirm, posted
from genjilib.core.errors import Conflict, Forbidden, Invalid
from genjilib.core.values import FIRST_DISCORD_ID, MIDPOINTS, Difficulty, top_of
from genjilib.maps import rules as maps
from genjilib.maps.types import MapResponse, PlaytestCreatedEvent
from genjilib.playtests import chart, rules
from genjilib.playtests.types import (
    VOTES_NEEDED,
    InThread,
    PlaytestApprovedEvent,
    PlaytestForceAcceptedEvent,
    PlaytestForceDeniedEvent,
    PlaytestForceDenyRequest,
    PlaytestPatchRequest,
    PlaytestResetEvent,
    PlaytestResetRequest,
    PlaytestVoteCastEvent,
    PlaytestVoteRemovedEvent,
)
from genjilib.queries.playtests import StateRow

THREAD_NAME: Final = 100
"""Characters that Discord allows in the name of a thread."""

CHART: Final = "playtest.png"
DECISIONS: Final = (
    "playtest-approve",
    "playtest-force-accept",
    "playtest-force-deny",
    "playtest-start-over",
    "playtest-remove-votes",
)
"""What a moderator may do with a playtest, by the texts that say it."""

WISHES: Final = ("playtest-wish-change", "playtest-wish-deletion")


async def on_create(bot: GenjiBot, delivery: Delivery[PlaytestCreatedEvent]) -> None:
    """Open the thread in which a map is tried, call its creator, and let the map be seen."""
    event = delivery.event
    if await rules.has_thread(bot.db, event.playtest_id):
        return
    tried = await maps.get(bot.db, event.code, cdn_url=bot.settings.s3_public_url)
    with discord_errors():
        thread = await _thread(bot, tried)
    creator = next((one.id for one in tried.creators if one.is_primary), None)
    if creator is not None and creator >= FIRST_DISCORD_ID:
        await _say(thread, delivery, t(None, "playtest-opened", creator=f"<@{creator}>"), calls=creator)
    await rules.associate(bot.db, event.playtest_id, thread.id)


async def on_vote_cast(bot: GenjiBot, delivery: Delivery[PlaytestVoteCastEvent]) -> None:
    """Show a vote in the thread and its chart, and say once when there are enough of them."""
    event = delivery.event
    thread, state = await _open_thread(bot, event.thread_id), await rules.state(bot.db, event.thread_id)
    voter = await queries.playtests.voter(bot.db, user_id=event.voter_id, difficulty=event.difficulty_value)
    if thread is None or state is None or state.completed or voter is None:
        return
    text = t(None, "playtest-voted", name=look.plain(voter.name), difficulty=voter.difficulty)
    await _say(thread, delivery, text)
    await _refresh(bot, thread, state)
    needed = VOTES_NEEDED[top_of(state.difficulty)]
    if state.vote_count >= needed and state.enough_votes_message_id is None:
        creator = next(iter(state.creator_ids), None)
        called = f"<@{creator}>" if creator else ""
        enough = t(None, "playtest-enough", creator=called, count=state.vote_count)
        said = await _say(thread, delivery, enough, part="enough", calls=creator)
        await rules.note_enough_votes(bot.db, state.id, said.id)


async def on_vote_remove(bot: GenjiBot, delivery: Delivery[PlaytestVoteRemovedEvent]) -> None:
    """Take a vote out of the chart and say so in the thread."""
    event = delivery.event
    thread, state = await _open_thread(bot, event.thread_id), await rules.state(bot.db, event.thread_id)
    name = await queries.users.name(bot.db, user_id=event.voter_id)
    if thread is None or state is None or state.completed or name is None:
        return
    await _say(thread, delivery, t(None, "playtest-unvoted", name=look.plain(name)))
    await _refresh(bot, thread, state)


async def on_approve(bot: GenjiBot, delivery: Delivery[PlaytestApprovedEvent]) -> None:
    """Say in the thread that the map was accepted as its voters found it, and close it."""
    difficulty = delivery.event.difficulty
    text = t(None, "playtest-approved", difficulty=difficulty)
    await _close(bot, delivery, Tone.OK, text, top_of(difficulty), "Complete")


async def on_force_accept(bot: GenjiBot, delivery: Delivery[PlaytestForceAcceptedEvent]) -> None:
    """Say in the thread that the map was accepted, and close it."""
    difficulty = delivery.event.difficulty
    text = t(None, "playtest-accepted", difficulty=difficulty)
    await _close(bot, delivery, Tone.OK, text, top_of(difficulty), "Complete")


async def on_force_deny(bot: GenjiBot, delivery: Delivery[PlaytestForceDeniedEvent]) -> None:
    """Say in the thread why the map was rejected, and close it."""
    text = "\n".join(filter(None, [t(None, "playtest-denied"), look.plain(delivery.event.reason, 1000)]))
    await _close(bot, delivery, Tone.REFUSED, text, "Cancelled")


async def on_reset(bot: GenjiBot, delivery: Delivery[PlaytestResetEvent]) -> None:
    """Show the thread as it is now and tell everybody in it that the playtest starts over."""
    event = delivery.event
    thread, state = await _open_thread(bot, event.thread_id), await rules.state(bot.db, event.thread_id)
    if thread is None or state is None or state.completed:
        return
    lines = [
        f"@here {t(None, 'playtest-reset')}",
        look.plain(event.reason, 1000),
        t(None, "playtest-reset-votes") if event.remove_votes else "",
        t(None, "playtest-reset-runs") if event.remove_completions else "",
    ]
    await post(
        thread,
        "\n".join(filter(None, lines)),
        message_id=delivery.message.message_id,
        mentions=discord.AllowedMentions(everyone=True, users=False, roles=False),
    )
    await _refresh(bot, thread, state)


handlers = [
    Handler(PlaytestCreatedEvent, prepare=on_create),
    Handler(PlaytestVoteCastEvent, prepare=on_vote_cast),
    Handler(PlaytestVoteRemovedEvent, prepare=on_vote_remove),
    Handler(PlaytestApprovedEvent, prepare=on_approve),
    Handler(PlaytestForceAcceptedEvent, prepare=on_force_accept),
    Handler(PlaytestForceDeniedEvent, prepare=on_force_deny),
    Handler(PlaytestResetEvent, prepare=on_reset),
]


class Vote(Button, action="playtests:vote"):
    """Asks for a difficulty and keeps the vote; the thread it stands in tells for which playtest."""

    async def press(self, interaction: Interaction) -> None:
        """Open the ballot, unless who pressed made the map."""
        await rules.check_voter(interaction.client.db, interaction.channel_id or 0, interaction.user.id)
        await open_form(interaction, Ballot(interaction))


class Unvote(Button, action="playtests:unvote", thinking=True):
    """Takes back the vote of who pressed."""

    async def press(self, interaction: Interaction) -> None:
        """Take the vote back."""
        await rules.unvote(interaction.client.db, interaction.channel_id or 0, interaction.user.id)
        await reply(interaction, t(interaction, "playtest-vote-gone"))


class Ballot(Form):
    """How hard a map is."""

    def __init__(self, interaction: Interaction) -> None:
        """Offer all difficulties."""
        super().__init__(t(interaction, "playtest-ballot"))
        self.choice = ui.Select[Any](options=[discord.SelectOption(label=label) for label in MIDPOINTS])
        self.add_item(ui.Label(text=t(interaction, "map-difficulty"), component=self.choice))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Keep the vote as the middle of the chosen difficulty."""
        (label,) = self.choice.values
        thread_id = interaction.channel_id or 0
        await rules.vote(interaction.client.db, thread_id, interaction.user.id, MIDPOINTS[label])
        await reply(interaction, t(interaction, "playtest-vote-kept", difficulty=label))


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
        state = await _state(bot, thread_id)
        match self.decision.values[0]:
            case "playtest-approve":
                if not await confirm(interaction, await _question(interaction, state, thread_id)):
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
            case _:
                await rules.clear_votes(db, thread_id)
                await _show_cleared(interaction, thread_id)
        await reply(interaction, t(interaction, "playtest-decided"))


class Finalize(Button, action="playtests:finalize", thinking=True):
    """Lets a creator say that the map is ready for its verdict, once there are enough votes."""

    async def press(self, interaction: Interaction) -> None:
        """Put the playtest into the verification queue; the team may do so with fewer votes."""
        bot, thread_id = interaction.client, interaction.channel_id or 0
        state = await _state(bot, thread_id)
        staff = not permissions.principal(interaction).scopes.isdisjoint(permissions.STAFF)
        if not staff:
            _require_creator(interaction, state)
        needed = VOTES_NEEDED[top_of(state.difficulty)]
        if state.vote_count < needed and not staff:
            numbers = {"count": state.vote_count, "needed": needed}
            raise Invalid("There are not enough votes yet.", code="votes-missing", extra=numbers)
        if state.verification_id is not None:
            raise Conflict("The map waits for its verdict already.", code="finalized")
        queue = bot.get_partial_messageable(bot.config.channels.verification_queue)
        view = await _final(bot, state, thread_id, waits=False)
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
        state = await _state(bot, int(thread_id))
        await update(interaction, await _final(bot, state, int(thread_id), waits=marked != "marked"))


class Ask(Button, action="playtests:ask"):
    """Lets a creator ask the team to change or delete the map."""

    async def press(self, interaction: Interaction) -> None:
        """Open the form for the wish."""
        _require_creator(interaction, await _state(interaction.client, interaction.channel_id or 0))
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
        _require_creator(interaction, await _state(bot, thread_id))
        role = discord.Object(bot.config.roles.modmail)
        called = f"<@&{role.id}> <@{interaction.user.id}>: **{t(None, self.kind.values[0])}**"
        await post(
            bot.get_partial_messageable(thread_id),
            f"{called}\n{look.plain(self.text.value, 1000)}",
            message_id=str(interaction.id),
            mentions=discord.AllowedMentions(everyone=False, users=False, roles=[role]),
        )
        await reply(interaction, t(interaction, "playtest-asked"))


class Playtests(Cog):
    """Buttons of the threads in which maps are tried."""

    buttons = (Vote, Unvote, Moderate, Finalize, Wait, Ask)


async def _thread(bot: GenjiBot, tried: MapResponse) -> discord.Thread:
    forum = bot.get_channel(bot.config.channels.playtest)
    if not isinstance(forum, discord.ForumChannel):
        raise Invalid("The playtest forum is not there.", code="no-playtest-forum")
    creator = next((one.name for one in tried.creators if one.is_primary), "?")
    name = f"{tried.code} | {tried.difficulty} {tried.map_name} by {look.visible(creator)}"[:THREAD_NAME]
    # Threads have no nonce: one that was opened before a crash is found by its name.
    for thread in forum.threads:
        if thread.name == name and not thread.locked and thread.owner_id == bot.application_id:
            return thread
    created = await forum.create_thread(
        name=name,
        view=posted(_card(tried, 0)),
        files=[await _chart({tried.difficulty: 1})],
        applied_tags=_tags(bot, top_of(tried.difficulty), "Open"),
    )
    return created.thread


async def _open_thread(bot: GenjiBot, thread_id: int) -> discord.Thread | None:
    """Return a thread that can be written in; nothing when it is gone or locked."""
    with discord_errors():
        try:
            thread = await bot.fetch_channel(thread_id)
        except discord.NotFound:
            return None
    return thread if isinstance(thread, discord.Thread) and not thread.locked else None


async def _refresh(bot: GenjiBot, thread: discord.Thread, state: StateRow) -> None:
    """Draw the first message of a thread anew from the votes as they are now.

    To be called after something was posted: that wakes a thread which Discord archived for its silence, and
    messages of an archived one cannot be edited.
    """
    if state.code is None:
        return
    tried = await maps.get(bot.db, state.code, cdn_url=bot.settings.s3_public_url)
    file = await _chart(await rules.tally(bot.db, thread.id))
    view = posted(_card(tried, state.vote_count))
    with discord_errors():
        # The first message of a forum's thread has the thread's own id.
        await thread.get_partial_message(thread.id).edit(view=view, attachments=[file])


async def _say(
    thread: discord.Thread, delivery: Delivery[Any], text: str, *, part: str = "", calls: int | None = None
) -> discord.Message:
    mentions = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(calls or 0)])
    return await post(
        thread, text, message_id=delivery.message.message_id, part=part, mentions=mentions if calls else None
    )


async def _close(bot: GenjiBot, delivery: Delivery[Any], tone: Tone, text: str, *tags: str) -> None:
    """Say what was decided, lock the thread, and take the playtest out of the verification queue."""
    event: InThread = delivery.event
    thread = await _open_thread(bot, event.thread_id)
    if thread is not None:
        card = look.card(tone, t(None, "playtest-closed"), text)
        await post(thread, posted(card), message_id=delivery.message.message_id)
        with discord_errors():
            await thread.edit(applied_tags=_tags(bot, *tags), archived=True, locked=True)
    state = await rules.state(bot.db, event.thread_id)
    if state is not None and state.verification_id is not None:
        queue = bot.get_partial_messageable(bot.config.channels.verification_queue)
        await take_away(queue, state.verification_id)


async def _chart(votes: dict[str, int]) -> discord.File:
    return discord.File(BytesIO(await chart.draw(votes, "PNG")), CHART)


def _card(tried: MapResponse, votes: int) -> ui.Container[Any]:
    medals = tried.medals
    facts = look.facts(
        [
            (t(None, "map-code"), look.code(tried.code)),
            (t(None, "map-name"), look.plain(tried.map_name)),
            (t(None, "map-difficulty"), tried.difficulty),
            (t(None, "map-creators"), ", ".join(look.plain(one.name) for one in tried.creators)),
            (t(None, "map-checkpoints"), tried.checkpoints),
            (t(None, "map-mechanics"), ", ".join(tried.mechanics)),
            (t(None, "map-restrictions"), ", ".join(tried.restrictions)),
            (t(None, "map-medals"), medals and f"{medals.gold} / {medals.silver} / {medals.bronze}"),
            (t(None, "map-votes"), f"{votes} / {VOTES_NEEDED[top_of(tried.difficulty)]}"),
            (t(None, "map-description"), look.plain(tried.description or "", 1000)),
        ]
    )
    images = [*([tried.map_banner] if tried.map_banner else []), f"attachment://{CHART}"]
    row = ui.ActionRow[Any](
        Vote(tried.code, t(None, "playtest-vote"), style=discord.ButtonStyle.primary),
        Unvote(tried.code, t(None, "playtest-unvote")),
    )
    decisions = ui.ActionRow[Any](
        Finalize(tried.code, t(None, "playtest-finalize"), style=discord.ButtonStyle.success),
        Ask(tried.code, t(None, "playtest-ask")),
        Moderate(tried.code, t(None, "playtest-moderate")),
    )
    title = t(None, "playtest-title", code=tried.code)
    return look.card(Tone.INFO, title, facts, row, decisions, images=images)


async def _state(bot: GenjiBot, thread_id: int) -> StateRow:
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


async def _show_cleared(interaction: Interaction, thread_id: int) -> None:
    """Say in a thread that its votes were removed, and draw its chart anew."""
    bot = interaction.client
    thread, state = await _open_thread(bot, thread_id), await rules.state(bot.db, thread_id)
    if thread is not None and state is not None:
        await post(thread, t(None, "playtest-reset-votes"), message_id=str(interaction.id))
        await _refresh(bot, thread, state)


async def _final(bot: GenjiBot, state: StateRow, thread_id: int, *, waits: bool) -> ui.LayoutView:
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


def _tags(bot: GenjiBot, *names: str) -> list[discord.ForumTag]:
    forum = bot.get_channel(bot.config.channels.playtest)
    ids = {bot.config.tags.playtest[name] for name in names}
    return (
        [tag for tag in forum.available_tags if tag.id in ids]
        if isinstance(forum, discord.ForumChannel)
        else []
    )
