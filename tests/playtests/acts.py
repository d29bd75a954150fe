"""What the tests of playtests share."""

from tests import contract
from tests.api import Answer, Api
from tests.maps.bodies import submitted

THREAD = 1_234_567_890_123_456_789


async def opened(api: Api, *creators: int, code: str = "GENJ1", thread_id: int = THREAD) -> int:
    """A map whose playtest has a thread; the playtest's id."""
    given = [{"id": user_id, "is_primary": at == 0} for at, user_id in enumerate(creators)]
    await submitted(api, creators[0], code, creators=given)
    playtest_id = api.value("select max(id) from playtests.meta")
    (await associate(api, playtest_id, thread_id)).read(contract.PlaytestResponse)
    return playtest_id


def add_voter(api: Api, code: str = "GENJ1", name: str = "") -> int:
    """A player with a verified run of a map."""
    map_id = api.value("select id from core.maps where code = %s", code)
    user_id = api.add_user(name)
    api.add_run(user_id, map_id, 10, verified=True)
    return user_id


async def vote(api: Api, user_id: int, difficulty: object = 3, thread_id: int = THREAD) -> Answer:
    """Vote for a difficulty."""
    return await api.post(f"/maps/playtests/{thread_id}/vote/{user_id}", {"difficulty": difficulty})


async def unvote(api: Api, user_id: int, thread_id: int = THREAD) -> Answer:
    """Take a vote back."""
    return await api.ask("DELETE", f"/maps/playtests/{thread_id}/vote/{user_id}")


async def votes(api: Api, thread_id: int = THREAD) -> contract.PlaytestVotesResponse:
    """The votes of a thread."""
    return (await api.get(f"/maps/playtests/{thread_id}/votes")).read(contract.PlaytestVotesResponse)


async def associate(api: Api, playtest_id: int, thread_id: int = THREAD) -> Answer:
    """Tell which thread a playtest got."""
    return await api.patch("/maps/playtests", {"playtest_id": playtest_id, "thread_id": thread_id})


async def approve(api: Api, verifier_id: int, thread_id: int = THREAD) -> Answer:
    """Accept a map with the average of its votes."""
    return await api.post(f"/maps/playtests/{thread_id}/approve", {"verifier_id": verifier_id})


async def deny(api: Api, verifier_id: int, reason: str = "Too short", thread_id: int = THREAD) -> Answer:
    """Reject a map as a moderator."""
    body = {"verifier_id": verifier_id, "reason": reason}
    return await api.post(f"/maps/playtests/{thread_id}/force_deny", body)


async def reset(
    api: Api, verifier_id: int, *, votes: bool = False, runs: bool = False, thread_id: int = THREAD
) -> Answer:
    """Start a playtest over."""
    body = {
        "verifier_id": verifier_id,
        "reason": "The map changed",
        "remove_votes": votes,
        "remove_completions": runs,
    }
    return await api.post(f"/maps/playtests/{thread_id}/reset", body)


async def force_accept(
    api: Api, verifier_id: int, difficulty: str = "Easy", thread_id: int = THREAD
) -> Answer:
    """Accept a map as a moderator."""
    body = {"difficulty": difficulty, "verifier_id": verifier_id}
    return await api.post(f"/maps/playtests/{thread_id}/force_accept", body)
