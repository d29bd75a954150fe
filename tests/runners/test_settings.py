"""Runners that are told nonsense say so, all of it at once, and end with 2."""

import asyncio
import json
import os
import socket
import sys
from pathlib import Path

import pytest

from genjilib.core.errors import Invalid
from genjilib.core.settings import Settings
from genjilib.local import CHECKOUT
from tests.runners.conftest import NAMES
from tests.town import LOCAL

FINE = {
    "DATABASE_URL": "postgresql://genji:x@127.0.0.1:1/genji",
    "AMQP_URL": "amqp://genji:x@127.0.0.1:1/",
    "TOKEN_SECRET": "x" * 32,
    "DISCORD_CONFIG": str(LOCAL),
}


async def run(name: str, **changes: str | None) -> tuple[int, str]:
    """Start a runner with these settings; return its exit code and what it said."""
    outside = {key: value for key, value in os.environ.items() if key not in FINE}
    given = {key: value for key, value in {**outside, **FINE, **changes}.items() if value is not None}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"runners.{name}"), env=given, stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, said.decode()


@pytest.mark.parametrize("name", NAMES)
async def test_all_mistakes_are_named_in_one_message(name: str) -> None:
    code, said = await run(
        name,
        DATABASE_URL=None,
        AMQP_URL="amqp://genji@127.0.0.1/",
        TOKEN_SECRET="short",
        SHUTDOWN_SECONDS="soon",
        LOG_LEVEL="LOUD",
    )
    assert code == 2
    lines = said.splitlines()
    assert lines[0] == "These settings are missing or wrong (environment or .env):"
    assert "  DATABASE_URL: is required" in lines
    assert "  AMQP_URL: must look like amqp://user:password@host:port/vhost" in lines
    assert sorted(line.split(":")[0].strip() for line in lines[1:]) == [
        "AMQP_URL",
        "DATABASE_URL",
        "LOG_LEVEL",
        "SHUTDOWN_SECONDS",
        "TOKEN_SECRET",
    ]


@pytest.mark.parametrize(("name", "setting"), [("api", "API_PORT"), ("worker", "INNER_PORT")])
async def test_a_port_in_use_is_told_with_the_way_out(name: str, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = await run(name, **{setting: str(port)})
    assert code == 75
    sentence = (
        f"Cannot listen on 127.0.0.1:{port}: address already in use. Stop what uses it, or set another port."
    )
    assert said.splitlines()[-1] == sentence


async def test_a_host_that_is_not_ours_is_told() -> None:
    code, said = await run("api", API_HOST="192.0.2.1")
    assert code == 2
    assert said.splitlines()[-1].startswith("Cannot listen on 192.0.2.1:8000: ")


async def test_a_defect_before_the_settings_are_known_prints_no_variables(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "from genjilib.core.settings import Settings\n"
        "def load():\n"
        "    hidden = 'hunter' + '2'\n"
        "    raise RuntimeError(len(hidden))\n"
        "Settings.load = load\n"
    )
    code, said = await run("api", PYTHONPATH=f"{tmp_path}:{CHECKOUT}")
    assert code == 70
    assert json.loads(said)["event"] == "runner-ended"
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AMQP_URL", "http://genji:x@127.0.0.1/"),
        ("AMQP_URL", "amqp://genji:x@127.0.0.1:no/"),
        ("AMQP_URL", "127.0.0.1"),
        ("DATABASE_URL", "mysql://127.0.0.1/genji"),
        ("DATABASE_URL", "genji"),
        ("DATABASE_URL", "postgresql://127.0.0.1:99999/genji"),
    ],
)
def test_an_address_that_cannot_be_one_is_named_without_its_password(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, good in {**FINE, name: value}.items():
        monkeypatch.setenv(key, good)
    with pytest.raises(Invalid) as refused:
        Settings.load()
    assert f"  {name}: " in refused.value.detail
    assert value not in refused.value.detail
