"""POST /completions: a run comes in and waits for its verdict."""

import asyncio

import pytest

from tests import rows
from tests.api import Api
from tests.completions.acts import accepted, submit, submitted

RUN = """
    select verified, verified_by, completion, time::float8, video, reason from core.completions where id = %s
"""


async def test_a_run_waits_for_its_verdict_and_is_shown_to_the_moderators(api: Api) -> None:
    user_id = api.add_user()
    api.add_map()
    made = await submitted(api, user_id, 83.45)
    assert made.job_status is not None
    assert api.rows(RUN, made.completion_id) == [(False, None, False, 83.45, "https://a.example/v", None)]
    (message,) = api.sent()
    assert message.queue == "api.completion.submission"
    assert message.body == {"completion_id": made.completion_id}
    assert api.jobs() == [(made.job_status.id, "api.completion.submission", "queued")]
    assert message.job_id == made.job_status.id


@pytest.mark.parametrize(
    ("map_is", "run", "partial"),
    [
        ({}, {}, False),
        ({}, {"video": None}, True),
        ({"playtesting": "In Progress"}, {}, True),
        ({"playtesting": "Rejected"}, {}, False),
        ({"official": False}, {}, True),
    ],
)
async def test_only_a_video_on_an_official_approved_map_makes_a_full_run(
    api: Api, map_is: dict[str, object], run: dict[str, object], partial: bool
) -> None:
    api.add_map(**map_is)
    made = await submitted(api, api.add_user(), **run)
    assert api.value("select completion from core.completions where id = %s", made.completion_id) is partial


async def test_a_faster_run_replaces_the_one_that_waits(api: Api) -> None:
    user_id = api.add_user()
    api.add_map()
    old = (await submitted(api, user_id, 60)).completion_id
    api.sql.execute("update core.completions set verification_id = 4711")
    new = (await submitted(api, user_id, 59.99)).completion_id
    assert api.rows(RUN, old)[0][:2] == (False, rows.SYSTEM)
    assert api.rows(RUN, old)[0][-1] == "A faster run was submitted."
    assert api.rows(RUN, new)[0][:2] == (False, None)
    assert api.queues()[1:] == ["api.completion.verification.delete", "api.completion.submission"]
    assert api.sent("api.completion.verification.delete")[0].body == {"verification_id": 4711}


async def test_a_replaced_run_without_a_message_needs_none_deleted(api: Api) -> None:
    user_id = api.add_user()
    api.add_map()
    await submitted(api, user_id, 60)
    await submitted(api, user_id, 50)
    assert api.queues() == ["api.completion.submission"] * 2


@pytest.mark.parametrize("time", [60, 60.01, 90, 59.995])
async def test_a_run_no_faster_than_the_one_that_waits_is_refused(api: Api, time: float) -> None:
    user_id = api.add_user()
    api.add_map()
    await submitted(api, user_id, 60)
    answer = await api.refuses(submit(api, user_id, time), 400, "slower-than-pending")
    assert "1:00.00" in answer.json["error"]


@pytest.mark.parametrize("time", [60, 60.01, 90, 59.995])
async def test_a_run_no_faster_than_the_verified_one_is_refused(api: Api, time: float) -> None:
    user_id = api.add_user()
    api.add_map()
    await accepted(api, user_id, 60)
    await api.refuses(submit(api, user_id, time), 400, "not-faster")
    assert (await submit(api, user_id, 59.99)).status == 201


async def test_a_full_run_may_be_slower_than_a_partial_one(api: Api) -> None:
    user_id = api.add_user()
    api.add_map()
    await accepted(api, user_id, 60, video=None)
    assert (await submit(api, user_id, 70, video=None)).status == 400
    assert (await submit(api, user_id, 70)).status == 201


async def test_the_runs_of_others_and_on_other_maps_do_not_matter(api: Api) -> None:
    first, second = api.add_user(), api.add_user()
    api.add_map("AAAA")
    api.add_map("BBBB")
    await submitted(api, first, 10)
    await submitted(api, second, 20)
    await submitted(api, first, 20, "BBBB")


async def test_a_rejected_run_is_no_measure(api: Api) -> None:
    user_id = api.add_user()
    map_id = api.add_map()
    api.add_run(user_id, map_id, 10, verified_by=user_id)
    await submitted(api, user_id, 60)


async def test_unknown_and_archived_maps_take_no_runs(api: Api) -> None:
    user_id = api.add_user()
    api.add_map("BBBB", archived=True)
    for code in ("AAAA", "BBBB"):
        await api.refuses(submit(api, user_id, code=code), 404, "map-not-found")


async def test_an_unknown_user_has_no_runs(api: Api) -> None:
    api.add_map()
    await api.refuses(submit(api, 404), 404, "user-not-found")


async def test_a_run_takes_time_that_can_be_kept(api: Api) -> None:
    user_id = api.add_user()
    api.add_map()
    await api.refuses(submit(api, user_id, 0.004), 400, "no-time")
    await api.refuses(submit(api, user_id, 99_999_999.999), 400, "out-of-range")
    assert (await submit(api, user_id, 99_999_999.99)).status == 201
    assert (await submit(api, user_id, 0.005)).status == 201
    assert api.value("select min(time)::text from core.completions") == "0.01"


async def test_a_malformed_run_is_refused(api: Api) -> None:
    user_id = api.add_user()
    api.add_map()
    good = {"code": "AAAA", "user_id": user_id, "time": 60, "screenshot": "https://a.example/s"}
    full = good | {"video": None}
    bodies = [
        {},
        good,
        full | {"code": "aaaa"},
        full | {"time": 0},
        full | {"time": -1},
        full | {"time": "60"},
        full | {"time": 1e8},
        full | {"time": None},
        full | {"user_id": 1.5},
        full | {"screenshot": "shot.png"},
        full | {"screenshot": None},
        full | {"video": ""},
        full | {"video": "https://a b"},
        full | {"video": "https://a.example/" + "x" * 2048},
    ]
    await api.finds_malformed("POST", "/completions", bodies)


async def test_what_is_not_json_or_too_large_or_too_deep_is_refused(api: Api) -> None:
    user_id = api.add_user()
    api.add_map()
    good = f'"code":"AAAA","user_id":{user_id},"screenshot":"https://a.example/s","video":null'
    cases = [
        (b"", 400),
        (b"{", 400),
        (b"nonsense", 400),
        (b"[" * 100_000, 400),
        (b'{"time":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        (f'{{{good},"time":NaN}}'.encode(), 400),
        (f'{{{good},"time":1e400}}'.encode(), 400),
        (f'{{{good},"time":{"9" * 400}}}'.encode(), 400),
        (f'{{{good},"time":60,"more":"\\ud800"}}'.encode(), 400),
        (f'{{{good},"time":60,"video":"https://a.example/\\u0000"}}'.encode(), 400),
        (f'{{{good},"time":60,"video":"https://a.example/'.encode() + b'\xff"}', 400),
        (b'{"a":"' + b"x" * 1_048_577 + b'"}', 413),
    ]
    before = api.fingerprint()
    for raw, status in cases:
        answer = await api.ask("POST", "/completions", data=raw, headers={"Content-Type": "application/json"})
        assert answer.status == status, (raw[:80], answer.raw)
    assert api.fingerprint() == before


async def test_fields_that_are_not_the_callers_are_ignored(api: Api) -> None:
    user_id = api.add_user()
    api.add_map()
    more = {"verified": True, "verified_by": user_id, "completion": True, "wr_xp_check": True, "id": 9}
    made = await submitted(api, user_id, **more)
    assert api.rows(RUN, made.completion_id)[0][:3] == (False, None, False)
    assert not api.value("select wr_xp_check from core.completions where id = %s", made.completion_id)


async def test_of_a_hundred_runs_at_once_the_fastest_waits(api: Api) -> None:
    user_id = api.add_user()
    api.add_map()
    times = [60 - n * 37 % 100 / 4 for n in range(100)]
    async with asyncio.timeout(60):
        answers = await asyncio.gather(*[submit(api, user_id, time) for time in times])
    assert {answer.status for answer in answers} == {201, 400}
    codes = {answer.json["code"] for answer in answers if answer.status == 400}
    assert codes <= {"slower-than-pending"}
    waiting = api.rows("select time::float8 from core.completions where not verified and verified_by is null")
    assert waiting == [(min(times),)]
    taken = sum(answer.status == 201 for answer in answers)
    assert api.value("select count(*) from core.completions") == taken
    assert api.queues() == ["api.completion.submission"] * taken
    kept = [time for (time,) in api.rows("select time::float8 from core.completions order by id")]
    assert kept == sorted(kept, reverse=True)


async def test_the_same_run_ten_times_at_once_is_taken_once(api: Api) -> None:
    user_id = api.add_user()
    api.add_map()
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*[submit(api, user_id) for _ in range(10)])
    assert sorted(answer.status for answer in answers) == [201] + [400] * 9
