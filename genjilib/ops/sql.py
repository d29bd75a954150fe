"""``genji sql``: check the query files and write the typed modules from them."""

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    name="sql", help="Check query files and generate their typed functions.", no_args_is_help=True
)

DatabaseUrl = Annotated[
    str | None,
    typer.Option(envvar="SQL_DATABASE_URL", help="A migrated database; without one a scratch server."),
]


@app.command()
def generate(database_url: DatabaseUrl = None) -> None:
    """Write genjilib/queries from sql/queries, asking PostgreSQL for every type."""
    for path, text in _modules(database_url).items():
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            typer.echo(f"wrote {path}")
    for stale in _stale(_modules_folder(), _query_folder()):
        stale.unlink()
        typer.echo(f"removed {stale}")


@app.command()
def check(database_url: DatabaseUrl = None) -> None:
    """Fail when a query file is wrong or a generated module is not what its files say."""
    wrong = [
        path for path, text in _modules(database_url).items() if not path.exists() or path.read_text() != text
    ]
    wrong += _stale(_modules_folder(), _query_folder())
    for path in wrong:
        typer.echo(f"{path} is out of date; run 'make sql'", err=True)
    if wrong:
        raise typer.Exit(1)


def _query_folder() -> Path:
    from genjilib.db.statement import SQL_ROOT

    return SQL_ROOT / "queries"


def _modules_folder() -> Path:
    return Path(__file__).parent.parent / "queries"


def _stale(modules: Path, queries: Path) -> list[Path]:
    domains = {path.name for path in queries.iterdir() if path.is_dir()}
    return [
        path for path in sorted(modules.glob("*.py")) if path.stem != "__init__" and path.stem not in domains
    ]


def _modules(database_url: str | None) -> dict[Path, str]:
    from genjilib.db import describe, generate, scan

    files = [
        scan.parse(str(path.relative_to(_query_folder())), path.read_text())
        for path in sorted(_query_folder().rglob("*.sql"))
    ]
    errors: list[str] = []
    domains: dict[str, list[Any]] = {}
    with _database(database_url) as connection:
        for file in files:
            try:
                domains.setdefault(file.path.split("/")[0], []).append(
                    (file, describe.describe(connection, file))
                )
            except scan.SqlFileError as error:
                errors.append(str(error))
    if errors:
        typer.echo("\n".join(errors), err=True)
        raise typer.Exit(2)
    texts = {f"{domain}.py": generate.module(domain, entries) for domain, entries in domains.items()}
    texts["__init__.py"] = _package(sorted(domains))
    return {_modules_folder() / name: _formatted(text) for name, text in texts.items()}


def _package(domains: list[str]) -> str:
    names = ", ".join(domains)
    exported = ", ".join(f'"{name}"' for name in domains)
    doc = "Generated from sql/queries by 'make sql': one module a domain, one statement a file."
    return f'"""{doc}"""\n\nfrom genjilib.queries import {names}\n\n__all__ = [{exported}]\n'


def _formatted(text: str) -> str:
    """Sort imports and format as ruff does everywhere else, so that generated code passes the same checks."""
    ruff = str(Path(sys.executable).with_name("ruff"))
    for command in (["check", "--fix", "--quiet", "--select", "I"], ["format", "--quiet"]):
        arguments = [ruff, *command, "--stdin-filename", "genjilib/queries/generated.py", "-"]
        text = subprocess.run(arguments, input=text, capture_output=True, text=True, check=True).stdout
    return text


@contextmanager
def _database(url: str | None) -> Generator[Any]:
    import psycopg

    if url is None:
        from genjilib.local.scratch import scratch_database

        with scratch_database() as scratch, psycopg.connect(scratch, autocommit=True) as connection:
            yield connection
    else:
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection
