"""What every command of the bot must have, whichever domain it belongs to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from genjilib.chat import sync
from genjilib.chat.client import GenjiBot
from genjilib.chat.config import Config
from genjilib.db import Db
from genjilib.local.discord import SimulatedDiscord, empty_world
from runners.bot import COGS
from tests.chat.conftest import running, settings_for


@pytest.fixture
async def commands(db: Db) -> list[dict[str, Any]]:
    settings = settings_for(SimulatedDiscord(empty_world()), "postgresql://nowhere/")
    bot = GenjiBot(settings, Config.load(Path("configs/example.toml")), db, COGS)
    await bot.prepare()
    return await sync.commands_of(bot.tree, bot.config.guild)


def parts(command: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """A command with its sub-commands and options, each by its full name."""
    name = f"{path} {command['name']}".strip()
    yield name, command
    for option in command.get("options", []):
        yield from parts(option, name)


def chinese(part: dict[str, Any], what: str) -> str | None:
    translations: dict[str, str] = part.get(f"{what}_localizations") or {}
    return translations.get("zh-CN")


async def test_every_command_and_option_is_described_and_translated(commands: list[dict[str, Any]]) -> None:
    missing: list[str] = []
    for command in commands:
        for name, part in parts(command):
            if not chinese(part, "name"):
                missing.append(f"{name}: Chinese name")
            if command.get("type", 1) != 1:
                continue
            if not 3 < len(part["description"]) <= 100:
                missing.append(f"{name}: description")
            if not chinese(part, "description"):
                missing.append(f"{name}: Chinese description")
    assert missing == []


async def test_discord_takes_every_command_of_the_bot(db: Db, database: str) -> None:
    async with SimulatedDiscord() as server, running(db, settings_for(server, database), COGS) as bot:
        known = {command.name for command in server.world.commands.values()}
        assert known == {
            command.name for command in bot.tree.get_commands(guild=bot.get_guild(bot.config.guild))
        }
