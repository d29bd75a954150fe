"""``genji migrate``: bring the schema up and down, and see where it stands."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from genjilib.ops.shell import PROGRAM, DryRun, Json, Quiet, Yes, confirm, run, say, show, show_one

if TYPE_CHECKING:
    from genjilib.db import Db
    from genjilib.ops.dbmate import Migration
    from genjilib.ops.postgres import Target

app = typer.Typer(name="migrate", help="Bring the database schema up and down.", no_args_is_help=True)

COLUMNS = ("version", "name", "state")

Create = Annotated[bool, typer.Option("--create", help="Create the database when it does not exist yet.")]
LockTimeout = Annotated[
    float, typer.Option(help="Seconds to wait for a lock before giving up with nothing changed.", min=0.1)
]


@app.command()
def up(
    create: Create = False,
    lock_timeout: LockTimeout = 30,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
) -> None:
    """Apply the pending migrations, oldest first, each in its own transaction."""
    rows = run(_up(create, lock_timeout, yes, dry_run, quiet))
    if json or not quiet:
        show(rows, COLUMNS, json=json)


@app.command()
def down(
    lock_timeout: LockTimeout = 30, json: Json = False, yes: Yes = False, dry_run: DryRun = False
) -> None:
    """Undo the newest migration, and lose the data that only it has room for."""
    show(run(_down(lock_timeout, yes, dry_run)), COLUMNS, json=json)


@app.command()
def status(
    json: Json = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 1 when a migration is pending.")
    ] = False,
) -> None:
    """List the migrations and which of them the database has."""
    rows = run(_status())
    show(rows, COLUMNS, json=json)
    pending = sum(row["state"] == "pending" for row in rows)
    say(f"{pending} of {len(rows)} pending.")
    if exit_code and pending:
        raise typer.Exit(1)


@app.command()
def new(
    kind: Annotated[
        Literal["expand", "contract"],
        typer.Argument(help="Whether it adds (old code keeps working) or takes away (old code is gone)."),
    ],
    what: Annotated[str, typer.Argument(help="What it does, in a few words.")],
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Write an empty migration file with a place for the way up and the way down."""
    import re

    from genjilib.core.errors import Invalid

    words = re.sub(r"[^a-z0-9]+", "_", what.lower()).strip("_")
    if not words:
        raise Invalid("Say in letters or digits what the migration does.", code="bad-name")
    made: dict[str, Any] = {"name": f"{kind}_{words}", "file": None}
    if confirm(1, f"migrations to write: {kind}_{words}", yes=yes, dry_run=dry_run, harmless=True):
        made["file"] = run(_new(made["name"]))
    show_one(made, json=json)


@app.command()
def dump(
    check: Annotated[bool, typer.Option("--check", help="Only compare; end with 1 on a difference.")] = False,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Write sql/schema.sql from the database, or compare the two."""
    difference = run(_dump(check, yes, dry_run))
    show([{"line": line} for line in difference], ["line"], json=json)
    if check and difference:
        raise typer.Exit(1)


async def _up(
    create: bool, lock_timeout: float, yes: bool, dry_run: bool, quiet: bool
) -> list[dict[str, Any]]:
    from genjilib.ops import dbmate, postgres

    target = postgres.target()
    if create:
        await _create(target, yes=yes, dry_run=dry_run)
    async with postgres.database() as db:
        pending = [each for each in await dbmate.migrations(db) if each.state == "pending"]
        if quiet and not pending:
            return []
        if not confirm(len(pending), "migrations to apply", yes=yes, dry_run=dry_run, harmless=True):
            return _rows(pending)
        tool = dbmate.Dbmate(target, (lambda _: None) if quiet else say)
        await tool.change(db, "migrate", "--strict", lock_timeout=lock_timeout)
        await _compare(db, tool)
        done = {each.version for each in pending}
        return _rows([each for each in await dbmate.migrations(db) if each.version in done])


async def _down(lock_timeout: float, yes: bool, dry_run: bool) -> list[dict[str, Any]]:
    from genjilib.ops import dbmate, postgres

    async with postgres.database() as db:
        newest = [each for each in await dbmate.migrations(db) if each.state != "pending"][-1:]
        names = ", ".join(each.name for each in newest)
        what = f"migrations to undo, with the data that only it has room for: {names}"
        if not confirm(len(newest), what, yes=yes, dry_run=dry_run):
            return _rows(newest)
        await dbmate.Dbmate(postgres.target(), say).change(db, "rollback", lock_timeout=lock_timeout)
        return _rows([each for each in await dbmate.migrations(db) if each.version == newest[0].version])


async def _status() -> list[dict[str, Any]]:
    from genjilib.ops import dbmate, postgres

    async with postgres.database() as db:
        return _rows(await dbmate.migrations(db))


async def _new(name: str) -> str:
    from genjilib.ops import dbmate, postgres

    return str(await dbmate.Dbmate(postgres.Target({}), say).new(name))


async def _dump(check: bool, yes: bool, dry_run: bool) -> list[str]:
    from genjilib import queries
    from genjilib.ops import dbmate, postgres

    async with postgres.database() as db:
        tool = dbmate.Dbmate(postgres.target(), say)
        major = (await queries.ops.server(db)).version // 10000
        difference = await tool.drift(major)
        if not check and confirm(
            1, f"files to write: {dbmate.SCHEMA}", yes=yes, dry_run=dry_run, harmless=True
        ):
            await tool.dump(major, dbmate.SCHEMA)
        return difference


async def _create(target: "Target", *, yes: bool, dry_run: bool) -> None:
    from psycopg import sql

    from genjilib.core.errors import NotFound

    try:
        await (await target.connect()).close()
    except NotFound:
        if not confirm(1, f"databases to create: {target.database}", yes=yes, dry_run=dry_run, harmless=True):
            raise
        async with await target.named("postgres").connect() as connection:
            await connection.execute(
                sql.SQL("create database {} template template0 encoding 'UTF8'").format(
                    sql.Identifier(target.database)
                )
            )


async def _compare(db: "Db", tool: Any) -> None:
    """Say so when the schema is not what sql/schema.sql promises; a program missing for it is no failure."""
    from genjilib import queries
    from genjilib.core.errors import Unavailable
    from genjilib.ops import dbmate

    if not dbmate.SCHEMA.exists():
        return
    try:
        difference = await tool.drift((await queries.ops.server(db)).version // 10000)
    except Unavailable as error:
        say(f"The schema was not compared with sql/schema.sql: {error.detail}")
        return
    if difference:
        say(f"The schema differs from sql/schema.sql; '{PROGRAM} migrate dump --check' shows how.")


def _rows(found: "list[Migration]") -> list[dict[str, Any]]:
    from dataclasses import asdict

    return [asdict(each) for each in found]
