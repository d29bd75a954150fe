"""Cards keep to Discord's limits and users' text stays text."""

from typing import Any

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from genjilib.chat.look import Tone, card, check, code, cut, facts, fit, plain, visible


def texts(container: ui.Container[Any]) -> list[str]:
    return [item.content for item in container.walk_children() if isinstance(item, ui.TextDisplay)]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("**bold**", r"\*\*bold\*\*"),
        ("[x](http://a)", r"\[x\]\(http://a\)"),
        ("# big", r"\# big"),
        ("> quote\n- list\n1. one", "\\> quote\n\\- list\n1\\. one"),
        ("-# small", r"\-# small"),
        ("<@123> <#1> </a:1> <t:1:R> <:e:1>", r"\<@​123> \<#1> \</a:1> \<t:1:R> \<:e:1>"),
        ("@everyone @here", "@​everyone @​here"),
        ("a\u200bb\u202ec\u2066d", "abcd"),
        ("`x`", r"\`x\`"),
        ("3 - 2 <= 1", "3 - 2 <= 1"),
    ],
)
def test_text_of_users_shows_as_it_was_typed(typed: str, shown: str) -> None:
    assert plain(typed) == shown


def test_towers_of_accents_are_cut_down() -> None:
    assert len(visible("a" + "\u0300" * 50)) <= 4


def test_code_cannot_be_left() -> None:
    assert code("a`b\n@everyone") == "`aˋb @everyone`"


@given(st.text(max_size=300), st.integers(1, 100))
def test_what_is_cut_keeps_to_its_limit_and_escapes_nothing_after_it(text: str, limit: int) -> None:
    shown = plain(text, limit)
    assert len(shown) <= limit
    assert not shown.endswith("\\…")


@given(st.lists(st.text(max_size=3000), max_size=30), st.integers(100, 4000))
def test_lines_fit_their_budget_and_short_ones_stay_whole(lines: list[str], budget: int) -> None:
    fitted = fit(lines, budget)
    assert len(fitted) == len(lines)
    assert sum(map(len, fitted)) + len(fitted) <= budget or not lines
    if sum(map(len, lines)) + len(lines) <= budget:
        assert fitted == lines


def test_a_card_with_far_too_much_text_is_cut_to_what_discord_takes() -> None:
    rows = ui.ActionRow[Any](ui.Button(label="x"))
    made = card(Tone.NEWS, "t" * 300, *["b" * 3000] * 20, rows, reference="123", thumbnail="https://a/b.png")
    check(ui.LayoutView(timeout=None).add_item(made))
    assert len(texts(made)[0]) == len("### ") + 60
    assert texts(made)[-1] == "-# 123"


def test_a_message_with_too_many_components_is_found_before_discord_does() -> None:
    with pytest.raises(ValueError, match="40"):
        ui.LayoutView(timeout=None).add_item(card(Tone.INFO, "many", *["x"] * 40))


def test_a_message_with_too_much_text_is_found_before_discord_does() -> None:
    view = ui.LayoutView(timeout=None).add_item(ui.TextDisplay("x" * 4001))
    with pytest.raises(ValueError, match="4000"):
        check(view)


def test_each_meaning_has_its_own_colour() -> None:
    assert len(set(map(int, Tone))) == len(Tone) == 5


def test_facts_without_a_value_are_left_out() -> None:
    assert facts([("Code", "`A`"), ("Video", None), ("Stars", 0)]) == "**Code** `A`\n**Stars** 0"


def test_short_text_is_not_cut() -> None:
    assert cut("abc", 3) == "abc"
