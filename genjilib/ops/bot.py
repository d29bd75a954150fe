"""``genji bot``: the commands that Discord knows, and everybody's roles, put right by hand."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import typer

from genjilib.ops.shell import DryRun, Json, Yes, confirm, run, show, show_one

if TYPE_CHECKING:
    from genjilib.chat.client import GenjiBot

app = typer.Typer(name="bot", help="Put Discord in step with what we know.", no_args_is_help=True)


@app.command()
def sync(json: Json = False, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Tell Discord the commands of the bot, where it was last told others."""
    show_one(run(_sync(yes, dry_run)), json=json)


@app.command()
def roles(json: Json = False, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Give every member the roles they have earned (XP tier, skill ranks, Ninja, creator) and take others."""
    show(run(_roles(yes, dry_run)), ("user_id", "name", "added", "removed"), json=json)


@asynccontextmanager
async def _logged_in() -> AsyncGenerator["GenjiBot"]:
    """Log in without a gateway: the bot that runs is not disturbed."""
    from discord.http import Route

    from genjilib.chat.client import GenjiBot
    from genjilib.chat.config import Config
    from genjilib.chat.send import discord_errors
    from genjilib.ops import postgres
    from runners.bot import COGS

    settings = postgres.settings()
    if settings.discord_api_url:
        Route.BASE = settings.discord_api_url.rstrip("/")
    config = Config.load(settings.discord_config)
    async with postgres.database() as db, GenjiBot(settings, config, db, COGS) as bot:
        with discord_errors():
            await bot.login(settings.discord_token.get_secret_value())
            yield bot


async def _sync(yes: bool, dry_run: bool) -> dict[str, Any]:
    from dataclasses import asdict

    from genjilib.chat import sync as commands

    async with _logged_in() as bot:
        assert bot.application_id is not None
        application, guild = bot.application_id, bot.config.guild
        found = asdict(
            await commands.difference(bot.tree, bot.db, application_id=application, guild_id=guild)
        )
        names = [f"{kind} {name}" for kind, several in found.items() for name in several]
        what = f"commands to tell Discord: {', '.join(names)}"
        if confirm(len(names), what, yes=yes, dry_run=dry_run, harmless=True):
            await commands.sync(bot.tree, bot.db, application_id=application, guild_id=guild)
        return found


async def _roles(yes: bool, dry_run: bool) -> list[dict[str, Any]]:
    from genjilib.lootbox import bot as xp
    from genjilib.users import bot as users

    async with _logged_in() as bot:
        guild, config = await bot.fetch_guild(bot.config.guild), bot.config
        names = {role.id: role.name for role in guild.roles}
        among = users.kept_roles(config) | xp.kept_roles(config)
        plan: list[tuple[Any, set[int], set[int]]] = []
        async for member in guild.fetch_members(limit=None):
            if member.bot:
                continue
            earned = await users.earned_roles(bot.db, config, member.id)
            earned |= await xp.earned_roles(bot.db, config, member.id)
            missing, surplus = users.role_changes(member, earned, among)
            if missing or surplus:
                plan.append((member, missing, surplus))
        if confirm(len(plan), "members whose roles change", yes=yes, dry_run=dry_run):
            for member, missing, surplus in plan:
                await users.change_roles(member, missing, surplus, "Roles put right by hand")
        return [
            {
                "user_id": member.id,
                "name": member.display_name,
                "added": sorted(names[role] for role in missing),
                "removed": sorted(names[role] for role in surplus),
            }
            for member, missing, surplus in plan
        ]
