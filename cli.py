#!/usr/bin/env python3
"""The command line: one sub-command for each module of genjilib/ops."""

import os
import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent

if __name__ == "__main__" and sys.prefix == sys.base_prefix:
    # Started by the system's Python: the project's own environment has the packages.
    _python = _HERE / ".venv" / "bin" / "python"
    if not _python.exists():
        sys.exit(f"Genji's packages are not installed yet: run 'make' in {_HERE}, it lists the first steps.")
    os.execv(_python, [str(_python), *sys.argv])  # noqa: S606  # there is no shell to want

import typer  # noqa: E402  # from here on the packages are there

from genjilib.ops import (  # noqa: E402
    backup,
    bot,
    dashboards,
    db,
    dlq,
    doctor,
    importing,
    keys,
    local,
    migrate,
    openapi,
    raids,
    schedule,
    show,
    sql,
    topology,
)
from genjilib.ops.shell import Group  # noqa: E402

app = typer.Typer(
    name="genji",
    help="Operate Genji: migrate, back up, look, repair.",
    cls=Group,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    suggest_commands=True,
)
app.add_typer(migrate.app)
app.add_typer(backup.app)
app.add_typer(db.app)
app.add_typer(keys.app)
app.add_typer(bot.app)
app.add_typer(dlq.app)
app.add_typer(topology.app)
app.add_typer(openapi.app)
app.add_typer(dashboards.app)
app.add_typer(schedule.app)
app.add_typer(show.app)
app.add_typer(sql.app)
app.add_typer(raids.app)
app.add_typer(local.app)
app.command("import")(importing.import_)
app.command()(doctor.doctor)

if __name__ == "__main__":
    app()
