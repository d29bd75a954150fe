"""The bot's process: settings, log, database, Discord ids, the client with its cogs, the inner port."""

import asyncio
import signal
import sys
from collections.abc import Sequence

import discord
import uvloop

from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.config import Config
from genjilib.core import log
from genjilib.core.errors import GenjiError
from genjilib.core.settings import Settings
from genjilib.db.pool import Db
from genjilib.web.health import serve_inner

COGS: Sequence[type[Cog]] = ()
"""Every domain's part of the bot; nothing is found by scanning."""

_BUG = 70
_logger = log.get_logger("genji.bot")


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Serve Discord until ``stop`` is set; raise when that cannot go on."""
    config = Config.load(settings.discord_config)
    async with Db.open(settings, name="bot") as db:
        bot = GenjiBot(settings, config, db, COGS)
        inner = await serve_inner(settings, {"database": db.ready, "discord": bot.ready})
        try:
            # The consumer of the bot's queues is started here, beside the client, and stopped before it.
            await bot.serve(stop)
        finally:
            inner.drain()
            await inner.close()


async def _until_signal(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await run(settings, stop)


def main() -> int:
    """Run the bot; return the exit code: 2 for a wrong configuration, 75 to try later, 70 for a bug."""
    try:
        settings = Settings.load()
        log.configure("bot", level=settings.log_level, json=settings.log_format == "json")
        uvloop.run(_until_signal(settings))
    except GenjiError as error:
        print(error.detail, file=sys.stderr)  # noqa: T201  # one sentence for who started it
        return error.exit_code
    except (discord.LoginFailure, discord.PrivilegedIntentsRequired) as error:
        print(f"Discord refuses the bot: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except Exception:
        _logger.critical("the bot ended", exc_info=True)
        return _BUG
    return 0


if __name__ == "__main__":
    sys.exit(main())
