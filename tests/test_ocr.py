"""Reading screenshots: the service as the contract describes it, and every way it can fail."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from genjilib import ocr, queries
from genjilib.broker.context import Context
from genjilib.completions import rules, worker
from genjilib.completions.types import AutoverificationRequestedEvent
from genjilib.core import clock
from genjilib.core.errors import Invalid, Unavailable
from tests.api import Api, api_on, api_settings
from tests.completions.acts import submit
from tests.town import delivery

Fault = Callable[[web.Request], Awaitable[web.StreamResponse]]
FOUND = {
    "name": "TRACER",
    "time": 58.31,
    "code": "AAAA",
    "sources": {"code": "top"},
    "texts": {"top": "AAAA"},
}


class Service:
    """A local OCR service: answers with what it is told, after the faults it is given."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.faults: list[Fault] = []
        self.found: dict[str, Any] = dict(FOUND)
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        if self.faults:
            return await self.faults.pop(0)(request)
        return web.json_response({"extracted": self.found})

    async def read(self, **settings: object) -> ocr.Extracted:
        """Ask for a screenshot as the worker does."""
        values = {"ocr_url": self.url, "ocr_timeout": 0.2, **settings}
        return await ocr.extract(
            api_settings("postgres://", **values),
            image_url="https://a.example/s.png",
            code="AAAA",
            time=58.31,
            names=["TRACER"],
        )


@pytest.fixture
async def service(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    """A service at an address that no other test used."""
    monkeypatch.setattr(ocr, "PAUSE", 0.01)
    found, path = Service(), f"/{uuid4()}"
    app = web.Application()
    app.router.add_post(f"{path}/extract", found.answer)
    async with TestServer(app) as server:
        found.url = str(server.make_url(path))
        yield found


async def broken(_: web.Request) -> web.StreamResponse:
    return web.Response(status=503, text="secret stack trace")


async def slow(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(1)
    return web.Response()


async def garbled(_: web.Request) -> web.StreamResponse:
    return web.Response(body=b'{"extracted": \xff')


async def misshapen(_: web.Request) -> web.StreamResponse:
    return web.json_response({"extracted": {"name": 1}})


async def endless(_: web.Request) -> web.StreamResponse:
    return web.Response(body=b"[" * 2_000_000)


async def elsewhere(_: web.Request) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"})


async def cut(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def refused(_: web.Request) -> web.StreamResponse:
    return web.Response(status=422)


async def test_the_service_is_asked_as_the_contract_says(service: Service) -> None:
    assert await service.read() == ocr.Extracted(**FOUND)
    assert service.asked == [
        {"image_url": "https://a.example/s.png", "code": "AAAA", "time": 58.31, "names": ["TRACER"]}
    ]


@pytest.mark.parametrize("fault", [broken, slow, garbled, misshapen, endless, elsewhere, cut])
async def test_a_service_that_fails_twice_is_asked_a_third_time(service: Service, fault: Fault) -> None:
    service.faults = [fault, fault]
    assert (await service.read()).code == "AAAA"
    assert len(service.asked) == 3


async def test_after_three_failures_a_call_gives_up(service: Service) -> None:
    service.faults = [broken] * 3
    with pytest.raises(Unavailable) as caught:
        await service.read()
    assert "secret" not in caught.value.detail
    assert len(service.asked) == 3


async def test_what_the_service_refuses_is_not_tried_again(service: Service) -> None:
    service.faults = [refused]
    with pytest.raises(Invalid):
        await service.read()
    assert len(service.asked) == 1


async def test_a_service_that_keeps_failing_is_left_alone_for_a_while(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.faults = [broken] * ocr.TRIES * ocr.FAILURES
    for _ in range(ocr.FAILURES):
        with pytest.raises(Unavailable):
            await service.read()
    asked = len(service.asked)
    with pytest.raises(Unavailable) as caught:
        await service.read()
    assert (len(service.asked), 0 < caught.value.after <= ocr.REST) == (asked, True)
    later = clock.monotonic() + ocr.REST
    monkeypatch.setattr(clock, "monotonic", lambda: later)
    service.faults = [slow]
    probe = asyncio.create_task(service.read())
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await service.read()
    assert (await probe).name == "TRACER"
    assert (await service.read()).name == "TRACER"


async def test_failures_between_successes_do_not_add_up(service: Service) -> None:
    for _ in range(ocr.FAILURES + 1):
        service.faults = [broken] * ocr.TRIES
        with pytest.raises(Unavailable):
            await service.read()
        assert (await service.read()).name == "TRACER"


async def test_without_an_address_nothing_is_read(service: Service) -> None:
    with pytest.raises(Invalid):
        await service.read(ocr_url=None)


@pytest.fixture
async def reading(service: Service, database_url: str) -> AsyncIterator[Api]:
    """An API that has screenshots read, with a map and Tracer, who has three names."""
    async with api_on(database_url, ocr_url=service.url) as api:
        api.add_map("AAAA", medals=(10, 20, 30), map_name="Hanamura")
        yield api


async def read(api: Api, service: Service) -> None:
    """Do what the worker does with each message that waits for it."""
    context = Context(api_settings("postgres://", ocr_url=service.url, ocr_timeout=0.2), api.db)
    for message in api.sent("api.completion.autoverification"):
        got = delivery(AutoverificationRequestedEvent(**message.body))
        prepared = await worker.read(context, got)
        async with api.db.transaction() as tx:
            await worker.verify(tx, [got], [prepared])


def tracer(api: Api) -> int:
    """A player with a name of each kind."""
    user_id = api.add_user("Tracer", global_name="lena")
    api.sql.execute(
        "insert into users.overwatch_usernames (user_id, username, is_primary) values (%s, 'Oxton', true)",
        [user_id],
    )
    return user_id


@pytest.mark.parametrize("name", ["TRACER", "LENA", "OXTON", "Tracer"])
async def test_a_run_that_its_screenshot_proves_is_accepted(
    reading: Api, service: Service, name: str
) -> None:
    api, user_id = reading, tracer(reading)
    service.found["name"] = name
    answer = (await submit(api, user_id, 58.31, video=None)).json
    assert answer["job_status"] is None
    assert api.queues() == ["api.completion.autoverification"]
    await read(api, service)
    assert service.asked[0]["names"] == ["LENA", "OXTON", "TRACER"]
    run = (await api.get(f"/completions/{answer['completion_id']}/submission")).json
    assert (run["verified"], run["verified_by"]) == (True, 969632729643753482)
    assert api.value("select reason from core.completions") == "Auto Verified by Genji Shimada."
    (verdict,) = api.sent("api.completion.verification")
    assert verdict.body == {
        "completion_id": run["id"],
        "verified": True,
        "verified_by": 969632729643753482,
        "reason": "Auto Verified by Genji Shimada.",
    }
    assert "api.completion.submission" not in api.queues()
    assert api.xp(user_id) == 5
    assert "verification_approved" in api.notified(user_id)


@pytest.mark.parametrize(
    ("shown", "matches"),
    [
        ({"code": "BBBB"}, (False, True, True)),
        ({"time": 58.3100001}, (True, False, True)),
        ({"name": "WIDOW"}, (True, True, False)),
        ({"name": None, "time": None, "code": None}, (False, False, False)),
    ],
)
async def test_a_run_that_its_screenshot_does_not_prove_goes_to_the_moderators(
    reading: Api, service: Service, shown: dict[str, object], matches: tuple[bool, bool, bool]
) -> None:
    api, user_id = reading, tracer(reading)
    service.found.update(shown)
    run_id = (await submit(api, user_id, 58.31, video=None)).json["completion_id"]
    await read(api, service)
    (failed,) = api.sent("api.completion.autoverification.failed")
    assert failed.body == {
        "submitted_code": "AAAA",
        "submitted_time": 58.31,
        "submitted_user_names": ["LENA", "OXTON", "TRACER"],
        "user_id": user_id,
        "extracted": {**FOUND, **shown},
        "code_match": matches[0],
        "time_match": matches[1],
        "user_match": matches[2],
        "screenshot": "https://a.example/s.png",
    }
    (waiting,) = api.sent("api.completion.submission")
    assert (waiting.body, waiting.job_id is not None) == ({"completion_id": run_id}, True)
    assert api.notified(user_id) == ["auto_verify_failed"]
    assert not api.value("select verified from core.completions")


@pytest.mark.parametrize("faults", [[broken] * 3, [slow] * 3, [refused]])
async def test_when_nothing_can_be_read_the_moderators_see_the_run(
    reading: Api, service: Service, faults: list[Fault]
) -> None:
    api, user_id = reading, tracer(reading)
    service.faults = list(faults)
    await submit(api, user_id, 58.31, video=None)
    await read(api, service)
    assert len(api.sent("api.completion.submission")) == 1
    assert api.sent("api.completion.autoverification.failed") == []
    assert api.notified(user_id) == ["auto_verify_failed"]


async def test_runs_with_a_video_and_of_flagged_players_are_never_read(reading: Api) -> None:
    api, flagged = reading, tracer(reading)
    old = api.add_run(flagged, api.add_map("OTHER"), 5)
    api.sql.execute(
        "insert into users.suspicious_flags (completion_id, context, flag_type, flagged_by)"
        " values (%s, 'c', 'Cheating', %s)",
        [old, flagged],
    )
    for user_id, video in ((flagged, None), (api.add_user(), "https://a.example/v")):
        assert (await submit(api, user_id, 58.31, video=video)).json["job_status"]["status"] == "queued"
    assert api.queues() == ["api.completion.submission"] * 2


async def newest(api: Api) -> Any:
    """What the newest run claims."""
    run_id = api.value("select max(id) from core.completions")
    return await queries.completions.evidence(api.db, completion_id=run_id)


async def test_a_run_that_is_judged_or_replaced_in_the_meantime_is_left_alone(
    reading: Api, service: Service
) -> None:
    api, user_id = reading, tracer(reading)
    await submit(api, user_id, 58.31, video=None)
    await submit(api, user_id, 50, video=None)
    claim = await newest(api)
    api.sql.execute("update core.completions set verified_by = %s", [user_id])
    await read(api, service)
    assert service.asked == []
    async with api.db.transaction() as tx:
        await rules.verify_by_screenshot(tx, claim, ocr.Extracted("TRACER", 50.0, "AAAA"))
    assert set(api.queues()) == {"api.completion.autoverification"}
    assert api.notified(user_id) == []


async def test_by_default_every_run_goes_to_the_moderators(api: Api) -> None:
    api.add_map("AAAA")
    assert (await submit(api, api.add_user(), 58.31, video=None)).json["job_status"]["status"] == "queued"
    assert api.queues() == ["api.completion.submission"]
