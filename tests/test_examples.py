"""The examples run as they stand, and the package finds its SQL where a wheel has it."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support import create_database, drop_database, with_database

ROOT = Path(__file__).parents[1]


def run(*command: str, path: str) -> list[str]:
    """The lines that a Python program prints, run outside the checkout."""
    done = subprocess.run(
        [sys.executable, *command],
        env={**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"},
        cwd="/",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The files of a wheel where pip would put them."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    for package in wheel["packages"]:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    for source, target in wheel["force-include"].items():
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, tmp_path / target)
    return tmp_path


def test_a_script_of_a_few_lines_calls_queries_of_the_installed_package(
    installed: Path, database_url: str
) -> None:
    found = run(str(ROOT / "examples/three_calls.py"), database_url, path=str(installed))
    assert found == ["Genji", "[]"]
    where = "from genjilib.db.statement import SQL_ROOT; print(SQL_ROOT)"
    assert run("-c", where, path=str(installed)) == [str(installed / "genjilib/sql")]
    # A file is read when it is first asked for: all are there.
    every = (
        "from genjilib import queries; from genjilib.db.statement import Statement;"
        "all = [s for d in queries.__all__ for s in vars(getattr(queries, d)).values()];"
        "print(sum(bool(s.file) for s in all if isinstance(s, Statement)))"
    )
    (count,) = run("-c", every, path=str(installed))
    assert int(count) == len([*(ROOT / "sql/queries").rglob("*.sql")])


def test_a_second_project_uses_every_shape_on_its_own_schema(database_url: str) -> None:
    url = with_database(database_url, f"shop-{os.getpid()}")
    create_database(url)
    try:
        found = run("-m", "shop.main", url, path=f"{ROOT}:{ROOT / 'examples'}")
        assert found == [
            "loaded 2000, restocked 2",
            "sold 1, left 10",
            "['item 19', 'item 190', 'item 1900']",
            '{"id":2001,"sku":"',
            f"{sum(n % 7 for n in range(2, 2001)) + 10 + 3} pieces, 2002 lines",
        ]
    finally:
        drop_database(url)


def test_what_is_committed_of_the_second_project_is_what_its_files_say() -> None:
    done = subprocess.run(
        [sys.executable, "cli.py", "sql", "check", "--project", "examples/shop"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
