"""What each runner may do in the database: no more than the queries that it can reach need."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from genjilib.core.errors import Invalid
from genjilib.db import scan
from genjilib.db.nullability.catalog import body_query, catalog_of
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.statement import Question, ask
from genjilib.db.statement import SQL_ROOT
from genjilib.ops.postgres import Target
from genjilib.ops.reach import RUNNERS, queries_of

FILE: Final = SQL_ROOT / "roles.sql"
ROLES: Final = {name: f"genji_{name}" for name in (*RUNNERS, "backup", "monitor")}
"""Who logs in, and under which name: the runners, what makes backups, and what collects metrics."""

_SEAL: Final = "-- Of queries and schema with the hash "
_RIGHTS: Final = ((2, "select"), (1, "insert"), (4, "update"), (8, "delete"), (0, "maintain"))
"""Rights on a table, in the order in which they are written, with PostgreSQL's bits (ACL_… of acl.h)."""
_UTILITY: Final = (
    (re.compile(r"\brefresh materialized view (?:concurrently )?([\w.]+)"), ("select", "maintain")),
    (re.compile(r"\block table ([\w.]+) in exclusive mode"), ("update",)),
)
"""Statements that PostgreSQL makes no tree of."""
_FIRST_OF_OURS: Final = 16384
"""Oids below are PostgreSQL's own (FirstNormalObjectId)."""
_REGCLASS: Final = 2205
_FUNCTION: Final = """
select p.proname, p.oid::regprocedure::text, p.prosecdef, l.lanname, p.prosrc, p.prosqlbody::text,
  pg_get_function_arguments(p.oid), pg_get_function_result(p.oid)
from pg_proc as p
join pg_language as l on l.oid = p.prolang
where p.oid = %s and not exists (select from pg_depend as d where d.objid = p.oid and d.deptype = 'e')
"""
_RELATIONS: Final = """
select c.oid, format('%I.%I', n.nspname, c.relname)
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where c.oid >= 16384 and c.relkind in ('r', 'v', 'm', 'S') and n.nspname !~ '^pg_'
"""
_SEQUENCES: Final = """
select distinct s.oid
from pg_attrdef as a
join pg_depend as d on d.classid = 'pg_attrdef'::regclass and d.objid = a.oid
join pg_class as s on s.oid = d.refobjid and s.relkind = 'S'
where a.adrelid = %s
"""
_TRIGGERS: Final = "select distinct tgfoid from pg_trigger where tgrelid = %s and not tgisinternal"
_SCHEMAS: Final = "select nspname from pg_namespace where nspname !~ '^(pg_|information_schema$)' order by 1"


@dataclass(slots=True)
class Grants:
    """Rights of one role: on relations, by their names, and the functions and sequences it may use."""

    relations: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    functions: set[str] = field(default_factory=set[str])
    sequences: set[str] = field(default_factory=set[str])

    def add(self, other: "Grants") -> None:
        """Take over what another one has."""
        for name, rights in other.relations.items():
            self.relations.setdefault(name, set()).update(rights)
        self.functions |= other.functions
        self.sequences |= other.sequences


def runners(connection: psycopg.Connection[Any]) -> dict[str, Grants]:
    """Return what each runner needs, by what PostgreSQL checks for the statements that the runner can reach.

    ``connection`` leads to a migrated database; nothing stays of what is made there meanwhile.
    """
    reached = {runner: queries_of(runner) for runner in RUNNERS}
    reader = _Reader(connection)
    needs = {name: reader.query(name) for name in sorted(set[str]().union(*reached.values()))}
    found = {runner: Grants() for runner in RUNNERS}
    for runner, names in reached.items():
        for name in names:
            found[runner].add(needs[name])
    return found


def text(connection: psycopg.Connection[Any]) -> str:
    """Return sql/roles.sql as it should be for the queries and the schema of now."""
    found = runners(connection)
    definers = set[str]().union(*(grants.functions for grants in found.values()))
    head = _HEAD.format(
        array=", ".join(f"'{name}'" for name in ROLES.values()),
        names=", ".join(ROLES.values()),
        runners=", ".join(ROLES[runner] for runner in RUNNERS),
        schemas=",\n  ".join(name for (name,) in connection.execute(_SCHEMAS).fetchall()),
        functions=_list(definers),
        **ROLES,
    )
    roles = (_role(ROLES[runner], grants) for runner, grants in found.items())
    return "\n".join([head, *roles, f"{_SEAL}{digest()}\n"])


def passwords(folder: Path) -> dict[str, str]:
    """Return the passwords of the roles whose addresses are in ``folder``: ``api_database_url`` and so on.

    Raises ``Invalid`` for an address of another role or without a password.
    """
    found: dict[str, str] = {}
    for name, role in ROLES.items():
        file = folder / f"{name}_database_url"
        if file.exists():
            parameters = Target.of(file.read_text().strip()).parameters
            if parameters.get("user") != role or not parameters.get("password"):
                raise Invalid(f"{file} must have the user {role} and a password.", code="settings")
            found[role] = parameters["password"]
    return found


async def apply(connection: psycopg.AsyncConnection[Any], passwords: dict[str, str]) -> None:
    """Make the roles and give them their rights, all at once; those with a password may log in.

    ``connection`` is one of whoever owns the schema and may make roles. The server gets verifiers to keep and
    never sees a password.
    """
    async with connection.transaction():
        await connection.execute(FILE.read_bytes())
        for role, password in passwords.items():
            verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
            await connection.execute(
                sql.SQL("alter role {} login password {}").format(
                    sql.Identifier(role), sql.Literal(verifier.decode())
                )
            )


def is_current() -> bool:
    """Whether sql/roles.sql was written for the queries and the schema of now; nobody is asked."""
    return FILE.exists() and FILE.read_text().rstrip().endswith(f"{_SEAL}{digest()}")


def digest() -> str:
    """Return a hash of all that the file follows from."""
    found = hashlib.sha256(Path(__file__).read_bytes() + (SQL_ROOT / "schema.sql").read_bytes())
    for runner in RUNNERS:
        for name in sorted(queries_of(runner)):
            found.update(f"\0{runner} {name}\0".encode())
            found.update(_path(name).read_bytes())
    return found.hexdigest()[:32]


def _path(name: str) -> Path:
    return SQL_ROOT / "queries" / f"{name.replace('.', '/')}.sql"


class _Reader:
    """Reads what statements need from PostgreSQL's trees of them."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._known: dict[int, Grants] = {}
        self._relations: dict[int, str] = dict(connection.execute(_RELATIONS).fetchall())

    def query(self, name: str) -> Grants:
        """Return what the texts of a query file need: those with all clauses hold what any other does."""
        file = scan.parse(f"{name.replace('.', '/')}.sql", _path(name).read_text())
        clauses = frozenset(range(len(file.clauses)))
        whole = [scan.Key(order, clauses) for order in file.orders or (None,)]
        needed = Grants()
        with self._connection.transaction(force_rollback=True):
            questions = [Question(file.compile(key).text) for key in whole]
            answers = ask(self._connection, catalog_of(self._connection), questions)
            for question, asked in zip(questions, answers, strict=True):
                if isinstance(asked, psycopg.Error):
                    raise asked
                tree = asked.tree
                needed.add(
                    self._tree(tree) if isinstance(tree, Node) else _utility(question.text, f"{name}: {tree}")
                )
        return needed

    def _tree(self, tree: Node) -> Grants:
        needed = Grants()
        for node in tree.walk():
            if node.kind == "RTEPERMISSIONINFO" and node.integer("relid") >= _FIRST_OF_OURS:
                needed.add(self._relation(node.integer("relid"), node.integer("requiredPerms")))
            if node.kind == "CONST" and node.integer("consttype") == _REGCLASS:  # nextval('a.sequence')
                named = self._relations.get(int.from_bytes(node.datum("constvalue")[:4], "little"))
                needed.sequences |= {named} if named else set[str]()
            function = node.integer("funcid") or node.integer("opfuncid")
            if function >= _FIRST_OF_OURS:
                needed.add(self._function(function))
        return needed

    def _relation(self, oid: int, bits: int) -> Grants:
        rights = {right for bit, right in _RIGHTS if bits & bit}
        needed = Grants({self._relations[oid]: rights} if rights else {})
        if rights & {"insert", "update", "delete"}:
            for (trigger,) in self._connection.execute(_TRIGGERS, (oid,)).fetchall():
                self._function(
                    trigger
                )  # which refuses one that does in its caller's name what nobody can tell
        if "insert" in rights:
            rows = self._connection.execute(_SEQUENCES, (oid,))
            needed.sequences |= {self._relations[found] for (found,) in rows.fetchall()}
        return needed

    def _function(self, oid: int) -> Grants:
        if oid not in self._known:
            self._known[oid] = Grants()  # for those that call themselves
            row = self._connection.execute(_FUNCTION, (oid,)).fetchone()
            self._known[oid] = self._body(*row) if row else Grants()
        return self._known[oid]

    def _body(
        self,
        word: str,
        name: str,
        definer: bool,
        language: str,
        source: str,
        body: str | None,
        arguments: str,
        result: str,
    ) -> Grants:
        """Return what who calls the function needs: the right to call it, or what it does in their name."""
        if definer:
            return Grants(functions={name})
        if language == "sql":
            tree = body_query(body) if body else self._remade(word, arguments, result, source)
            return self._tree(tree) if tree else Grants()
        relations = self._relations.values()
        touched = sorted(table for table in relations if re.search(rf"\b{re.escape(table)}\b", source))
        if touched:
            raise Invalid(
                f"{name} uses {', '.join(touched)} in its caller's name: nobody can tell which rights that"
                " takes. Make it security definer, with a search_path of its own.",
                code="opaque-function",
            )
        return Grants()

    def _remade(self, word: str, arguments: str, result: str, source: str) -> Node | None:
        """Return the tree of a function whose body is text; it may name its parameters ``word.parameter``."""
        made = (
            f"create function pg_temp.{word}({arguments}) returns {result} language sql"
            f" begin atomic {source.strip().rstrip(';')};\nend"
        )
        with self._connection.transaction(force_rollback=True):
            self._connection.execute(made.encode())
            row = self._connection.execute(
                "select prosqlbody::text from pg_proc"
                " where proname = %s and pronamespace = pg_my_temp_schema()",
                (word,),
            ).fetchone()
        return body_query(row[0]) if row else None


def _utility(text: str, why: str) -> Grants:
    for pattern, rights in _UTILITY:
        if found := pattern.search(text):
            return Grants({found[1]: set(rights)})
    raise Invalid(f"Nobody can tell which rights this takes: {why}.", code="opaque-statement")


def _role(role: str, grants: Grants) -> str:
    lines = [f"-- {role}"]
    together: dict[tuple[str, ...], list[str]] = {}
    for relation, rights in sorted(grants.relations.items()):
        ordered = tuple(right for _, right in _RIGHTS if right in rights)
        together.setdefault(ordered, []).append(relation)
    for rights, relations in sorted(together.items()):
        lines.append(f"grant {', '.join(rights)} on\n  {_list(relations)}\nto {role};")
    if grants.sequences:
        lines.append(f"grant usage on sequence\n  {_list(grants.sequences)}\nto {role};")
    if grants.functions:
        lines.append(f"grant execute on function\n  {_list(grants.functions)}\nto {role};")
    return "\n".join(lines) + "\n"


def _list(names: Iterable[str]) -> str:
    return ",\n  ".join(sorted(names))


_HEAD = """\
-- Written by './cli.py db roles' from the queries; read its diff as you would read code.
-- What each runner may do in the database is what its queries need; './cli.py db grant' sees to it, after
-- each migration. Nobody here may create or drop anything. Functions that write into tables of others do so
-- with the rights of whoever owns the schema.
do $$
declare
  who text;
begin
  foreach who in array array[{array}] loop
    if not exists (select from pg_roles where rolname = who) then
      execute format('create role %I nologin', who);
      -- What connections ask for by themselves is lost on its way through PgBouncer.
      execute format('alter role %I set timezone = %L', who, 'UTC');
      execute format('alter role %I set jit = off', who);
      execute format('alter role %I set statement_timeout = %L', who, '30s');
      execute format('alter role %I set client_connection_check_interval = %L', who, '1s');
    end if;
  end loop;
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to {names}', current_database());
end
$$;
revoke all on all tables in schema
  {schemas}
from public, {names};
revoke all on all sequences in schema
  {schemas}
from public, {names};
revoke all on schema
  {schemas}
from public, {names};
revoke all on function
  {functions}
from public, {names};
grant usage on schema
  {schemas}
to {runners};
grant pg_read_all_data to {backup};
grant pg_monitor to {monitor};
-- It measures for the alerts who waits for locks, and how long transactions last: other roles' sessions.
grant pg_read_all_stats to {worker};
alter role {backup} set statement_timeout = 0;
"""
