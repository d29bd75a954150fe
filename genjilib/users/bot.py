"""The bot's part of users: placeholders for players who are not here, and whose they become."""

from discord import app_commands

from genjilib.chat import look, permissions
from genjilib.chat.client import Cog
from genjilib.chat.interactions import Interaction, reply
from genjilib.chat.texts import t
from genjilib.chat.transforms import KnownPlayer, Player, PlayerTransformer
from genjilib.chat.views import confirm
from genjilib.core.errors import Invalid
from genjilib.users import rules

Placeholder = app_commands.Transform[Player, PlayerTransformer(below=rules.FIRST_OWN_ID)]


class Users(Cog):
    """Commands about users."""

    mod = app_commands.Group(name="mod", description="What only the team may do")
    edit_user = app_commands.Group(name="edit-user", description="Players who are not here", parent=mod)

    @edit_user.command(name="create-fake-user", description="Add a player who is not in this server")
    @app_commands.describe(name="What the player is called")
    @permissions.staff_only
    async def create_placeholder(
        self, interaction: Interaction, name: app_commands.Range[str, 1, 100]
    ) -> None:
        """Add a placeholder and tell its id."""
        called = name.strip()
        if not called:
            raise Invalid("A player needs a name.", code="name-missing")
        user_id = await rules.create_placeholder(self.bot.db, called)
        await reply(interaction, t(interaction, "placeholder-made", name=look.plain(called), id=str(user_id)))

    @edit_user.command(
        name="link-fake-user", description="Give what is a fake user's to the real one, for good"
    )
    @app_commands.describe(fake="The player who was not here", real="Who it is")
    @permissions.staff_only
    async def link(self, interaction: Interaction, fake: Placeholder, real: KnownPlayer) -> None:
        """Ask once more, then make all that is the placeholder's the user's; nothing brings it back."""
        if fake.id >= rules.FIRST_OWN_ID or fake.id == real.id:
            raise Invalid("Only a placeholder can be linked to another user.", code="not-a-placeholder")
        names = {"fake": look.plain(fake.name), "real": look.plain(real.name)}
        if not await confirm(interaction, t(interaction, "placeholder-link", **names), danger=True):
            return
        await rules.link(self.bot.db, fake.id, real.id, who=permissions.principal(interaction))
        await reply(interaction, t(interaction, "placeholder-linked", **names))
