"""What the bot says: the messages of ``text/<language>/*.ftl``, in the reader's language."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location
from fluent.runtime import FluentBundle, FluentResource

from genjilib.core import log

ENGLISH: Final = "en"
LANGUAGES: Final = (ENGLISH, "zh-CN")
"""The first is complete by definition and stands in for what another lacks."""

FOLDER: Final = Path(__file__).parent / "text"
COMMANDS: Final = "commands.ftl"
"""The file of command names and descriptions: in English those are in the code, so only others have it."""

Reader = discord.Interaction[Any] | discord.Locale | str | None
"""Whose language is meant: a person acting, a locale, or nobody in particular (English)."""

_logger = log.get_logger(__name__)


def t(reader: Reader, key: str, **values: str | int | float) -> str:
    """Return message ``key`` in the language of ``reader``, or in English where that language lacks it.

    ``key`` may name an attribute (``confirm.title``). Numbers are written as the language writes them, so
    ids are passed as strings.
    """
    found = find(reader, key, **values)
    if found is None:
        _logger.error("text-missing", key=key)
        return key
    return found


def find(reader: Reader, key: str, **values: str | int | float) -> str | None:
    """Return message ``key`` as ``t`` does; nothing where no language has it."""
    for language in dict.fromkeys((language_of(reader), ENGLISH)):
        found = _format(language, key, values)
        if found is not None:
            return found
    return None


def language_of(reader: Reader) -> str:
    """Return which of our languages a reader gets; every kind of Chinese is served Simplified Chinese."""
    locale = str(reader.locale if isinstance(reader, discord.Interaction) else reader or "")
    return "zh-CN" if locale.startswith("zh") else ENGLISH


@cache
def bundle(language: str, *, commands: bool = False) -> FluentBundle:
    """Load the texts of a language, or its names of commands."""
    loaded = FluentBundle([language], use_isolating=False)
    for path in sorted((FOLDER / language).glob("*.ftl")):
        if (path.name == COMMANDS) == commands:
            loaded.add_resource(FluentResource(path.read_text(encoding="utf-8")))
    return loaded


def _format(
    language: str, key: str, values: dict[str, Any] | None = None, *, commands: bool = False
) -> str | None:
    texts = bundle(language, commands=commands)
    name, _, attribute = key.partition(".")
    if not texts.has_message(name):
        return None
    message = texts.get_message(name)
    pattern = message.attributes.get(attribute) if attribute else message.value
    if pattern is None:
        return None
    text, errors = texts.format_pattern(pattern, values or {})
    if errors:
        _logger.error("text-unfilled", key=key, language=language, errors=list(map(str, errors)))
    return str(text)


class CommandTexts(app_commands.Translator):
    """Names commands, their options and choices in every language but English, whose names are in the code.

    ``/map edit`` is ``command-map-edit`` in ``text/<language>/commands.ftl``, its description the attribute
    ``.description``; option ``code`` of it has ``.code`` and ``.code-description``; a choice is
    ``choice-<its English name>``. A command that is not called in Latin letters has ``texts`` in its extras,
    which stands for its name.
    """

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return the translation, or nothing for a locale that gets English."""
        language = language_of(locale)
        return None if language == ENGLISH else _format(language, command_key(string, context), commands=True)


def command_key(string: app_commands.locale_str, context: app_commands.TranslationContextTypes) -> str:
    """Return under which key a part of a command is translated."""
    match context.location:
        case Location.command_name | Location.group_name:
            return _command(context.data)
        case Location.command_description | Location.group_description:
            return f"{_command(context.data)}.description"
        case Location.parameter_name:
            return f"{_command(context.data.command)}.{_slug(context.data.name)}"
        case Location.parameter_description:
            return f"{_command(context.data.command)}.{_slug(context.data.name)}-description"
        case _:
            return f"choice-{_slug(string.message)}"


def of_command(language: str, key: str) -> str:
    """Return a part of a command in a language that is not English, by its key; ``KeyError`` without one."""
    found = _format(language, key, commands=True)
    if found is None:
        raise KeyError(key)
    return found


def _command(command: Any) -> str:
    return f"command-{command.extras.get('texts') or _slug(command.qualified_name)}"


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
