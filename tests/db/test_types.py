"""A project of its own with every kind of type: checked, generated, imported and called."""

import importlib
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import psycopg
import pytest
from msgspec.structs import astuple
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from genjilib.core.json import encode, schema_of
from genjilib.db import Db
from genjilib.db.build import Outcome, Project, build
from tests.db.statements import open_db
from tests.support import Clones

SCHEMA = """
create schema s;
create domain s.email as text check (value like '%@%');
create domain s.positive as int check (value > 0);
create domain s.rank as s.positive;
create type s.mood as enum ('happy', 'sad''s');
create domain s.feeling as s.mood;
create type s.address as (street text, zip int, tags text[], since timestamptz, mood s.feeling);
create table s.person (
    id int primary key, email s.email not null, rank s.rank, emails s.email[], mood s.feeling not null,
    home s.address, homes s.address[] not null default '{}', score numeric not null,
    active tstzrange, seats int4range not null, slots nummultirange, days daterange, lasts interval
);
create table s.pet (id int primary key, person_id int not null, name text not null, born date);
"""
FILES = {
    "add": """
-- writes: s.person
insert into s.person (id, email, rank, emails, mood, home, homes, score, active, seats, slots, days)
values (:id, :email, :rank, :emails, :mood, row(:street, 1, array['a', null], :since, 'happy')::s.address,
    array[row(:street, null, null, null, null)::s.address, null], :score, :active, :seats, :slots, :days)
""",
    "domains": "select p.email, p.rank, p.emails, p.mood from s.person as p where p.email = :email",
    "ranges": "select p.active, p.seats, p.slots, p.days from s.person as p where p.seats && :seats",
    "composites": "select p.home, p.homes, (p.homes)[1] as first from s.person as p where p.id = :id",
    "move": """
-- writes: s.person
-- null: home
update s.person set home = :home, homes = :homes where id = :id
""",
    "add_pets": """
-- writes: s.pet
insert into s.pet (id, person_id, name, born)
select p.id, p.person_id, p.name, p.born from unnest(:pets::s.pet[]) as p
""",
    "people": """
select p.id, p as person, p.lasts, p.active, p.slots, array[p.days, null] as days, p.homes,
    (select array_agg(t order by t.name) from s.pet as t where t.person_id = p.id) as pets,
    json_build_object('at', p.active, 'since', (select max(h.since)::timestamp from unnest(p.homes) as h),
        'ats', array[null, '2026-01-02 03:04:05.5+00'::timestamptz]) as j
from s.person as p order by p.id
""",
    "seen": """
select array_agg(x order by x.n) as seen
from (select 'a' as name, now() as at, 1.5 as n union all select null, null, 2e30) as x
""",
    "as_json": "select to_json(p) as person from s.person as p",
    "with_pet": """
select p.id, t as pet, x as derived
from s.person as p left join s.pet as t on t.person_id = p.id
left join (
    select t.person_id, t.born, p.home, json_build_object('n', p.score) as j
    from s.pet as t join s.person as p on p.id = t.person_id
) as x on x.person_id = p.id
order by p.id
""",
    "with_pets": """
select p.id, array_agg(t order by t.id) as pets
from s.person as p join s.pet as t on t.person_id = p.id group by p.id
""",
}


@pytest.fixture(scope="module")
def url(clones: Clones) -> Iterator[str]:
    """A database of this module."""
    url = clones.take()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SCHEMA)
    yield url
    clones.give_back(url)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("types") / "kinds"
    sql = folder / "sql"
    (sql / "queries/t").mkdir(parents=True)
    (sql / "schema.sql").write_text(SCHEMA)
    for name, text in FILES.items():
        (sql / f"queries/t/{name}.sql").write_text(f"-- Do something.\n{text.strip()}\n")
    return Project(sql / "queries", folder / "queries", sql / "schema.sql", folder / "signatures.json")


@pytest.fixture(scope="module")
def made(project: Project, url: str) -> Iterator[Any]:
    """The generated module."""
    outcome = build(project, lambda: nullcontext(url))
    assert [str(error) for error in outcome.errors] == []
    write(outcome)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(project.modules.parent.parent)
        yield importlib.import_module("kinds.queries.t")
    for name in [name for name in sys.modules if name.partition(".")[0] == "kinds"]:
        del sys.modules[name]


def write(outcome: Outcome) -> None:
    for path, text in outcome.texts.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


@pytest.fixture
async def db(url: str) -> AsyncIterator[Db]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("truncate s.person, s.pet")
        connection.execute("insert into s.pet values (1, 1, 'rex', '2020-01-01')")
    async with open_db(url) as opened:
        yield opened


NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SEATS, SLOTS = Range(1, 5), Multirange([Range(Decimal("0.5"), Decimal(2)), Range(Decimal(3), None)])
ADA = {
    "email": "ada@x",
    "rank": 3,
    "emails": ["a@b", '"@,\\'],
    "mood": "sad's",
    "street": 'S,"t(',
    "since": NOW,
    "score": Decimal("1.50"),
    "active": Range(NOW, None, "(]"),
    "seats": SEATS,
    "slots": SLOTS,
    "days": Range(None, date(2026, 1, 2)),
}
BOB = ADA | {"email": "bob@x", "rank": None, "emails": None, "active": None, "slots": None, "days": None}


async def test_every_kind_of_type_goes_in_and_comes_out(db: Db, made: Any) -> None:
    await made.add(db, id=1, **ADA)
    await made.add(db, id=2, **BOB | {"seats": Range(empty=True)})
    assert astuple((await made.domains(db, email="ada@x"))[0]) == ("ada@x", 3, ADA["emails"], "sad's")
    assert astuple((await made.domains(db, email="bob@x"))[0]) == ("bob@x", None, None, "sad's")
    assert [astuple(row) for row in await made.ranges(db, seats=Range(2, 3, "[]"))] == [
        (Range(NOW, None, "()"), SEATS, SLOTS, ADA["days"])
    ]
    home = made.CompositesHome('S,"t(', 1, ["a", None], NOW, "happy")
    first = made.CompositesHomes('S,"t(', None, None, None, None)
    found = await made.composites(db, id=1)
    assert found == made.CompositesRow(home, [first, None], made.CompositesFirst(*astuple(first)))
    person = (await made.as_json(db))[0].person
    assert (person.email, person.rank, person.seats) == ("ada@x", 3, "[1,5)")
    assert person.home == made.AsJsonPersonHome(*astuple(home))


async def test_a_row_of_an_outer_join_is_a_struct_or_none(db: Db, made: Any) -> None:
    await made.add(db, id=1, **ADA)
    await made.add(db, id=2, **BOB)
    home = made.WithPetDerivedHome('S,"t(', 1, ["a", None], NOW, "happy")
    born = date(2020, 1, 1)
    assert await made.with_pet(db) == [
        made.WithPetRow(
            1,
            made.WithPetPet(1, 1, "rex", born),
            made.WithPetDerived(1, born, home, made.WithPetDerivedJ(1.5)),
        ),
        made.WithPetRow(2, None, None),
    ]
    assert await made.with_pets(db) == [made.WithPetsRow(1, [made.WithPetsPets(1, 1, "rex", born)])]


async def test_rows_go_in_as_structs(db: Db, made: Any) -> None:
    await made.add(db, id=1, **ADA)
    home = made.MoveGivenHome('S,"t(\\', None, ["", None, "a,b"], NOW, "sad's")
    homes = [made.MoveGivenHomes(None, None, None, None, None), None, made.MoveGivenHomes(*astuple(home))]
    assert await made.move(db, id=1, home=home, homes=homes) == 1
    found = await made.composites(db, id=1)
    assert astuple(found.home) == astuple(home)
    assert [one and astuple(one) for one in found.homes] == [one and astuple(one) for one in homes]
    assert await made.move(db, id=1, home=None, homes=[]) == 1
    assert astuple(await made.composites(db, id=1)) == (None, [], None)
    pets = [
        made.AddPetsGivenPets(id, 1, f'"{id}"', None if id % 2 else date(2026, 1, id)) for id in range(2, 9)
    ]
    assert await made.add_pets(db, pets=pets) == 7
    assert [astuple(pet) for pet in (await made.with_pets(db))[0].pets[1:]] == [astuple(pet) for pet in pets]


async def test_what_is_inside_is_written_as_the_structs_are(db: Db, made: Any, url: str) -> None:
    await made.add(db, id=1, **ADA)
    await made.add(db, id=2, **BOB | {"seats": Range(empty=True), "score": Decimal("1E-9")})
    with psycopg.connect(url) as connection:
        connection.execute("update s.person set home = row(null, null, null, null, null) where id = 2")
        connection.execute("update s.person set lasts = '-1 year -2 mons 26:03:04.05' where id = 1")
    async with db.transaction() as tx:
        for query, given in (
            *((query, {}) for query in (made.people, made.seen, made.with_pet, made.with_pets, made.as_json)),
            *((made.composites, {"id": id}) for id in (1, 2, 3)),
            *((made.ranges, {"seats": seats}) for seats in (Range(2, 3), Range(9, None))),
        ):
            rows, written = await query(tx, **given), await query.json(tx, **given)
            assert json.loads(written) == json.loads(encode(rows)), query.name
    seen = json.loads(await made.people.json(db))
    assert (seen[0]["lasts"], seen[1]["lasts"]) == ("-P423DT79015.95S", None)
    assert seen[0]["active"] == {"lower": "2026-01-02T03:04:05Z", "upper": None, "bounds": "()"}
    assert seen[1]["person"]["seats"] == {"lower": None, "upper": None, "bounds": ""}


def test_a_range_has_a_schema(made: Any) -> None:
    (_,), named = msgspec.json.schema_components([made.RangesRow], schema_hook=schema_of)
    properties, parts = named["RangesRow"]["properties"], ["lower", "upper", "bounds"]
    assert properties["seats"]["required"] == parts
    assert {"type": "array", "items": properties["seats"]} in properties["slots"]["anyOf"]


def test_the_classes_say_what_may_be_null(made: Any) -> None:
    kinds = {name: kind.__annotations__ for name, kind in vars(made).items() if name.endswith(("Row", "Pet"))}
    assert kinds["WithPetPet"] == {"id": int, "person_id": int, "name": str, "born": date | None}
    assert kinds["WithPetRow"]["pet"] == made.WithPetPet | None
    assert kinds["CompositesRow"] == {
        "home": made.CompositesHome | None,
        "homes": list[made.CompositesHomes | None],
        "first": made.CompositesFirst | None,
    }
    assert kinds["WithPetsRow"]["pets"] == list[made.WithPetsPets]
