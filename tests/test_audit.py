"""Every verdict of the team leaves a row that says who decided what, and why; a refused one leaves none."""

from typing import Any

from tests.api import Api
from tests.completions.acts import verify
from tests.map_edits.acts import proposed, resolve
from tests.playtests.acts import add_voter, approve, deny, force_accept, opened, reset, vote


def kept(api: Api) -> list[Any]:
    """What was kept, oldest first."""
    return api.rows("select action, actor_id, subject_id, reason from audit.entries order by id")


async def test_verdicts_on_runs_are_kept(api: Api) -> None:
    moderator, map_id, expected = api.add_user("Sombra"), api.add_map(), []
    for verified, action, reason in ((True, "accept", None), (False, "reject", "No proof.")):
        run = api.add_run(api.add_user(), map_id, 60)
        for _ in range(2):
            await verify(api, run, moderator, verified=verified, reason=reason)
        expected.append((f"completions.{action}", moderator, run, reason))
    assert kept(api) == expected


async def test_decisions_on_playtests_and_edits_are_kept(api: Api) -> None:
    creator, moderator, expected = api.add_user("Kuromi"), api.add_user("Sombra"), []
    for number, (action, act, reason) in enumerate(
        (
            ("approve", approve, None),
            ("force_accept", force_accept, None),
            ("force_deny", deny, "Too short"),
            ("reset", reset, "The map changed"),
        ),
        1,
    ):
        code, thread_id = f"MAP{number}", 1000 + number
        playtest = await opened(api, creator, code=code, thread_id=thread_id)
        await vote(api, add_voter(api, code), 3, thread_id)
        await act(api, moderator, thread_id=thread_id)
        if action != "reset":
            await act(api, moderator, thread_id=thread_id)
        expected.append((f"playtests.{action}", moderator, playtest, reason))
    for reason in (None, "Not so."):
        edit_id = await proposed(api, creator, "MAP4", checkpoints=7)
        await resolve(api, edit_id, moderator, accepted=reason is None, rejection_reason=reason)
        expected.append((f"map_edits.{'reject' if reason else 'accept'}", moderator, edit_id, reason))
    assert kept(api) == expected
