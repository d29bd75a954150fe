"""``genji db``: who may do what in the database, and copies of it for those who develop."""

from pathlib import Path
from typing import Annotated, Any

import typer

from genjilib.ops.backup.commands import DEFAULT, Backup, FolderOption, Identity, Into, Replace, bring_back
from genjilib.ops.shell import PROGRAM, DryRun, Json, Quiet, Yes, confirm, run, say, show, show_one

app = typer.Typer(
    name="db", help="Rights in the database; copies of it for development.", no_args_is_help=True
)

Secrets = Annotated[
    Path | None,
    typer.Option(
        "--secrets",
        envvar="SECRETS",
        file_okay=False,
        exists=True,
        help="Folder with files such as api_database_url; a role whose file is there may log in with it.",
    ),
]
Check = Annotated[bool, typer.Option("--check", help="Only compare; end with 1 on a difference.")]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(envvar="SQL_DATABASE_URL", help="A migrated database; without one a scratch server."),
]


@app.command()
def roles(
    check: Check = False,
    database_url: DatabaseUrl = None,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Write sql/roles.sql: each runner may do what the queries that it can reach need."""
    from genjilib.ops import grants

    changed = not grants.is_current()
    if check and changed:
        say(f"sql/roles.sql is not what the queries say: run '{PROGRAM} db roles' and read its diff.")
        raise typer.Exit(1)
    what = f"files to write: {grants.FILE}"
    written = confirm(int(changed), what, yes=yes, dry_run=dry_run, harmless=True) and not check
    if written:
        import psycopg

        from genjilib.ops.sql.project import database

        with database(database_url) as url, psycopg.connect(url, autocommit=True) as connection:
            grants.FILE.write_text(grants.text(connection))
    show_one({"file": str(grants.FILE), "current": not changed, "written": written}, json=json)


@app.command()
def grant(secrets: Secrets = None, json: Json = False, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Give the roles of the runners the rights of this release, and take all others from them."""
    show(run(_grant(secrets, yes, dry_run)), ("role", "login"), json=json)


@app.command()
def refresh(
    backup: Backup = "latest",
    masked: Annotated[
        bool, typer.Option("--masked", help="Mask personal data; there is no other copy.")
    ] = True,
    into: Into = None,
    replace: Replace = None,
    folder: FolderOption = DEFAULT,
    identity: Identity = None,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
) -> None:
    """Make a copy of a backup without names, e-mails, tokens, addresses, sessions; replace an older copy."""
    wanted, database, refreshed = run(
        bring_back(
            backup, into, replace, folder, identity, masked=True, yes=yes, dry_run=dry_run, quiet=quiet
        )
    )
    if json or not quiet:
        done = {"id": wanted.id, "database": database, "refreshed": refreshed, "masked": masked}
        show_one(done, json=json)


async def _grant(secrets: Path | None, yes: bool, dry_run: bool) -> list[dict[str, Any]]:
    from genjilib.ops import grants, postgres

    passwords = grants.passwords(secrets) if secrets else {}
    rows = [{"role": role, "login": role in passwords} for role in grants.ROLES.values()]
    target = postgres.target()
    what = f"roles to give the rights of sql/roles.sql in {target.database}"
    if confirm(len(rows), what, yes=yes, dry_run=dry_run, harmless=True):
        async with await target.connect() as connection:
            await grants.apply(connection, passwords)
    return rows
