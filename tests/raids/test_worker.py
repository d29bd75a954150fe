"""What the worker asks of Bungie and writes: players, histories, classes, clans and reports."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import aiohttp
import msgspec
import psycopg
import pytest

from genjilib.broker.envelope import Message, Received
from genjilib.broker.handler import Delivery
from genjilib.core.clock import now
from genjilib.core.errors import Unavailable
from genjilib.core.events import Event
from genjilib.db import Db
from genjilib.local.bungie.reports import Entry, Played
from genjilib.local.bungie.server import Bungie as Simulated
from genjilib.local.bungie.server import serving
from genjilib.raids import crawl, gates, rules, worker
from genjilib.raids.alerts import Alerts
from genjilib.raids.bungie import Bungie
from genjilib.raids.crawl import Findings
from genjilib.raids.gates import Gates
from genjilib.raids.store import Report, compress, store
from genjilib.raids.types import (
    ClanWantedEvent,
    ClassMissingEvent,
    HistoryWantedEvent,
    PlayerWantedEvent,
    ReportBlockedEvent,
    ReportFoundEvent,
    ReportWantedEvent,
)
from tests.raids.test_bungie import settings_for
from tests.raids.test_crawler import WORLD, ids, missed, stored
from tests.raids.test_pgcr import LATER
from tests.raids.test_store import read, rows

HANDLERS = {handler.event: handler for handler in worker.handlers}
PERSON = next(one for one in WORLD.persons if not one.private and len(one.characters) > 1)
PRIVATE = next(one for one in WORLD.persons if one.private)


@asynccontextmanager
async def working(db: Db, simulated: Simulated) -> AsyncIterator[worker.Context]:
    """What the handlers of a worker have that asks this Bungie."""
    async with (
        serving(simulated) as url,
        Bungie.open(settings := settings_for(url), db) as bungie,
        aiohttp.ClientSession() as http,
    ):
        gates = Gates(bungie)
        await gates.look()
        simulated.busiest = 0
        yield worker.Context(db, bungie, gates, Alerts(settings, http), None)


@pytest.fixture
async def simulated() -> Simulated:
    return Simulated(WORLD)


@pytest.fixture
async def context(db: Db, simulated: Simulated) -> AsyncIterator[worker.Context]:
    async with working(db, simulated) as context:
        yield context


def delivered(event: Event, hours: float = 0) -> Delivery[Any]:
    message = Message(
        message_id=uuid4(), queue=event.queue, body=b"{}", created_at=now() - timedelta(hours=hours)
    )
    return Delivery(event, message, cast("Received", None))


async def handle(context: worker.Context, *events: Event) -> list[Any]:
    """Do with events what the lane of their queue does; return what was prepared."""
    handler, deliveries = HANDLERS[type(events[0])], [delivered(event) for event in events]
    prepared: Sequence[Any] = [None] * len(events)
    if handler.prepare is not None:
        prepared = [await handler.prepare(context, delivery) for delivery in deliveries]
    assert handler.apply is not None
    async with context.db.transaction() as tx:
        await handler.apply(tx, deliveries, cast("Any", prepared))
    return list(prepared)


def emitted(url: str, event: type[Event]) -> list[dict[str, Any]]:
    found = cast(
        "list[tuple[str, Any]]", rows(url, "select queue, body from messages.outbox order by position")
    )
    return [body for queue, body in found if queue == event.queue]


def player(url: str, membership_id: int, columns: str) -> tuple[Any, ...]:
    [row] = rows(url, f"select {columns} from core.player where membership_id = {membership_id}")
    return row


def change(url: str, statement: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement.encode())


def known(person: Any = PERSON, membership_type: int | None = None) -> Report:
    """An instance of long ago that makes somebody known."""
    kind = person.membership_type if membership_type is None else membership_type
    entry = Entry(person.membership_id, person.characters[0][0], membership_type=kind, class_hash=0)
    return read(Played(1, LATER - timedelta(days=2000), [entry], phase=0))


async def test_new_faces_are_asked_about_once(db: Db, database_url: str) -> None:
    entries = [Entry(5, 50, membership_type=0, class_hash=0), Entry(6, 60), Entry(7, 70, completed=False)]
    again = [Entry(5, 50, membership_type=0, class_hash=0), Entry(6, 60)]
    await store(db, [read(Played(1, LATER, entries)), read(Played(2, LATER + timedelta(days=1), again))])
    assert emitted(database_url, PlayerWantedEvent) == [{"membership_id": 5}, {"membership_id": 6}]
    assert emitted(database_url, ClassMissingEvent) == [{"membership_id": 5, "character_id": 50}]


@pytest.mark.parametrize("platform", [0, PERSON.membership_type])
async def test_a_player_is_asked_about(context: worker.Context, database_url: str, platform: int) -> None:
    await store(context.db, [known(membership_type=platform)])
    await handle(context, PlayerWantedEvent(membership_id=PERSON.membership_id))
    last_seen, last = max(
        (start, c) for c, _ in PERSON.characters for _, start, _ in WORLD.histories.get(c, ())
    )
    assert player(
        database_url,
        PERSON.membership_id,
        "membership_type, bungie_name, last_seen, is_private, last_crawled > now() - interval '1 minute'",
    ) == (PERSON.membership_type, f"{PERSON.name}#{PERSON.code:04}", last_seen, False, True)
    icon, first_seen = player(database_url, PERSON.membership_id, "icon_path, first_seen")
    assert icon == f"/common/destiny2_content/icons/{last:032x}.jpg"
    stored_at = LATER - timedelta(days=2000)
    assert first_seen == min(stored_at, *(start for _, start, _ in WORLD.histories[last]))


async def test_nobody_is_asked_about_again_within_six_hours(
    context: worker.Context, simulated: Simulated, database_url: str
) -> None:
    await store(context.db, [known()])
    change(database_url, "update core.player set last_crawled = now() - interval '5 hours'")
    event = PlayerWantedEvent(membership_id=PERSON.membership_id)
    assert await handle(context, event) == ["known"]
    assert simulated.busiest == 0
    change(database_url, "update core.player set last_crawled = now() - interval '7 hours'")
    assert await handle(context, event) != ["known"]


async def test_a_player_nobody_knows_yet_gets_a_row(context: worker.Context, database_url: str) -> None:
    await handle(context, PlayerWantedEvent(membership_id=PERSON.membership_id))
    assert player(database_url, PERSON.membership_id, "display_name, clears") == (PERSON.name, 0)


async def test_private_and_deleted_accounts_are_noted(context: worker.Context, database_url: str) -> None:
    gone = read(Played(2, LATER, [Entry(12345, 50)]))
    await store(context.db, [known(PRIVATE), gone])
    for member in (PRIVATE.membership_id, 12345):
        await handle(context, PlayerWantedEvent(membership_id=member))
    noted = "is_private, last_crawled > now() - interval '1 minute'"
    assert player(database_url, PRIVATE.membership_id, noted) == (True, True)
    assert player(database_url, 12345, noted) == (False, True)


async def test_a_history_wants_what_is_not_stored(context: worker.Context, database_url: str) -> None:
    played = {n for c, _ in PERSON.characters for n, _, mode in WORLD.histories.get(c, ()) if mode == 4}
    have = min(played)
    await store(context.db, [read(WORLD.played(have)), known()])
    event = HistoryWantedEvent(membership_id=PERSON.membership_id)
    await handle(context, event)
    wanted = [body["instance_id"] for body in emitted(database_url, ReportWantedEvent)]
    assert wanted == sorted(played - {have})
    read_at = "history_last_crawled > now() - interval '1 minute'"
    assert player(database_url, PERSON.membership_id, read_at) == (True,)
    assert await handle(context, event) == ["known"]


async def test_a_private_history_is_noted(context: worker.Context, database_url: str) -> None:
    await store(context.db, [known(PRIVATE)])
    await handle(context, HistoryWantedEvent(membership_id=PRIVATE.membership_id))
    noted = "is_private, history_last_crawled is not null"
    assert player(database_url, PRIVATE.membership_id, noted) == (True, True)


async def test_wanted_reports_are_fetched_and_then_stored(context: worker.Context, database_url: str) -> None:
    raid, other, hidden, absent = (ids(kind)[0] for kind in ("raid", "other", "restricted", "absent"))
    wanted = [ReportWantedEvent(instance_id=n) for n in (raid, other, hidden, absent)]
    await handle(context, *wanted)
    assert missed(database_url) == {hidden: "blocked", absent: "missed"}
    [body] = emitted(database_url, ReportFoundEvent)
    assert stored(database_url) == []
    report = read(WORLD.played(raid))
    event = ReportFoundEvent(instance_id=raid, report=compress(report.raw))
    assert body["instance_id"] == raid
    await handle(context, event)
    assert stored(database_url) == [raid]
    assert await handle(context, wanted[0]) == [None]


async def test_neighbours_of_what_was_missing_far_behind_are_looked_through(
    context: worker.Context, database_url: str
) -> None:
    """Ten thousand ids on either side, those that are waited for already left out."""
    newest, ranges = 30_000_000, "select first_id, last_id, next_id from crawl.gaps order by 1"
    reports = {
        n: read(Played(n, LATER, [Entry(1, 1)]))
        for n in (newest, 5_000, 500_000, 505_000, newest - 10_000_000)
    }
    await store(context.db, [reports.pop(newest)])
    events = [ReportFoundEvent(instance_id=n, report=compress(one.raw)) for n, one in reports.items()]
    for event in events:
        await handle(context, event)
    assert stored(database_url) == [*reports, newest]
    around = [(1, 15_000, 1), (490_000, 510_000, 490_000), (510_001, 515_000, 510_001)]
    assert rows(database_url, ranges) == around
    change(database_url, "delete from crawl.gaps")
    await handle(context, *events)  # what is stored was missing before
    assert rows(database_url, ranges) == []


async def test_a_class_comes_from_other_instances_or_from_bungie(
    context: worker.Context, simulated: Simulated, database_url: str
) -> None:
    character, class_hash = PERSON.characters[0]
    await store(context.db, [known()])
    event = ClassMissingEvent(membership_id=PERSON.membership_id, character_id=character)
    classes = "select class_hash from extended.instance_character order by instance_id"
    assert await handle(context, event) == [class_hash]
    assert rows(database_url, classes) == [(class_hash,)]
    told = Entry(PERSON.membership_id, character, class_hash=class_hash)
    untold = Entry(PERSON.membership_id, character, class_hash=0)
    await store(context.db, [read(Played(2, LATER, [told])), read(Played(3, LATER, [untold]))])
    simulated.busiest = 0
    await handle(context, event)
    assert rows(database_url, classes) == [(class_hash,)] * 3
    assert simulated.busiest == 0


async def test_nobody_asks_for_classes_of_a_platform_that_is_gone(
    context: worker.Context, simulated: Simulated
) -> None:
    await store(context.db, [known(membership_type=4)])
    event = ClassMissingEvent(membership_id=PERSON.membership_id, character_id=PERSON.characters[0][0])
    assert await handle(context, event) == [None]
    assert simulated.busiest == 0


async def test_a_clan_is_read_with_its_name_made_plain(
    context: worker.Context, simulated: Simulated, database_url: str
) -> None:
    group = PERSON.group_id or next(one.group_id for one in WORLD.persons if one.group_id)
    assert group is not None
    await handle(context, ClanWantedEvent(group_id=group), ClanWantedEvent(group_id=5))
    assert rows(database_url, "select group_id, name, motto, call_sign, clan_banner_data from clan.clan") == [
        (group, f"Fire & Flame {group}", "We <3 raids", f"F&{group % 100}", {"decalId": group})
    ]
    simulated.busiest = 0
    await handle(context, ClanWantedEvent(group_id=group))
    assert simulated.busiest == 0


async def test_hidden_reports_are_stored_once_they_are_shown(
    context: worker.Context, simulated: Simulated, database_url: str
) -> None:
    hidden = ids("restricted")[:2]
    await crawl.record(context.db, Findings(blocked=hidden))
    await crawl.record(context.db, Findings(blocked=hidden))
    events = [ReportBlockedEvent(instance_id=n) for n in hidden]
    assert emitted(database_url, ReportBlockedEvent) == [{"instance_id": n} for n in hidden]
    for hours, after in ((0, 60), (2, 1800), (90, 3600)):
        with pytest.raises(Unavailable) as caught:
            await worker.look(context, delivered(events[0], hours))
        assert caught.value.after == pytest.approx(after, abs=1)
    simulated.conditions.unlocked = True
    await handle(context, *events)
    assert stored(database_url) == hidden
    assert missed(database_url) == {}


@pytest.mark.parametrize(
    "event",
    [
        ReportBlockedEvent(instance_id=WORLD.first_id),
        ReportWantedEvent(instance_id=WORLD.first_id),
        PlayerWantedEvent(membership_id=PERSON.membership_id),
        HistoryWantedEvent(membership_id=PERSON.membership_id),
        ClassMissingEvent(membership_id=PERSON.membership_id, character_id=1),
        ClanWantedEvent(group_id=3_000_000),
    ],
    ids=lambda event: event.queue,
)
async def test_nobody_asks_during_maintenance(
    context: worker.Context, simulated: Simulated, event: Event
) -> None:
    await store(context.db, [known()])
    simulated.conditions.maintenance = True
    with pytest.raises(Unavailable, match="maintenance"):  # the gate does not know yet
        await handle(context, event)
    await context.gates.look()
    simulated.busiest = 0
    with pytest.raises(Unavailable, match="closed"):
        await handle(context, event)
    assert simulated.busiest == 0


async def test_histories_that_are_old_are_wanted(db: Db, database_url: str) -> None:
    teams = [read(Played(n, LATER, [Entry(n, n)])) for n in range(1, 6)]
    more = [read(Played(10 + n, LATER, [Entry(n, n)])) for n in range(1, 5)]
    await store(db, [*teams, *more])
    change(database_url, "update core.player set history_last_crawled = now() - interval '24 weeks'")
    older = "update core.player set history_last_crawled = now() - interval '26 weeks'"
    change(database_url, f"{older} where membership_id in (1, 5)")
    change(database_url, "update core.player set history_last_crawled = null where membership_id in (2, 3)")
    assert await rules.want_histories(db, n=10, among=4, weeks=25) == 3
    assert {body["membership_id"] for body in emitted(database_url, HistoryWantedEvent)} == {1, 2, 3}
    assert await rules.want_histories(db, n=2, among=4, weeks=25) == 2


async def test_gates_look_again_soon_where_bungie_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, waits = iter([Unavailable("away", after=5), ["Destiny2"], ["Groups"]]), list[float]()

    class Asked:
        async def get(self, path: str, kind: Any) -> Any:
            if isinstance(answer := next(answers), Exception):
                raise answer
            return msgspec.convert({"systems": {name: {"enabled": True} for name in answer}}, kind)

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            raise asyncio.CancelledError

    watched = Gates(cast("Bungie", Asked()))
    with pytest.raises(Unavailable):
        watched.check("Groups")
    monkeypatch.setattr(gates, "asyncio", SimpleNamespace(sleep=sleep))
    with pytest.raises(asyncio.CancelledError):
        await watched.watch()
    assert waits == [gates.AGAIN, gates.EVERY, gates.EVERY] == [5, 30, 30]
    watched.check("Groups")
    with pytest.raises(Unavailable):
        watched.check("Destiny2")
