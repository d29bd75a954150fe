"""Checks application commands as Discord checks them when they are synced."""

import unicodedata

from genjilib.local.discord.constants import OptionType
from genjilib.local.discord.errors import ApiError, Form
from genjilib.local.discord.jsons import Json, mapping, objects

MOST_OF_KIND = {1: 100, 2: 15, 3: 15}
MOST_CHARACTERS = 8000
_NESTED = (OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP)
_WITH_CHOICES = (OptionType.STRING, OptionType.INTEGER, OptionType.NUMBER)

Path = tuple[str | int, ...]


def check_all(commands: list[Json]) -> None:
    """Check a whole scope, as PUT replaces it."""
    form = Form()
    seen: set[tuple[int, str]] = set()
    for index, command in enumerate(commands):
        check_command(form, command, (index,))
        key = (int(command.get("type") or 1), str(command.get("name")))
        if key in seen:
            message = "Application command names must be unique"
            form.add((index, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
        seen.add(key)
    form.refuse()
    check_counts(commands)


def check_counts(commands: list[Json]) -> None:
    """Refuse a scope with more commands of a kind than it can hold."""
    for kind, most in MOST_OF_KIND.items():
        if sum(int(command.get("type") or 1) == kind for command in commands) > most:
            raise ApiError(400, 30032, f"Maximum number of application commands reached ({most})")


def check_command(form: Form, command: Json, path: Path = ()) -> None:
    """Check one command of any kind."""
    kind = int(command.get("type") or 1)
    if not form.choice((*path, "type"), kind, (1, 2, 3)):
        return
    if kind != 1:
        form.length((*path, "name"), command.get("name"), 1, 32)
        if command.get("description"):
            message = "Context menu commands cannot have description"
            form.add(
                (*path, "description"), "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_CANNOT_BE_SET", message
            )
        return
    _check_name(form, path, command)
    _check_options(form, (*path, "options"), objects(command.get("options")), depth=0)
    if _size(command) > MOST_CHARACTERS:
        message = f"Command exceeds maximum size ({MOST_CHARACTERS})"
        form.add(path, "APPLICATION_COMMAND_TOO_LARGE", message)


def valid_name(name: str) -> bool:
    """Whether a command or option may be called this: 1 to 32 letters, digits, `-_'`, in lower case."""
    characters = all(c in "-_'" or unicodedata.category(c)[0] in "LNM" for c in name)
    return 1 <= len(name) <= 32 and characters and name == name.lower()


def _check_name(form: Form, path: Path, it: Json) -> None:
    form.length((*path, "name"), it.get("name"), 1, 32)
    names: Json = {"name": it.get("name"), **mapping(it.get("name_localizations"))}
    for locale, name in names.items():
        if name and not valid_name(str(name)):
            here = ("name",) if locale == "name" else ("name_localizations", locale)
            form.add((*path, *here), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    form.length((*path, "description"), it.get("description"), 1, 100)
    for locale, text in mapping(it.get("description_localizations")).items():
        form.length((*path, "description_localizations", locale), text, 1, 100)


def _check_options(form: Form, path: Path, options: list[Json], depth: int) -> None:
    form.length(path, options, 0, 25)
    names: set[str] = set()
    optional_seen = False
    for index, option in enumerate(options):
        here = (*path, index)
        _check_option(form, here, option, depth)
        if option.get("name") in names:
            message = "Option names must be unique"
            form.add((*here, "name"), "APPLICATION_COMMAND_OPTIONS_DUPLICATE_NAME", message)
        names.add(str(option.get("name")))
        if optional_seen and option.get("required"):
            message = "Required options must be placed before non-required options"
            form.add(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional_seen |= not option.get("required")
    nested = [option.get("type") in _NESTED for option in options]
    if any(nested) and not all(nested):
        message = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        form.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)


def _check_option(form: Form, path: Path, option: Json, depth: int) -> None:
    kind = option.get("type")
    if not form.choice((*path, "type"), kind, tuple(int(one) for one in OptionType)):
        return
    _check_name(form, path, option)
    allowed_depth = {OptionType.SUB_COMMAND_GROUP: 0, OptionType.SUB_COMMAND: 1}
    if kind in _NESTED:
        if depth > allowed_depth[OptionType(kind)]:
            message = "Sub-commands and groups cannot be nested deeper"
            form.add((*path, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
        _check_options(form, (*path, "options"), objects(option.get("options")), depth + 1)
        return
    _check_choices(form, path, option)


def _check_choices(form: Form, path: Path, option: Json) -> None:
    choices: list[Json] = objects(option.get("choices"))
    form.length((*path, "choices"), choices, 0, 25)
    for index, choice in enumerate(choices):
        form.length((*path, "choices", index, "name"), choice.get("name"), 1, 100)
        if isinstance(choice.get("value"), str):
            form.length((*path, "choices", index, "value"), choice["value"], 1, 100)
    if choices and option.get("autocomplete"):
        message = "Autocomplete cannot be enabled when choices are set"
        form.add(
            (*path, "autocomplete"), "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE_EXCLUSIVE", message
        )
    if (choices or option.get("autocomplete")) and option.get("type") not in _WITH_CHOICES:
        message = "Choices and autocomplete are only for strings, integers and numbers"
        form.add(path, "APPLICATION_COMMAND_OPTIONS_CHOICES_TYPE_INVALID", message)
    for name in ("min_length", "max_length"):
        if option.get(name) is not None:
            form.between((*path, name), int(option[name]), 0 if name == "min_length" else 1, 6000)


def _size(it: Json) -> int:
    own = len(str(it.get("name") or "")) + len(str(it.get("description") or ""))
    choices = sum(len(str(c.get("name"))) + len(str(c.get("value"))) for c in objects(it.get("choices")))
    return own + choices + sum(_size(option) for option in objects(it.get("options")))
