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


async def associate(api: Api, playtest_id: int, thread_id: int = THREAD) -> Answer:
    """Tell which thread a playtest got."""
    return await api.patch("/maps/playtests", {"playtest_id": playtest_id, "thread_id": thread_id})


async def force_accept(
    api: Api, verifier_id: int, difficulty: str = "Easy", thread_id: int = THREAD
) -> Answer:
    """Accept a map as a moderator."""
    body = {"difficulty": difficulty, "verifier_id": verifier_id}
    return await api.post(f"/maps/playtests/{thread_id}/force_accept", body)
