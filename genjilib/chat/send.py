"""Posting without doubles, by a nonce made of the message's id, with Discord's failures as our errors."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import Final
from uuid import UUID

import aiohttp
import discord
from discord import abc

from genjilib.chat import look
from genjilib.chat.interactions import Shown, as_view
from genjilib.core import log
from genjilib.core.errors import Forbidden, Invalid, NotFound, Unavailable

_CLOSED: Final = (50007, 10013, 50278)
"""Discord's codes for a person who cannot be written to: closed DMs, unknown user, no shared server."""

RETRY_AFTER: Final = 5.0
"""Seconds until another try when Discord does not say."""

_logger = log.get_logger(__name__)


def nonce_of(message_id: UUID | str, part: str = "") -> str:
    """Return the nonce of a post: the same for the same message, 24 characters of Discord's 25.

    ``part`` tells apart several posts that one message causes.
    """
    return blake2b(f"{message_id}/{part}".encode(), digest_size=12).hexdigest()


async def post(
    channel: abc.Messageable,
    shown: Shown,
    *,
    message_id: UUID | str,
    part: str = "",
    files: Sequence[discord.File] = (),
    mentions: discord.AllowedMentions | None = None,
) -> discord.Message:
    """Send a message once: a second call within minutes with the same ``message_id`` returns the first's.

    For longer than that the caller stores the id of what was posted and looks before it posts. Raises
    ``Unavailable`` when Discord is away, ``NotFound`` and ``Forbidden`` when the channel is closed to us.
    """
    view = as_view(shown)
    look.check(view)
    with discord_errors():
        return await channel.send(
            view=view,
            nonce=nonce_of(message_id, part),
            files=list(files),
            allowed_mentions=mentions or discord.AllowedMentions.none(),
        )


async def tell(
    person: discord.User | discord.Member, shown: Shown, *, message_id: UUID | str, part: str = ""
) -> discord.Message | None:
    """Send a direct message; nothing is returned when the person takes none, which is no error."""
    try:
        return await post(person, shown, message_id=message_id, part=part)
    except (Forbidden, NotFound) as error:
        if error.extra not in _CLOSED:
            raise
        _logger.info("direct-message-unwanted", recipient_id=person.id, code=error.extra)
        return None


async def take_away(channel: discord.PartialMessageable, message_id: int) -> None:
    """Delete a message of ours; one that is gone already is no error."""
    with discord_errors():
        try:
            await channel.get_partial_message(message_id).delete()
        except discord.NotFound:
            return


@contextmanager
def discord_errors() -> Generator[None]:
    """Turn what Discord refuses inside the block into our errors, with Discord's own code as ``extra``."""
    try:
        yield
    except (discord.RateLimited, discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise translate(error) from error


def translate(error: Exception) -> Unavailable | Forbidden | NotFound | Invalid:
    """Return which of our errors a failed call to Discord is.

    ``Unavailable`` says after how long to try again; the others will not heal by themselves.
    """
    if isinstance(error, discord.RateLimited):
        return Unavailable("Discord asks to slow down.", after=error.retry_after, code="discord-slow-down")
    if not isinstance(error, discord.HTTPException) or error.status >= 500 or error.status == 429:
        return Unavailable("Discord does not answer at the moment.", after=RETRY_AFTER, code="discord-away")
    if isinstance(error, discord.Forbidden):
        return Forbidden(
            f"Discord does not allow this: {error.text}", code="discord-forbidden", extra=error.code
        )
    if isinstance(error, discord.NotFound):
        return NotFound(f"Discord does not know this: {error.text}", code="discord-unknown", extra=error.code)
    return Invalid(f"Discord refused: {error.text}", code="discord-refused", extra=error.code)
