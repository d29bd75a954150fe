"""The bot: settings → database, broker, Discord ids → the client with its cogs, and its queues beside it."""

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import discord

from genjilib.alerts import bot as alerts
from genjilib.broker.client import Broker
from genjilib.broker.consume import consuming
from genjilib.broker.topology import find
from genjilib.change_requests import bot as change_requests
from genjilib.chat.client import GenjiBot
from genjilib.chat.config import Config
from genjilib.community import bot as community
from genjilib.completions import bot as completions
from genjilib.core.errors import Invalid, Unavailable
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.lootbox import bot as lootbox
from genjilib.map_edits import bot as map_edits
from genjilib.maps import bot as maps
from genjilib.newsfeed import bot as newsfeed
from genjilib.notifications import bot as notifications
from genjilib.playtests import bot as playtests
from genjilib.rank_card import bot as rank_card
from genjilib.users import bot as users
from genjilib.utilities import bot as utilities
from genjilib.web.health import serve_inner
from genjilib.web.server import stop_signal
from runners.start import start

COGS = [
    change_requests.ChangeRequests,
    *community.cogs,
    *completions.cogs,
    lootbox.Xp,
    map_edits.MapEdits,
    *maps.cogs,
    newsfeed.Announcements,
    notifications.Notifications,
    *playtests.cogs,
    rank_card.RankCards,
    users.Users,
    utilities.CommandLog,
]
"""Commands, menus and buttons of every domain."""

HANDLERS = [
    *completions.handlers,
    *lootbox.handlers,
    *map_edits.handlers,
    *newsfeed.handlers,
    *notifications.handlers,
    *playtests.handlers,
]
"""The handlers of every queue that the bot consumes."""


async def run(settings: Settings) -> None:
    """Serve Discord until the process is told to stop; raise when that cannot go on."""
    config = Config.load(settings.discord_config)
    async with Db.open(settings, name="bot") as db, Broker.open(settings, name="bot") as broker:
        bot = GenjiBot(settings, config, db, COGS)
        with suppress(Unavailable):
            # A broker that is away now is looked at by the worker, which declares all queues.
            await broker.declare([find(handler.event.queue) for handler in HANDLERS], wait=2)
        inner = await serve_inner(
            settings, {"database": db.ready, "broker": broker.ready, "discord": bot.ready}
        )
        try:
            await bot.serve(stop_signal(), beside=_beside(bot, broker))
        except (discord.LoginFailure, discord.PrivilegedIntentsRequired) as error:
            raise Invalid(f"Discord refuses the bot: {error}", code="discord-login") from error
        finally:
            await inner.close()


@asynccontextmanager
async def _beside(bot: GenjiBot, broker: Broker) -> AsyncGenerator[None]:
    """Consume the queues, tell of dead letters and remind of requests while the bot serves people."""
    async with (
        alerts.watching(bot),
        change_requests.reminding(bot),
        consuming(bot.db, broker, HANDLERS, bot, bot.settings),
    ):
        yield


if __name__ == "__main__":
    sys.exit(start("bot", run))
