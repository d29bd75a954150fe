"""Telling Discord the commands, and only when they are others than it was last told."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import discord
import msgspec
from discord import app_commands

from genjilib import queries
from genjilib.core import log
from genjilib.db import Db

_logger = log.get_logger(__name__)

Tree = app_commands.CommandTree[Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a sync would change: names of commands, context menus included."""

    added: list[str]
    removed: list[str]
    changed: list[str]

    def __bool__(self) -> bool:
        """Whether there is anything to tell Discord."""
        return bool(self.added or self.removed or self.changed)


async def commands_of(tree: Tree, guild_id: int) -> list[dict[str, Any]]:
    """Return the commands of a server as Discord is told them, translations included, in a stable order."""
    translator = tree.translator or app_commands.Translator()
    found = tree.get_commands(guild=discord.Object(guild_id))
    payload = [await command.get_translated_payload(tree, translator) for command in found]
    plain: list[dict[str, Any]] = msgspec.json.decode(msgspec.json.encode(payload))
    return sorted(plain, key=_name)


def hash_of(commands: list[dict[str, Any]]) -> str:
    """Return what changes exactly when anything about the commands does."""
    return sha256(msgspec.json.encode(commands, order="sorted")).hexdigest()


async def difference(tree: Tree, db: Db, *, application_id: int, guild_id: int) -> Difference:
    """Return what ``sync`` would change; asks the database only, not Discord."""
    told = await queries.chat.get_command_sync(db, application_id=application_id, guild_id=guild_id)
    known: list[dict[str, Any]] = told.commands if told else []
    old = {_name(command): command for command in known}
    new = {_name(command): command for command in await commands_of(tree, guild_id)}
    return Difference(
        added=sorted(new.keys() - old.keys()),
        removed=sorted(old.keys() - new.keys()),
        changed=sorted(name for name in new.keys() & old.keys() if new[name] != old[name]),
    )


async def sync(tree: Tree, db: Db, *, application_id: int, guild_id: int, force: bool = False) -> bool:
    """Tell Discord the commands of a server unless it knows them; return whether it was told.

    ``force`` tells it even so. Raises ``app_commands.CommandSyncFailure`` when Discord refuses one of them.
    """
    commands = await commands_of(tree, guild_id)
    wanted = hash_of(commands)
    told = await queries.chat.get_command_sync(db, application_id=application_id, guild_id=guild_id)
    if told is not None and told.hash == wanted and not force:
        return False
    await tree.sync(guild=discord.Object(guild_id))
    await queries.chat.record_command_sync(
        db, application_id=application_id, guild_id=guild_id, hash=wanted, commands=commands
    )
    _logger.info("commands-synced", count=len(commands))
    return True


async def take_away(client: discord.Client, db: Db, *, application_id: int, guild_id: int) -> None:
    """Let a server have no commands of ours until the next sync, which the next start does."""
    await client.http.bulk_upsert_guild_commands(application_id, guild_id, [])
    await queries.chat.record_command_sync(
        db, application_id=application_id, guild_id=guild_id, hash=hash_of([]), commands=[]
    )


def _name(command: dict[str, Any]) -> str:
    kind = command.get("type", 1)
    return f"/{command['name']}" if kind == 1 else str(command["name"])
