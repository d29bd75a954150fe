"""ClickHouse: its rows are PostgreSQL's whatever is lost or comes twice; its views count what was played."""

import asyncio
import json
import os
import random
from collections import Counter, deque
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from click.testing import Result
from pydantic import SecretStr
from typer.testing import CliRunner

from cli import app
from genjilib.core.clock import now
from genjilib.core.errors import Invalid, NotFound, Unavailable
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.local.bungie.reports import Entry, Played, Weapon
from genjilib.local.bungie.server import Bungie as Simulated
from genjilib.local.bungie.world import World
from genjilib.local.clickhouse import ClickHouse as Embedded
from genjilib.raids import analytics, api, rules, worker
from genjilib.raids.clickhouse import ClickHouse
from genjilib.raids.store import store
from genjilib.raids.types import Instance, InstancesChangedEvent
from tests.ops.conftest import OTHERS
from tests.raids.test_crawler import WORLD, ids
from tests.raids.test_store import VAULT, read, rows, team
from tests.raids.test_worker import change, delivered, emitted, working

SMALL = World(people=40, instances=120, most_weapons=3)
TEN = datetime(2024, 8, 1, 10, tzinfo=UTC)
VIEWS = (
    "player_population_by_hour",
    "weapon_meta_by_hour",
    "clear_time_by_day",
    "player_relation_weights",
)


@pytest.fixture(scope="module")
async def embedded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Embedded]:
    """One engine for this module."""
    service = Embedded(tmp_path_factory.mktemp("clickhouse"))
    await service.start()
    yield service
    await service.stop()


@pytest.fixture
async def clickhouse(embedded: Embedded) -> AsyncIterator[ClickHouse]:
    """A client of the engine, in which nothing is yet."""
    async with aiohttp.ClientSession() as http:
        for table in ("instance", "hash_map", *VIEWS):
            await http.post(embedded.url, data=f"drop table if exists {table}".encode())
        yield ClickHouse(embedded.url, http)


@pytest.fixture
async def context(db: Db, clickhouse: ClickHouse) -> AsyncIterator[worker.Context]:
    async with working(db, Simulated(WORLD)) as context:
        yield replace(context, clickhouse=clickhouse)


async def analyse(context: worker.Context, url: str) -> None:
    """Handle all messages that there are, and forget them."""
    for body in emitted(url, InstancesChangedEvent):
        await worker.analyse(context, delivered(InstancesChangedEvent(**body)))
    change(url, "delete from messages.outbox")


async def kept(embedded: Embedded, columns: str = "*") -> list[dict[str, Any]]:
    """What ClickHouse has, without the moment of reading."""
    query = f"select {columns} from instance final order by instance_id format JSONEachRow"
    async with aiohttp.ClientSession() as http, http.post(embedded.url, data=query.encode()) as answer:
        found = [json.loads(line) for line in (await answer.text()).splitlines()]
    return [{key: value for key, value in row.items() if key != "read_at"} for row in found]


async def truth(db: Db, url: str) -> list[dict[str, Any]]:
    """The same from PostgreSQL."""
    everything = [one for (one,) in rows(url, "select instance_id from core.instance order by 1")]
    found = [json.loads(line) for line in await analytics.read(db, everything)]
    return sorted((_plain(row) for row in found), key=lambda row: row["instance_id"])


def _plain(value: Any) -> Any:
    """As ClickHouse writes it: truth is a number, and a moment is text."""
    if isinstance(value, dict):
        fields = {key: _plain(one) for key, one in value.items() if key != "read_at"}
        moments = {key: one for key, one in fields.items() if key.startswith("date_")}
        return fields | {key: f"{datetime.fromtimestamp(one, UTC):%F %T}" for key, one in moments.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else int(value)


async def test_rows_are_those_of_postgresql(
    context: worker.Context, embedded: Embedded, database_url: str
) -> None:
    reports = [read(SMALL.played(n)) for n in ids("raid", SMALL.frontier, SMALL)]
    await store(context.db, reports[1::2])
    await analyse(context, database_url)
    assert await kept(embedded) == await truth(context.db, database_url)
    # Those that came later were played before: whose first clears they take is told again.
    await store(context.db, reports[::2])
    [body] = emitted(database_url, InstancesChangedEvent)
    assert len(body["instance_ids"]) > len(reports[::2])
    await analyse(context, database_url)
    assert await kept(embedded) == await truth(context.db, database_url)
    assert len(await kept(embedded)) == len(reports)
    # So is a class that was found out.
    nameless = next(
        (player.membership_id, character.character_id)
        for report in reports
        for player in report.instance.players
        for character in player.characters
        if character.class_hash is None
    )
    async with context.db.transaction() as tx:
        await rules.fill_class(tx, *nameless, 671679327)
    assert emitted(database_url, InstancesChangedEvent) != []
    await analyse(context, database_url)
    assert await kept(embedded) == await truth(context.db, database_url)


async def test_what_was_read_before_never_wins(
    context: worker.Context, clickhouse: ClickHouse, embedded: Embedded, database_url: str
) -> None:
    await store(context.db, [team(1, 7, 8)])
    late = await analytics.read(context.db, [1])
    change(database_url, "update core.instance_player set sherpas = 3")
    await analyse(context, database_url)
    await clickhouse.write("insert", late)
    assert await kept(embedded) == await truth(context.db, database_url)


async def test_counts_are_equal_after_lost_answers_and_a_kill(
    context: worker.Context, embedded: Embedded, database_url: str
) -> None:
    """Row 31 of the table of chaos: the insert was accepted, its answer is lost; then ClickHouse is away."""
    reports = [read(SMALL.played(n)) for n in ids("raid", SMALL.frontier, SMALL)]
    lost = 0

    async def forward(request: web.Request) -> web.Response:
        nonlocal lost
        async with (
            aiohttp.ClientSession() as http,
            http.post(embedded.url, params=request.query, data=await request.read()) as answer,
        ):
            body = await answer.read()
        if "insert into instance" in request.query["query"] and lost < 3:
            lost += 1
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=answer.status, body=body, headers=answer.headers)

    proxy = web.Application(client_max_size=2**26)
    proxy.router.add_post("/", forward)
    runner = web.AppRunner(proxy)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with aiohttp.ClientSession() as http:
            behind = replace(
                context, clickhouse=ClickHouse(f"http://127.0.0.1:{runner.addresses[0][1]}", http)
            )
            await store(context.db, reports[:20])
            events = [InstancesChangedEvent(**one) for one in emitted(database_url, InstancesChangedEvent)]
            for _ in range(3):
                with pytest.raises(Unavailable):
                    await worker.analyse(behind, delivered(events[0]))
            await worker.analyse(behind, delivered(events[0]))
    finally:
        await runner.cleanup()
    assert lost == 3
    assert len(await kept(embedded)) == 20

    await store(context.db, reports[20:])
    embedded.kill()
    with pytest.raises(Unavailable) as caught:
        await analyse(context, database_url)
    assert caught.value.code == "clickhouse-away"
    await embedded.start()
    await analyse(context, database_url)
    assert await kept(embedded) == await truth(context.db, database_url)
    assert len(await kept(embedded)) == len(reports)


async def test_counts_are_equal_after_kills_at_random_moments(
    context: worker.Context, embedded: Embedded, database_url: str
) -> None:
    """Of the engine's process while it writes, and of the worker between its write and its word that it did.

    ``KILLS`` sets how many (``make chaos-raids``).
    """
    kills, dice = int(os.environ.get("KILLS", "1")), random.Random()  # any moment is one
    world = World(people=40, instances=60 * (kills + 1), most_weapons=3)
    reports = [read(world.played(n)) for n in ids("raid", world.frontier, world)]
    for n in range(kills + 1):
        await store(context.db, reports[n :: kills + 1])
    events = [InstancesChangedEvent(**body) for body in emitted(database_url, InstancesChangedEvent)]
    parts = [InstancesChangedEvent(instance_ids=(one,)) for event in events for one in event.instance_ids]
    dice.shuffle(parts)
    moments, waiting = set(dice.sample(range(len(parts)), kills)), deque(enumerate(parts))
    while waiting:
        place, event = waiting[0]
        writing = asyncio.create_task(worker.analyse(context, delivered(event)))
        if place in moments:
            moments.remove(place)
            await asyncio.sleep(dice.uniform(0, 0.02))
            embedded.kill()
            await asyncio.wait({writing})
            await embedded.start()
            # Written or not, nobody was told: it comes again.
        else:
            await writing
            waiting.popleft()
    assert await kept(embedded) == await truth(context.db, database_url)
    assert len(await kept(embedded)) == len(reports)


@pytest.fixture
async def lacking(
    context: worker.Context, clickhouse: ClickHouse, embedded: Embedded, database_url: str
) -> None:
    """Three instances, of which ClickHouse lost two; that its table was gone was noticed and mended."""
    await store(context.db, [team(n, 7, 8) for n in (1, 2, 20_001)])
    await analyse(context, database_url)
    assert await analytics.differing(context.db, clickhouse) == {}
    async with aiohttp.ClientSession() as http:
        await http.post(embedded.url, data=b"drop table instance")
    event = InstancesChangedEvent(instance_ids=(2,))
    with pytest.raises(Unavailable):
        await worker.analyse(context, delivered(event))
    await worker.analyse(context, delivered(event))


@pytest.mark.usefixtures("lacking")
def test_commands_compare_fill_and_print(embedded: Embedded, database_url: str) -> None:
    def command(*arguments: str, **environment: str) -> Result:
        given = {**OTHERS, "DATABASE_URL": database_url, **environment}
        return CliRunner().invoke(app, ["raids", *arguments], env=given)

    filled = command("fill-clickhouse", "--json", CLICKHOUSE_URL=embedded.url)
    assert json.loads(filled.stdout) == {"ranges": 2, "lacking": 2, "wanted": 3}
    wanted = [body["instance_ids"] for body in emitted(database_url, InstancesChangedEvent)]
    assert wanted == [[1, 2], [20_001]]
    shown = command("weapons", "--until", "2024-08-02", "--json", CLICKHOUSE_URL=embedded.url)
    assert json.loads(shown.stdout) == []
    refused = command("population")
    assert (refused.exit_code, "CLICKHOUSE_URL" in refused.stderr) == (2, True)


async def test_everything_is_written_again_where_it_is_wanted(
    context: worker.Context, clickhouse: ClickHouse, embedded: Embedded, database_url: str
) -> None:
    await store(context.db, [team(n, 7, 8) for n in (1, 2, 20_001)])
    await analyse(context, database_url)
    change(database_url, "update core.instance_player set sherpas = 5")
    ranges = await analytics.differing(context.db, clickhouse, everything=True)
    assert ranges == {0: 0, 20_000: 0}
    assert await analytics.fill(context.db, list(ranges)) == 3
    await analyse(context, database_url)
    assert await kept(embedded) == await truth(context.db, database_url)


async def test_views_count_what_was_played(
    context: worker.Context, clickhouse: ClickHouse, database_url: str
) -> None:
    change(
        database_url,
        "insert into definitions.weapon_definition values"
        " (100, 'Gjallarhorn', 'x', 'Rocket Launcher', 'Solar', 'Power', 'Heavy', 'Exotic')",
    )

    def played(instance_id: int, minutes: int, seconds: int, n: int = 2, **fields: Any) -> Played:
        weapons = [Weapon(100, 30, 10), Weapon(200, instance_id)]
        entries = [Entry(member, member, played=seconds, weapons=weapons) for member in range(1, n + 1)]
        start = TEN + timedelta(minutes=minutes)
        return Played(instance_id, start, entries, hash=VAULT, duration=seconds, **fields)

    many = [
        *(played(1, 0, 3600), played(2, 30, 7200, n=3), played(3, 50, 900), played(4, 55, 60, reason=2)),
        *(played(5, 7 * 60, 1000), played(6, 0, 1200, from_beginning=False), played(7, 0, 600, n=50)),
    ]
    instances = [read(one) for one in many]
    await store(context.db, instances)
    await analyse(context, database_url)
    await analyse(context, database_url)
    since, until = TEN, TEN + timedelta(days=1)

    hours: Counter[datetime] = Counter()
    for one in (report.instance for report in instances if report.instance.player_count < 50):
        hour = one.date_started.replace(minute=0)
        while hour <= one.date_completed:
            hours[hour] += one.player_count
            hour += timedelta(hours=1)
    population = await analytics.population(context.db, clickhouse, since, until)
    assert {one.hour: one.player_count for one in population} == hours
    assert {one.activity for one in population} == {"Vault of Glass"}
    first = await analytics.population(context.db, clickhouse, since, since + timedelta(hours=1))
    assert [one.hour for one in first] == [TEN]

    seats = sum(report.instance.player_count for report in instances)
    kills = sum(report.instance.instance_id * report.instance.player_count for report in instances)
    found = await analytics.weapons(context.db, clickhouse, since, until, n=5)
    assert [(one.name, one.slot, one.usage_count) for one in found] == [
        ("Gjallarhorn", "Power", seats),
        ("", "", seats),
    ]
    assert [(one.kill_count, one.precision_kill_count) for one in found] == [
        (30 * seats, 10 * seats),
        (kills, 0),
    ]
    assert len(await analytics.weapons(context.db, clickhouse, since, until, n=1)) == 1

    times = await analytics.clear_times(context.db, clickhouse, since, until)
    fresh = sorted(_seconds(report.instance) for report in instances if _fresh_clear(report.instance, 17))
    days = [(str(one.bungie_day), one.clears, one.fastest_5, one.slowest_10) for one in times]
    assert days == [("2024-07-31", len(fresh), fresh[0], fresh[-1]), ("2024-08-01", 1, 1000, 1000)]
    assert (times[0].activity, times[0].version) == ("Vault of Glass", "Standard")


async def test_whom_somebody_plays_with_follows_time_and_clears(
    context: worker.Context, clickhouse: ClickHouse, database_url: str
) -> None:
    left = [Entry(1, 10, played=900), Entry(2, 20, played=600, completed=False, name="Two")]
    both = [Entry(1, 10, played=1000), Entry(2, 20, played=1000, name="Two"), Entry(3, 30, played=100)]
    crowd = [Entry(n, 10 * n, name="Two") for n in range(1, 51)]
    reports = [read(Played(n, TEN, entries)) for n, entries in enumerate((left, both, crowd, left[1:]), 1)]
    await store(context.db, reports)
    await analyse(context, database_url)
    await analyse(context, database_url)
    found = await analytics.relations(context.db, clickhouse, 1, n=5)
    seen = [(one.membership_id, one.instances, one.weight) for one in found]
    assert seen == [(2, 2, 600 * 2 + 1000 * 4), (3, 1, 100 * 4)]
    assert found[0].name == "Two"
    assert [one.membership_id for one in await analytics.relations(context.db, clickhouse, 2, n=1)] == [1]


async def test_the_last_day_and_the_last_week_are_answered(
    context: worker.Context, embedded: Embedded, database_url: str
) -> None:
    start = now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    used = [Weapon(100, 3), Weapon(200, 9)]
    entries = [Entry(7, 70, weapons=used), Entry(8, 80, weapons=used[:1])]
    old = read(Played(2, start - timedelta(days=9), entries))
    await store(context.db, [read(Played(1, start, entries, hash=VAULT)), old])
    await analyse(context, database_url)
    settings = Settings.model_construct(clickhouse_url=SecretStr(embedded.url))
    people = await api.population(context.db, settings)
    assert [(one.activity_id, one.player_count, one.activity) for one in people] == [(9, 2, "Vault of Glass")]
    for sort, first in (("kills", 200), ("usage", 100)):
        found = await api.weapons(context.db, settings, api.WeaponsQuery(sort=sort))
        assert [one.weapon_hash for one in found] == [first, 300 - first]
    assert [(one.usage_count, one.kill_count) for one in found] == [(2, 6), (1, 9)]
    with pytest.raises(NotFound, match="no ClickHouse"):
        await api.population(context.db, Settings.model_construct(clickhouse_url=SecretStr("")))


def _seconds(instance: Instance) -> int:
    return instance.duration


def _fresh_clear(instance: Instance, hour: int) -> bool:
    return bool(instance.completed and instance.fresh and instance.date_completed.hour < hour)


async def test_what_is_wrong_is_not_tried_again(clickhouse: ClickHouse) -> None:
    await clickhouse.make()
    with pytest.raises(Invalid, match="ClickHouse refuses: Code"):
        await clickhouse.write("insert", ['{"instance_id": "many"}'])
    with pytest.raises(Invalid):
        await clickhouse.rows("weapons", analytics.WeaponUse, since=TEN, until=TEN)


async def test_without_clickhouse_nothing_is_analysed(db: Db) -> None:
    async with working(db, Simulated(WORLD)) as context:
        await worker.analyse(context, delivered(InstancesChangedEvent(instance_ids=(1,))))


def test_the_engine_is_started_only_when_it_is_named(tmp_path: Path) -> None:
    from genjilib.local.stack import ALL, NAMES, embedded

    assert "clickhouse" not in NAMES
    assert "clickhouse" in ALL
    [given] = embedded(tmp_path, ("clickhouse",), environ={"CLICKHOUSE_URL": "http://ch:8123/"})
    assert given.environment() == {"CLICKHOUSE_URL": "http://ch:8123/"}
