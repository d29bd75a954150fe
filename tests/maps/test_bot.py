"""Maps in Discord: finding them, and their guides."""

from typing import Any

from genjilib.local.discord import Answer
from genjilib.maps.types import Creator
from tests.town import CODE, SHOT, Town

YOUTUBE = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


async def search(town: Town, who: str = "tracer", command: str = "map-search", **options: Any) -> Answer:
    """Use the search; only the caller sees what it finds."""
    answer = await town.discord.user(who).slash(command, options)
    assert answer.message.ephemeral
    return answer


def codes(answer: Answer) -> list[str]:
    """The codes of the maps shown, in order."""
    return [line.split("`")[1] for line in answer.message.text.splitlines() if line.startswith("`")]


async def some_maps(town: Town) -> None:
    """Four maps that anybody may see, one that is hidden."""
    genji = [Creator(town.id("genji"), True)]
    await town.map("AAAA1", difficulty="Easy", mechanics=["Bhop"], map_name="Ilios", creators=genji)
    await town.map("AAAA2", difficulty="Hell", restrictions=["Wall Climb"], medals=None)
    await town.map("AAAA3", difficulty="Hard", tags=["XP Based"], category="Other", official=False)
    await town.map("AAAA4", difficulty="Extreme", title="*Roofs*", description="Up")
    await town.map("AAAA5", hidden=True)
    await town.run("tracer", 50, code="AAAA1")
    await town.rows("update core.completions set verified = true")
    await town.rows(
        "insert into maps.ratings (map_id, user_id, quality, verified)"
        " select id, %s, 5, true from core.maps where code = 'AAAA4'",
        town.id("tracer"),
    )


FOUND: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["AAAA1", "AAAA3", "AAAA4", "AAAA2"]),
    ({"map_name": "ilos"}, ["AAAA1"]),
    ({"difficulty": "Hell"}, ["AAAA2"]),
    ({"code": "aaaa3"}, ["AAAA3"]),
    ({"code": "AAAA5"}, []),
    ({"creator": "genj"}, ["AAAA1"]),
    ({"mechanic": "Bhop"}, ["AAAA1"]),
    ({"restriction": "wall"}, ["AAAA2"]),
    ({"tag": "xp"}, ["AAAA3"]),
    ({"minimum_quality": 5}, ["AAAA4"]),
    ({"category": "Other"}, ["AAAA3"]),
    ({"medals": "Without"}, ["AAAA2"]),
    ({"completed": "With"}, ["AAAA1"]),
    ({"completed": "Without", "official": True}, ["AAAA4", "AAAA2"]),
    ({"playtest": "Only"}, []),
    ({"official": False}, ["AAAA3"]),
]


async def test_maps_are_found_by_every_filter_and_shown_whole(town: Town) -> None:
    await some_maps(town)
    for options, expected in FOUND:
        assert codes(await search(town, **options)) == expected, options
    lines = (await search(town, code="AAAA4")).message.text.splitlines()
    assert lines[:7] == [
        "### Maps",
        "`AAAA4` **Hanamura** · Extreme · *\\*Roofs\\**",
        "**By** Kuromi, Lucio",
        "**Category** Classic",
        "**Checkpoints** 24",
        "**Gold / silver / bronze** 1:00.00 / 1:15.00 / 1:30.00",
        "**Rating** 5.00 / 6",
    ]
    assert "**Your time** 50.00" in (await search(town, code="AAAA1")).text
    assert "There is nothing here." in (await search(town, playtest="Only")).text
    assert "A map code has four to six letters or digits." in (await search(town, code="no!")).text


async def test_the_chinese_search_answers_in_chinese_whoever_asks(town: Town) -> None:
    await some_maps(town)
    answer = await search(town, command="地图搜索", 难度="Hell", 作者="Kuromi")
    assert codes(answer) == ["AAAA2"]
    assert answer.message.text.startswith("### 地图\n")
    assert "**作者** Kuromi, Lucio" in answer.message.text
    assert "**作者**" in (await search(town, "lucio", difficulty="Hell")).text


async def test_the_pages_of_a_search_are_turned(town: Town) -> None:
    for number in range(7):
        await town.map(f"AAAA{number}")
    answer = await search(town)
    assert len(codes(answer)) == 5
    turned = await town.discord.user("tracer").press(answer, "›")
    assert len(codes(turned)) == 2
    assert set(codes(turned)) | set(codes(answer)) == {f"AAAA{number}" for number in range(7)}


OFFERED = {
    "code": ("aaab", "AAAA1"),
    "map_name": ("hanam", "Hanamura"),
    "creator": ("kurom", "Kuromi (kuromi)"),
    "mechanic": ("bho", "Bhop"),
    "restriction": ("wall", "Wall Climb"),
    "tag": ("xp", "XP Based"),
}


async def test_the_nearest_is_offered_first(town: Town) -> None:
    await town.map("AAAA1")
    for option, (typed, offered) in OFFERED.items():
        offers = await town.discord.user("tracer").autocomplete("map-search", option, typed)
        assert (offers[0][0], len(offers) <= 25) == (offered, True)


async def test_hidden_maps_are_not_offered(town: Town) -> None:
    await town.map("AAAA1", hidden=True)
    assert await town.discord.user("tracer").autocomplete("view-guides", "code", "AAAA1") == []


async def test_guides_are_shown_with_records_only_when_asked_for(town: Town) -> None:
    await town.map(guide_url=YOUTUBE)
    await town.run("tracer", 50)
    await town.rows("update core.completions set verified = true")
    tracer = town.discord.user("tracer")
    answer = await tracer.slash("view-guides", code=CODE)
    assert (answer.message.ephemeral, answer.message.text.splitlines()[:2]) == (
        True,
        [f"### Guides to {CODE}", f"**Kuromi** {YOUTUBE}"],
    )
    lines = (await tracer.slash("view-guides", code=CODE, include_records=True)).message.text.splitlines()
    assert lines[1:3] == [f"**Kuromi** {YOUTUBE}", "**Tracer** https://videos.example/run"]
    assert "no map with the code ZZZZ9" in (await tracer.slash("view-guides", code="ZZZZ9")).text


async def test_a_guide_is_added_after_a_question_with_its_picture(town: Town) -> None:
    await town.map()
    tracer = town.discord.user("tracer")
    for url in (YOUTUBE, SHOT):
        question = await tracer.slash("submit-guide", code=CODE, url=url)
        assert f"Add this guide to {CODE}? {url}" in question.message.text
        expected = ["https://i.ytimg.com/vi/dQw4w9WgXcQ/hqdefault.jpg"] if url == YOUTUBE else []
        assert question.message.pictures == expected
        await tracer.press(question, "No")
    assert await town.ask("select count(*) from maps.guides") == 0
    for said in (f"Your guide to {CODE} is added.", "You have a guide to this map already."):
        question = await tracer.slash("submit-guide", code=CODE, url=YOUTUBE)
        await tracer.press(question, "Yes")
        assert said in (await tracer.follow(question)).message.text
    assert await town.rows("select user_id, url from maps.guides") == [(town.id("tracer"), YOUTUBE)]
    assert "That is not a link." in (await tracer.slash("submit-guide", code=CODE, url="my video")).text
    assert "no map with the code" in (await tracer.slash("submit-guide", code="ZZZZ9", url=YOUTUBE)).text
