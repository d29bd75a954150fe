"""Random statements over the test schema: joins, grouping, sub-selects, set operations, writes."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

TABLES: dict[str, dict[str, str]] = {
    "team": {"id": "int", "title": "text", "region": "text", "size": "int", "motto": "text"},
    "player": {
        "id": "int",
        "name": "text",
        "nick": "text",
        "team_id": "int",
        "coach_id": "int",
        "score": "int",
        "checked": "text",
        "loud": "text",
        "quiet": "text",
    },
    "run": {"player_id": "int", "map": "text", "seconds": "int", "note": "text"},
    "loose": {"id": "int", "k": "int", "v": "text"},
    "pinned": {"id": "int", "k": "int", "v": "text"},
    "base": {"id": "int", "kind": "text"},
    "split": {"id": "int", "kind": "text", "v": "text"},
    "calm": {"id": "int", "name": "text", "nick": "text", "score": "int"},
    "pairing": {"id": "int", "name": "text", "title": "text"},
}
WRITABLE = {
    "loose": {"id": "int", "k": "int", "v": "text"},
    "pinned": {"id": "int", "k": "int", "v": "text"},
    "guarded": {"id": "int", "v": "text"},
    "team": {"id": "int", "title": "text", "region": "text", "size": "int"},
    "player": {"nick": "text", "score": "int", "team_id": "int"},
    "split": {"kind": "text", "v": "text"},
    "calm": {"nick": "text", "score": "int"},
}
COMPARISONS = ("=", "<>", "<", ">=")


@dataclass(frozen=True)
class Relation:
    """Something in FROM, and the columns it offers as `alias.column` → type."""

    sql: str
    columns: dict[str, str]


class Generator:
    """Draws statements; every choice comes from `rng`, so that a failing statement can be shrunk."""

    def __init__(self, rng: Random, major: int = 17) -> None:
        self.rng = rng
        self.major = major
        self.names = 0
        self.ctes: dict[str, dict[str, str]] = {}
        self.sides: list[tuple[Relation, Relation]] = []

    def alias(self) -> str:
        self.names += 1
        return f"q{self.names}"

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def pick(self, *options: str) -> str:
        return self.rng.choice(options)

    # expressions

    def column(self, scope: dict[str, str], kind: str) -> str | None:
        fitting = [name for name, of in scope.items() if of == kind]
        return self.rng.choice(fitting) if fitting else None

    def value(self, scope: dict[str, str], kind: str, depth: int) -> str:
        """An expression of type int or text."""
        found = self.column(scope, kind)
        if depth <= 0 or (found and self.chance(0.45)):
            return found if found and self.chance(0.85) else self.constant(kind)
        rule = self.rng.choice(
            (self.coalesce, self.case, self.case, self.arithmetic, self.scalar, self.extreme, self.element)
        )
        return rule(scope, kind, depth - 1)

    def constant(self, kind: str) -> str:
        if kind == "int":
            return self.pick("0", "1", "2", "null::int")
        return self.pick("'a'", "''", "'b'", "null::text")

    def element(self, scope: dict[str, str], kind: str, depth: int) -> str:
        one, other = self.value(scope, kind, depth), self.value(scope, kind, depth)
        number = self.pick("1", "2", "3", self.value(scope, "int", 0))
        return self.pick(
            f"(array[{one}, {other}])[{number}]",
            f"(array(select {one} union all select {other}))[{number}]",
            f"((array[{one}, {other}])[{number}:])[1]",
            f"(array_remove(array[{one}, {other}], null))[{number}]",
        )

    def coalesce(self, scope: dict[str, str], kind: str, depth: int) -> str:
        if self.sides and self.chance(0.5):
            left, right = self.rng.choice(self.sides)
            one, other = (
                self.column({n: k for n, k in side.columns.items() if n in scope}, kind)
                for side in (left, right)
            )
            if one and other:
                return f"{self.pick('coalesce', 'greatest')}({one}, {other})"
        return f"coalesce({self.value(scope, kind, depth)}, {self.value(scope, kind, depth)})"

    def extreme(self, scope: dict[str, str], kind: str, depth: int) -> str:
        name = self.pick("greatest", "least", "nullif")
        return f"{name}({self.value(scope, kind, depth)}, {self.value(scope, kind, depth)})"

    def case(self, scope: dict[str, str], kind: str, depth: int) -> str:
        branches = "".join(
            f" when {self.condition(scope, depth)} then {self.value(scope, kind, depth)}"
            for _ in range(self.rng.randint(1, 2))
        )
        default = f" else {self.value(scope, kind, depth)}" if self.chance(0.8) else ""
        return f"case{branches}{default} end"

    def arithmetic(self, scope: dict[str, str], kind: str, depth: int) -> str:
        one, other = self.value(scope, kind, depth), self.value(scope, kind, depth)
        if kind == "int":
            return self.pick(
                f"({one} + {other})", f"abs({one})", f"add_one({one})", f"-({one})", f"plain({one})"
            )
        return self.pick(
            f"({one} || {other})", f"upper({one})", f"concat({one}, {other})", f"substring({one}, 'a')"
        )

    def scalar(self, scope: dict[str, str], kind: str, depth: int) -> str:
        if self.chance(0.25):
            return self.looked_up(scope, kind)
        relation = self.relation(depth - 1, {})
        inner = {**scope, **relation.columns}
        where = f" where {self.condition(inner, depth)}" if self.chance(0.6) else ""
        output = self.value(inner, kind, 0)
        if self.chance(0.5):
            output = f"{self.pick('max', 'min')}({output})"
            return f"(select {output} from {relation.sql}{where})"
        if self.chance(0.2) and kind == "int":
            return f"(select count(*)::int from {relation.sql}{where})"
        return f"(select {output} from {relation.sql}{where} limit 1)"

    def looked_up(self, scope: dict[str, str], kind: str) -> str:
        """A row found by a key, which may be there for every row of the query around it."""
        name, table = self.alias(), self.pick("team", "player")
        keys = [each for each in scope if each.endswith(("coach_id", "team_id", ".id"))]
        key = self.rng.choice(keys) if keys else self.constant("int")
        column = {"int": "id", "text": "title" if table == "team" else "name"}[kind]
        output = self.pick(f"{name}.{column}", f"max({name}.{column})", f"coalesce({name}.{column}, null)")
        limit = self.pick("", "", " limit 1", " offset 1")
        return f"(select {output} from {table} {name} where {name}.id = {key}{limit})"

    def condition(self, scope: dict[str, str], depth: int) -> str:
        """An expression of type boolean."""
        kind = self.pick("int", "text")
        one = self.value(scope, kind, min(depth, 1))
        if depth > 0 and self.chance(0.35):
            parts = (self.condition(scope, depth - 1), self.condition(scope, depth - 1))
            return self.pick(
                f"({parts[0]} and {parts[1]})", f"({parts[0]} or {parts[1]})", f"not ({parts[0]})"
            )
        if depth > 0 and self.chance(0.15):
            test = self.pick("", "not ") + self.pick("true", "false", "unknown")
            return f"({self.condition(scope, depth - 1)}) is {test}"
        if depth > 0 and self.chance(0.2):
            return self.quantified(scope, one, kind, depth)
        other = self.value(scope, kind, min(depth, 1))
        return self.pick(
            f"{one} {self.pick(*COMPARISONS)} {other}",
            f"{one} {self.pick(*COMPARISONS)} {other}",
            f"{one} is {self.pick('', 'not ')}null",
            f"{one} is {self.pick('', 'not ')}distinct from {other}",
            f"{one} in ({other}, {self.constant(kind)})",
            f"{one} not in ({other}, {self.constant(kind)})",
            f"coalesce({one} = {other}, false)",
            f"({one}, {other}) is {self.pick('', 'not ')}null",
        )

    def quantified(self, scope: dict[str, str], one: str, kind: str, depth: int) -> str:
        relation = self.relation(depth - 1, {})
        inner = {**scope, **relation.columns}
        where = f" where {self.condition(inner, depth - 1)}" if self.chance(0.6) else ""
        select = f"(select {self.value(inner, kind, 0)} from {relation.sql}{where})"
        return self.pick(
            f"exists {select}",
            f"not exists {select}",
            f"{one} in {select}",
            f"{one} not in {select}",
            f"{one} >= all {select}",
        )

    # FROM

    def relation(self, depth: int, lateral: dict[str, str]) -> Relation:
        if depth > 0 and self.chance(0.55):
            return self.join(depth, lateral)
        if depth > 0 and self.chance(0.4):
            return self.derived(depth - 1, lateral)
        return self.source()

    def source(self) -> Relation:
        name = self.alias()
        if self.ctes and self.chance(0.4):
            cte = self.rng.choice(sorted(self.ctes))
            return Relation(
                f"{cte} {name}", {f"{name}.{column}": kind for column, kind in self.ctes[cte].items()}
            )
        if self.chance(0.1):
            rows = ", ".join(
                f"({self.constant('int')}, {self.constant('text')})" for _ in range(self.rng.randint(1, 2))
            )
            return Relation(f"(values {rows}) {name}(x, y)", {f"{name}.x": "int", f"{name}.y": "text"})
        if self.chance(0.08):
            call = self.pick(
                *("generate_series(1, 2)", "generate_series(2, 1)", "teams_over(0)"),
                *("unnest(array[1, 2], array['a'])", "unnest(array[1], array['a', 'b'])"),
                *("unnest(array[1, null])", "add_one(1)"),
            )
            two = call.startswith(("teams", "unnest(array[1, 2]", "unnest(array[1],"))
            columns = {f"{name}.x": "int", **({f"{name}.y": "text"} if two else {})}
            return Relation(f"{call} {name}{'(x, y)' if two else '(x)'}", columns)
        table = self.rng.choice(sorted(TABLES))
        return Relation(
            f"{table} {name}", {f"{name}.{column}": kind for column, kind in TABLES[table].items()}
        )

    def derived(self, depth: int, lateral: dict[str, str]) -> Relation:
        sql, kinds = self.query(depth, lateral)
        name = self.alias()
        names = [f"c{number}" for number in range(len(kinds))]
        word = "lateral " if lateral else ""
        columns = {f"{name}.{column}": kind for column, kind in zip(names, kinds, strict=True)}
        return Relation(f"{word}({sql}) {name}({', '.join(names)})", columns)

    def join(self, depth: int, lateral: dict[str, str]) -> Relation:
        left = self.relation(depth - 1, lateral)
        word = self.pick("join", "left join", "left join", "right join", "full join", "cross join")
        seen = (
            {**lateral, **left.columns}
            if word in ("join", "left join", "cross join") and self.chance(0.3)
            else {}
        )
        right = self.relation(depth - 1, seen)
        columns = {**left.columns, **right.columns}
        if word == "cross join":
            return Relation(f"({left.sql} cross join {right.sql})", columns)
        if word == "full join":
            self.sides.append((left, right))
        condition = (
            self.mergeable(left, right) if word == "full join" else self.on(left, right, columns, depth)
        )
        return Relation(f"({left.sql} {word} {right.sql} on {condition})", columns)

    def on(self, left: Relation, right: Relation, columns: dict[str, str], depth: int) -> str:
        if self.chance(0.1):
            return "true"
        return self.mergeable(left, right) if self.chance(0.6) else self.condition(columns, depth - 1)

    def mergeable(self, left: Relation, right: Relation) -> str:
        """An equality, which a full join needs; often along a foreign key."""
        kind = self.pick("int", "text")
        one, other = self.column(left.columns, kind), self.column(right.columns, kind)
        return f"{one} = {other}" if one and other else "true"

    # queries

    def query(self, depth: int, outer: dict[str, str]) -> tuple[str, list[str]]:
        if depth > 0 and self.chance(0.2):
            return self.set_operation(depth, outer)
        relation = self.relation(depth, outer)
        scope = {**outer, **relation.columns}
        where = f" where {self.condition(scope, 2)}" if self.chance(0.6) else ""
        if self.chance(0.3):
            return self.grouped(relation, scope, where, depth)
        kinds = [self.pick("int", "text") for _ in range(self.rng.randint(1, 4))]
        outputs = [
            self.window(scope, kind) if self.chance(0.12) else self.value(scope, kind, 2) for kind in kinds
        ]
        limit = self.pick("", "", "", " limit 1", " limit 2 offset 1")
        distinct = "distinct " if self.chance(0.1) else ""
        return f"select {distinct}{', '.join(outputs)} from {relation.sql}{where}{limit}", kinds

    def window(self, scope: dict[str, str], kind: str) -> str:
        value, order = self.value(scope, kind, 1), self.value(scope, "int", 0)
        frame = self.pick(
            "",
            "",
            "rows between 1 preceding and 1 preceding",
            "rows between current row and 1 following",
            "rows unbounded preceding exclude current row",
        )
        call = self.pick(
            f"lag({value})",
            f"lag({value}, 1, {self.constant(kind)})",
            f"max({value})",
            f"first_value({value})",
            f"max({value}) filter (where {self.condition(scope, 0)})",
        )
        return f"{call} over (partition by {self.value(scope, kind, 0)} order by {order} {frame})"

    def grouped(
        self, relation: Relation, scope: dict[str, str], where: str, depth: int
    ) -> tuple[str, list[str]]:
        keys = [name for name in scope if name in relation.columns and self.chance(0.3)][:2]
        visible = {name: scope[name] for name in keys}
        kinds = [self.pick("int", "text") for _ in range(self.rng.randint(1, 3))]
        outputs = [
            self.aggregate(scope, kind) if self.chance(0.5) or not visible else self.value(visible, kind, 1)
            for kind in kinds
        ]
        group = f" group by {self.grouping(keys)}" if keys else ""
        having = f" having {self.condition(visible, 1)}" if keys and self.chance(0.3) else ""
        if keys and self.chance(0.3):
            key, test = self.rng.choice(keys), self.pick("= 0", "= 1", "<> 1", "<> 0")
            if self.chance(0.5):
                other = self.constant(visible[key])
                outputs.append(f"case when grouping({key}) {test} then {key} else {other} end")
                kinds.append(visible[key])
            else:
                having = f" having grouping({', '.join(keys)}) {test}"
        if not having and self.chance(0.3):
            number = self.pick("0", "1", "-1")
            compared = (
                f"{self.pick('count(*)', self.aggregate(scope, 'int'))} {self.pick(*COMPARISONS)} {number}"
            )
            having = f" having {self.pick(compared, f'not {compared}', f'{compared} and true')}"
        if not keys and not any("(" in output for output in outputs):
            outputs.append("count(*)::int")
            kinds.append("int")
        return f"select {', '.join(outputs)} from {relation.sql}{where}{group}{having}", kinds

    def grouping(self, keys: list[str]) -> str:
        listed = ", ".join(keys)
        last = f"{keys[0]}, rollup ({keys[1]})" if len(keys) == 2 else f"grouping sets (({keys[0]}), ())"
        return self.pick(listed, listed, listed, f"rollup ({listed})", f"cube ({listed})", last)

    def aggregate(self, scope: dict[str, str], kind: str) -> str:
        value = self.value(scope, kind, 1)
        calls = [f"max({value})", f"min({value})", f"max({value}) filter (where {self.condition(scope, 0)})"]
        calls.append(f"(array_agg({value}))[{self.pick('1', '2')}]")
        if kind == "int":
            calls += ["count(*)::int", f"sum({value})::int", f"count({value})::int"]
        else:
            calls.append(f"string_agg({value}, ',')")
        return self.pick(*calls)

    def set_operation(self, depth: int, outer: dict[str, str]) -> tuple[str, list[str]]:
        one, kinds = self.query(depth - 1, outer)
        relation = self.relation(depth - 1, {})
        scope = {**outer, **relation.columns}
        where = f" where {self.condition(scope, 1)}" if self.chance(0.5) else ""
        other = f"select {', '.join(self.value(scope, kind, 1) for kind in kinds)} from {relation.sql}{where}"
        operation = self.pick("union", "union all", "intersect", "intersect all", "except", "except all")
        sides = (f"({one})", f"({other})") if self.chance(0.5) else (f"({other})", f"({one})")
        return f"{sides[0]} {operation} {sides[1]}", kinds

    def statement(self) -> str:
        """A whole statement, which returns rows."""
        head = ""
        if self.chance(0.25):
            sql, kinds = self.write() if self.chance(0.3) else self.query(2, {})
            head = f"with w as {self.pick('', 'materialized ')}({sql}) "
            if kinds:
                names = [f"c{number}" for number in range(len(kinds))]
                head = head.replace("with w", f"with w({', '.join(names)})", 1)
                self.ctes["w"] = dict(zip(names, kinds, strict=True))
        elif self.chance(0.1):
            head = self.recursive()
        sql, _ = self.write() if self.chance(0.2) else self.query(3, {})
        return head + sql

    def recursive(self) -> str:
        first, again = self.value({}, "text", 1), self.value({"w.s": "text", "w.n": "int"}, "text", 1)
        self.ctes["w"] = {"n": "int", "s": "text"}
        where = f" and {self.condition({'w.s': 'text', 'w.n': 'int'}, 0)}" if self.chance(0.5) else ""
        step = f"select w.n + 1, {again} from w where w.n < 4{where}"
        return f"with recursive w(n, s) as (select 1, {first} union all {step}) "

    # writes

    def write(self) -> tuple[str, list[str]]:
        table = self.rng.choice(sorted(WRITABLE))
        columns = WRITABLE[table]
        rules = [self.update, self.update, self.delete]
        if "id" in columns and table != "player":
            rules.append(self.insert)
            if self.major >= 17:
                rules.append(self.merge)
        return self.rng.choice(rules)(table, columns)

    def returning(self, scope: dict[str, str]) -> tuple[str, list[str]]:
        kinds = [self.pick("int", "text") for _ in range(self.rng.randint(1, 3))]
        outputs = [self.value(scope, kind, 1) for kind in kinds]
        return f" returning {', '.join(outputs)}", kinds

    def seen(self, table: str, alias: str) -> dict[str, str]:
        return {
            f"{alias}.{column}": kind for column, kind in {**TABLES.get(table, {}), **WRITABLE[table]}.items()
        }

    def update(self, table: str, columns: dict[str, str]) -> tuple[str, list[str]]:
        mine = self.seen(table, "t")
        other = self.relation(1, {}) if self.chance(0.4) else None
        scope = {**mine, **(other.columns if other else {})}
        changed = [column for column in columns if column != "id" and self.chance(0.6)][:2] or [
            list(columns)[-1]
        ]
        sets = ", ".join(f"{column} = {self.value(scope, columns[column], 1)}" for column in changed)
        source = f" from {other.sql}" if other else ""
        where = f" where {self.condition(scope, 1)}" if self.chance(0.7) else ""
        returning, kinds = self.returning(scope)
        return f"update {table} t set {sets}{source}{where}{returning}", kinds

    def delete(self, table: str, columns: dict[str, str]) -> tuple[str, list[str]]:
        del columns
        scope = self.seen(table, "t")
        returning, kinds = self.returning(scope)
        return f"delete from {table} t where {self.condition(scope, 1)}{returning}", kinds

    def insert(self, table: str, columns: dict[str, str]) -> tuple[str, list[str]]:
        given = [column for column in columns if column == "id" or self.chance(0.7)]
        if self.chance(0.5):
            cells = [self.cell(column, columns[column]) for column in given]
            source = f"values ({', '.join(cells)})"
            if self.chance(0.3):
                source += f", ({', '.join(self.cell(column, columns[column]) for column in given)})"
        else:
            relation = self.relation(1, {})
            values = [self.value(relation.columns, columns[column], 1) for column in given]
            source = f"select {', '.join(values)} from {relation.sql}"
        conflict = self.conflict(table, columns)
        returning, kinds = self.returning(self.seen(table, "t"))
        return f"insert into {table} as t ({', '.join(given)}) {source}{conflict}{returning}", kinds

    def cell(self, column: str, kind: str) -> str:
        if column == "id":
            return str(self.rng.randint(0, 40))
        return self.pick("default", self.value({}, kind, 1), self.constant(kind))

    def conflict(self, table: str, columns: dict[str, str]) -> str:
        if table not in ("team", "guarded") or self.chance(0.3):
            return " on conflict do nothing" if self.chance(0.2) and table != "calm" else ""
        scope = {**self.seen(table, "t"), **self.seen(table, "excluded")}
        scope.pop("excluded.motto", None)
        column = self.rng.choice([name for name in columns if name != "id"])
        where = f" where {self.condition(scope, 1)}" if self.chance(0.3) else ""
        return f" on conflict (id) do update set {column} = {self.value(scope, columns[column], 1)}{where}"

    def merge(self, table: str, columns: dict[str, str]) -> tuple[str, list[str]]:
        source = self.relation(1, {})
        mine = self.seen(table, "t")
        key = self.column(source.columns, "int") or "0"
        column = self.rng.choice([name for name in columns if name != "id"])
        scope = {**mine, **source.columns}
        actions = [
            f" when matched then update set {column} = {self.value(scope, columns[column], 1)}",
            " when matched then delete",
            f" when not matched then insert (id, {column}) values ({self.rng.randint(0, 90)}, "
            f"{self.value(source.columns, columns[column], 1)})",
            " when not matched by source then delete",
        ]
        chosen = [action for action in actions if self.chance(0.5)] or actions[:1]
        returning, kinds = self.returning(scope)
        return f"merge into {table} t using {source.sql} on t.id = {key}{''.join(chosen)}{returning}", kinds
