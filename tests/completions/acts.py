"""What the tests of runs share."""

from tests import contract
from tests.api import Answer, Api


async def submit(api: Api, user_id: int, time: float = 60, code: str = "AAAA", **changes: object) -> Answer:
    """Submit a run with a video."""
    body = {
        "code": code,
        "user_id": user_id,
        "time": time,
        "screenshot": "https://a.example/s.png",
        "video": "https://a.example/v",
        **changes,
    }
    return await api.post("/completions", body)


async def submitted(
    api: Api, user_id: int, time: float = 60, code: str = "AAAA", **changes: object
) -> contract.CompletionSubmissionJobResponse:
    """Submit a run that is taken."""
    answer = await submit(api, user_id, time, code, **changes)
    return answer.read(contract.CompletionSubmissionJobResponse, status=201)


async def verify(
    api: Api, run_id: int, verifier_id: int, *, verified: bool = True, reason: str | None = None
) -> Answer:
    """Judge a run."""
    body = {"verified_by": verifier_id, "verified": verified, "reason": reason}
    return await api.put(f"/completions/{run_id}/verification", body)


async def accepted(api: Api, user_id: int, time: float = 60, code: str = "AAAA", **changes: object) -> int:
    """A run that was submitted and accepted by a moderator."""
    run_id = (await submitted(api, user_id, time, code, **changes)).completion_id
    (await verify(api, run_id, api.add_user("Sombra"))).read(contract.JobStatusResponse)
    return run_id
