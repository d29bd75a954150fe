"""Collecting changes of a map in Discord: proposed by players, applied at once by the team."""

from typing import Any

import pytest

from genjilib.local.discord import Answer
from genjilib.local.s3 import S3
from genjilib.maps import rules as maps
from tests.town import CODE, Town, picture

CDN = "https://cdn.example"
CONTENTS = {
    "Mechanics": ["Bhop"],
    "Restrictions": [],
    "Tags": [],
    "Gold / silver / bronze": "50 / 1:00 / 1:10",
}


@pytest.fixture(autouse=True)
async def map_(town: Town) -> None:
    """The map that is to be edited."""
    await town.map(mechanics=["Slide"])


async def change(town: Town, who: str, shown: Answer, button: str, values: dict[str, Any]) -> Answer:
    """Fill in one of the forms."""
    person = town.discord.user(who)
    return await person.submit_modal(await person.press(shown, button), values)


async def test_a_player_proposes_collected_changes_with_a_reason(town: Town) -> None:
    tracer = town.discord.user("tracer")
    shown = await tracer.slash("edit-request", code=CODE)
    assert (shown.message.ephemeral, "Nothing is changed yet." in shown.message.text) == (True, True)
    assert "Nothing is to be changed." in (await tracer.press(shown, "Done")).text
    facts = {"Checkpoints": "30", "Difficulty": "Hell", "Map": "iloss"}
    await change(town, "tracer", shown, "Facts", facts)
    updated = await change(town, "tracer", shown, "Contents", CONTENTS)
    assert updated.message.text.splitlines()[:6] == [
        f"### Changes of {CODE}",
        "**Map** Ilios",
        "**Checkpoints** 30",
        "**Difficulty** Hell",
        "**Mechanics** Bhop",
        "**Gold / silver / bronze** 50.00 / 1:00.00 / 1:10.00",
    ]
    form = await tracer.press(shown, "Done")
    answer = await tracer.submit_modal(form, {"Why shall the map be changed?": "It is *harder*"})
    said = await tracer.follow(answer)
    assert said.message.text == f"Your changes of {CODE} are shown to the team."
    await town.settled()
    (message,) = await town.messages("verification-queue")
    assert "**Reason** It is \\*harder\\*" in message.text
    assert "**Checkpoints** 24 → 30" in message.text
    assert await town.rows("select proposed_changes, reason, created_by from maps.edit_requests") == [
        (
            {
                "map_name": "Ilios",
                "checkpoints": 30,
                "difficulty": "Hell",
                "mechanics": ["Bhop"],
                "medals": {"gold": 50.0, "silver": 60.0, "bronze": 70.0},
            },
            "It is *harder*",
            town.id("tracer"),
        )
    ]


MISTAKES = [
    ("Facts", {"Checkpoints": "many"}, "The number of checkpoints is a number."),
    ("Facts", {"Code": "no!"}, "A map code has four to six letters or digits."),
    ("Contents", {"Gold / silver / bronze": "50 / 60"}, "A map has all three medals or none."),
    ("Contents", {"Gold / silver / bronze": "50 / 40 / 60"}, "Medal times must rise"),
]


async def test_a_mistake_in_a_form_is_told_and_the_form_kept(town: Town) -> None:
    shown = await town.discord.user("tracer").slash("edit-request", code=CODE)
    for button, values, said in MISTAKES:
        refused = await change(town, "tracer", shown, button, values)
        assert said in refused.text
        assert "Edit and try again" in refused.text
    unknown = await town.discord.user("tracer").slash("edit-request", code="ZZZZ9")
    assert "no map with the code ZZZZ9" in unknown.text


async def test_the_team_changes_creators_banner_and_status_in_the_same_way(town: Town, pictures: S3) -> None:
    sombra = town.discord.user("sombra")
    await town.run("tracer", 50)
    await town.rows("update core.completions set verified = true, completion = false")
    await town.rows(
        "insert into maps.ratings (map_id, user_id, quality) select id, %s, 5 from core.maps", town.id("echo")
    )
    shown = await sombra.slash("mod map edit", code=CODE, custom_banner=picture())
    await change(town, "sombra", shown, "Contents", {**CONTENTS, "By": "hanzo\nKuromi"})
    bad = await change(town, "sombra", shown, "Status", {"Give every rating this value": "9"})
    assert "A rating is a number from 1 to 6." in bad.text
    status = {
        "Status": ["Hidden", "Global"],
        "Give every rating this value": "2",
        "What then?": "Its runs become legacy.",
    }
    updated = await change(town, "sombra", shown, "Status", status)
    assert updated.message.text.splitlines()[1:] == [
        "**Mechanics** Bhop",
        "**Gold / silver / bronze** 50.00 / 1:00.00 / 1:10.00",
        "**By** Hanzo, Kuromi",
        "**Hidden** yes",
        "**Banner** run.png",
        "**Rating** 2 / 6",
        "Its runs become legacy.",
        *["Facts", "Contents", "Texts", "Status", "Done"],
    ]
    answer = await sombra.press(shown, "Done")
    assert (await sombra.follow(answer)).message.text == f"{CODE} is changed."
    made = await maps.get(town.db, CODE, cdn_url=CDN)
    assert [(one.name, one.is_primary) for one in made.creators] == [("Hanzo", True), ("Kuromi", False)]
    assert (made.hidden, made.ratings, made.medals) == (True, 2, None)
    assert (made.map_banner or "").startswith(pictures.environment()["S3_PUBLIC_URL"] + "/screenshots/")
    assert await town.ask("select legacy from core.completions")
    kept = "select actor_id, action from audit.entries"
    assert await town.rows(kept) == [(town.id("sombra"), "maps.moderate")]


async def test_the_team_changes_a_map_at_once_and_nobody_else_may(town: Town) -> None:
    refused = await town.discord.user("tracer").slash("mod map edit", code=CODE)
    assert "Only the team may do this." in refused.text
    sombra = town.discord.user("sombra")
    shown = await sombra.slash("mod map edit", code=CODE)
    await change(town, "sombra", shown, "Texts", {"Title": "Roofs", "Description": "Up"})
    await change(town, "sombra", shown, "Contents", {**CONTENTS, "Gold / silver / bronze": ""})
    answer = await sombra.press(shown, "Done")
    assert (await sombra.follow(answer)).message.text == f"{CODE} is changed."
    made = await maps.get(town.db, CODE, cdn_url=CDN)
    assert (made.title, made.description, made.mechanics, made.medals) == ("Roofs", "Up", ["Bhop"], None)
