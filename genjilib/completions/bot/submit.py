"""Submitting a run."""

from discord import app_commands

from genjilib import queries
from genjilib.chat import look
from genjilib.chat.client import Cog
from genjilib.chat.interactions import Interaction, reply
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors
from genjilib.chat.texts import t
from genjilib.chat.transforms import (
    Link,
    Picture,
    RunTime,
    VisibleCode,
)
from genjilib.chat.views import confirm, posted
from genjilib.completions import rules
from genjilib.completions.bot.shown import card
from genjilib.completions.types import (
    CompletionCreateRequest,
)
from genjilib.core.text import format_run_time
from genjilib.core.validate import checked
from genjilib.images import rules as images


class SubmitRun(Cog):
    """Submitting runs."""

    @app_commands.command(name="submit-completion", description="Submit a run for verification")
    @app_commands.describe(
        code="Code of the map",
        time="Your time, such as 1:23.45",
        screenshot="Screenshot that shows code and time",
        quality="How good is the map, from 1 to 6 stars?",
        video="Link to a video of the whole run",
    )
    async def submit(
        self,
        interaction: Interaction,
        code: VisibleCode,
        time: RunTime,
        screenshot: Picture,
        quality: app_commands.Range[int, 1, 6],
        video: Link | None = None,
    ) -> None:
        """Ask once more, store the screenshot, submit the run and keep the rating of the map."""
        settings, db = self.bot.settings, self.bot.db
        await rules.target(db, code, interaction.user.id)
        question = t(interaction, "completion-confirm", code=code, time=format_run_time(time))
        if not await confirm(interaction, question):
            return
        with discord_errors():
            picture = await screenshot.read()
        url = await images.store_screenshot(settings, picture)
        run = CompletionCreateRequest(code, interaction.user.id, time, url, video)
        read = settings.ocr_url is not None
        submitted = await rules.submit(db, checked(run), quality=quality, read=read)
        shown = await rules.submission(db, submitted.completion_id)
        thread = await queries.maps.open_thread(db, code=code)
        tried = look.facts([(t(interaction, "map-playtest"), f"<#{thread}>" if thread else None)])
        await reply(interaction, posted(card(shown, Tone.WAIT, *filter(None, [tried]))))
