"""Video guides to maps: looking at them, adding one, and what the team does with them."""

import re
from typing import Final

from discord import app_commands

from genjilib.chat import look
from genjilib.chat.client import Cog
from genjilib.chat.interactions import Interaction, reply
from genjilib.chat.paging import Page, Pages
from genjilib.chat.texts import t
from genjilib.chat.transforms import (
    Link,
    VisibleCode,
)
from genjilib.chat.views import confirm
from genjilib.core.validate import checked
from genjilib.maps import guides, rules
from genjilib.maps.types import (
    GuideResponse,
)

_YOUTUBE: Final = re.compile(
    r"https?://(?:www\.|m\.)?(?:youtu\.be/|youtube\.com/(?:watch\?(?:\S*&)?v=|shorts/|live/))([\w-]{11})\b"
)


class Guides(Cog):
    """Guides."""

    @app_commands.command(name="view-guides", description="Show the guides to a map")
    @app_commands.describe(
        code="Code of the map", include_records="Show the videos of the best runs of players too"
    )
    async def view_guides(
        self, interaction: Interaction, code: VisibleCode, include_records: bool = False
    ) -> None:
        """Show guides with their authors."""
        title = t(interaction, "guide-list", code=code)

        async def load(offset: int, limit: int) -> Page:
            found = await guides.of_map(self.bot.db, code, include_records=include_records)
            shown = found[offset : offset + limit]
            return Page([f"**{look.plain(one.usernames[0])}** {one.url}" for one in shown], len(found))

        await Pages(interaction, title, load).show(interaction)

    @app_commands.command(name="submit-guide", description="Add a video guide of yours to a map")
    @app_commands.describe(code="Code of the map", url="Link to the video")
    async def submit_guide(self, interaction: Interaction, code: VisibleCode, url: Link) -> None:
        """Ask once more, with a picture of the video where there is one, and add the guide."""
        await rules.partial(self.bot.db, code)
        question = t(interaction, "guide-confirm", code=code, url=url)
        if await confirm(interaction, question, thumbnail=_thumbnail(url)):
            await guides.add(self.bot.db, code, checked(GuideResponse(url, interaction.user.id)))
            await reply(interaction, t(interaction, "guide-added", code=code))


def _thumbnail(url: str) -> str | None:
    """Return the address of a video's picture; only YouTube tells it without being asked."""
    found = _YOUTUBE.match(url)
    return f"https://i.ytimg.com/vi/{found[1]}/hqdefault.jpg" if found else None
