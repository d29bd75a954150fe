"""Runs in Discord: shown in the verification queue, judged there, shown among the completions."""

import asyncio

import pytest
from structlog.testing import capture_logs

from genjilib.broker import outbox
from genjilib.completions import rules
from genjilib.completions.bot import verification as handlers
from genjilib.completions.types import (
    CompletionCreatedEvent,
    CompletionVerificationUpdateRequest,
    FailedAutoverifyEvent,
    UpvoteCreateRequest,
    VerificationChangedEvent,
)
from genjilib.core.errors import Conflict
from genjilib.local.discord.constants import Permission
from genjilib.local.discord.model import Overwrite
from genjilib.ocr import Extracted
from tests.town import CODE, SHOT, VIDEO, Town, delivery

QUEUE = "verification-queue"


@pytest.fixture(autouse=True)
async def map_(town: Town) -> None:
    """The map that the runs are of."""
    await town.map()


async def test_a_submitted_run_is_shown_in_the_queue_with_its_facts_and_buttons(town: Town) -> None:
    run = await town.run("tracer", 83.45)
    message = await town.queued(run)
    lines = message.text.splitlines()
    assert lines[0] == f"### {CODE} in 1:23.45"
    assert lines[1:8] == [
        "**Player** Tracer",
        f"**Code** `{CODE}`",
        "**Map** Hanamura · Hard +",
        "**Time** 1:23.45",
        "**Rank** 1",
        "**Medal** Bronze",
        f"**Video** {VIDEO}",
    ]
    assert lines[8].startswith("**Submitted** <t:")
    assert message.pictures == [SHOT]
    assert [button.label for button in message.buttons] == ["Accept", "Reject"]
    assert [button.custom_id for button in message.buttons] == [
        f"completions:accept:{run}",
        f"completions:reject:{run}",
    ]
    await town.settled()
    assert {status for (status,) in await town.rows("select status from public.jobs")} == {"succeeded"}


async def test_a_partial_run_has_neither_rank_nor_medal(town: Town) -> None:
    message = await town.queued(await town.run(video=None))
    assert "Rank" not in message.text
    assert "Medal" not in message.text


async def test_a_delivery_that_comes_again_posts_nothing(town: Town) -> None:
    run = await town.run()
    await town.queued(run)
    await handlers.on_submission(town.bot, delivery(CompletionCreatedEvent(completion_id=run)))
    assert len(await town.messages(QUEUE)) == 1


async def test_a_bot_that_dies_between_posting_and_recording_posts_once(town: Town) -> None:
    run = await town.run()
    await town.queued(run)
    await town.settled()
    await town.rows("update core.completions set verification_id = null where id = %s", run)
    submissions = "select message_id from messages.sent where queue = 'api.completion.submission'"
    again = delivery(CompletionCreatedEvent(completion_id=run), await town.ask(submissions))
    await handlers.on_submission(town.bot, again)
    (message,) = await town.messages(QUEUE)
    assert (await rules.submission(town.db, run)).verification_id == message.id


async def test_a_run_that_is_judged_while_it_is_being_posted_leaves_no_message(town: Town) -> None:
    await town.discord.fault("slow", "POST /channels/*/messages", seconds=0.6, times=1)
    run = await town.run()
    await asyncio.sleep(0.3)
    await town.verify(run, reason="Too quick for me.")
    await town.settled()
    assert await town.messages(QUEUE) == []


@pytest.mark.parametrize("who", ["sombra", "hanzo", "nebula"])
async def test_the_team_accepts_with_the_button(town: Town, who: str) -> None:
    run = await town.run()
    answer = await town.discord.user(who).press(await town.queued(run), "Accept")
    assert answer.message.ephemeral
    assert answer.message.text == "The run is accepted."
    judged = await rules.submission(town.db, run)
    assert judged.verified
    assert judged.verified_by == town.id(who)


async def test_an_accepted_run_leaves_the_queue_and_is_shown_once_among_the_completions(town: Town) -> None:
    run = await town.run()
    await town.discord.user("sombra").press(await town.queued(run), "Accept")
    await town.settled()
    assert await town.messages(QUEUE) == []
    (shown,) = await town.messages("completions")
    assert shown.text.startswith(f"### {CODE} in 58.31\n**Player** Tracer")
    assert [button.custom_id for button in shown.buttons] == [f"upvote:submission:{run}"]
    assert (await rules.submission(town.db, run)).message_id == shown.id


async def test_a_verdict_that_comes_again_posts_nothing(town: Town) -> None:
    run = await town.run()
    await town.queued(run)
    await town.verify(run)
    await town.settled()
    event = VerificationChangedEvent(completion_id=run, verified=True, verified_by=1, reason=None)
    await handlers.on_verification(town.bot, delivery(event))
    verdicts = "select message_id from messages.sent where queue = 'api.completion.verification'"
    await town.rows("update core.completions set message_id = null where id = %s", run)
    await handlers.on_verification(town.bot, delivery(event, await town.ask(verdicts)))
    (shown,) = await town.messages("completions")
    assert (await rules.submission(town.db, run)).message_id == shown.id


async def test_an_ordinary_member_cannot_judge_and_the_log_tells(town: Town) -> None:
    message = await town.queued(await town.run())
    queue = town.discord.world.find_channel(QUEUE)
    jumper = town.discord.world.role_id("Jumper")
    queue.overwrites[jumper] = Overwrite(jumper, 0, Permission.VIEW_CHANNEL)
    try:
        with capture_logs() as lines:
            for button in ("Accept", "Reject"):
                refused = await town.discord.user("tracer").press(message, button)
                assert refused.message.ephemeral
                assert "Only the team may do this." in refused.message.text
    finally:
        del queue.overwrites[jumper]
    denied = [line for line in lines if line["event"] == "access-denied"]
    assert [line["denied_user_id"] for line in denied] == [town.id("tracer")] * 2
    assert await town.ask("select count(*) from core.completions where verified_by is not null") == 0


async def test_a_rejection_takes_its_reason_to_the_player_and_the_database(town: Town) -> None:
    run = await town.run()
    sombra = town.discord.user("sombra")
    form = await sombra.press(await town.queued(run), "Reject")
    answer = await sombra.submit_modal(form, {"Why is it rejected?": "  The *timer* cannot be read.  "})
    assert answer.message.text == "The run is rejected."
    assert await town.ask("select reason from core.completions") == "The *timer* cannot be read."
    await town.settled()
    assert await town.messages(QUEUE) == []
    assert await town.messages("completions") == []
    (direct,) = await town.texts("@tracer")
    assert (
        direct == f"### Run rejected\nYour run of 58.31 on {CODE} was rejected. "
        "Reason: The \\*timer\\* cannot be read."
    )


async def test_a_rejection_without_a_reason_can_be_typed_again(town: Town) -> None:
    run = await town.run()
    sombra = town.discord.user("sombra")
    form = await sombra.press(await town.queued(run), "Reject")
    refused = await sombra.submit_modal(form, {"Why is it rejected?": "   "})
    assert "A reason is needed." in refused.message.text
    assert (await rules.submission(town.db, run)).verified_by is None
    again = await sombra.press(refused, "Edit and try again")
    done = await sombra.submit_modal(again, {"Why is it rejected?": "Blurred."})
    assert done.message.text == "The run is rejected."


async def test_of_two_moderators_at_once_one_judges_and_the_other_is_told_who(town: Town) -> None:
    run = await town.run()
    message = await town.queued(run)
    answers = await asyncio.gather(
        *(town.discord.user(name).press(message, "Accept") for name in ("sombra", "hanzo"))
    )
    winner = "Sombra" if (await rules.submission(town.db, run)).verified_by == town.id("sombra") else "Hanzo"
    texts = sorted(answer.message.text for answer in answers)
    assert texts[1] == "The run is accepted."
    assert f"{winner} was faster: the run is accepted already." in texts[0]
    await town.settled()
    assert len(await town.messages("completions")) == 1
    assert (
        await town.ask("select count(*) from messages.sent where queue = 'api.completion.verification'") == 1
    )


async def test_who_comes_too_late_is_told_in_their_language(town: Town) -> None:
    await town.discord.change_user("hanzo", locale="zh-CN")
    run = await town.run()
    hanzo = town.discord.user("hanzo")
    form = await hanzo.press(await town.queued(run), "Reject")
    await rules.verify(
        town.db, run, CompletionVerificationUpdateRequest(town.id("sombra"), False, "Not yours.")
    )
    late = await hanzo.submit_modal(form, {form.form.labels[0]: "截图不清楚"})
    assert "Sombra 抢先了一步：成绩已拒绝。" in late.message.text


async def test_over_http_too_the_second_verdict_names_the_first_judge(town: Town) -> None:
    run = await town.run()
    await town.verify(run)
    with pytest.raises(Conflict, match="already accepted by Sombra") as refused:
        await town.verify(run, by="hanzo")
    assert refused.value.extra == {"id": run, "name": "Sombra", "verdict": "accepted"}


async def test_the_message_of_a_superseded_run_goes_away(town: Town) -> None:
    await town.queued(await town.run(time=70))
    faster = await town.run(time=65.5)
    await town.queued(faster)
    await town.settled()
    (left,) = await town.messages(QUEUE)
    assert left.text.startswith(f"### {CODE} in 1:05.50")


async def test_a_message_that_was_deleted_by_hand_is_no_error(town: Town) -> None:
    run = await town.run()
    message = await town.queued(run)
    await town.discord.user("sombra").delete(message)
    await town.verify(run)
    await town.settled()
    assert len(await town.messages("completions")) == 1
    assert await town.ask("select count(*) from messages.dead_letters") == 0


async def test_a_handler_for_a_run_that_is_gone_gives_the_message_up(town: Town) -> None:
    await outbox.emit(town.db, CompletionCreatedEvent(completion_id=999_999))
    await town.settled()
    assert await town.ask("select error from messages.dead_letters") == "completion-not-found"


async def test_the_tenth_upvote_forwards_the_run_to_the_best_ones(town: Town) -> None:
    run = await town.run("tracer")
    await town.queued(run)
    verdict = CompletionVerificationUpdateRequest(verified_by=town.id("sombra"), verified=True, reason=None)
    await rules.verify(town.db, run, verdict)
    await town.settled()
    message_id = await town.ask("select message_id from core.completions")
    await town.rows("insert into core.users (id) select generate_series(1, 10)")
    for user_id in range(1, 11):
        await rules.upvote(town.db, UpvoteCreateRequest(user_id, message_id))
    await town.settled()
    assert len(await town.messages("upvotes")) == 1
    (shown,) = await town.messages("completions")
    assert [button.label for button in shown.buttons] == ["Upvotes: 10"]


async def test_what_was_read_in_a_screenshot_that_proves_nothing_is_shown_to_the_team(town: Town) -> None:
    event = FailedAutoverifyEvent(
        submitted_code=CODE,
        submitted_time=83.45,
        submitted_user_names=["TRACER", "LENA"],
        user_id=town.id("tracer"),
        extracted=Extracted("WIDOW", None, CODE, texts={"top": "`code`" * 1000}),
        code_match=True,
        time_match=False,
        user_match=False,
        screenshot=SHOT,
    )
    await handlers.on_autoverification_failed(town.bot, delivery(event))
    (message,) = await town.messages("dlq-alerts")
    assert message.text.splitlines()[:4] == [
        f"### {CODE}: the screenshot shows something else",
        f"**Code** ✅ `{CODE}` ← `{CODE}`",
        "**Time** ❌ 1:23.45 ← `?`",
        "**Player** ❌ TRACER, LENA ← `WIDOW`",
    ]
    assert message.pictures == [SHOT]
