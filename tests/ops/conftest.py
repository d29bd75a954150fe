"""The command line in this process, on databases of a private server."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import app
from tests.sql.conftest import database_url, empty_url, server_url, shared_url, template_url

__all__ = ["database_url", "empty_url", "server_url", "shared_url", "template_url"]

ROOT = Path(__file__).parents[2]
OTHERS = {"AMQP_URL": "amqp://127.0.0.1:1", "TOKEN_SECRET": "x" * 32}


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Genji = Callable[..., Done]


@pytest.fixture
def genji(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Genji:
    """Run one command, in a folder of its own, on the database ``url``."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, url: str | None = None, **environment: str | None) -> Done:
        result = CliRunner().invoke(
            app, list(arguments), env={**OTHERS, "DATABASE_URL": url, **environment}, prog_name="genji"
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    return call


def environment(url: str) -> dict[str, str]:
    """The environment of a command that runs as a process of its own."""
    return {**os.environ, **OTHERS, "DATABASE_URL": url, "COLUMNS": "200"}
