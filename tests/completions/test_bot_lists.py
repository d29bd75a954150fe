"""Runs as people list them in Discord: leaderboards, a player's runs, records and flags."""

from typing import Any

import pytest

from genjilib.completions import moderation
from genjilib.completions.types import SuspiciousCompletionCreateRequest
from tests.town import CODE, SHOT, VIDEO, Town

VERIFIED = """
    insert into core.completions
      (map_id, user_id, time, screenshot, video, verified, verified_by, completion, message_id)
    select m.id, %s, %s, %s, %s, true, 1, %s, %s from core.maps as m where m.code = %s
"""


@pytest.fixture(autouse=True)
async def map_(town: Town) -> None:
    """The map that the runs are of."""
    await town.map()
    await town.rows("insert into core.users (id, nickname) values (1, 'Judge')")


async def verified(
    town: Town,
    who: str | int,
    time: float,
    *,
    code: str = CODE,
    partial: bool = False,
    message: int | None = None,
) -> None:
    """A verified run, without all that Discord is told of one."""
    user_id = town.id(who) if isinstance(who, str) else who
    await town.rows(VERIFIED, user_id, time, SHOT, None if partial else VIDEO, partial, message, code)


def link(town: Town, message: int, channel: str = "completions") -> str:
    place = town.discord.world.find_channel(channel).id
    return f"[Message](https://discord.com/channels/{town.discord.world.guild.id}/{place}/{message})"


async def test_a_leaderboard_shows_rank_time_medal_and_where_each_run_is(town: Town) -> None:
    await verified(town, "tracer", 58.31, message=11)
    await verified(town, "genji", 83.45)
    await verified(town, "kuromi", 50, partial=True)
    answer = await town.discord.user("echo").slash("completions", code="genj1")
    assert answer.message.ephemeral
    assert answer.text.splitlines()[:7] == [
        f"### Leaderboard of {CODE}",
        "**#1 Tracer**",
        f"58.31 · Gold · [Video]({VIDEO}) · {link(town, 11)}",
        "**#2 Genji**",
        f"1:23.45 · Bronze · [Video]({VIDEO})",
        "**Kuromi**",
        "50.00 · Partial",
    ]


async def test_a_leaderboard_has_ten_runs_a_page(town: Town) -> None:
    await town.rows(
        "insert into core.users (id, nickname) select n, 'P' || n from generate_series(101, 123) as n"
    )
    for number in range(101, 124):
        await verified(town, number, number)
    echo = town.discord.user("echo")
    answer = await echo.slash("completions", code=CODE)
    assert ("**#10 P110**" in answer.text, "P111" in answer.text) == (True, False)
    last = await echo.press(answer, "»")
    assert last.message.button("3 / 3").disabled is False
    assert [name in last.text for name in ("P120", "**#21 P121**", "**#23 P123**")] == [False, True, True]


async def test_a_player_is_found_by_a_nearest_name_and_their_runs_filtered(town: Town) -> None:
    await town.map("HARD1", difficulty="Easy", map_name="Hanamura")
    await verified(town, "tracer", 58.31)
    await verified(town, "tracer", 70, code="HARD1")
    await town.rows("update core.maps set archived = true where code = 'HARD1'")
    echo = town.discord.user("echo")
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["HARD1", CODE]),
        ({"difficulty": "Hard"}, [CODE]),
        ({"archived": "archived"}, ["HARD1"]),
        ({"archived": "not_archived", "difficulty": "Easy"}, []),
    ]
    for given, codes in cases:
        answer = await echo.slash("user-completions", {"user": "trcer", **given})
        shown = [line.split()[1].strip("*") for line in answer.text.splitlines() if line.startswith("**#")]
        assert shown == codes, given
    assert "### Runs of Tracer" in answer.text
    assert "There is nothing here." in answer.text
    records = await echo.slash("world-records", user=str(town.id("tracer")))
    assert records.text.splitlines()[:3] == [
        "### World records of Tracer",
        "**#1 HARD1** Hanamura · Easy",
        f"1:10.00 · Silver · [Video]({VIDEO})",
    ]


async def test_a_players_runs_are_six_a_page(town: Town) -> None:
    for number in range(1, 8):
        await town.map(f"MAP0{number}")
        await verified(town, "tracer", 60, code=f"MAP0{number}")
    answer = await town.discord.user("echo").slash("user-completions", user="Tracer")
    assert answer.message.button("1 / 2")
    assert answer.text.count("MAP0") == 6


async def test_what_cannot_be_listed_is_a_sentence(town: Town) -> None:
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("completions", {"code": "?"}, "A map code has four to six letters or digits."),
        ("completions", {"code": "nx1z"}, "There is no map with the code NX1Z."),
        ("user-completions", {"user": "999999999999999999999"}, "There is no such player."),
        ("world-records", {"user": "12345"}, "There is no such player."),
        ("world-records", {"user": "<@123456789012345678>"}, "There is no such player."),
        ("view-flagged-submissions", {"user": "Tracer"}, "Only the team may do this."),
        ("mod edit-record manage", {}, "Only the team may do this."),
    ]
    for command, options, sentence in cases:
        answer = await town.discord.user("echo").slash(command, options)
        assert answer.message.ephemeral
        assert sentence in answer.text


async def test_the_letter_o_is_nought_unless_a_map_has_it(town: Town) -> None:
    await verified(town, "tracer", 58.31, message=11)
    await town.map("HANZO")
    echo = town.discord.user("echo")
    assert ("HANZO", "HANZO") in await echo.autocomplete("completions", "code", "hanzo")
    await verified(town, "genji", 83.45, code="HANZO")
    assert "1:23.45" in (await echo.slash("completions", code="hanzo")).text
    await town.map("HANZ0")
    assert "1:23.45" in (await echo.slash("completions", code="HANZO")).text
    assert "1:23.45" not in (await echo.slash("completions", code="hanz0")).text


async def test_codes_and_players_are_offered_while_typing(town: Town) -> None:
    await town.map("HIDD3", hidden=True)
    echo, sombra = town.discord.user("echo"), town.discord.user("sombra")
    assert ("GENJ1", "GENJ1") in await echo.autocomplete("completions", "code", "genk1")
    assert "HIDD3" not in [sent for _, sent in await echo.autocomplete("completions", "code", "hidd3")]
    assert (await sombra.autocomplete("mod edit-record manage", "code", "hidd3"))[0] == ("HIDD3", "HIDD3")
    first, *_ = await echo.autocomplete("user-completions", "user", "trace")
    assert first == ("Tracer (tracer)", str(town.id("tracer")))


async def test_the_team_sees_the_flags_of_a_player(town: Town) -> None:
    await verified(town, "tracer", 58.31, message=11)
    waiting = await town.run("tracer", 57)
    queued = await town.queued(waiting)
    by = town.id("hanzo")
    for new in (
        SuspiciousCompletionCreateRequest("*Two* clocks.", "Cheating", by, message_id=11),
        SuspiciousCompletionCreateRequest("Same keys.", "Scripting", by, verification_id=queued.id),
    ):
        await moderation.flag(town.db, new)
    answer = await town.discord.user("sombra").slash("view-flagged-submissions", user="Tracer")
    assert answer.text.splitlines()[:5] == [
        "### Flags of Tracer",
        f"**Cheating** · <@{by}> · {link(town, 11)}",
        "\\*Two\\* clocks.",
        f"**Scripting** · <@{by}> · {link(town, queued.id, 'verification-queue')}",
        "Same keys.",
    ]
