"""Both languages say the same things, and every text the code asks for exists."""

import ast
import re
from pathlib import Path

import discord
import pytest
from fluent.syntax import ast as ftl
from fluent.syntax import parse

from genjilib.chat.texts import COMMANDS, FOLDER, LANGUAGES, bundle, t

SOURCES = [
    *Path("genjilib/chat").glob("*.py"),
    *Path("genjilib").glob("*/bot.py"),
    *Path("genjilib").glob("*/bot/*.py"),
]
_VARIABLES = re.compile(r"\{\s*\$(\w+)")


def entries(language: str) -> dict[str, set[str]]:
    """Every key of a language, attributes included, with the variables it uses."""
    found: dict[str, set[str]] = {}
    for path in (FOLDER / language).glob("*.ftl"):
        if path.name == COMMANDS:
            continue
        text = path.read_text(encoding="utf-8")
        for entry in parse(text).body:
            assert not isinstance(entry, ftl.Junk), f"{path}: {entry.content}"
            if not isinstance(entry, ftl.Message):
                continue
            assert entry.id.name not in found, f"{entry.id.name} is there twice"
            for name, pattern in [
                (entry.id.name, entry.value),
                *((f"{entry.id.name}.{a.id.name}", a.value) for a in entry.attributes),
            ]:
                if pattern is not None and pattern.span is not None:
                    found[name] = set(_VARIABLES.findall(text[pattern.span.start : pattern.span.end]))
    return found


def used_keys(path: Path) -> set[str]:
    """The keys a module asks for by name: the second argument of each ``t(…)``."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {
        call.args[1].value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "t" and len(call.args) > 1
        if isinstance(call.args[1], ast.Constant) and isinstance(call.args[1].value, str)
    }


def strings(path: Path) -> set[str]:
    """Every string of a module; a key may be chosen before it is asked for."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_language_has_the_same_texts_with_the_same_variables(language: str) -> None:
    assert entries(language) == entries(LANGUAGES[0])


def test_every_text_the_code_asks_for_exists() -> None:
    known = entries(LANGUAGES[0])
    missing = {f"{path}: {key}" for path in SOURCES for key in used_keys(path) if key not in known}
    assert not missing


def test_every_text_is_used() -> None:
    used = {string for path in SOURCES for string in strings(path)}
    unused = {key for key in entries(LANGUAGES[0]) if not key.startswith("error-")} - used
    assert not unused


def test_a_reader_gets_their_own_language() -> None:
    assert t(discord.Locale.chinese, "done") == "完成。"
    assert t(discord.Locale.taiwan_chinese, "done") == "完成。"
    assert t(discord.Locale.german, "done") == t(None, "done") == "Done."


def test_numbers_are_written_as_the_language_writes_them_and_ids_stay_as_they_are() -> None:
    assert "code 1234567." in t("en", "error-map-not-found", code="1234567")
    assert "1,234" in t("en", "error-page-unknown", last=1234)


def test_a_missing_text_shows_its_key_rather_than_nothing() -> None:
    assert t("en", "no-such-text") == "no-such-text"


def test_every_language_can_be_read_whole() -> None:
    for language in LANGUAGES:
        bundle(language)
        bundle(language, commands=True)


def test_times_are_shown_in_the_readers_own_zone() -> None:
    offenders = [str(path) for path in SOURCES if "strftime" in path.read_text()]
    assert not offenders
