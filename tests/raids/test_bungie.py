"""The client against the simulated Bungie: answers, refusals, moods, and the permitted rate."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from msgspec import Struct
from pydantic import SecretStr

from genjilib.core.errors import RateLimited, Unavailable
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.local.bungie.reports import envelope, refusal, report
from genjilib.local.bungie.server import API_KEY, Conditions, serving
from genjilib.local.bungie.server import Bungie as Simulated
from genjilib.local.bungie.world import World
from genjilib.raids import bungie
from genjilib.raids.bungie import Bungie, Permits, Refused, Result
from tests.raids.conftest import opened

WORLD = World(people=40, instances=300)


@asynccontextmanager
async def asking(db: Db, conditions: Conditions, **settings: Any) -> AsyncIterator[tuple[Bungie, Simulated]]:
    simulated = Simulated(WORLD, conditions)
    async with serving(simulated) as url, Bungie.open(settings_for(url, **settings), db) as client:
        yield client, simulated


def settings_for(url: str, **settings: Any) -> Settings:
    given = {"bungie_rate": 1e4, "bungie_stats_rate": 1e4, "bungie_api_keys": SecretStr(API_KEY)} | settings
    return Settings.model_construct(bungie_url=url, bungie_stats_url=url, **given)


def first(kind: str) -> int:
    return next(n for n in range(WORLD.first_id, WORLD.frontier) if WORLD.kind(n) == kind)


@pytest.mark.parametrize(
    ("kind", "result"),
    [
        ("raid", Result.SUCCESS),
        ("other", Result.NON_RAID),
        ("absent", Result.NOT_FOUND),
        ("restricted", Result.INSUFFICIENT_PRIVILEGES),
        ("malformed", Result.BAD_FORMAT),
    ],
)
async def test_each_kind_of_id_has_its_result(db: Db, kind: str, result: Result) -> None:
    async with asking(db, Conditions()) as (client, _):
        found = await client.report(first(kind))
    assert found.result == result
    assert (found.report is not None) == (result == Result.SUCCESS)
    if found.report is not None:
        assert msgspec.json.decode(found.report.raw) == report(WORLD.played(first(kind)))


async def test_nothing_is_beyond_the_frontier_and_hidden_reports_come_to_light(db: Db) -> None:
    async with asking(db, Conditions(frontier=first("raid"), unlocked=True)) as (client, simulated):
        assert (await client.report(first("raid"))).result == Result.NOT_FOUND
        simulated.conditions.frontier += 300
        assert (await client.report(first("raid"))).result == Result.SUCCESS
        assert (await client.report(first("restricted"))).result == Result.SUCCESS


async def test_maintenance_is_no_report_of_another_mode_though_its_status_is_200(db: Db) -> None:
    async with asking(db, Conditions(maintenance=True)) as (client, _):
        assert (await client.report(first("raid"))).result == Result.SYSTEM_DISABLED
        with pytest.raises(Unavailable, match="maintenance"):
            await client.get("/GroupV2/1/", dict[str, Any])


async def test_each_fault_passes_with_the_next_try(db: Db) -> None:
    async with asking(db, Conditions(faults=True)) as (client, _):
        raids = [n for n in range(WORLD.first_id, WORLD.first_id + 100) if WORLD.kind(n) == "raid"]
        once = [(await client.report(n)).result for n in raids]
        again = [(await client.report(n)).result for n in raids]
    assert {Result.SUCCESS, Result.INTERNAL_ERROR, Result.DECODING_ERROR} == set(once)
    assert set(again) == {Result.SUCCESS}


RAID = report(WORLD.played(first("raid")))


def answers() -> Iterator[Any]:
    def case(status: int, body: Any, result: Result) -> Any:
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return pytest.param(status, raw, result, id=f"{status}-{raw[:30]!r}-{result.name}")

    yield case(404, b"<html>", Result.NOT_FOUND)
    yield case(429, b"<html>", Result.SYSTEM_DISABLED)
    yield case(403, b"<html>", Result.RATE_LIMITED)
    yield case(502, b"<html>", Result.DECODING_ERROR)
    yield case(200, b"<html>", Result.DECODING_ERROR)
    for status in (200, 500):
        yield case(status, refusal(1653, "", ""), Result.NOT_FOUND)
        yield case(status, refusal(5, "", ""), Result.SYSTEM_DISABLED)
        yield case(status, refusal(12, "", ""), Result.INSUFFICIENT_PRIVILEGES)
        yield case(status, refusal(1672, "", ""), Result.INTERNAL_ERROR)
        yield case(status, refusal(51, "", ""), Result.RATE_LIMITED)
        yield case(status, refusal(4242, "", ""), Result.EXTERNAL_ERROR)
    yield case(403, refusal(4242, "", ""), Result.RATE_LIMITED)
    yield case(200, envelope({}), Result.BAD_FORMAT)
    yield case(200, envelope(None), Result.DECODING_ERROR)
    yield case(200, envelope(RAID | {"entries": []}), Result.BAD_FORMAT)


@pytest.mark.parametrize(("status", "body", "result"), [*answers()])
def test_the_number_in_an_answer_counts_before_its_status(status: int, body: bytes, result: Result) -> None:
    assert bungie.read_report(1, status, body).result == result


def test_the_report_of_another_instance_is_no_answer() -> None:
    body = msgspec.json.encode(envelope(report(WORLD.played(first("raid")))))
    assert bungie.read_report(first("raid") + 1, 200, body).result == Result.DECODING_ERROR


class Linked(Struct, rename="camel"):
    membership_id: int
    membership_type: int


class Profiles(Struct):
    profiles: list[Linked]


async def test_answers_are_typed_and_refusals_have_their_number(db: Db) -> None:
    person = WORLD.persons[3]
    async with asking(db, Conditions()) as (client, _):
        path = f"/Destiny2/-1/Profile/{person.membership_id}/LinkedProfiles/"
        [linked] = (await client.get(path, Profiles, getAllMemberships="true")).profiles
        assert linked == Linked(person.membership_id, person.membership_type)
        with pytest.raises(Refused) as caught:
            await client.get("/Destiny2/3/Profile/5/", dict[str, Any], components="100,200")
        assert caught.value.error_code == bungie.ACCOUNT_NOT_FOUND
        with pytest.raises(Refused, match="another shape"):
            await client.get(path, dict[str, int])


async def test_no_answer_at_all_passes(db: Db) -> None:
    async with Bungie.open(settings_for("http://127.0.0.1:9"), db) as client:
        assert (await client.report(1)).result == Result.INTERNAL_ERROR
        with pytest.raises(Unavailable):
            await client.get("/GroupV2/1/", dict[str, Any])


async def test_being_throttled_is_told(db: Db) -> None:
    async with asking(db, Conditions(rate=3)) as (client, _):
        results = [(await client.report(first("raid"))).result for _ in range(4)]
        assert results == [Result.SUCCESS] * 3 + [Result.RATE_LIMITED]
        with pytest.raises(RateLimited):
            await client.get("/GroupV2/1/", dict[str, Any])


async def test_never_more_than_the_permitted_rate_of_all_processes_together(
    db: Db, database_url: str
) -> None:
    simulated = Simulated(WORLD)
    async with (
        serving(simulated) as url,
        opened(database_url) as other_db,
        Bungie.open(settings_for(url, bungie_stats_rate=40), db) as client,
        Bungie.open(settings_for(url, bungie_stats_rate=40), other_db) as other,
    ):
        started = time.monotonic()
        await asyncio.gather(*(one.report(first("raid")) for one in (client, other) for _ in range(65)))
        taken = time.monotonic() - started
    # 90 at once, the others one by one; each may have taken two ahead.
    assert taken >= 40 / 40 - 0.1
    assert simulated.busiest <= 90 + 40 * 1.05 + 4


async def test_who_is_throttled_holds_up_all_processes(db: Db, database_url: str) -> None:
    async with opened(database_url) as other_db:
        one, other = (Permits(each, "stats", "", 100) for each in (db, other_db))
        assert await one.reserve() == 0
        await one.pause(5)
        assert 4 < await other.reserve() <= 5
        assert 4 < await one.reserve() <= 5.2
        assert await Permits(db, "stats", "another", 100).reserve() == 0
