"""Submitting a map in Discord, and what the team may do with maps there."""

from typing import Any

import pytest

from genjilib.local.discord import Answer, File
from genjilib.local.s3 import S3
from genjilib.maps import rules
from tests.town import CODE, UPLOAD_LIMIT, Town, picture

VIDEO = "https://videos.example/guide"
CDN = "https://cdn.example"
OPTIONS = {"code": "newm1", "map_name": "Hanamura", "checkpoints": 12, "category": "Classic"}
DETAILS = {"Difficulty": "Hard +", "Mechanics": ["Bhop", "Slide"], "Tags": ["XP Based"]}


async def fill_in(town: Town, **options: Any) -> Answer:
    """Use the command and fill in the form; what comes is the question."""
    tracer = town.discord.user("tracer")
    return await tracer.submit_modal(await tracer.slash("submit-map", {**OPTIONS, **options}), DETAILS)


async def test_a_map_is_submitted_after_a_question_with_its_banner(town: Town, pictures: S3) -> None:
    medals = {"gold": "1:00", "silver": "1:10.5", "bronze": "90"}
    more = {"description": "Up", "guide_url": VIDEO, "custom_title": "Roofs", "custom_banner": picture()}
    question = await fill_in(town, **medals, **more)
    assert question.message.ephemeral
    assert question.message.text.splitlines()[:9] == [
        "### Are you sure?",
        "**Code** `NEWM1`",
        "**Map** Hanamura · Hard +",
        "**Category** Classic",
        "**Checkpoints** 12",
        "**Mechanics** Bhop, Slide",
        "**Tags** XP Based",
        "**Gold / silver / bronze** 1:00.00 / 1:10.50 / 1:30.00",
        "**Description** Up",
    ]
    assert await town.ask("select count(*) from core.maps") == 0
    await town.discord.user("tracer").press(question, "Yes")
    answer = await town.discord.user("tracer").follow(question)
    assert answer.message.text == "NEWM1 is submitted. Its playtest is about to begin."
    made = await rules.get(town.db, "NEWM1", cdn_url=CDN)
    assert [(one.id, one.is_primary) for one in made.creators] == [(town.id("tracer"), True)]
    assert (made.difficulty, made.title, made.guides) == ("Hard +", "Roofs", [VIDEO])
    assert (made.map_banner or "").startswith(pictures.environment()["S3_PUBLIC_URL"] + "/screenshots/")
    await town.settled()
    (thread,) = await town.discord.threads("playtest")
    assert thread["name"] == "NEWM1 | Hard + Hanamura by Tracer"


async def test_a_declined_map_is_not_submitted(town: Town) -> None:
    question = await fill_in(town)
    await town.discord.user("tracer").press(question, "No")
    assert await town.ask("select count(*) from core.maps") == 0


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"code": CODE}, "There is a map with this code already."),
    ({"code": "no!"}, "A map code has four to six letters or digits."),
    ({"gold": "60"}, "A map has all three medals or none."),
    ({"gold": "60", "silver": "50", "bronze": "70"}, "Medal times must rise"),
    ({"guide_url": "my video"}, "That is not a link."),
    ({"custom_banner": File("run.txt", b"text")}, "This is not a PNG, JPEG or WebP picture."),
    ({"custom_banner": File("run.png", b"x" * (UPLOAD_LIMIT + 1))}, "The picture is too large."),
]


async def test_a_mistake_is_told_before_the_form_opens(town: Town) -> None:
    await town.map()
    for options, said in MISTAKES:
        answer = await town.discord.user("tracer").slash("submit-map", {**OPTIONS, **options})
        assert (answer.message.ephemeral, said in answer.text) == (True, True), options


@pytest.fixture
async def mapped(town: Town) -> Town:
    """A town with a map that has a guide."""
    await town.map(guide_url=VIDEO)
    return town


async def do(town: Town, command: str, button: str | None = "Yes", **options: Any) -> Answer:
    """Use a command of the team and answer its question."""
    sombra = town.discord.user("sombra")
    question = await sombra.slash(f"mod map {command}", options)
    assert question.message.ephemeral
    if button is None:
        return question
    await sombra.press(question, button)
    return await sombra.follow(question) if button == "Yes" else question


async def test_the_team_changes_the_status_in_one_go(mapped: Town) -> None:
    await do(mapped, "edit-status", "No", code=CODE, hidden=True)
    assert not await mapped.ask("select hidden from core.maps")
    answer = await do(mapped, "edit-status", code=CODE, hidden=True, official=False, archived=True)
    assert answer.message.text == f"{CODE} is changed."
    assert await mapped.rows("select hidden, official, archived from core.maps") == [(True, False, True)]
    await do(mapped, "edit-status", code=CODE, archived=False, send_to_playtest=True)
    assert await mapped.rows("select archived, playtesting from core.maps") == [(False, "In Progress")]
    refused = await do(mapped, "edit-status", code=CODE, official=True, send_to_playtest=True)
    assert "The map is in playtest already." in refused.message.text
    assert not await mapped.ask("select official from core.maps")
    assert "Nothing is to be changed." in (await do(mapped, "edit-status", None, code=CODE)).text
    assert "no map with the code" in (await do(mapped, "edit-status", None, code="ZZZZ9", hidden=True)).text


async def test_the_team_says_who_made_a_map_and_whose_guides_it_has(mapped: Town) -> None:
    await do(mapped, "edit-creators", code=CODE, primary="genji", second=f"<@{mapped.id('hanzo')}>")
    made = await rules.get(mapped.db, CODE, cdn_url=CDN)
    assert [(one.name, one.is_primary) for one in made.creators] == [("Genji", True), ("Hanzo", False)]
    await do(mapped, "edit-guides", None, code=CODE, user="kuromi", url=f"{VIDEO}2")
    assert await mapped.ask("select url from maps.guides") == f"{VIDEO}2"
    await do(mapped, "edit-guides", code=CODE, user="kuromi")
    assert await mapped.ask("select count(*) from maps.guides") == 0
    assert "There is no such guide" in (await do(mapped, "edit-guides", code=CODE, user="kuromi")).text


async def test_the_team_links_codes_and_lets_them_go(mapped: Town) -> None:
    answer = await do(mapped, "link-codes", official_code=CODE, unofficial_code="CHINA1")
    assert answer.message.text == "The codes are linked."
    assert await mapped.rows("select code, linked_code from core.maps order by id") == [
        (CODE, "CHINA1"),
        ("CHINA1", CODE),
    ]
    await do(mapped, "unlink-codes", official_code=CODE, unofficial_code="CHINA1", reason="Wrong")
    assert await mapped.ask("select count(linked_code) from core.maps") == 0
