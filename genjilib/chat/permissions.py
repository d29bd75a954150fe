"""Who a member is to us, and the checks that commands and components start with.

The permissions of the person count, never those of the bot: they come from the roles in the interaction.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import discord
from discord import app_commands

from genjilib.chat.config import Config
from genjilib.chat.errors import Refused
from genjilib.chat.interactions import Interaction
from genjilib.core import log
from genjilib.core.errors import Forbidden
from genjilib.core.principal import Principal

STAFF = ("moderator", "sensei")
"""Whoever may judge runs and maps; administrators may everything that staff may."""

T = TypeVar("T")
_logger = log.get_logger(__name__)


def principal(interaction: Interaction) -> Principal:
    """Return who acts: the person, with the scopes that their roles give at this moment."""
    return principal_of(interaction.user, interaction.client.config)


def principal_of(person: discord.User | discord.Member, config: Config) -> Principal:
    """Return what a person may do; somebody who is not a member holds no role."""
    held = {role.id for role in person.roles} if isinstance(person, discord.Member) else set[int]()
    if isinstance(person, discord.Member) and person.guild.id != config.guild:
        held.clear()
    named = {
        "moderator": config.roles.moderator,
        "sensei": config.roles.sensei,
        "admin": config.roles.admin,
        "map_creator": config.roles.map_creator,
    }
    scopes = {scope for scope, role in named.items() if role in held}
    if "admin" in scopes:
        scopes.update(STAFF)
    return Principal(kind="member", name=person.display_name, user_id=person.id, scopes=frozenset(scopes))


def require(interaction: Interaction, *scopes: str) -> Principal:
    """Return the caller when they hold any of ``scopes``; else log it once and raise ``Forbidden``."""
    return _holding(principal(interaction), scopes)


def require_moderator(interaction: Interaction) -> Principal:
    """Return the caller when they are staff; else raise ``Forbidden``."""
    return require(interaction, *STAFF)


def require_admin(person: discord.User | discord.Member, config: Config) -> Principal:
    """Return who typed a text command when they are an administrator; else raise ``Forbidden``."""
    return _holding(principal_of(person, config), ("admin",))


def _holding(who: Principal, scopes: tuple[str, ...]) -> Principal:
    if who.scopes.isdisjoint(scopes):
        _logger.warning("access-denied", wanted=scopes, held=sorted(who.scopes), denied_user_id=who.user_id)
        raise Forbidden("Only the team may do this.", code="staff-only")
    return who


def only(*scopes: str) -> Callable[[T], T]:
    """Decorate an app command so that only holders of any of ``scopes`` may use it."""

    async def check(interaction: discord.Interaction[Any]) -> bool:
        try:
            require(interaction, *scopes)
        except Forbidden as reason:
            raise Refused(reason) from None
        return True

    return app_commands.check(check)


staff_only = only(*STAFF)
"""Decorate an app command so that only staff may use it."""
