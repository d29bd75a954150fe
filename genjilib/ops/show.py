"""``genji show``: every list of the project, each row with the file and line it stands at."""

import typer

app = typer.Typer(name="show", help="Show.", no_args_is_help=True)
