"""The bot: an unmodified discord.py client with our commands, errors, checks and a clean end."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, ClassVar, Final

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.utils import MISSING

from genjilib.chat import sync
from genjilib.chat.config import Config
from genjilib.chat.errors import explain, known
from genjilib.chat.interactions import Answer, Interaction, as_view, attend, refuse
from genjilib.chat.look import card
from genjilib.chat.send import discord_errors
from genjilib.chat.texts import CommandTexts
from genjilib.chat.views import Button
from genjilib.core import log
from genjilib.core.errors import Invalid, Later, NotFound, Unavailable
from genjilib.core.settings import Settings
from genjilib.db import Db

PREFIXES: Final = {"production": "?", "staging": "!", "development": "!", "local": "$"}
"""What text commands begin with in each environment, so that two bots in one server do not both answer."""

INTENTS: Final = discord.Intents(
    guilds=True,
    guild_messages=True,
    dm_messages=True,
    members=True,
    message_content=True,
    guild_reactions=True,
    dm_reactions=True,
    integrations=True,
    webhooks=True,
)

GRACE: Final = 0.2
"""Seconds after which a press that no handler has begun with is one that none will."""

_VITAL: Final = frozenset({"READY", "RESUMED"})
_logger = log.get_logger(__name__)


class Cog(commands.Cog):
    """A domain's commands and listeners; the runner lists the classes, nothing is scanned."""

    buttons: ClassVar[Sequence[type[Button]]] = ()
    """The domain's persistent buttons."""

    menus: ClassVar[Sequence[app_commands.ContextMenu]] = ()

    def __init__(self, bot: "GenjiBot") -> None:
        """Belong to ``bot``, which holds the database and the configuration."""
        self.bot = bot


class Tree(app_commands.CommandTree["GenjiBot"]):
    """Commands whose every error is explained to the caller; cogs may share a group, such as ``/mod``."""

    def add_command(
        self, command: Any, /, *, guild: Any = MISSING, guilds: Any = MISSING, **options: Any
    ) -> None:
        """Add a command; a group whose name another cog's group has already gives that one its commands."""
        begun = self.get_command(command.name, guild=None if guild is MISSING else guild)
        if isinstance(begun, app_commands.Group) and isinstance(command, app_commands.Group):
            for child in command.commands:
                begun.add_command(child)
        else:
            super().add_command(command, guild=guild, guilds=guilds, **options)

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Take care of the interaction; refuse it while the bot is ending."""
        command = interaction.command
        public = bool(command and command.extras.get("public"))
        attend(interaction, command.qualified_name if command else "unknown", public=public)
        interaction.client.refuse_when_draining()
        return True

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Explain what went wrong, in the one way there is."""
        if interaction.type is discord.InteractionType.autocomplete:
            _logger.warning("suggestions-failed", exc_info=error)
        else:
            await refuse(interaction, error)


class GenjiBot(commands.AutoShardedBot):
    """The client of one Discord server, on as many shards as Discord wants."""

    tree: Tree  # pyright: ignore[reportIncompatibleMethodOverride]

    def __init__(self, settings: Settings, config: Config, db: Db, cogs: Sequence[type[Cog]]) -> None:
        """Build the bot; nothing is connected before ``serve``."""
        super().__init__(
            command_prefix=PREFIXES[settings.app_environment],
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            tree_cls=Tree,
            help_command=None,
            max_messages=None,
            max_ratelimit_timeout=60.0,
        )
        self.settings, self.config, self.db = settings, config, db
        self.running: set[asyncio.Task[Any]] = set()
        """Handlers at work; a clean end waits for them."""
        self._cog_classes = cogs
        self._kept: set[asyncio.Task[Any]] = set()
        self._draining = asyncio.Event()
        self._begun = False
        self._greeted: set[int] = set()
        """Shards that Discord has accepted: an open connection alone receives nothing yet."""

    async def prepare(self) -> None:
        """Load cogs, buttons and translations; the tree can be looked at without a connection."""
        guild = discord.Object(self.config.guild)
        await self.tree.set_translator(CommandTexts())
        for cog_class in self._cog_classes:
            await self.add_cog(cog_class(self), guild=guild)
            self.add_dynamic_items(*cog_class.buttons)
            for menu in cog_class.menus:
                self.tree.add_command(menu, guild=guild)

    async def setup_hook(self) -> None:
        """Prepare, and keep to the API that the settings name."""
        await self.prepare()
        self._guard_events()
        if self.settings.discord_api_url:
            # A reconnect without a session goes to discord.py's built-in gateway address.
            _, gateway, _ = await self.http.get_bot_gateway()
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)

    async def serve(
        self, until: Coroutine[Any, Any, object], beside: AbstractAsyncContextManager[Any] | None = None
    ) -> None:
        """Run until ``until`` returns; then finish what is at work and disconnect.

        ``beside``, the consumer of its queues, is entered when the bot is ready and left before that ends.
        Raises when the connection ends by itself, when the server is not as configured (``Invalid``), or when
        Discord refuses the token: the process is to end with an error, never to linger without a connection.
        """
        if self.settings.discord_api_url:
            Route.BASE = self.settings.discord_api_url.rstrip("/")
        async with self:
            connection = asyncio.create_task(self._connect(), name="discord-connection")
            stop = asyncio.create_task(until, name="discord-stop")
            begin = asyncio.create_task(self._begin(), name="discord-begin")
            try:
                await _first(connection, stop, begin)
                async with beside or nullcontext():
                    await _first(connection, stop)
                    # Commands and queue finish at the same time: neither takes from the other's seconds.
                    drained = asyncio.create_task(self.drain())
                await drained
            finally:
                await self.close()
                for task in (connection, stop, begin):
                    task.cancel()
                await asyncio.gather(connection, stop, begin, return_exceptions=True)

    async def ready(self) -> None:
        """Raise ``Unavailable`` unless all shards are connected, the server checked and commands synced."""
        down = [n for n, shard in self.shards.items() if shard.is_closed() or n not in self._greeted]
        if self._draining.is_set() or not self._begun or not self.is_ready() or down or not self.shards:
            raise Unavailable(f"Discord is not connected (shards down: {down or 'all'}).", after=5)

    def server(self) -> discord.Guild:
        """Return the community's server; ``Unavailable`` while Discord has not told of it."""
        guild = self.get_guild(self.config.guild)
        if guild is None or guild.unavailable:
            raise Unavailable("Discord has not told of the server yet.", after=5, code="discord-away")
        return guild

    async def member(self, user_id: int) -> discord.Member | None:
        """Return a member of the community's server; nothing for who is none. Raises as ``server`` does."""
        guild = self.server()
        if (known := guild.get_member(user_id)) is not None:
            return known
        # After a reconnect the members come one after the other: only Discord knows who is none.
        with discord_errors():
            try:
                return await guild.fetch_member(user_id)
            except discord.NotFound:
                return None

    def keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Run ``work`` beside the caller; errors are logged."""
        task = asyncio.create_task(work)
        self._kept.add(task)
        task.add_done_callback(self._kept.discard)
        task.add_done_callback(_log_failure)

    def refuse_when_draining(self) -> None:
        """Raise ``Unavailable`` once the bot is ending."""
        if self._draining.is_set():
            raise Unavailable("The bot is restarting.", after=15, code="restarting")

    async def answered(self, answer: Coroutine[Any, Any, Any]) -> None:
        """Wait for a person's ``answer``; raise ``Unavailable`` as soon as the bot is ending."""
        waiting = asyncio.create_task(answer)
        ending = asyncio.create_task(self._draining.wait())
        try:
            await asyncio.wait({waiting, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                self.refuse_when_draining()
        finally:
            waiting.cancel()
            ending.cancel()

    async def drain(self) -> None:
        """Refuse new interactions and wait, at most ``shutdown_seconds``, for those at work.

        Those that wait for a person end at once: nobody knows how long the person would take.
        """
        self._draining.set()
        work = {*self.running, *self._kept}
        if work:
            _, late = await asyncio.wait(work, timeout=self.settings.shutdown_seconds)
            if late:
                _logger.warning("handlers-cut-off", count=len(late))
        if self._kept:
            await asyncio.wait(self._kept, timeout=2)

    async def on_shard_connect(self, shard_id: int) -> None:
        """Note that Discord greeted a shard with a new session."""
        self._greeted.add(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Note that Discord took up a shard's session again."""
        self._greeted.add(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Note that a shard has no session until it is greeted again."""
        self._greeted.discard(shard_id)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Say that it is over to who presses what the bot does not know any more, such as after a restart."""
        if interaction.type in (discord.InteractionType.component, discord.InteractionType.modal_submit):
            # What is known has been taken care of by now: discord.py hands it over before this event.
            await asyncio.sleep(GRACE)
            if Answer not in interaction.extras and not interaction.response.is_done():
                attend(interaction, "over")
                await refuse(interaction, NotFound("This is over. Use the command again.", code="over"))

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log what a listener raised."""
        _logger.exception("listener-failed", listener=event_method)

    async def on_command_error(self, context: Any, exception: commands.CommandError, /) -> None:
        """Explain a failed text command in its channel; unknown ones belong to other bots."""
        if isinstance(exception, commands.CommandNotFound):
            return
        found = explain(None, exception, str(context.message.id))
        shown = card(found.tone, found.title, found.text, reference=found.reference)
        await context.send(view=as_view(shown))

    async def _connect(self) -> None:
        with discord_errors():
            await self.login(self.settings.discord_token.get_secret_value())
        await self.connect()

    async def _begin(self) -> None:
        """Check the server and sync the commands, as soon as Discord has told what there is."""
        await self.wait_until_ready()
        guild = self.get_guild(self.config.guild)
        if guild is None:
            raise Invalid(
                f"The bot is not in the server {self.config.guild} of its configuration.", code="config"
            )
        self.config.check(guild)
        await self._sync()
        self._begun = True
        _logger.info("ready", guild=guild.name, shards=self.shard_count)

    async def _sync(self) -> None:
        assert self.application_id is not None
        while True:
            try:
                await sync.sync(
                    self.tree,
                    self.db,
                    application_id=self.application_id,
                    guild_id=self.config.guild,
                    # A simulated Discord forgets at its end what our database still remembers.
                    force=self.settings.app_environment == "local",
                )
                return
            except (Later, discord.DiscordServerError, discord.RateLimited, aiohttp.ClientError) as error:
                _logger.warning("commands-unsynced", reason=str(error))
                await asyncio.sleep(error.after if isinstance(error, Later) else 10)

    def _guard_events(self) -> None:
        """Let an event that discord.py cannot read cost this event and not the connection.

        discord.py ends the shard, and with it the client, when a parser raises; there is no public hook.
        """
        parsers: dict[str, Callable[[Any], Any]] = self._connection.parsers
        for event, parse in parsers.items():
            if event not in _VITAL:
                parsers[event] = _guarded(event, parse)


async def _first(connection: asyncio.Task[None], *others: asyncio.Task[Any]) -> None:
    """Wait for the first of the tasks; raise what it raised, and when it is the connection that ended."""
    done, _ = await asyncio.wait({connection, *others}, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
    if connection in done:
        raise Unavailable("The connection to Discord has ended.", after=5, code="discord-away")


def _guarded(event: str, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def parse_or_log(data: Any) -> None:
        try:
            parse(data)
        except Exception:
            _logger.exception("gateway-event-unread", gateway_event=event)

    return parse_or_log


def _log_failure(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        level = _logger.warning if known(error) else _logger.error
        level("work beside a handler failed", exc_info=error)
