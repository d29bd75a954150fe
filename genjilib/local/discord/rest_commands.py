"""REST: application commands, global and of a guild."""

from genjilib.local.discord import wire_guild
from genjilib.local.discord.errors import ApiError, Form, missing_access, unknown
from genjilib.local.discord.jsons import Json
from genjilib.local.discord.model import Command
from genjilib.local.discord.rest import Call, Route
from genjilib.local.discord.uploads import LIST
from genjilib.local.discord.validate_commands import check_all, check_command, check_counts

_KEPT = (
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "options",
    "default_member_permissions",
    "dm_permission",
    "contexts",
    "integration_types",
    "nsfw",
)


def listed(call: Call) -> list[Json]:
    """The commands of a scope."""
    scope = _scope(call)
    return [wire_guild.command(call.state.world, one) for one in _of(call, scope)]


def replace(call: Call) -> list[Json]:
    """Make a scope's commands exactly these; who keeps kind and name keeps its id."""
    scope = _scope(call)
    given: list[Json] = call.body.get(LIST) or []
    check_all(given)
    before = {(one.kind, one.name): one for one in _of(call, scope)}
    for one in before.values():
        del call.state.world.commands[one.id]
    kept: list[Command] = []
    for body in given:
        old = before.get((int(body.get("type") or 1), str(body["name"])))
        kept.append(_put(call, scope, body, old))
    return [wire_guild.command(call.state.world, one) for one in kept]


def create(call: Call) -> Json:
    """Add a command; one of the same kind and name is replaced and keeps its id."""
    scope = _scope(call)
    form = Form()
    check_command(form, call.body)
    form.refuse()
    key = (int(call.body.get("type") or 1), str(call.body["name"]))
    others = _of(call, scope)
    old = next((one for one in others if (one.kind, one.name) == key), None)
    check_counts([call.body, *(one.data for one in others if one is not old)])
    return wire_guild.command(call.state.world, _put(call, scope, call.body, old))


def get(call: Call) -> Json:
    """One command."""
    return wire_guild.command(call.state.world, _one(call))


def edit(call: Call) -> Json:
    """Change what the body names of a command."""
    old = _one(call)
    merged = {**old.data, **call.body}
    form = Form()
    check_command(form, merged)
    form.refuse()
    return wire_guild.command(call.state.world, _put(call, old.guild_id, merged, old))


def delete(call: Call) -> None:
    """Delete a command."""
    del call.state.world.commands[_one(call).id]


def no_permissions(call: Call) -> list[Json]:
    """Permissions set in the server's settings: none are simulated."""
    _scope(call)
    return []


def _scope(call: Call) -> int | None:
    if call.id("application_id") != call.state.world.application.id:
        raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
    if "guild_id" not in call.request.match_info:
        return None
    if call.id("guild_id") not in call.state.world.guilds:
        raise missing_access()
    return call.id("guild_id")


def _of(call: Call, scope: int | None) -> list[Command]:
    return [one for one in call.state.world.commands.values() if one.guild_id == scope]


def _one(call: Call) -> Command:
    found = call.state.world.commands.get(call.id("command_id"))
    if found is None or found.guild_id != _scope(call):
        raise unknown("application command")
    return found


def _put(call: Call, scope: int | None, body: Json, old: Command | None) -> Command:
    data: Json = {
        "type": int(body.get("type") or 1),
        "description": "",
        "default_member_permissions": None,
        "nsfw": False,
        **{name: body[name] for name in _KEPT if name in body},
    }
    ids = call.state.world.ids
    version = old.version if old and old.data == data else ids.now()
    command = Command(old.id if old else ids.now(), version, scope, data)
    call.state.world.commands[command.id] = command
    return command


_GLOBAL = "/applications/{application_id}/commands"
_OF_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"

routes = [
    Route("GET", _OF_GUILD + "/permissions", no_permissions),
    *(
        Route(method, base + path, handler)
        for base in (_GLOBAL, _OF_GUILD)
        for method, path, handler in (
            ("GET", "", listed),
            ("PUT", "", replace),
            ("POST", "", create),
            ("GET", "/{command_id}", get),
            ("PATCH", "/{command_id}", edit),
            ("DELETE", "/{command_id}", delete),
        )
    ),
]
