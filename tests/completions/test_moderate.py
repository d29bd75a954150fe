"""PUT /completions/{record_id}/moderate: corrections by moderators."""

import asyncio

import pytest

from tests.api import Answer, Api

RUN = "select time::float8, verified, verified_by, message_id from core.completions where id = %s"


async def moderate(api: Api, run_id: int, by: int, **changes: object) -> Answer:
    return await api.put(f"/completions/{run_id}/moderate", {"moderated_by": by, **changes})


async def test_all_corrections_are_told_at_once(api: Api) -> None:
    player, moderator = api.add_user(), api.add_user()
    run_id = api.add_run(player, api.add_map(), 60, verified=True, verified_by=moderator, message_id=5)
    answer = await moderate(
        api,
        run_id,
        moderator,
        time=61.5,
        time_change_reason="Misread.",
        verified=False,
        verification_reason="No proof.",
        mark_suspicious=True,
        suspicious_context="Too smooth.",
        suspicious_flag_type="Scripting",
    )
    assert (answer.status, answer.json) == (200, None)
    assert api.rows(RUN, run_id) == [(61.5, False, moderator, 5)]
    assert api.notified(player) == ["record_edited"]
    assert api.value("select body from notifications.events").split("\n\n") == [
        "The time of your run on AAAA was changed from 1:00.00 to 1:01.50: Misread.",
        "Your run on AAAA is not verified any more: No proof.",
        "Your run on AAAA was flagged as Scripting: Too smooth.",
    ]
    flags = "select completion_id, user_id, context, flag_type, flagged_by from users.suspicious_flags"
    assert api.rows(flags) == [(run_id, player, "Too smooth.", "Scripting", moderator)]
    (message,) = api.sent("api.completion.verification")
    assert message.body == {
        "completion_id": run_id,
        "verified": False,
        "verified_by": moderator,
        "reason": "No proof.",
    }
    audit = "select actor_id, action, subject_id, reason from audit.entries"
    body = api.value("select body from notifications.events")
    assert api.rows(audit) == [(moderator, "completions.moderate", run_id, body)]


async def test_a_flag_is_taken_off_again(api: Api) -> None:
    player, moderator = api.add_user(), api.add_user()
    run_id = api.add_run(player, api.add_map(), 60)
    flagged = {"suspicious_context": "?", "suspicious_flag_type": "Cheating"}
    await moderate(api, run_id, moderator, mark_suspicious=True, **flagged)
    await moderate(api, run_id, moderator, unmark_suspicious=True)
    assert api.value("select count(*) from users.suspicious_flags") == 0
    assert len(api.notified(player)) == 2


@pytest.mark.parametrize("changes", [{}, {"verified": False}, {"unmark_suspicious": True}])
async def test_what_changes_nothing_is_not_told(api: Api, changes: dict[str, object]) -> None:
    player = api.add_user()
    run_id = api.add_run(player, api.add_map(), 60)
    assert (await moderate(api, run_id, player, **changes)).status == 200
    assert api.notified(player) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"time": 5}, "reason-missing"),
        ({"time": 0.001, "time_change_reason": "r"}, "no-time"),
        ({"mark_suspicious": True}, "flag-incomplete"),
        ({"mark_suspicious": True, "suspicious_context": "c"}, "flag-incomplete"),
        (
            {
                "mark_suspicious": True,
                "unmark_suspicious": True,
                "suspicious_context": "c",
                "suspicious_flag_type": "Cheating",
            },
            "flag-contradiction",
        ),
        ({"verified": False, "time": 70, "time_change_reason": "r"}, "not-faster"),
    ],
)
async def test_a_correction_without_what_it_needs_changes_nothing(
    api: Api, changes: dict[str, object], code: str
) -> None:
    player, map_id = api.add_user(), api.add_map()
    api.add_run(player, map_id, 60, verified=True, inserted_at="2026-01-01")
    run_id = api.add_run(player, map_id, 50, verified=True, inserted_at="2026-01-02")
    await api.refuses(moderate(api, run_id, player, **changes), 400, code)


async def test_an_unknown_run_is_not_found(api: Api) -> None:
    await api.refuses(moderate(api, 404, api.add_user()), 404, "completion-not-found")


async def test_of_the_same_corrections_at_once_one_is_told(api: Api) -> None:
    player = api.add_user()
    run_id = api.add_run(player, api.add_map(), 60)
    async with asyncio.timeout(20):
        await asyncio.gather(*[moderate(api, run_id, player, verified=True) for _ in range(10)])
    assert api.notified(player) == ["record_edited"]


async def test_a_malformed_correction_is_refused(api: Api) -> None:
    bodies = [
        {},
        {"moderated_by": 1, "time": 0},
        {"moderated_by": 1, "time_change_reason": ""},
        {"moderated_by": 1, "suspicious_flag_type": "Lagging"},
        {"moderated_by": 1, "verified": None},
    ]
    await api.finds_malformed("PUT", "/completions/1/moderate", bodies)
