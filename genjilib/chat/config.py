"""The ids of a Discord server: roles, channels and forum tags, read from one TOML file."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self, cast

import discord
import msgspec

from genjilib.core.errors import Invalid

RANKS = ("Jumper", "Skilled", "Pro", "Master", "Grandmaster", "God")
"""Skill ranks from the lowest; each has a plain role and ones for bronze, silver and gold medals."""

SKILL_ROLES = tuple(rank + plus for rank in RANKS for plus in ("", " +", " ++", " +++"))
XP_TIERS = (
    *("Newcomer", "Initiate", "Apprentice", "Disciple", "Enthusiast", "Explorer", "Visionary", "Aficionado"),
    *("Virtuoso", "Savant", "Prodigy", "Shadow", "Shinobi", "Assassin", "Ronin", "Shogun", "Dragon"),
    *("Cyber Ninja", "Legend", "Mythic"),
)
PLAYTEST_TAGS = ("Open", "Complete", "Cancelled", "Easy", "Medium", "Hard", "Very Hard", "Extreme", "Hell")
CHANGE_REQUEST_TAGS = (
    *("Difficulty Change", "Map Geometry", "Map Edit Required", "Framework/Workshop", "Other", "Resolved"),
)


class Roles(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Roles: those that mean a permission, those members choose, and those that are earned, by name."""

    admin: int
    moderator: int
    sensei: int
    modmail: int
    ninja: int
    map_creator: int
    mentionable: list[int]
    location: list[int]
    platform: list[int]
    misc: list[int]
    skill: dict[str, int]
    xp: dict[str, int]
    prestige: dict[str, int]


class Channels(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Channels; ``playtest`` and ``change_requests`` are forums."""

    announcements: int
    updates: int
    newsfeed: int
    information: int
    xp: int
    help: int
    modmail: int
    submission: int
    completion_submission: int
    completions: int
    upvotes: int
    verification_queue: int
    dlq_alerts: int
    admin: int
    playtest: int
    change_requests: int


class Tags(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Tags of the two forums, by name."""

    playtest: dict[str, int]
    change_requests: dict[str, int]


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything the bot must know about its server."""

    guild: int
    roles: Roles
    channels: Channels
    tags: Tags

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the file; raise one ``Invalid`` that names it and every key that is wrong."""
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise Invalid(f"The Discord ids cannot be read from {path}: {error}", code="config") from None
        faults = [*_faults(cls, raw, "")] or [*_unnamed(raw)]
        if faults:
            lines = "\n".join(f"  {fault}" for fault in faults)
            raise Invalid(f"These Discord ids are missing or wrong in {path}:\n{lines}", code="config")
        return msgspec.convert(raw, cls)

    def check(self, guild: discord.Guild) -> None:
        """Compare with the real server; raise one ``Invalid`` that names every id that is not there."""
        faults = [*self._missing_roles(guild), *self._missing_channels(guild), *self._missing_tags(guild)]
        if faults:
            lines = "\n".join(f"  {fault}" for fault in faults)
            message = (
                f"The configured Discord ids do not fit the server {guild.name!r} ({guild.id}):\n{lines}"
            )
            raise Invalid(message, code="config")

    def _missing_roles(self, guild: discord.Guild) -> Iterator[str]:
        for key, role in _ids("roles", msgspec.to_builtins(self.roles)):
            if guild.get_role(role) is None:
                yield f"{key}: there is no role {role}"

    def _missing_channels(self, guild: discord.Guild) -> Iterator[str]:
        for key, channel_id in _ids("channels", msgspec.to_builtins(self.channels)):
            channel = guild.get_channel(channel_id)
            forum = key in ("channels.playtest", "channels.change_requests")
            if channel is None:
                yield f"{key}: there is no channel {channel_id}"
            elif forum != isinstance(channel, discord.ForumChannel):
                yield f"{key}: channel {channel_id} is {'not a forum' if forum else 'a forum'}"

    def _missing_tags(self, guild: discord.Guild) -> Iterator[str]:
        for name in ("playtest", "change_requests"):
            forum = guild.get_channel(getattr(self.channels, name))
            known = (
                {tag.id for tag in forum.available_tags}
                if isinstance(forum, discord.ForumChannel)
                else set[int]()
            )
            for key, tag in _ids(f"tags.{name}", getattr(self.tags, name)) if known else ():
                if tag not in known:
                    yield f"{key}: the forum has no tag {tag}"


def _faults(table: type[msgspec.Struct], raw: dict[str, Any], prefix: str) -> Iterator[str]:
    """Name every unknown, missing and wrong key: msgspec alone stops at the first."""
    fields: dict[str, Any] = {field.name: field.type for field in msgspec.structs.fields(table)}
    for key in raw.keys() - fields:
        yield f"{prefix}{key}: is not known"
    for key, kind in fields.items():
        if key not in raw:
            yield f"{prefix}{key}: is required"
        elif kind in (Roles, Channels, Tags) and isinstance(raw[key], dict):
            yield from _faults(kind, cast(dict[str, Any], raw[key]), f"{prefix}{key}.")
        else:
            try:
                msgspec.convert(raw[key], kind)
            except msgspec.ValidationError as error:
                yield f"{prefix}{key}: {str(error)[0].lower()}{str(error)[1:]}"


def _unnamed(raw: dict[str, Any]) -> Iterator[str]:
    """Name the roles and tags that must be there by name, and those nobody knows."""
    for table, key, names in (
        ("roles", "skill", SKILL_ROLES),
        ("roles", "xp", XP_TIERS),
        ("tags", "playtest", PLAYTEST_TAGS),
        ("tags", "change_requests", CHANGE_REQUEST_TAGS),
    ):
        given = raw[table][key].keys()
        yield from (f'{table}.{key}."{name}": is required' for name in names if name not in given)
        yield from (f'{table}.{key}."{name}": is not known' for name in given if name not in names)
    prestiges = list(raw["roles"]["prestige"])
    if prestiges != [f"Prestige {number}" for number in range(1, len(prestiges) + 1)]:
        yield 'roles.prestige: must be "Prestige 1", "Prestige 2" and so on, in order'


def _ids(prefix: str, table: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for key, value in table.items():
        if isinstance(value, int):
            yield f"{prefix}.{key}", value
        elif isinstance(value, list):
            yield from ((f"{prefix}.{key}", number) for number in cast(list[int], value))
        else:
            yield from _ids(f"{prefix}.{key}", cast(dict[str, Any], value))
