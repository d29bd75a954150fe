"""Turns what a person typed into a command's options, form fields or selects into what Discord sends."""

import base64
from collections.abc import Sequence
from typing import Any

from genjilib.local.discord import begin, uploads, wire
from genjilib.local.discord.constants import ComponentType, OptionType
from genjilib.local.discord.jsons import Json, as_object, objects
from genjilib.local.discord.model import Channel, Command
from genjilib.local.discord.state import State
from genjilib.local.discord.uploads import Upload
from genjilib.local.discord.world import World


class Wrong(Exception):
    """A person cannot do this: the client would not let them. The message says why."""


class Resolver:
    """Finds what names and ids mean and collects it for `resolved`."""

    def __init__(self, state: State, channel: Channel) -> None:
        self.state = state
        self.channel = channel
        self.resolved: Json = {}

    def user(self, value: Any) -> str:
        """A user by name or id."""
        try:
            found = self.state.world.find_user(value)
        except KeyError as error:
            raise Wrong(error.args[0]) from None
        self._add("users", found.id, wire.user(found))
        guild = self.state.world.guild_of(self.channel)
        if guild and found.id in guild.members:
            self._add("members", found.id, begin.member_of(self.state, self.channel, found.id))
        return str(found.id)

    def role(self, value: Any) -> str:
        """A role by name or id."""
        guild = self.state.world.guild_of(self.channel) or self.state.world.guild
        roles = guild.roles.values()
        found = next((one for one in roles if str(value) in (str(one.id), one.name)), None)
        if found is None:
            raise Wrong(f"There is no role {value!r}.")
        self._add("roles", found.id, wire.role(found))
        return str(found.id)

    def place(self, value: Any, kinds: Sequence[int]) -> str:
        """A channel by name or id, of one of `kinds` if any are given."""
        try:
            found = self.state.world.find_channel(value)
        except KeyError as error:
            raise Wrong(error.args[0]) from None
        if kinds and found.kind not in kinds:
            raise Wrong(f"#{found.name} is not of a kind that can be chosen here.")
        self._add("channels", found.id, begin.channel_of(self.state, found, self.state.world.bot.id))
        return str(found.id)

    def either(self, value: Any) -> str:
        """A user or a role."""
        try:
            return self.user(value)
        except Wrong:
            return self.role(value)

    def file(self, value: Any) -> str:
        """A file `{"filename", "base64"}`, uploaded now."""
        given = as_object(value)
        if given is None or "filename" not in given:
            raise Wrong("A file is needed here.")
        upload = Upload("0", str(given["filename"]), base64.b64decode(given["base64"]))
        stored = uploads.store(self.state.world, self.channel.id, upload, ephemeral=True)
        self._add("attachments", stored.id, wire.attachment(self.state.world, stored))
        return str(stored.id)

    def _add(self, kind: str, snowflake: int, data: Json) -> None:
        self.resolved.setdefault(kind, {})[str(snowflake)] = data


def find_command(world: World, guild_id: int | None, name: str, kind: int = 1) -> Command:
    """A synced command by name: the guild's own before a global one."""
    scopes = (guild_id, None) if guild_id else (None,)
    for scope in scopes:
        for command in world.commands.values():
            if command.guild_id == scope and command.kind == kind and command.name == name:
                return command
    known = ", ".join(sorted(one.name for one in world.commands.values() if one.kind == kind)) or "none"
    raise Wrong(f"There is no command {name!r}; synced are: {known}.")


def slash_data(
    resolver: Resolver, command: Command, path: list[str], given: Json, *, focused: str | None = None
) -> Json:
    """A slash command's interaction data; with `focused`, the option being typed, others may be missing."""
    leaf, wrap = _descend(command, path)
    known: dict[str, Json] = {option["name"]: option for option in objects(leaf.get("options"))}
    for name in given:
        if name not in known:
            raise Wrong(
                f"/{command.name} {' '.join(path)} has no option {name!r}; it has: {', '.join(known)}."
            )
    missing = [name for name, option in known.items() if option.get("required") and name not in given]
    if missing and focused is None:
        raise Wrong(f"Required options are missing: {', '.join(missing)}.")
    options: list[Json] = []
    for name, option in known.items():
        if name not in given:
            continue
        value = given[name] if name == focused else _value(resolver, option, given[name])
        entry: Json = {"name": name, "type": option["type"], "value": value}
        options.append({**entry, "focused": True} if name == focused else entry)
    for kind, name in reversed(wrap):
        options = [{"name": name, "type": kind, "options": options}]
    data: Json = {"id": str(command.id), "name": command.name, "type": 1, "options": options}
    if command.guild_id:
        data["guild_id"] = str(command.guild_id)
    return {**data, "resolved": resolver.resolved} if resolver.resolved else data


def option_of(command: Command, path: list[str], name: str) -> Json:
    """One option of a command."""
    leaf, _ = _descend(command, path)
    for option in objects(leaf.get("options")):
        if option["name"] == name:
            return option
    raise Wrong(f"/{command.name} has no option {name!r}.")


def _descend(command: Command, path: list[str]) -> tuple[Json, list[tuple[int, str]]]:
    node, wrap = command.data, list[tuple[int, str]]()
    for step in path:
        inner = [o for o in objects(node.get("options")) if o["type"] in (1, 2) and o["name"] == step]
        if not inner:
            raise Wrong(f"/{command.name} has no sub-command {' '.join(path)!r}.")
        node = inner[0]
        wrap.append((node["type"], step))
    if any(o["type"] in (1, 2) for o in objects(node.get("options"))):
        raise Wrong(f"/{command.name} needs a sub-command: {', '.join(o['name'] for o in node['options'])}.")
    return node, wrap


def _value(resolver: Resolver, option: Json, value: Any) -> Any:
    kind, name = option["type"], option["name"]
    if kind == OptionType.USER:
        return resolver.user(value)
    if kind == OptionType.ROLE:
        return resolver.role(value)
    if kind == OptionType.CHANNEL:
        return resolver.place(value, option.get("channel_types") or ())
    if kind == OptionType.MENTIONABLE:
        return resolver.either(value)
    if kind == OptionType.ATTACHMENT:
        return resolver.file(value)
    if kind == OptionType.BOOLEAN:
        if not isinstance(value, bool):
            raise Wrong(f"{name} takes yes or no, not {value!r}.")
        return value
    if option.get("choices"):
        return _chosen(option, value)
    return _text(option, value) if kind == OptionType.STRING else _number(option, value)


def _chosen(option: Json, value: Any) -> Any:
    for choice in option["choices"]:
        if value in (choice["name"], choice["value"]):
            return choice["value"]
    names = ", ".join(str(choice["name"]) for choice in option["choices"])
    raise Wrong(f"{option['name']} is one of {names}, not {value!r}.")


def _text(option: Json, value: Any) -> str:
    if not isinstance(value, str):
        raise Wrong(f"{option['name']} takes text, not {value!r}.")
    least, most = option.get("min_length") or 0, option.get("max_length") or 6000
    if not least <= len(value) <= most:
        raise Wrong(f"{option['name']} must be between {least} and {most} characters long.")
    return value


def _number(option: Json, value: Any) -> int | float:
    whole = option["type"] == OptionType.INTEGER
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        raise Wrong(f"{option['name']} takes a {'whole ' if whole else ''}number, not {value!r}.")
    least, most = option.get("min_value"), option.get("max_value")
    if (least is not None and value < least) or (most is not None and value > most):
        raise Wrong(f"{option['name']} must be between {least} and {most}.")
    return value


def select_values(resolver: Resolver, component: Json, given: list[Any]) -> list[str]:
    """What a select sends for the chosen labels, names or ids, its counts checked."""
    kind = component["type"]
    if kind == ComponentType.STRING_SELECT:
        values = [_picked(component, one) for one in given]
    elif kind == ComponentType.USER_SELECT:
        values = [resolver.user(one) for one in given]
    elif kind == ComponentType.ROLE_SELECT:
        values = [resolver.role(one) for one in given]
    elif kind == ComponentType.CHANNEL_SELECT:
        values = [resolver.place(one, component.get("channel_types") or ()) for one in given]
    else:
        values = [resolver.either(one) for one in given]
    check_count(component, len(values), required=True)
    return values


def check_count(component: Json, count: int, *, required: bool) -> None:
    """Refuse too few or too many values."""
    least, most = component.get("min_values", 1), component.get("max_values", 1)
    if (count or required) and not least <= count <= most:
        raise Wrong(f"Choose between {least} and {most}, not {count}.")


def _picked(component: Json, value: Any) -> str:
    for option in objects(component.get("options")):
        if value in (option["label"], option["value"]):
            return option["value"]
    labels = ", ".join(option["label"] for option in objects(component.get("options")))
    raise Wrong(f"There is no choice {value!r}; there are: {labels}.")
