"""``genji sql``: check query files, write typed modules from them; describe, explain and begin queries."""

from pathlib import Path
from typing import Annotated

import typer

from genjilib.ops import tables
from genjilib.ops.shell import DryRun, Json, Yes, confirm, show, show_one

app = typer.Typer(
    name="sql", help="Check query files and generate their typed functions.", no_args_is_help=True
)

DatabaseUrl = Annotated[
    str | None,
    typer.Option(envvar="SQL_DATABASE_URL", help="A migrated database; without one a scratch server."),
]
AskAll = Annotated[bool, typer.Option("--all", help="Ask PostgreSQL about every file, changed or not.")]
Watch = Annotated[bool, typer.Option("--watch", help="Do it again whenever a file changes, until Ctrl-C.")]
Folder = Annotated[
    Path | None,
    typer.Option("--project", help="Another project: a folder with sql/queries and sql/schema.sql."),
]
ValuesModule = Annotated[
    str | None,
    typer.Option("--values", help="The module whose types the headers of --project may name by -- type:."),
]


@app.command()
def generate(
    database_url: DatabaseUrl = None,
    folder: Folder = None,
    values: ValuesModule = None,
    ask_all: AskAll = False,
    watch: Watch = False,
) -> None:
    """Write genjilib/queries and sql/signatures.json, asking PostgreSQL about what changed."""
    from genjilib.ops.sql import runs

    runs.run(database_url, folder, values, ask_all=ask_all, watch=watch, act=runs.write)


@app.command()
def check(
    database_url: DatabaseUrl = None,
    folder: Folder = None,
    values: ValuesModule = None,
    ask_all: AskAll = False,
    watch: Watch = False,
) -> None:
    """Fail when a query file is wrong or a generated file is not what the query files say."""
    from genjilib.ops.sql import runs

    runs.run(database_url, folder, values, ask_all=ask_all, watch=watch, act=runs.compare)


@app.command()
def describe(
    query: Annotated[str | None, typer.Argument(help="A name, a file, or - for standard input.")] = None,
    schema: Annotated[Path | None, typer.Option(help="SQL of the schema; without, this project's.")] = None,
    cases: Annotated[Path | None, typer.Option(help="A JSON file of many schemas and queries.")] = None,
    database_url: DatabaseUrl = None,
    json: Json = False,
) -> None:
    """Tell types and nullability of a query's columns and parameters, and why; nothing is run."""
    from genjilib.ops.sql import describing

    if (query is None) == (cases is None):
        raise typer.BadParameter("give a query, or a file of cases by --cases")
    told = describing.describe(query, schema, cases, database_url)
    if json:
        typer.echo(tables.as_json(told))
    else:
        show(describing.rows(told), ["case", "kind", "name", "pg_type", "nullable", "why"])


@app.command()
def explain(
    query: Annotated[str, typer.Argument(help="A query's name, such as maps.search, or a file.")],
    database_url: DatabaseUrl = None,
    json: Json = False,
) -> None:
    """Print how PostgreSQL would run each text of a query; plans mean most on a database that is filled."""
    from genjilib.ops.sql import explaining

    plans = explaining.explain(query, database_url)
    typer.echo(tables.as_json(plans) if json else explaining.as_text(plans))


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="What it will be called: domain.verb.")],
    json: Json = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Write the skeleton of a query file."""
    from genjilib.ops.sql import project

    path = project.new_path(name)
    made = {"name": name, "file": None}
    if confirm(1, f"query files to write: {path}", yes=yes, dry_run=dry_run, harmless=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(project.SKELETON)
        made["file"] = str(path)
    show_one(made, json=json)
