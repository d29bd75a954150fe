"""The schema of the nullability tests, and rows for it: ordinary, extreme, sparse and none at all."""

import random

DATA_SETS = 8

SCHEMA = """
create domain label as text not null;
create domain short as text check (length(value) < 100);
create type mood as enum ('calm', 'wild');
create type pair as (x int, y text);
create table team (id int primary key, title text not null, region text, size int, motto label default 'go');
create table player (
    id int primary key, name text not null unique, nick text, team_id int references team,
    coach_id int not null references team, score int, joined timestamptz not null default now(), mood mood,
    tags text[] not null default '{}', extra jsonb not null default '{}', price numeric,
    checked text check (checked is not null),
    loud text generated always as (upper(name)) stored, quiet text generated always as (lower(nick)) stored);
create table run (
    player_id int not null references player, map text not null, seconds int, note short,
    primary key (player_id, map));
create table loose (id int, k int, v text);
create table pinned (id int not null, k int not null, v text not null);
create table deferred (
    id int primary key, team_id int not null references team deferrable initially deferred);
create table base (id int not null, kind text not null);
create table heir (extra int) inherits (base);
create table split (id int not null, kind text not null, v text) partition by list (id);
create table split_rest partition of split default;
create table guarded (id int primary key, v text);
create function guard() returns trigger language plpgsql as $$ begin new.v := null; return new; end $$;
create trigger guard before insert or update on guarded for each row execute function guard();
create table ruled (id int primary key, v text not null);
create rule ruled_insert as on insert to ruled do instead select null::int, null::text;
create view calm as select id, name, nick, score from player where score is not null;
create view pairing as select p.id, p.name, t.title from player p left join team t on t.id = p.team_id;
create materialized view stored_view as select id, name from player;
create function add_one(x int) returns int language sql begin atomic select x + 1; end;
create function find_team(x int) returns int language sql begin atomic select id from team where id = x; end;
create function strict_null(x int) returns int language sql strict immutable as 'select null::int';
create function pick(x int, y int default 1) returns int language sql begin atomic select y; end;
create function nothing() returns void language sql begin atomic select 1; end;
create function plain(x int) returns int language plpgsql as 'begin return x; end';
create function teams_over(x int) returns table (id int, region text)
    language sql begin atomic select t.id, t.region from team t where t.size > x; end;
create function endless(x int) returns int language sql as 'select 1';
"""


_EXTRAS = ("'{}'", """'{"a": null}'""", """'{"a": 1}'""", "'null'", "'[1, null]'")
_PLAYER = (
    "insert into player (id, name, nick, team_id, coach_id, score, joined, mood, tags, extra, price, checked)"
)
_CORNERS = """
insert into team values (3, 'a', 'a', null), (4, 'b', null, 1), (5, 'Zed', null, null);
insert into player (id, name, coach_id, score, checked)
    values (10, 'n10', 0, 1, 'c'), (11, 'n11', 1, null, 'c');
"""
_PAST_ITS_TRIGGER = """
alter table guarded disable trigger guard;
insert into guarded values (1, 'x');
alter table guarded enable trigger guard;
"""


class _Values:
    """Random SQL literals, of which a share is null."""

    def __init__(self, seed: int, absent: float) -> None:
        self.rng = random.Random(seed)
        self.absent = absent

    def maybe(self, value: str) -> str:
        return "null" if self.rng.random() < self.absent else value

    def word(self) -> str:
        return self.rng.choice(("''", "'a'", "'b'", "'Zed'"))

    def digit(self, below: int) -> str:
        return self.maybe(str(self.rng.randrange(below)))


def rows_of(number: int) -> str:
    """Rows of one data set: the first is full, the second empty, the others are random and ever sparser."""
    if number == 1:
        return "select 1"
    values = _Values(number, 0.0 if number == 0 else 0.15 * number)
    rng, maybe, word, digit = values.rng, values.maybe, values.word, values.digit
    lines = [f"insert into team values ({i}, {word()}, {maybe(word())}, {digit(4)})" for i in range(3)]
    for i in range(rng.randint(1, 5)):
        moment = rng.choice(("'2024-02-29'", "'infinity'", "'-infinity'"))
        tags, extra = rng.choice(("'{}'", "'{a}'", "'{a,NULL}'")), rng.choice(_EXTRAS)
        cells = (f"'n{i}'", maybe(word()), digit(3), str(rng.randint(0, 2)), digit(3), moment)
        rest = (maybe("'calm'"), tags, extra, maybe("1.5"), "'c'")
        lines.append(f"{_PLAYER} values ({i}, {', '.join(cells)}, {', '.join(rest)})")
        names = ("x", "y")[: rng.randint(0, 2) if number != 3 else 0]
        lines += [f"insert into run values ({i}, '{name}', {digit(4)}, {maybe(word())})" for name in names]
    for i in range(rng.randint(0, 4)):
        lines.append(f"insert into loose values ({maybe(str(i))}, {digit(3)}, {maybe(word())})")
        lines.append(f"insert into pinned values ({i}, {rng.randint(0, 2)}, {word()})")
        lines.append(f"insert into base values ({i}, {word()})")
        lines.append(f"insert into split values ({i}, {word()}, {maybe(word())})")
        lines.append(f"insert into heir values ({i}, {word()}, {maybe('1')})")
    lines += [_CORNERS] if number > 1 else []
    lines += [_PAST_ITS_TRIGGER] if number % 2 == 0 else []
    return ";\n".join(lines)
