"""The command tree: help, --json, --dry-run and --yes everywhere, and a quick start."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from cli import app
from genjilib.ops.lists import walk
from tests.ops.conftest import ROOT, Genji

COMMANDS: dict[str, Any] = {" ".join(names): command for names, command in walk(typer.main.get_command(app))}

READ = [
    "migrate status",
    "backup list",
    "keys list",
    "show routes",
    "dlq list",
    "dlq actions",
    "show queries",
    "show queues",
    "show commands",
    "show settings",
    "show metrics",
    "show services",
    "schedule list",
    "doctor",
]
DRY = [
    "migrate up",
    "migrate down",
    "migrate new expand something",
    "migrate dump",
    "sql new maps.something",
    "keys create web --scope maps:read",
    "dlq replay --all",
    "dlq discard --all --reason none",
    "topology export",
    "openapi export",
    "dashboards export",
    "db roles",
    "db grant",
    "backup create",
    "backup prune",
    "schedule run backup",
    "schedule export",
    "raids activity-history-update",
    "raids cheat-levels",
    "raids fix-sherpa-clears",
    "raids look-through 5 9",
    "raids process-single-pgcr 1",
]
ASKING = ("raids population", "raids weapons", "raids clear-times", "raids relations")
"""Commands that only ask, and something that is not there without a setting."""
SILENT = {"sql generate", "sql check", "dlq watch"}
"""Commands that print no result: they write files, or show something until Ctrl-C."""

HEAVY = ("discord", "aiohttp", "pika", "psycopg", "structlog", "msgspec", "boto3")
DOMAINS = (
    "auth",
    "users",
    "maps",
    "playtests",
    "completions",
    "newsfeed",
    "notifications",
    "lootbox",
    "jobs",
    "raids",
)


def options(command: Any) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_in_a_sentence(name: str) -> None:
    command = COMMANDS[name]
    assert command.help.split("\n")[0].endswith(".")
    assert all(parameter.help for parameter in command.params if parameter.name != "help")


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - SILENT))
def test_every_command_prints_json_on_request(name: str) -> None:
    assert "--json" in options(COMMANDS[name])


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - SILENT))
def test_every_command_that_writes_can_be_tried_and_confirmed_in_advance(name: str) -> None:
    reads = name in READ or name.startswith(
        (
            "show ",
            "local ",
            "sql describe",
            "sql explain",
            "dlq list",
            "dlq show",
            "dlq actions",
            "topology users",
            *ASKING,
            "backup setup",
        )
    )
    found = {"--yes", "--dry-run"} & options(COMMANDS[name])
    assert found == (set() if reads else {"--yes", "--dry-run"})


@pytest.mark.parametrize("command", READ)
def test_json_is_the_only_thing_on_standard_output(genji: Genji, shared_url: str, command: str) -> None:
    done = genji(*command.split(), "--json", url=shared_url)
    assert done.code in (0, 1), done.err
    assert isinstance(done.json, list)


@pytest.mark.parametrize("command", DRY)
def test_a_dry_run_prints_json_and_changes_nothing(genji: Genji, shared_url: str, command: str) -> None:
    done = genji(*command.split(), "--json", "--dry-run", url=shared_url)
    assert done.code == 0, done.err
    assert isinstance(done.json, list | dict)
    assert "nothing was changed" in done.err or "nothing to do" in done.err
    assert not list(Path().iterdir())


def test_an_unknown_command_names_the_nearest(genji: Genji) -> None:
    done = genji("bakup")
    assert done.code == 2
    assert "backup" in done.err


def loaded(environment: dict[str, str], *arguments: str) -> set[str]:
    """Run cli.py and return the modules that it had imported at its end."""
    program = (
        "import atexit, json, runpy, sys; sys.argv = ['genji', *sys.argv[1:]];"
        "atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr));"
        "runpy.run_path('cli.py', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"_CLI.PY_COMPLETE": "complete_bash", "COMP_WORDS": "cli.py show q", "COMP_CWORD": "2"},
    ],
    ids=["help", "completion"],
)
def test_help_and_completion_import_nothing_heavy(environment: dict[str, str]) -> None:
    modules = loaded(environment, *([] if environment else ["--help"]))
    assert "genjilib.ops.show" in modules
    domains = {f"genjilib.{name}" for name in DOMAINS}
    assert modules & {*HEAVY, *domains} == set()


def test_help_takes_less_than_twice_an_empty_application(tmp_path: Path) -> None:
    empty = tmp_path / "empty.py"
    empty.write_text("import typer\napp = typer.Typer()\n@app.command()\ndef main(): ...\napp()\n")

    def seconds(script: Path) -> float:
        # Of the processor: a busy machine does not lengthen it as it does the wait for it.
        before = os.times()
        subprocess.run([sys.executable, script, "--help"], check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        return sum(after[2:4]) - sum(before[2:4])

    ours, others = zip(*((seconds(ROOT / "cli.py"), seconds(empty)) for _ in range(3)), strict=True)
    assert min(ours) < 2 * min(others)


def test_the_system_python_starts_the_program_in_the_project_environment(tmp_path: Path) -> None:
    system = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    (tmp_path / "cli.py").write_text((ROOT / "cli.py").read_text())
    refused = subprocess.run([system, tmp_path / "cli.py"], capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "not installed" in refused.stderr
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    fake = tmp_path / ".venv" / "bin" / "python"
    fake.write_text('#!/bin/sh\necho started with "$2"\n')
    fake.chmod(0o755)
    started = subprocess.run(
        [system, tmp_path / "cli.py", "doctor"], capture_output=True, text=True, check=True
    )
    assert started.stdout == "started with doctor\n"
