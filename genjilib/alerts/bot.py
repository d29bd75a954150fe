"""The bot's part of alerts: one message for each kind of dead letter, not one for each letter."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from discord import ui

from genjilib.alerts import rules
from genjilib.chat import look
from genjilib.chat.client import GenjiBot
from genjilib.chat.look import Tone
from genjilib.chat.send import post
from genjilib.chat.texts import t
from genjilib.chat.views import posted
from genjilib.core.errors import GenjiError
from genjilib.core.log import get_logger
from genjilib.queries.messages import FindAlarmingRow

EVERY = 15.0
"""Seconds between two looks."""

DETAIL = 600
"""How many characters of an error's sentence are shown."""

_logger = get_logger(__name__)


@asynccontextmanager
async def watching(bot: GenjiBot, *, every: float = EVERY) -> AsyncGenerator[None]:
    """Look for dead letters while the block runs; what cannot be told now is told later."""
    task = asyncio.create_task(_watch(bot, every))
    try:
        yield
    finally:
        task.cancel()


async def tell(bot: GenjiBot) -> None:
    """Tell the team of each kind of dead letter that it was not told of yet.

    A bot that dies between telling and noting tells again, with the same nonce: Discord shows one.
    """
    channel = bot.get_partial_messageable(bot.config.channels.dlq_alerts)
    for kind in await rules.find_new(bot.db):
        await post(channel, posted(card(kind)), message_id=f"{kind.queue} {kind.error} {kind.first_id}")
        await rules.note(bot.db, kind)


def card(kind: FindAlarmingRow) -> ui.Container[Any]:
    """Build the message about a kind of dead letters, with the command that shows them."""
    title = t(None, "alert-dead", count=kind.n, queue=kind.queue)
    command = f"./cli.py dlq list --queue {kind.queue} --error {kind.error}"
    text = f"{look.code(kind.error)} {look.plain(kind.detail, DETAIL)}\n{look.code(command, 300)}"
    return look.card(Tone.REFUSED, title, text)


async def _watch(bot: GenjiBot, every: float) -> None:
    while True:
        try:
            await tell(bot)
        except GenjiError as error:
            _logger.warning("alert-postponed", reason=error.detail)
        except Exception:
            _logger.exception("alert-failed")
        await asyncio.sleep(every)
