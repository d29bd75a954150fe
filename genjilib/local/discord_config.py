"""The Discord ids of a simulated world, as the TOML file that the bot reads."""

import json
from typing import Any

from genjilib.chat.config import CHANGE_REQUEST_TAGS, PLAYTEST_TAGS, SKILL_ROLES, XP_TIERS
from genjilib.local.discord.world import World

_CHANNELS = {
    "announcements": "announcements",
    "updates": "updates",
    "newsfeed": "newsfeed",
    "information": "information",
    "xp": "xp",
    "help": "help",
    "modmail": "modmail",
    "submission": "map-submissions",
    "completion_submission": "completion-submissions",
    "completions": "completions",
    "upvotes": "upvotes",
    "verification_queue": "verification-queue",
    "dlq_alerts": "dlq-alerts",
    "admin": "admin",
    "playtest": "playtest",
    "change_requests": "change-requests",
}
_ROLES = {
    "admin": "Admin",
    "moderator": "Moderator",
    "sensei": "Sensei",
    "modmail": "Modmail",
    "ninja": "Ninja",
    "map_creator": "Map Creator",
}
_CHOSEN = {
    "mentionable": ("Announcements",),
    "location": ("Europe", "Americas", "Asia"),
    "platform": ("PC", "Console"),
    "misc": (),
}


def toml_of(world: World) -> str:
    """Return the configuration of the world's server; the same text for the same seed."""
    prestiges = [role.name for role in world.guild.roles.values() if role.name.startswith("Prestige ")]
    tables: dict[str, dict[str, Any]] = {
        "": {"guild": world.guild.id},
        "roles": {
            **{key: world.role_id(name) for key, name in _ROLES.items()},
            **{key: [world.role_id(name) for name in names] for key, names in _CHOSEN.items()},
        },
        "roles.skill": {name: world.role_id(name) for name in SKILL_ROLES},
        "roles.xp": {name: world.role_id(name) for name in XP_TIERS},
        "roles.prestige": {name: world.role_id(name) for name in prestiges},
        "channels": {key: world.channel_id(name) for key, name in _CHANNELS.items()},
        "tags.playtest": _tags(world, "playtest", PLAYTEST_TAGS),
        "tags.change_requests": _tags(world, "change-requests", CHANGE_REQUEST_TAGS),
    }
    head = (
        "# The ids of the simulated Discord's standard world. Written by genjilib/local/discord_config.py.\n"
    )
    return head + "\n".join(_table(name, values) for name, values in tables.items())


def _tags(world: World, forum: str, names: tuple[str, ...]) -> dict[str, int]:
    known = {tag.name: tag.id for tag in world.find_channel(forum).tags}
    return {name: known[name] for name in names}


def _table(name: str, values: dict[str, Any]) -> str:
    lines = [f"[{name}]"] if name else []
    lines += [f"{_key(key)} = {value}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


def _key(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name)
