"""``genji keys``: API keys of the services and people that call the API."""

from typing import Annotated, Any

import typer

from genjilib.ops.shell import DryRun, Json, Yes, confirm, run, say, show, show_one

app = typer.Typer(name="keys", help="Create, list and revoke API keys.", no_args_is_help=True)

COLUMNS = ("id", "name", "prefix", "superuser", "scopes", "last_used_at", "expires_at", "revoked_at")

Name = Annotated[str, typer.Argument(help="Who will use the key, such as 'website'.")]
Scopes = Annotated[
    list[str] | None, typer.Option("--scope", "-s", help="What it may do, such as maps:read; repeatable.")
]
Superuser = Annotated[bool, typer.Option("--superuser", help="It may do everything.")]
Days = Annotated[
    int | None, typer.Option("--days", min=1, max=3650, help="Days until it expires; without, it never does.")
]
Which = Annotated[str, typer.Argument(help="The id or the prefix that 'keys list' shows.")]


@app.command()
def create(
    name: Name,
    scope: Scopes = None,
    superuser: Superuser = False,
    days: Days = None,
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Make a key and show it, this one time; the database keeps only its hash."""
    scopes = scope or []
    may = "everything" if superuser else ", ".join(scopes) or "nothing"
    if not confirm(1, f"keys to create: {name}, may do {may}", yes=yes, dry_run=dry_run, harmless=True):
        show_one({"name": name, "superuser": superuser, "scopes": scopes, "key": None}, json=json)
        return
    show_one(run(_create(name, scopes, superuser, days)), json=json)
    say("Keep the key now: it cannot be shown again.")


@app.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Also those expired or revoked.")] = False,
    json: Json = False,
) -> None:
    """List the keys that work, with their beginnings and when they were last used."""
    show([row for row in run(_list()) if every or row["usable"]], COLUMNS, json=json)


@app.command()
def revoke(which: Which, json: Json = False, yes: Yes = False, dry_run: DryRun = False) -> None:
    """End a key at once; whoever uses it is refused from then on."""
    show_one(run(_revoke(which, yes, dry_run)), json=json)


async def _create(name: str, scopes: list[str], superuser: bool, days: int | None) -> dict[str, Any]:
    from dataclasses import asdict
    from datetime import timedelta

    from genjilib.auth import keys
    from genjilib.core import clock
    from genjilib.ops import postgres

    expires_at = None if days is None else clock.now() + timedelta(days=days)
    async with postgres.database() as db:
        return asdict(
            await keys.create_key(db, name=name, scopes=scopes, superuser=superuser, expires_at=expires_at)
        )


async def _list() -> list[dict[str, Any]]:
    from dataclasses import asdict

    from genjilib.auth import keys
    from genjilib.ops import postgres

    async with postgres.database() as db:
        return [asdict(key) for key in await keys.list_keys(db)]


async def _revoke(which: str, yes: bool, dry_run: bool) -> dict[str, Any]:
    from dataclasses import asdict

    from genjilib.auth import keys
    from genjilib.ops import postgres

    async with postgres.database() as db:
        key = await keys.find_key(db, which)
        found = asdict(key)
        if confirm(1, f"keys to revoke: {key.name} ({key.prefix})", yes=yes, dry_run=dry_run):
            found |= {"revoked_at": await keys.revoke_key(db, key.id), "usable": False}
        return found
