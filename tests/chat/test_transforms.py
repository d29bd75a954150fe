"""Times, codes, links and members as people type them."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from genjilib.chat.transforms import parse_link, parse_map_code, parse_member, parse_run_time
from genjilib.core.errors import Invalid
from genjilib.core.text import format_run_time

cents = st.integers(min_value=1, max_value=100 * 360_000 - 1)


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("1:23.45", 83.45),
        ("83.45", 83.45),
        ("83,45", 83.45),
        (" 1:23,4 ", 83.4),
        ("1:02:03.4", 3723.4),
        ("90:00", 5400.0),
        (".5", 0.5),
        ("12.", 12.0),
        ("1:05", 65.0),
        ("1：23.45", 83.45),
        ("83.456", 83.46),
    ],
)
def test_times_are_read_as_people_type_them(typed: str, seconds: float) -> None:
    assert parse_run_time(typed) == seconds


@pytest.mark.parametrize(
    "typed",
    ["", "abc", "1:60", "1:99:00", "1.2.3", "0", "0.001", "-5", "1:-5", "100:00:00", "1e3", "nan", "1 2"],
)
def test_what_is_no_time_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Invalid, match=r"1:23\.45"):
        parse_run_time(typed)


@given(cents)
@example(5999)
@example(6000)
@example(360_000)
def test_every_printed_time_reads_back_as_itself(hundredths: int) -> None:
    seconds = round(hundredths / 100, 2)
    assert parse_run_time(format_run_time(seconds)) == seconds


@given(cents)
def test_a_time_read_from_plain_seconds_prints_as_the_same_time(hundredths: int) -> None:
    typed = f"{hundredths // 100},{hundredths % 100:02}"
    printed = format_run_time(parse_run_time(typed))
    assert parse_run_time(printed) == float(typed.replace(",", "."))


@given(st.text())
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with suppress(Invalid):
        assert parse_run_time(text) > 0


def test_times_print_with_the_units_they_need() -> None:
    assert [format_run_time(s) for s in (9.5, 83.45, 3723.4)] == ["9.50", "1:23.45", "1:02:03.40"]


@pytest.mark.parametrize(("typed", "code"), [(" abcde ", "ABCDE"), ("1oo4", "1004"), ("ＡＢＣＤ", "ABCD")])
def test_map_codes_are_put_in_order(typed: str, code: str) -> None:
    assert parse_map_code(typed) == code


@pytest.mark.parametrize("typed", ["abc", "abcdefg", "ab cd", "ab-cd", "äbcde", ""])
def test_what_is_no_map_code_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        parse_map_code(typed)


def test_members_are_found_in_mentions_and_ids() -> None:
    assert parse_member("<@!123456789012345678>") == parse_member("123456789012345678") == 123456789012345678
    assert parse_member("nebula") is None


@pytest.mark.parametrize("typed", ["https://v.example/1?a=b#c", " http://v.example "])
def test_a_link_is_taken_without_the_spaces_around_it(typed: str) -> None:
    assert parse_link(typed) == typed.strip()


@pytest.mark.parametrize("typed", ["", "v.example", "ftp://v.example", "https://", "https://v.example/a b"])
def test_what_is_no_link_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="https://"):
        parse_link(typed)
