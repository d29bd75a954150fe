"""Handlers that are slow, silent or broken still answer, and say the right thing to the right person."""

import asyncio
import re

import pytest
from structlog.testing import capture_logs

from genjilib.chat.client import GenjiBot
from genjilib.core import metrics
from genjilib.core.log import merge_contextvars
from genjilib.local.discord import SimulatedDiscord

pytestmark = pytest.mark.usefixtures("bot")


async def test_a_handler_of_five_seconds_still_answers(discord: SimulatedDiscord) -> None:
    answer = await discord.user("tracer").slash("wait", seconds=5)
    assert answer.message.text == "answered late"
    assert answer.message.ephemeral


async def test_a_quick_handler_answers_without_deferral(discord: SimulatedDiscord) -> None:
    answer = await discord.user("tracer").slash("wait", seconds=0)
    assert answer.message.text == "answered late"


async def test_a_slow_answer_for_all_is_seen_by_all(discord: SimulatedDiscord) -> None:
    answer = await discord.user("tracer").slash("announce", seconds=1.7)
    assert not answer.message.ephemeral


async def test_a_slow_public_command_that_fails_tells_only_its_caller(discord: SimulatedDiscord) -> None:
    person = discord.user("tracer")
    answer = await person.slash("announce", seconds=1.7, fail=True)
    answer = answer if answer.messages else await person.follow(answer)
    assert answer.message.ephemeral
    assert "Nobody else shall see this." in answer.message.text
    assert all("Nobody else" not in one.text for one in await discord.messages("general"))


async def test_a_handler_that_forgets_to_answer_is_answered_for(discord: SimulatedDiscord) -> None:
    assert (await discord.user("tracer").slash("silent")).message.text == "Done."


async def test_a_known_error_is_its_sentence_for_the_caller_alone(discord: SimulatedDiscord) -> None:
    answer = await discord.user("tracer").slash("fail", how="known")
    assert answer.message.ephemeral
    assert "It is taken." in answer.message.text
    assert "Reference" not in answer.message.text


async def test_a_limit_says_when_to_come_back(discord: SimulatedDiscord) -> None:
    answer = await discord.user("tracer").slash("fail", how="limited")
    assert re.search(r"Too many\.\nTry again <t:\d{10}:R>\.", answer.message.text)


async def test_an_error_is_in_the_language_of_the_reader(discord: SimulatedDiscord) -> None:
    answer = await discord.user("lucio").slash("time", run="soon")
    assert "这不是有效的时间" in answer.message.text


async def test_a_bug_shows_a_reference_that_finds_its_log_line(discord: SimulatedDiscord) -> None:
    with capture_logs(processors=[merge_contextvars]) as lines:
        answer = await discord.user("tracer").slash("fail", how="bug")
    found = re.search(r"Reference `(\d+)`", answer.message.text)
    assert found
    assert "a command broke" not in answer.message.text
    errors = [line for line in lines if line["log_level"] == "error"]
    assert len(errors) == 1
    assert errors[0]["request_id"] == errors[0]["reference"] == found[1]
    assert errors[0]["interaction"] == "fail"
    assert errors[0]["traceparent"].startswith("00-")
    assert "a command broke" in str(errors[0]["exc_info"].__cause__ or errors[0]["exc_info"])


async def test_a_command_for_staff_is_refused_to_others_and_logged_once(discord: SimulatedDiscord) -> None:
    with capture_logs() as lines:
        answer = await discord.user("tracer").slash("judge")
    assert answer.message.ephemeral
    assert "Only the team may do this." in answer.message.text
    assert [line["event"] for line in lines if line["log_level"] == "warning"] == ["access-denied"]


@pytest.mark.parametrize("who", ["sombra", "hanzo", "nebula"])
async def test_a_command_for_staff_is_done_for_staff(discord: SimulatedDiscord, who: str) -> None:
    assert (await discord.user(who).slash("judge")).message.text == "judged"


async def test_who_loses_the_role_loses_the_right_at_once(discord: SimulatedDiscord) -> None:
    person = await discord.new_user("mei", "Moderator")
    assert (await person.slash("judge")).message.text == "judged"
    await discord.change_user("mei", roles=[])
    assert "Only the team" in (await person.slash("judge")).message.text


async def test_options_are_read_as_people_type_them(discord: SimulatedDiscord) -> None:
    assert (await discord.user("tracer").slash("time", run="1:23,45")).message.text == "1:23.45 / 83.45"


async def test_suggestions_keep_to_discords_limits(discord: SimulatedDiscord) -> None:
    choices = await discord.user("tracer").autocomplete("code", "code", "A")
    assert len(choices) == 25
    assert max(len(shown) for shown, _ in choices) == 100


async def test_suggestions_that_fail_are_none_and_not_an_error(discord: SimulatedDiscord) -> None:
    assert await discord.user("tracer").autocomplete("code", "code", "bug") == []


async def test_a_menu_of_a_message_answers(discord: SimulatedDiscord) -> None:
    said = await discord.user("tracer").say("general", "hello")
    answer = await discord.user("tracer").context_menu("Probe Message", said)
    assert answer.message.text == f"probed {said.id}"


async def test_a_form_opened_late_is_offered_by_a_button(discord: SimulatedDiscord) -> None:
    person = discord.user("tracer")
    offered = await person.slash("wish", seconds=1.8)
    form = await person.press(offered, "Open the form")
    granted = await person.submit_modal(form, {"Wish": "a map, please", "Size": "Big"})
    assert granted.message.text == "Granted: a map, please (Big)"


async def test_a_refused_form_opens_again_with_what_was_typed(discord: SimulatedDiscord) -> None:
    person = discord.user("tracer")
    form = await person.slash("wish")
    refused = await person.submit_modal(form, {"Wish": "a map", "Size": "Big"})
    assert refused.message.ephemeral
    assert "Say please." in refused.message.text
    again = await person.press(refused, "Edit and try again")
    assert again.form.value("Wish") == "a map"
    granted = await person.submit_modal(again, {"Wish": "a map, please"})
    assert granted.message.text == "Granted: a map, please (Big)"


async def test_interactions_are_counted_by_how_they_ended(discord: SimulatedDiscord) -> None:
    def count(outcome: str) -> float:
        return (
            metrics.REGISTRY.get_sample_value(
                "genji_discord_interaction_seconds_count", {"interaction": "fail", "outcome": outcome}
            )
            or 0
        )

    before = count("refused"), count("failed")
    await discord.user("tracer").slash("fail", how="known")
    await discord.user("tracer").slash("fail", how="bug")
    await asyncio.sleep(0.05)
    assert (count("refused"), count("failed")) == (before[0] + 1, before[1] + 1)


async def test_discord_failing_for_a_moment_is_not_noticed(bot: GenjiBot, discord: SimulatedDiscord) -> None:
    await discord.fault("error", "POST /interactions/*/*/callback", times=1)
    try:
        answer = await discord.user("tracer").slash("wait", seconds=0)
    finally:
        await discord.heal()
    assert answer.message.text == "answered late"
    assert not bot.is_closed()
