"""/submit-completion as people use it: asked once, submitted once, and each mistake is a clear sentence."""

import asyncio
from typing import Any

import pytest

from genjilib.completions import rules
from genjilib.local.discord import Answer, File
from genjilib.local.s3 import S3
from tests.town import CODE, UPLOAD_LIMIT, VIDEO, Town, picture

pytestmark = pytest.mark.usefixtures("pictures")

REFUSED = {"tracer": "That did not work", "lucio": "操作未成功"}


@pytest.fixture(autouse=True)
async def map_(town: Town) -> None:
    """The map that the runs are of."""
    await town.map()


async def ask(town: Town, who: str = "tracer", **changes: Any) -> Answer:
    """Use the command; options that are not changed are fine."""
    options = {"code": CODE, "time": "58.31", "screenshot": picture(), "quality": 5, "video": VIDEO}
    given = {name: value for name, value in {**options, **changes}.items() if value is not None}
    return await town.discord.user(who).slash("submit-completion", given)


async def view_of(town: Town, question: Answer) -> Any:
    """discord.py's object behind a question, once it has been told that the question is shown."""
    shown = {button.custom_id for button in question.message.buttons}
    views = town.bot._connection._view_store._views.values()
    return next((it.view for items in views for (_, name), it in items.items() if name in shown), None)


async def submit(town: Town, who: str = "tracer", *, within: float = 8, **changes: Any) -> Answer:
    """Use the command and say yes; return what it comes to."""
    question = await ask(town, who, **changes)
    person = town.discord.user(who)
    await person.press(question, question.message.buttons[0].label)
    # The question shows the answer; the next thing is the run, or why not.
    return await person.follow(question, within=within) if len(question.messages) < 2 else question


async def refusal(town: Town, answer: Answer, who: str) -> str:
    """The sentence of a refusal, which only the caller sees; nothing was submitted."""
    title, sentence = answer.message.text.removeprefix("### ").split("\n", 1)
    assert title == REFUSED[who]
    assert answer.message.ephemeral
    assert await town.ask("select count(*) from core.completions") == 0
    return sentence


async def test_a_confirmed_run_is_submitted_shown_and_queued(town: Town, pictures: S3) -> None:
    question = await ask(town)
    assert question.message.ephemeral
    assert f"Submit your run of {CODE} in 58.31?" in question.message.text
    assert await town.ask("select count(*) from core.completions") == 0
    tracer = town.discord.user("tracer")
    answered = await tracer.press(question, "Yes")
    assert all(button.disabled for button in answered.message.buttons)
    shown = await tracer.follow(question)
    assert shown.message.ephemeral
    assert shown.message.text.startswith(f"### {CODE} in 58.31\n**Player** Tracer")
    run = await town.ask("select id from core.completions")
    stored = await rules.submission(town.db, run)
    assert (stored.user_id, stored.time, stored.video) == (town.id("tracer"), 58.31, VIDEO)
    assert stored.screenshot.startswith(pictures.environment()["S3_PUBLIC_URL"] + "/screenshots/")
    assert (await town.queued(run)).pictures == [stored.screenshot]


async def test_the_rating_of_the_map_is_stored(town: Town) -> None:
    await submit(town, quality=4)
    assert await town.rows("select user_id, quality from maps.ratings") == [(town.id("tracer"), 4)]


async def test_a_declined_run_is_not_submitted(town: Town) -> None:
    question = await ask(town)
    answered = await town.discord.user("tracer").press(question, "No")
    assert all(button.disabled for button in answered.message.buttons)
    await asyncio.sleep(0.1)
    assert await town.ask("select count(*) from core.completions") == 0
    assert len(await town.discord.user("tracer").messages("general")) == 1


async def test_a_question_without_an_answer_is_disabled(town: Town) -> None:
    question = await ask(town)
    view = await town.until(lambda: view_of(town, question))
    view._dispatch_timeout()  # what discord.py does after three minutes
    seen = await town.discord.user("tracer").follow(question)
    assert all(button.disabled for button in seen.message.buttons)
    assert await town.ask("select count(*) from core.completions") == 0


@pytest.mark.parametrize("typed", [CODE.lower(), f"  {CODE} ", "genj１"])
async def test_the_code_is_read_as_people_type_it(town: Town, typed: str) -> None:
    assert f"your run of {CODE} in" in (await ask(town, code=typed)).text


async def test_the_letter_o_is_the_digit_nought(town: Town) -> None:
    await town.map("A0B01")
    assert "your run of A0B01 in" in (await ask(town, code="aOb01")).text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("83.45", "1:23.45"),
        ("1:23.45", "1:23.45"),
        ("1:23,45", "1:23.45"),
        ("83", "1:23.00"),
        (".5", "0.50"),
        ("1:02:03.4", "1:02:03.40"),
        ("59.999", "1:00.00"),
        ("１:２３.４５", "1:23.45"),
    ],
)
async def test_the_time_is_read_as_people_type_it(town: Town, typed: str, shown: str) -> None:
    assert f"in {shown}?" in (await ask(town, time=typed)).text


MISTAKES = {
    "a time": (
        {"time": "1:99"},
        "That is not a time. Type it as 1:23.45 or 83.45.",
        "这不是有效的时间。请按 1:23.45 或 83.45 的格式输入。",
    ),
    "no time at all": (
        {"time": "0"},
        "That is not a time. Type it as 1:23.45 or 83.45.",
        "这不是有效的时间。请按 1:23.45 或 83.45 的格式输入。",
    ),
    "a code": (
        {"code": "no code!"},
        "A map code has four to six letters or digits.",
        "地图代码由四到六个字母或数字组成。",
    ),
    "an unknown code": (
        {"code": "ZZZZ9"},
        "There is no map with the code ZZZZ9.",
        "没有代码为 ZZZZ9 的地图。",
    ),
    "a link": (
        {"video": "my video"},
        "That is not a link. A link begins with https://.",
        "这不是有效的链接。链接以 https:// 开头。",
    ),
    "a file that is no picture": (
        {"screenshot": File("run.txt", b"text")},
        "This is not a PNG, JPEG or WebP picture.",
        "这不是 PNG、JPEG 或 WebP 图片。",
    ),
    "a huge picture": (
        {"screenshot": File("run.png", b"\x89PNG" + b"x" * UPLOAD_LIMIT)},
        "The picture is too large.",
        "图片过大。",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
async def test_a_mistake_is_told_before_anything_is_asked(town: Town, mistake: str) -> None:
    changes, english, chinese = MISTAKES[mistake]
    assert await refusal(town, await ask(town, "tracer", **changes), "tracer") == english
    assert await refusal(town, await ask(town, "lucio", **changes), "lucio") == chinese


@pytest.mark.parametrize(("who", "said"), [("tracer", "There is no map"), ("lucio", "没有代码为")])
async def test_an_archived_map_takes_no_runs(town: Town, who: str, said: str) -> None:
    await town.rows("update core.maps set archived = true")
    assert said in await refusal(town, await ask(town, who), who)


@pytest.mark.parametrize(
    ("who", "said"),
    [("tracer", "This is not a PNG, JPEG or WebP picture."), ("lucio", "这不是 PNG、JPEG 或 WebP 图片。")],
)
async def test_a_picture_in_name_only_is_refused(town: Town, who: str, said: str) -> None:
    answer = await submit(town, who, screenshot=File("run.png", picture().content[:300]))
    assert await refusal(town, answer, who) == said


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("tracer", "The run is not faster than yours that waits for verification."),
        ("lucio", "此成绩并不比您等待审核的成绩更快。"),
    ],
)
async def test_a_run_slower_than_the_waiting_one_is_refused(town: Town, who: str, said: str) -> None:
    await town.run(who, 50)
    answer = await submit(town, who)
    assert said in answer.message.text
    assert answer.message.ephemeral
    assert await town.ask("select count(*) from core.completions") == 1


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("tracer", "The run is not faster than your verified one."),
        ("lucio", "此成绩并不比您已通过的成绩更快。"),
    ],
)
async def test_a_run_slower_than_the_verified_one_is_refused(town: Town, who: str, said: str) -> None:
    await town.verify(await town.run(who, 50))
    assert said in (await submit(town, who)).message.text


async def test_a_member_who_is_no_user_yet_is_told_so(town: Town) -> None:
    await town.rows("delete from core.users where id = %s", town.id("echo"))
    assert "You are not registered in this community yet." in (await submit(town, "echo")).message.text


async def test_pictures_that_cannot_be_stored_leave_no_run_behind(town: Town) -> None:
    changes = {"s3_endpoint_url": "http://127.0.0.1:1"}
    town.bot.settings = town.bot.settings.model_copy(update=changes)
    answer = await submit(town)
    assert "Pictures cannot be stored at the moment." in answer.message.text
    assert "Try again <t:" in answer.message.text
    assert await town.ask("select count(*) from core.completions") == 0


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_every_usual_kind_of_picture_is_taken(town: Town, kind: str) -> None:
    await submit(town, screenshot=picture(kind=kind))
    assert await town.ask("select count(*) from core.completions") == 1
