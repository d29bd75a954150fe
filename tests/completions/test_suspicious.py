"""GET, POST and DELETE /completions/suspicious: flags on runs."""

import pytest

from tests import contract
from tests.api import Answer, Api

Flags = list[contract.SuspiciousCompletionResponse]


async def flag(api: Api, by: int, **message: int) -> Answer:
    body = {"context": "Too smooth.", "flag_type": "Cheating", "flagged_by": by, **message}
    return await api.post("/completions/suspicious", body)


async def unflag(api: Api, **message: int) -> Answer:
    return await api.ask("DELETE", "/completions/suspicious", json=message)


@pytest.mark.parametrize("message", [{"message_id": 5}, {"verification_id": 6}])
async def test_a_run_is_flagged_through_either_of_its_messages(api: Api, message: dict[str, int]) -> None:
    player, moderator = api.add_user(), api.add_user()
    api.add_run(player, api.add_map(), 10, message_id=5, verification_id=6)
    answer = await flag(api, moderator, **message)
    assert (answer.status, answer.json) == (201, None)
    (found,) = (await api.get("/completions/suspicious", user_id=player)).read(Flags)
    assert (found.user_id, found.flag_type, found.context) == (player, "Cheating", "Too smooth.")
    assert (found.flagged_by, found.message_id, found.verification_id) == (moderator, 5, 6)
    removed = await unflag(api, **message)
    assert (removed.status, removed.json) == (200, 1)
    assert (await api.get("/completions/suspicious", user_id=player)).json == []


async def test_a_message_of_no_run_changes_nothing(api: Api) -> None:
    before = api.fingerprint()
    assert (await flag(api, 1, message_id=404)).status == 201
    assert (await unflag(api, verification_id=404)).json == 0
    assert api.fingerprint() == before


async def test_a_flag_needs_a_message(api: Api) -> None:
    await api.refuses(flag(api, api.add_user()), 400, "message-missing")
    await api.refuses(unflag(api), 400, "message-missing")


async def test_an_unknown_moderator_is_refused(api: Api) -> None:
    api.add_run(api.add_user(), api.add_map(), 10, message_id=5)
    await api.refuses(flag(api, 404, message_id=5), 400, "unknown-moderator")
