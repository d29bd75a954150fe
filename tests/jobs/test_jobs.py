"""Jobs, and the claims of consumers outside: what became of a message that a request caused."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests import contract
from tests.api import Api

NEWS = {
    "id": None,
    "timestamp": "2026-01-01T00:00:00Z",
    "payload": {"type": "announcement", "title": "Hi", "content": "There"},
}


async def new_job(api: Api) -> UUID:
    answer = await api.post("/newsfeed", NEWS)
    return answer.read(contract.PublishNewsfeedJobResponse, status=201).job_status.id


async def job(api: Api, job_id: UUID) -> contract.JobStatusResponse:
    return (await api.get(f"/internal/jobs/{job_id}")).read(contract.JobStatusResponse)


def times(api: Api, job_id: UUID) -> tuple[object, object]:
    return api.rows("select started_at, finished_at from public.jobs where id = %s", job_id)[0]


async def test_a_new_job_waits(api: Api) -> None:
    found = await job(api, await new_job(api))
    assert (found.status, found.error_code, found.error_msg) == ("queued", None, None)


async def test_a_job_runs_once_and_succeeds(api: Api) -> None:
    job_id = await new_job(api)
    answer = await api.patch(f"/internal/jobs/{job_id}", {"status": "processing"})
    assert (answer.status, answer.json) == (200, None)
    started, finished = times(api, job_id)
    assert started is not None
    assert finished is None
    await api.patch(f"/internal/jobs/{job_id}", {"status": "processing"})
    await api.patch(f"/internal/jobs/{job_id}", {"status": "succeeded"})
    assert times(api, job_id)[0] == started
    assert times(api, job_id)[1] is not None
    assert api.value("select attempts from public.jobs") == 1
    assert (await job(api, job_id)).status == "succeeded"


@pytest.mark.parametrize("status", ["failed", "timeout"])
async def test_an_error_is_kept_until_a_later_try_succeeds(api: Api, status: str) -> None:
    job_id = await new_job(api)
    error = {"status": status, "error_code": "discord", "error_msg": "No such channel."}
    await api.patch(f"/internal/jobs/{job_id}", error)
    found = await job(api, job_id)
    assert (found.status, found.error_code, found.error_msg) == (status, "discord", "No such channel.")
    await api.patch(f"/internal/jobs/{job_id}", {"status": "succeeded"})
    found = await job(api, job_id)
    assert (found.status, found.error_code, found.error_msg) == ("succeeded", None, None)


async def test_an_unknown_job_is_not_found_and_not_made(api: Api) -> None:
    (await api.get(f"/internal/jobs/{uuid4()}")).refused(404, "job-not-found")
    before = api.fingerprint()
    answer = await api.patch(f"/internal/jobs/{uuid4()}", {"status": "succeeded"})
    assert (answer.status, answer.json) == (200, None)
    assert api.fingerprint() == before


async def test_a_state_that_no_job_has_is_refused(api: Api) -> None:
    bodies = [{}, {"status": "done"}, {"status": None}]
    await api.finds_malformed("PATCH", f"/internal/jobs/{await new_job(api)}", bodies)


async def test_an_id_that_is_no_uuid_is_refused(api: Api) -> None:
    (await api.get("/internal/jobs/42")).refused(400, "validation-failed")


async def claim(api: Api, key: str, method: str = "POST") -> Any:
    return (await api.ask(method, "/internal/idempotency/claim", json={"key": key})).json


async def test_a_message_is_claimed_once_until_it_is_released(api: Api) -> None:
    answers = await asyncio.gather(*(claim(api, "completion:verify:1") for _ in range(10)))
    assert sorted(answer["claimed"] for answer in answers) == [False] * 9 + [True]
    assert await claim(api, "completion:verify:2") == {"claimed": True}
    released = await api.ask("DELETE", "/internal/idempotency/claim", json={"key": "completion:verify:1"})
    assert (released.status, released.raw) == (204, b"")
    assert await claim(api, "completion:verify:1") == {"claimed": True}


async def test_releasing_what_nobody_claimed_is_no_error(api: Api) -> None:
    before = api.fingerprint()
    answer = await api.ask("DELETE", "/internal/idempotency/claim", json={"key": "unknown"})
    assert answer.status == 204
    assert api.fingerprint() == before


async def test_a_claim_has_a_key_of_1_to_255_characters(api: Api) -> None:
    bodies = [{}, {"key": None}, {"key": ""}, {"key": "x" * 256}, {"key": "a\0b"}]
    for method in ("POST", "DELETE"):
        await api.finds_malformed(method, "/internal/idempotency/claim", bodies)
