"""How runs look: as the card of one, and as entries of a list."""

from typing import Any, TypeAlias

import discord
from discord import ui

from genjilib.chat import look
from genjilib.chat.interactions import Interaction
from genjilib.chat.look import Tone
from genjilib.chat.texts import t
from genjilib.core.text import format_run_time
from genjilib.queries.completions import (
    CompletionResponse,
    CompletionSubmissionResponse,
    ModerationRecordResponse,
    UserCompletionResponse,
    WorldRecordResponse,
)

Listed: TypeAlias = (
    CompletionResponse | UserCompletionResponse | WorldRecordResponse | ModerationRecordResponse
)


def card(run: CompletionSubmissionResponse, tone: Tone, *blocks: str | ui.Item[Any]) -> ui.Container[Any]:
    """Build the card of a run with its screenshot; ``blocks`` stand under the facts."""
    facts = look.facts(
        [
            (t(None, "completion-player"), look.plain(run.name)),
            (t(None, "completion-code"), look.code(run.code)),
            (t(None, "completion-map"), f"{look.plain(run.map_name)} · {run.difficulty}"),
            (t(None, "completion-time"), format_run_time(run.time)),
            (t(None, "completion-rank"), run.hypothetical_rank),
            (t(None, "completion-medal"), run.hypothetical_medal),
            (t(None, "completion-video"), run.video),
            (t(None, "completion-submitted"), discord.utils.format_dt(run.inserted_at, "R")),
        ]
    )
    title = t(None, "completion-title", code=run.code, time=format_run_time(run.time))
    return look.card(tone, title, facts, *blocks, images=[run.screenshot])


def entry(interaction: Interaction, run: Listed, name: str, place: str = "") -> str:
    """Write a run as two lines: whose or of which map it is, then its time and where it is shown."""
    rank = "" if run.rank is None else f"#{run.rank} "
    partial = t(interaction, "completion-partial") if run.completion else None
    legacy = t(interaction, "completion-legacy") if run.legacy else None
    medal = run.legacy_medal if run.legacy else run.medal
    facts = [format_run_time(run.time), medal, partial, legacy, *links(interaction, run)]
    return f"**{rank}{name}** {place}".rstrip() + f"\n{' · '.join(filter(None, facts))}"


def place(run: Listed) -> str:
    """Write of which map a run is."""
    return f"{look.plain(run.map_name)} · {run.difficulty}"


def links(interaction: Interaction, run: Listed) -> list[str]:
    """Return links to the video and the message of a run, as far as there are any."""
    config, found = interaction.client.config, list[str]()
    if run.video:
        found.append(look.link(t(interaction, "completion-video"), run.video))
    if run.message_id:
        shown = message_address(config.guild, config.channels.completions, run.message_id)
        found.append(look.link(t(interaction, "completion-message"), shown))
    return found


def message_address(guild: int, channel: int, message: int) -> str:
    """Return where a message can be seen."""
    return f"https://discord.com/channels/{guild}/{channel}/{message}"
