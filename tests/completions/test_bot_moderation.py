"""What people do to runs that are shown: they upvote them; moderators flag and correct them."""

import pytest

from genjilib.local.discord import SeenMessage
from tests.town import CODE, Town


@pytest.fixture(autouse=True)
async def map_(town: Town) -> None:
    """The map that the runs are of."""
    await town.map()


async def shown(town: Town, who: str = "tracer", time: float = 58.31) -> SeenMessage:
    """The message of a verified run among the completions."""
    run = await town.run(who, time)
    await town.queued(run)
    await town.verify(run)
    await town.settled()
    return (await town.messages("completions"))[-1]


async def test_an_upvote_counts_once_and_shows(town: Town) -> None:
    message = await shown(town)
    (button,) = [button.custom_id for button in message.buttons]
    assert button is not None
    answers = [await town.discord.user(name).press(message, button) for name in ("genji", "lucio")]
    assert [answer.message.buttons[0].label for answer in answers] == ["Upvotes: 1", "Upvotes: 2"]
    assert answers[1].message.text.replace("Upvotes: 2", "Upvotes: 0") == message.text
    assert answers[1].message.pictures == message.pictures
    again = await town.discord.user("genji").press(message, button)
    assert again.message.ephemeral
    assert "This run has your upvote already." in again.message.text
    assert [one.buttons[0].label for one in await town.messages("completions")] == ["Upvotes: 2"]


async def test_only_the_team_flags_and_only_messages_of_runs(town: Town) -> None:
    message = await shown(town)
    elsewhere = await town.discord.user("tracer").say("general", "Look!")
    plain = await town.discord.user("tracer").say("completions", "Look!")
    refused = await town.discord.user("tracer").context_menu("Mark Suspicious", message, in_="completions")
    assert "Only the team may do this." in refused.text
    sombra = town.discord.user("sombra")
    for where, target in (("general", elsewhere), ("completions", plain)):
        refused = await sombra.context_menu("Mark Suspicious", target, in_=where)
        assert "Only messages that show a run can be flagged." in refused.text
    assert await town.ask("select count(*) from users.suspicious_flags") == 0


async def test_a_flagged_run_is_known_wherever_its_player_waits(town: Town) -> None:
    sombra = town.discord.user("sombra")
    form = await sombra.context_menu("Mark Suspicious", await shown(town), in_="completions")
    blank = await sombra.submit_modal(form, {"What is it?": ["Scripting"], "What makes you think so?": "  "})
    assert "A reason is needed." in blank.text
    again = await sombra.press(blank, "Edit and try again")
    done = await sombra.submit_modal(again, {"What makes you think so?": "The same keys."})
    assert done.text == "The run is flagged."
    flag = await town.rows("select flag_type::text, context, flagged_by from users.suspicious_flags")
    assert flag == [("Scripting", "The same keys.", town.id("sombra"))]
    queued = await town.queued(await town.run("tracer", 50))
    assert [button.label for button in queued.buttons] == ["Accept", "Reject", "Flags of the player"]
    listed = await sombra.press(queued, "Flags of the player")
    assert listed.message.ephemeral
    assert "**Scripting**" in listed.text
    form = await sombra.context_menu("Mark Suspicious", queued, in_="verification-queue")
    await sombra.submit_modal(form, {"What is it?": ["Cheating"], "What makes you think so?": "Two clocks."})
    assert await town.ask("select count(*) from users.suspicious_flags") == 2


async def test_a_moderator_corrects_runs_one_by_one(town: Town) -> None:
    await shown(town, "genji", 70)
    await shown(town, "tracer", 58.31)
    await town.rows("update core.completions set inserted_at = inserted_at - interval '1 h' where time = 70")
    sombra = town.discord.user("sombra")
    page = await sombra.slash("mod edit-record manage", code=CODE)
    assert page.message.ephemeral
    assert page.text.splitlines()[1:8] == [
        "**Player** Tracer",
        f"**Code** `{CODE}`",
        "**Map** Hanamura · Hard +",
        "**Time** 58.31",
        "**Rank** 1",
        "**Medal** Gold",
        "**State** Verified",
    ]
    enabled = [button.label for button in page.message.buttons if not button.disabled]
    assert enabled[:3] == ["Change time", "Unverify", "Mark suspicious"]
    form = await sombra.press(page, "Change time")
    bad = await sombra.submit_modal(form, {"Time": "soon", "Why?": "The clock."})
    assert "That is not a time." in bad.text
    again = await sombra.press(bad, "Edit and try again")
    await sombra.submit_modal(again, {"Time": "1:05.5"})
    assert await town.ask("select time from core.completions where user_id = %s", town.id("tracer")) == 65.5
    form = await sombra.press(page, "Mark suspicious")
    page = await sombra.submit_modal(
        form, {"What is it?": ["Cheating"], "What makes you think so?": "Two clocks."}
    )
    assert "**Suspicious** Flagged" in page.text
    assert "**Time** 1:05.50" in page.text
    page = await sombra.press(page, "Unmark suspicious")
    assert "Flagged" not in page.text
    page = await sombra.press(page, "›")
    assert "**Player** Genji" in page.text
    form = await sombra.press(page, "Unverify")
    page = await sombra.submit_modal(form, {"Why?": "Not yours."})
    assert "**State** Not verified" in page.text
    page = await sombra.press(page, "Verify")
    assert "**State** Verified" in page.text


async def test_filters_choose_the_runs_and_rights_count_when_a_button_is_pressed(town: Town) -> None:
    await shown(town, "genji", 70)
    await town.run("tracer", 80)
    sombra = town.discord.user("sombra")
    for given, name in (
        ({"user": "Tracer"}, "Tracer"),
        ({"verification_status": "Verified"}, "Genji"),
        ({"verification_status": "Unverified"}, "Tracer"),
        ({"user": "Kuromi"}, "There is nothing here."),
    ):
        page = await sombra.slash("mod edit-record manage", given)
        assert name in page.text
    page = await sombra.slash("mod edit-record manage", user="Genji")
    await town.discord.change_user("sombra", roles=[])
    refused = await sombra.press(page, "Unverify")
    assert "Only the team may do this." in refused.text
