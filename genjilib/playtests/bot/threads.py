"""The thread of a playtest: opened for a new map, kept in step with its votes, closed with its verdict."""

from typing import Any, Final

import discord

from genjilib import queries
from genjilib.broker.handler import Delivery, await_turn
from genjilib.chat import look
from genjilib.chat.client import GenjiBot
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors, post, take_away
from genjilib.chat.texts import t
from genjilib.chat.views import posted
from genjilib.core.errors import Invalid
from genjilib.core.values import FIRST_DISCORD_ID, top_of
from genjilib.maps import rules as maps
from genjilib.maps.types import MapResponse, PlaytestCreatedEvent
from genjilib.playtests import rules
from genjilib.playtests.bot.decisions import card, draw_chart, open_thread, refresh
from genjilib.playtests.types import (
    VOTES_NEEDED,
    InThread,
    PlaytestApprovedEvent,
    PlaytestForceAcceptedEvent,
    PlaytestForceDeniedEvent,
    PlaytestResetEvent,
    PlaytestVoteCastEvent,
    PlaytestVoteRemovedEvent,
)

THREAD_NAME: Final = 100
"""Characters that Discord allows in the name of a thread."""

_QUEUES: Final = (
    PlaytestVoteCastEvent.queue,
    PlaytestVoteRemovedEvent.queue,
    PlaytestResetEvent.queue,
    PlaytestApprovedEvent.queue,
    PlaytestForceAcceptedEvent.queue,
    PlaytestForceDeniedEvent.queue,
)


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
    await _in_turn(bot, delivery)
    event = delivery.event
    thread, state = await open_thread(bot, event.thread_id), await rules.state(bot.db, event.thread_id)
    voter = await queries.playtests.voter(bot.db, user_id=event.voter_id, difficulty=event.difficulty_value)
    if thread is None or state is None or voter is None:
        return
    text = t(None, "playtest-voted", name=look.plain(voter.name), difficulty=voter.difficulty)
    await _say(thread, delivery, text)
    if state.completed:
        return
    await refresh(bot, thread, state)
    needed = VOTES_NEEDED[top_of(state.difficulty)]
    if state.vote_count >= needed and state.enough_votes_message_id is None:
        creator = next(iter(state.creator_ids), None)
        called = f"<@{creator}>" if creator else ""
        enough = t(None, "playtest-enough", creator=called, count=state.vote_count)
        said = await _say(thread, delivery, enough, part="enough", calls=creator)
        await rules.note_enough_votes(bot.db, state.id, said.id)


async def on_vote_remove(bot: GenjiBot, delivery: Delivery[PlaytestVoteRemovedEvent]) -> None:
    """Take a vote out of the chart and say so in the thread."""
    await _in_turn(bot, delivery)
    event = delivery.event
    thread, state = await open_thread(bot, event.thread_id), await rules.state(bot.db, event.thread_id)
    name = await queries.users.name(bot.db, user_id=event.voter_id)
    if thread is None or state is None or name is None:
        return
    await _say(thread, delivery, t(None, "playtest-unvoted", name=look.plain(name)))
    if not state.completed:
        await refresh(bot, thread, state)


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
    await _in_turn(bot, delivery)
    event = delivery.event
    thread, state = await open_thread(bot, event.thread_id), await rules.state(bot.db, event.thread_id)
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
    await refresh(bot, thread, state)


async def _in_turn(bot: GenjiBot, delivery: Delivery[Any]) -> None:
    """Let what happened in the thread before be told first, whichever queue it comes by."""
    await await_turn(bot.db, delivery.message, _QUEUES)


async def _thread(bot: GenjiBot, tried: MapResponse) -> discord.Thread:
    forum = bot.server().get_channel(bot.config.channels.playtest)
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
        view=posted(card(tried, 0)),
        files=[await draw_chart({tried.difficulty: 1})],
        applied_tags=_tags(bot, top_of(tried.difficulty), "Open"),
    )
    return created.thread


async def _say(
    thread: discord.Thread, delivery: Delivery[Any], text: str, *, part: str = "", calls: int | None = None
) -> discord.Message:
    mentions = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(calls or 0)])
    return await post(
        thread, text, message_id=delivery.message.message_id, part=part, mentions=mentions if calls else None
    )


async def _close(bot: GenjiBot, delivery: Delivery[Any], tone: Tone, text: str, *tags: str) -> None:
    """Say what was decided, lock the thread, and take the playtest out of the verification queue."""
    await _in_turn(bot, delivery)
    event: InThread = delivery.event
    thread = await open_thread(bot, event.thread_id)
    if thread is not None:
        card = look.card(tone, t(None, "playtest-closed"), text)
        await post(thread, posted(card), message_id=delivery.message.message_id)
        with discord_errors():
            await thread.edit(applied_tags=_tags(bot, *tags), archived=True, locked=True)
    state = await rules.state(bot.db, event.thread_id)
    if state is not None and state.verification_id is not None:
        queue = bot.get_partial_messageable(bot.config.channels.verification_queue)
        await take_away(queue, state.verification_id)


def _tags(bot: GenjiBot, *names: str) -> list[discord.ForumTag]:
    forum = bot.server().get_channel(bot.config.channels.playtest)
    ids = {bot.config.tags.playtest[name] for name in names}
    return (
        [tag for tag in forum.available_tags if tag.id in ids]
        if isinstance(forum, discord.ForumChannel)
        else []
    )
