"""The world a simulated Discord starts with: one guild of the parkour community."""

from datetime import timedelta

from genjilib.local.discord.constants import ALL_PERMISSIONS, ChannelType, Permission
from genjilib.local.discord.ids import Snowflakes, time_of
from genjilib.local.discord.model import Channel, Emoji, Guild, Member, Overwrite, Role, Tag, User
from genjilib.local.discord.world import Application, World

TOKEN = "simulated-bot-token"  # noqa: S105 - opens the simulation, nothing else

EVERYONE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.CHANGE_NICKNAME
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
)
MODERATOR = (
    Permission.MANAGE_MESSAGES
    | Permission.MANAGE_THREADS
    | Permission.PIN_MESSAGES
    | Permission.MODERATE_MEMBERS
    | Permission.KICK_MEMBERS
    | Permission.MANAGE_NICKNAMES
)
BOT = (
    EVERYONE
    | MODERATOR
    | Permission.MANAGE_ROLES
    | Permission.MANAGE_CHANNELS
    | Permission.MANAGE_WEBHOOKS
    | Permission.MENTION_EVERYONE
    | Permission.CREATE_PRIVATE_THREADS
)

RANKS = ("Ninja", "Jumper", "Skilled", "Pro", "Master", "Grandmaster", "God")
DIFFICULTIES = ("Easy", "Medium", "Hard", "Very Hard", "Extreme", "Hell")
MAIN_TIERS = (
    *("Newcomer", "Initiate", "Apprentice", "Disciple", "Enthusiast", "Explorer", "Visionary", "Aficionado"),
    *("Virtuoso", "Savant", "Prodigy", "Shadow", "Shinobi", "Assassin", "Ronin", "Shogun", "Dragon"),
    *("Cyber Ninja", "Legend", "Mythic"),
)
PRESTIGES = tuple(f"Prestige {number}" for number in range(1, 16))
CATEGORIES: dict[str, tuple[str, ...]] = {
    "Information": ("announcements", "updates", "newsfeed", "information"),
    "Community": ("general", "xp", "help", "modmail", "change-requests"),
    "Maps": ("map-submissions", "completion-submissions", "completions", "upvotes", "playtest"),
    "Staff": ("verification-queue", "dlq-alerts", "admin"),
}
FORUM_TAGS: dict[str, tuple[str, ...]] = {
    "playtest": ("Open", "Complete", "Cancelled", *DIFFICULTIES),
    "change-requests": (
        "Difficulty Change",
        "Map Geometry",
        "Map Edit Required",
        "Framework/Workshop",
        "Other",
        "Resolved",
    ),
}
PEOPLE: dict[str, tuple[str, ...]] = {
    "nebula": ("Admin", "Moderator", "Sensei"),
    "sombra": ("Moderator",),
    "hanzo": ("Sensei",),
    "kuromi": ("Ninja", "Map Creator", "Newcomer"),
    "genji": ("Ninja", "Grandmaster", "Mythic"),
    "lucio": ("Map Creator", "Explorer"),
    "tracer": ("Jumper",),
    "echo": (),
}


def standard_world(seed: int = 1) -> World:
    """One guild with the community's roles, channels, tags and some people; a seed gives the same ids."""
    world = empty_world(seed)
    guild = add_guild(world, "Genji Parkour")
    _add_roles(world, guild)
    for category, names in CATEGORIES.items():
        _add_category(world, guild, category, names)
    for name, roles in PEOPLE.items():
        add_person(world, name, roles)
    guild.owner_id = world.find_user("nebula").id
    world.find_user("echo").dms_open = False
    world.find_user("lucio").locale = "zh-CN"
    emoji = Emoji(world.ids.stable(), "upper")
    guild.emojis[emoji.id] = emoji
    return world


def empty_world(seed: int = 1) -> World:
    """A world with its bot application and nothing else."""
    ids = Snowflakes(seed)
    bot = User(ids.stable(), "genji-bot", "Genji Shimada", bot=True)
    world = World(ids, Application(bot.id, bot, TOKEN, owner_id=0))
    world.users[bot.id] = bot
    return world


def add_guild(world: World, name: str) -> Guild:
    """A guild with its everyone role, the bot in it with a role of its own."""
    guild = Guild(world.ids.stable(), name, owner_id=world.bot.id)
    world.guilds[guild.id] = guild
    guild.roles[guild.id] = Role(guild.id, "@everyone", EVERYONE)
    own = add_role(world, guild, world.bot.display_name or world.bot.name, BOT)
    own.managed = True
    guild.members[world.bot.id] = Member(world.bot, time_of(guild.id), {own.id})
    return guild


def add_role(world: World, guild: Guild, name: str, permissions: int = 0, color: int = 0) -> Role:
    """A role at the bottom of the list, under all that were there."""
    for other in guild.roles.values():
        other.position += other.id != guild.id
    role = Role(world.ids.stable(), name, permissions, color, position=1, mentionable=True)
    guild.roles[role.id] = role
    return role


def add_channel(world: World, guild: Guild, name: str, kind: int = ChannelType.TEXT) -> Channel:
    """A channel at the end of the list, open to everyone."""
    channel = Channel(world.ids.stable(), kind, name, guild.id, position=len(guild.channels))
    guild.channels[channel.id] = channel
    return channel


def add_person(world: World, name: str, roles: tuple[str, ...] = (), *, member: bool = True) -> User:
    """A user called `name`, a member of every guild unless told otherwise."""
    user = User(world.ids.stable(), name, name.title())
    world.users[user.id] = user
    for guild in world.guilds.values() if member else ():
        held = {guild.role(role).id for role in roles}
        guild.members[user.id] = Member(user, time_of(guild.id) + timedelta(days=len(guild.members)), held)
    if not world.application.owner_id:
        world.application.owner_id = user.id
    return user


def _add_roles(world: World, guild: Guild) -> None:
    add_role(world, guild, "Admin", ALL_PERMISSIONS, 0xED4245).hoist = True
    # Above everything the bot may give, below the administrators: as in the real guild.
    own = next(role for role in guild.roles.values() if role.managed)
    own.position, guild.role("Admin").position = guild.role("Admin").position, own.position
    add_role(world, guild, "Moderator", MODERATOR | Permission.MANAGE_GUILD, 0x5865F2).hoist = True
    add_role(world, guild, "Sensei", Permission.MANAGE_MESSAGES, 0xEB459E).hoist = True
    add_role(world, guild, "Modmail")
    add_role(world, guild, "Map Creator", color=0xFEE75C)
    for name in RANKS:
        for plus in ("", " +", " ++", " +++") if name != "Ninja" else ("",):
            add_role(world, guild, name + plus, color=0x57F287)
    for name in (*MAIN_TIERS, *PRESTIGES, "Announcements", "Europe", "Americas", "Asia", "PC", "Console"):
        add_role(world, guild, name)


def _add_category(world: World, guild: Guild, name: str, children: tuple[str, ...]) -> None:
    category = add_channel(world, guild, name, ChannelType.CATEGORY)
    for child in children:
        kind = ChannelType.FORUM if child in FORUM_TAGS else ChannelType.TEXT
        channel = add_channel(world, guild, child, kind)
        channel.parent_id = category.id
        channel.tags = [Tag(world.ids.stable(), tag) for tag in FORUM_TAGS.get(child, ())]
        if name == "Staff":
            _only_staff(guild, channel)


def _only_staff(guild: Guild, channel: Channel) -> None:
    bot = next(role for role in guild.roles.values() if role.managed)
    hidden = Overwrite(guild.id, 0, deny=Permission.VIEW_CHANNEL)
    seeing = [
        Overwrite(r.id, 0, Permission.VIEW_CHANNEL) for r in (bot, *map(guild.role, ("Moderator", "Sensei")))
    ]
    channel.overwrites = {overwrite.id: overwrite for overwrite in (hidden, *seeing)}
