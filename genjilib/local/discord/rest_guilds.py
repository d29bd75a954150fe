"""REST: who one is, guilds, members, roles, emojis."""

from genjilib.local.discord import guilds, permissions, wire, wire_guild
from genjilib.local.discord.constants import Permission
from genjilib.local.discord.errors import Form, missing_permissions, unknown
from genjilib.local.discord.jsons import Json, mapping
from genjilib.local.discord.model import Guild, Member, Role
from genjilib.local.discord.rest import Call, Route


def own_user(call: Call) -> Json:
    """The bot's account."""
    return wire.own_user(call.state.world.bot)


def user(call: Call) -> Json:
    """Anyone's account."""
    found = call.state.world.users.get(call.id("user_id"))
    if found is None:
        raise unknown("User")
    return wire.user(found)


def application(call: Call) -> Json:
    """The bot's application and its owner."""
    world = call.state.world
    owner = world.users.get(world.application.owner_id, world.bot)
    return {
        "id": str(world.application.id),
        "name": world.bot.display_name or world.bot.name,
        "icon": None,
        "description": "",
        "rpc_origins": [],
        "bot_public": False,
        "bot_require_code_grant": False,
        "owner": wire.user(owner),
        "team": None,
        "verify_key": "0" * 64,
        "flags": 0,
        "tags": [],
        "redirect_uris": [],
        "approximate_guild_count": len(world.guilds),
        "bot": wire.user(world.bot),
    }


def gateway(call: Call) -> Json:
    """Where the gateway is."""
    return {"url": call.state.gateway_url}


def gateway_bot(call: Call) -> Json:
    """Where the gateway is, how many shards to use, how often one may still identify."""
    limit = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1}
    return {"url": call.state.gateway_url, "shards": call.state.limits.shards, "session_start_limit": limit}


def own_guilds(call: Call) -> list[Json]:
    """The guilds the bot is in."""
    world = call.state.world
    return [
        {
            **wire_guild.guild(one, world),
            "owner": False,
            "permissions": str(permissions.in_guild(one, one.members[world.bot.id])),
        }
        for one in world.guilds.values()
        if world.bot.id in one.members
    ]


def guild(call: Call) -> Json:
    """One guild."""
    return wire_guild.guild(call.guild(), call.state.world)


def members(call: Call) -> list[Json]:
    """A guild's members in the order of their ids."""
    found = sorted(call.guild().members.values(), key=lambda one: one.user.id)
    after = int(call.request.query.get("after") or 0)
    page = [one for one in found if one.user.id > after][: call.number("limit", 1, 1000)]
    return [wire.member(one) for one in page]


def search(call: Call) -> list[Json]:
    """Members whose name or nickname begins with the query."""
    query = call.request.query.get("query", "").casefold()
    found = [one for one in call.guild().members.values() if _begins(one, query)]
    return [wire.member(one) for one in found[: call.number("limit", 1, 1000)]]


def member(call: Call) -> Json:
    """One member."""
    return wire.member(call.member(call.guild()))


def edit_member(call: Call) -> Json:
    """Change a member's nickname, roles or time-out."""
    guild_, body = call.guild(), call.body
    it = call.member(guild_)
    form = Form()
    form.length(("nick",), body.get("nick"), 0, 32)
    form.refuse()
    own = it.user.id == call.state.world.bot.id
    if "nick" in body:
        _need(call, guild_, Permission.CHANGE_NICKNAME if own else Permission.MANAGE_NICKNAMES, it)
        it.nick = body["nick"] or None
    if "communication_disabled_until" in body:
        _need(call, guild_, Permission.MODERATE_MEMBERS, it)
        it.timeout_until = body["communication_disabled_until"]
    if body.get("roles") is not None:
        wanted = {int(one) for one in body["roles"]}
        for role_id in wanted ^ it.roles:
            _manageable(call, guild_, role_id)
        it.roles = wanted
    guilds.member_changed(call.state, guild_, it)
    return wire.member(it)


def give_role(call: Call) -> None:
    """Give a member a role below the bot's own."""
    guild_ = call.guild()
    it = call.member(guild_)
    _manageable(call, guild_, call.id("role_id"))
    it.roles.add(call.id("role_id"))
    guilds.member_changed(call.state, guild_, it)


def take_role(call: Call) -> None:
    """Take a role from a member."""
    guild_ = call.guild()
    it = call.member(guild_)
    _manageable(call, guild_, call.id("role_id"))
    it.roles.discard(call.id("role_id"))
    guilds.member_changed(call.state, guild_, it)


def kick(call: Call) -> None:
    """Put a member out of the guild."""
    guild_ = call.guild()
    it = call.member(guild_)
    _need(call, guild_, Permission.KICK_MEMBERS, it)
    guilds.leave(call.state, guild_, it)


def roles(call: Call) -> list[Json]:
    """A guild's roles."""
    return [wire.role(one) for one in call.guild().roles.values()]


def create_role(call: Call) -> Json:
    """Make a role at the bottom of the list."""
    guild_ = call.guild(Permission.MANAGE_ROLES)
    role = Role(call.state.world.ids.now(), "new role", position=1)
    _apply_role(role, call.body)
    for other in guild_.roles.values():
        other.position += other.id != guild_.id
    guild_.roles[role.id] = role
    call.state.dispatch_guild(guild_, "GUILD_ROLE_CREATE", {"role": wire.role(role)})
    return wire.role(role)


def edit_role(call: Call) -> Json:
    """Change a role below the bot's own."""
    guild_ = call.guild()
    role = _manageable(call, guild_, call.id("role_id"))
    _apply_role(role, call.body)
    call.state.dispatch_guild(guild_, "GUILD_ROLE_UPDATE", {"role": wire.role(role)})
    return wire.role(role)


def delete_role(call: Call) -> None:
    """Delete a role and take it from everyone."""
    guild_ = call.guild()
    role = _manageable(call, guild_, call.id("role_id"))
    del guild_.roles[role.id]
    for one in guild_.members.values():
        one.roles.discard(role.id)
    call.state.dispatch_guild(guild_, "GUILD_ROLE_DELETE", {"role_id": str(role.id)})


def emojis(call: Call) -> list[Json]:
    """A guild's custom emojis."""
    return [wire_guild.emoji(one) for one in call.guild().emojis.values()]


def _apply_role(role: Role, body: Json) -> None:
    form = Form()
    form.length(("name",), body.get("name"), 0, 100)
    form.refuse()
    role.name = str(body.get("name") or role.name)
    role.permissions = int(body.get("permissions") or role.permissions)
    colors: Json = mapping(body.get("colors"))
    role.color = int(body.get("color") or colors.get("primary_color") or role.color)
    role.hoist = bool(body.get("hoist", role.hoist))
    role.mentionable = bool(body.get("mentionable", role.mentionable))


def _need(call: Call, guild_: Guild, permission: int, it: Member) -> None:
    me = guild_.members[call.state.world.bot.id]
    above = it is me or permissions.top_position(guild_, me) > permissions.top_position(guild_, it)
    if not permissions.in_guild(guild_, me) & permission or not above:
        raise missing_permissions()


def _manageable(call: Call, guild_: Guild, role_id: int) -> Role:
    role = guild_.roles.get(role_id)
    if role is None:
        raise unknown("Role")
    me = guild_.members[call.state.world.bot.id]
    allowed = permissions.in_guild(guild_, me) & Permission.MANAGE_ROLES
    if not allowed or role.managed or role.position >= permissions.top_position(guild_, me):
        raise missing_permissions()
    return role


def _begins(it: Member, query: str) -> bool:
    names = (it.nick, it.user.name, it.user.display_name)
    return any(name is not None and name.casefold().startswith(query) for name in names)


_GUILD = "/guilds/{guild_id}"

routes = [
    Route("GET", "/users/@me", own_user),
    Route("GET", "/users/@me/guilds", own_guilds),
    Route("GET", "/users/{user_id}", user),
    Route("GET", "/applications/@me", application),
    Route("GET", "/oauth2/applications/@me", application),
    Route("GET", "/gateway", gateway, token=False),
    Route("GET", "/gateway/bot", gateway_bot),
    Route("GET", _GUILD, guild),
    Route("GET", _GUILD + "/members", members),
    Route("GET", _GUILD + "/members/search", search),
    Route("GET", _GUILD + "/members/{user_id}", member),
    Route("PATCH", _GUILD + "/members/{user_id}", edit_member),
    Route("DELETE", _GUILD + "/members/{user_id}", kick),
    Route("PUT", _GUILD + "/members/{user_id}/roles/{role_id}", give_role),
    Route("DELETE", _GUILD + "/members/{user_id}/roles/{role_id}", take_role),
    Route("GET", _GUILD + "/roles", roles),
    Route("POST", _GUILD + "/roles", create_role),
    Route("PATCH", _GUILD + "/roles/{role_id}", edit_role),
    Route("DELETE", _GUILD + "/roles/{role_id}", delete_role),
    Route("GET", _GUILD + "/emojis", emojis),
]
