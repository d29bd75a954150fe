"""A message is posted once, whatever Discord does; its failures become ours."""

from typing import Any
from uuid import UUID

import aiohttp
import discord as dpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genjilib.chat import look
from genjilib.chat.client import GenjiBot
from genjilib.chat.look import Tone
from genjilib.chat.send import nonce_of, post, tell, translate
from genjilib.core.errors import NotFound, Unavailable
from genjilib.core.ids import new_id
from genjilib.local.discord import SimulatedDiscord


def channel(bot: GenjiBot, name: str) -> Any:
    found = bot.get_channel(getattr(bot.config.channels, name))
    assert found is not None
    return found


async def times_posted(discord: SimulatedDiscord, channel_name: str, text: str) -> int:
    return sum(text in message.text for message in await discord.messages(channel_name))


@given(st.uuids(), st.text(max_size=20))
def test_a_nonce_is_short_and_the_same_for_the_same_message(message_id: UUID, part: str) -> None:
    nonce = nonce_of(message_id, part)
    assert len(nonce) <= 25
    assert nonce == nonce_of(str(message_id), part)
    assert nonce != nonce_of(message_id, part + "x")


async def test_a_message_sent_twice_is_posted_once(bot: GenjiBot, discord: SimulatedDiscord) -> None:
    message_id = new_id()
    first = await post(channel(bot, "newsfeed"), "sent twice", message_id=message_id)
    again = await post(channel(bot, "newsfeed"), "sent twice", message_id=message_id)
    assert first.id == again.id
    assert await times_posted(discord, "newsfeed", "sent twice") == 1


async def test_parts_of_one_message_are_posts_of_their_own(bot: GenjiBot, discord: SimulatedDiscord) -> None:
    message_id = new_id()
    await post(channel(bot, "newsfeed"), "part", message_id=message_id, part="a")
    await post(channel(bot, "newsfeed"), "part", message_id=message_id, part="b")
    assert await times_posted(discord, "newsfeed", "part") == 2


async def test_a_lost_reply_is_unavailable_and_the_retry_posts_nothing_new(
    bot: GenjiBot, discord: SimulatedDiscord
) -> None:
    message_id = new_id()
    await discord.fault("lost_reply", "POST /channels/*/messages", times=1)
    with pytest.raises(Unavailable) as away:
        await post(channel(bot, "newsfeed"), "reply lost", message_id=message_id)
    assert away.value.after > 0
    await post(channel(bot, "newsfeed"), "reply lost", message_id=message_id)
    assert await times_posted(discord, "newsfeed", "reply lost") == 1


async def test_server_errors_and_limits_are_waited_out(bot: GenjiBot, discord: SimulatedDiscord) -> None:
    await discord.fault("error", "POST /channels/*/messages", times=1)
    await discord.fault("rate_limit", "POST /channels/*/messages", seconds=0.3, times=1)
    await post(channel(bot, "newsfeed"), "in the end", message_id=new_id())
    assert await times_posted(discord, "newsfeed", "in the end") == 1


async def test_closed_direct_messages_are_no_error(bot: GenjiBot, discord: SimulatedDiscord) -> None:
    guild = bot.get_guild(bot.config.guild)
    assert guild is not None
    closed, open_ = guild.get_member_named("echo"), guild.get_member_named("tracer")
    assert closed is not None
    assert open_ is not None
    assert await tell(closed, "psst", message_id=new_id()) is None
    assert await tell(open_, "psst", message_id=new_id()) is not None
    assert await times_posted(discord, "@tracer", "psst") == 1


async def test_a_deleted_channel_is_not_found(bot: GenjiBot) -> None:
    gone = bot.get_partial_messageable(123456789012345678)
    with pytest.raises(NotFound) as unknown:
        await post(gone, "nobody hears", message_id=new_id())
    assert unknown.value.extra == 10003


async def test_mentions_in_a_post_ping_nobody(bot: GenjiBot, discord: SimulatedDiscord) -> None:
    await post(channel(bot, "newsfeed"), "ping @everyone", message_id=new_id())
    message = next(one for one in await discord.messages("newsfeed") if "ping" in one.text)
    assert not message.raw["mention_everyone"]


async def test_a_post_that_is_too_long_is_found_before_discord_does(bot: GenjiBot) -> None:
    view = dpy.ui.LayoutView(timeout=None).add_item(dpy.ui.TextDisplay("x" * 4001))
    with pytest.raises(ValueError, match="4000"):
        await post(channel(bot, "newsfeed"), view, message_id=new_id())
    await post(channel(bot, "newsfeed"), look.card(Tone.NEWS, "long", "x" * 9000), message_id=new_id())


def test_failures_are_classified_by_what_helps() -> None:
    limited = translate(dpy.RateLimited(7.0))
    assert isinstance(limited, Unavailable)
    assert limited.after == 7.0
    assert isinstance(translate(aiohttp.ServerDisconnectedError()), Unavailable)
    assert isinstance(translate(TimeoutError()), Unavailable)
