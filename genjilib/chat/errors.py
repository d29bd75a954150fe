"""Failures in words: what a person reads when something was refused or broke, in one place."""

from dataclasses import dataclass
from typing import Any, Literal, cast

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from genjilib.chat.look import Tone
from genjilib.chat.texts import Reader, find, t
from genjilib.core import clock, log
from genjilib.core.errors import Forbidden, GenjiError, Invalid, Later, Poison, Unavailable

Outcome = Literal["ok", "refused", "failed"]

_WRAPPERS = (
    app_commands.CommandInvokeError,
    app_commands.TransformerError,
    commands.CommandInvokeError,
    commands.ConversionError,
)
_AWAY = (discord.DiscordServerError, discord.RateLimited, aiohttp.ClientConnectionError)
_STALE = (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)
_logger = log.get_logger(__name__)


class Refused(app_commands.CheckFailure):
    """Carries one of the eight errors through discord.py's checks, which let nothing else out."""

    def __init__(self, reason: GenjiError) -> None:
        """Carry ``reason``."""
        super().__init__(reason.detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Explanation:
    """A failure as a person sees it; ``outcome`` is how it is counted."""

    tone: Tone
    title: str
    text: str
    outcome: Outcome
    reference: str | None = None


def known(error: BaseException) -> GenjiError | None:
    """Return the one of the eight errors that ``error`` is or carries; nothing for a bug."""
    while isinstance(error, _WRAPPERS) and error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, Refused):
        return error.reason
    if isinstance(error, GenjiError):
        return None if isinstance(error, Poison) else error
    if isinstance(error, _STALE):
        return Unavailable("This command has just changed.", after=60, code="command-changed")
    if isinstance(error, _AWAY):
        return Unavailable("Discord does not answer at the moment.", after=10, code="discord-away")
    if isinstance(error, (app_commands.TransformerError, commands.UserInputError)):
        return Invalid("One of the options cannot be read.", code="option-unreadable")
    if isinstance(error, (app_commands.CheckFailure, commands.CheckFailure)):
        return Forbidden("You may not do this here.", code="check-failed")
    return None


def explain(reader: Reader, error: BaseException, reference: str) -> Explanation:
    """Put ``error`` into the reader's language; a bug is logged and shown only as ``reference``."""
    reason = known(error)
    if reason is None:
        _logger.error("interaction-broke", reference=reference, exc_info=error)
        title = t(reader, "broken.title")
        return Explanation(Tone.REFUSED, title, t(reader, "broken", reference=reference), "failed", reference)
    if isinstance(reason, Later):
        text = f"{sentence(reader, reason)}\n{t(reader, 'try-again', when=from_now(reason.after))}"
        return Explanation(Tone.WAIT, t(reader, "later.title"), text, "refused")
    return Explanation(Tone.REFUSED, t(reader, "refused.title"), sentence(reader, reason), "refused")


def sentence(reader: Reader, reason: GenjiError) -> str:
    """Return the error's sentence: message ``error-<code>`` where there is one, else what the rule said."""
    extra = cast(dict[str, Any], reason.extra) if isinstance(reason.extra, dict) else {}
    values = {name: value for name, value in extra.items() if isinstance(value, (str, int, float))}
    return find(reader, f"error-{reason.code}", **values) or reason.detail


def from_now(seconds: float) -> str:
    """Return the moment ``seconds`` from now as Discord shows it in the reader's own words ("in 5 s")."""
    # The next full second, so that nobody is told to come back a moment too early.
    return f"<t:{int(clock.now().timestamp() + seconds) + 1}:R>"
