"""``genji openapi``: the API's own document as a file, for clients and for the diff of a change."""

from pathlib import Path
from typing import Annotated

import typer

from genjilib.ops.shell import DryRun, Json, Yes, confirm

app = typer.Typer(name="openapi", help="The OpenAPI document of the API.", no_args_is_help=True)

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"

File = Annotated[Path, typer.Option("--file", help="Where to write it.")]


@app.command()
def export(file: File = DOCUMENT, json: Json = False, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Write the OpenAPI 3.1 document that the API serves; with --json print it instead."""
    text = document()
    if json:
        typer.echo(text, nl=False)
    changed = not file.exists() or file.read_text() != text
    if confirm(int(changed and not json), f"files to write: {file}", yes=yes, dry_run=dry_run, harmless=True):
        file.write_text(text)


def document() -> str:
    """Return the document as the text of the file: indented, without the release that serves it."""
    import msgspec

    from genjilib.web.app import healthcheck_route
    from genjilib.web.openapi import write_openapi
    from runners.api import ROUTES

    written = write_openapi([*ROUTES, healthcheck_route({})], "")
    return msgspec.json.format(written, indent=1).decode() + "\n"
