"""What a deployment is made of, held to its own validators where they are to be had, and to our rules."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from genjilib.core.settings import Settings
from genjilib.local import CHECKOUT
from genjilib.ops.grants import ROLES
from tests.infra.proxies import CADDY, CADDYFILE, SITES

INFRA = CHECKOUT / "infra"
UNITS = sorted((INFRA / "systemd").glob("*.service"))
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((INFRA / "compose/compose.yaml").read_text())["services"]
COMPOSE: dict[str, Any] = yaml.safe_load((INFRA / "compose/compose.yaml").read_text())
SET = {name.upper() for name in Settings.model_fields}
OPTIONS = {"BACKUP_FOLDER", "BACKUP_AGE_RECIPIENTS"}
"""Options of commands that the environment may give."""
OURS = {name: service for name, service in SERVICES.items() if str(service["image"]).startswith("genji")}
SECRET = re.compile(r"PASSWORD|SECRET_|_SECRET|TOKEN|_DSN|API_KEY|DATABASE_URL|AMQP_URL")


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_can_do_little_besides_its_work(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service.get("cap_add", [])) <= ({"NET_BIND_SERVICE"} if name == "caddy" else set())
    assert "privileged" not in service
    assert "ports" not in service
    assert not re.search(r":latest$|^[^:]+$", service["image"]), "a version is named"


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_come_from_files_that_are_given_to_nobody_else(name: str) -> None:
    service = SERVICES[name]
    given = set(service.get("secrets", []))
    assert given <= set(COMPOSE["secrets"])
    used = {
        str(value).removeprefix("/run/secrets/")
        for key, value in service.get("environment", {}).items()
        if key.endswith("_FILE")
    }
    assert used <= given
    plain = {
        key: value
        for key, value in service.get("environment", {}).items()
        if SECRET.search(key) and not key.endswith("_FILE")
    }
    assert set(plain) <= {"AMQP_URL"}
    assert plain.get("AMQP_URL", "nobody:none").count("nobody:none") == 1


@pytest.mark.parametrize("name", OURS)
def test_what_a_runner_is_told_is_a_setting(name: str) -> None:
    told = {key.removesuffix("_FILE") for key in OURS[name]["environment"]}
    assert told <= SET | OPTIONS
    command = OURS[name]["command"]
    if command[0].startswith("runners."):
        role = command[0].partition(".")[2]
        assert (CHECKOUT / "runners" / f"{role}.py").exists()
        assert OURS[name]["environment"]["DATABASE_URL_FILE"] == f"/run/secrets/{role}_database_url"
        assert role in ROLES


def test_servers_with_data_reach_nothing_and_nobody_outside_reaches_them() -> None:
    internal = {name for name, network in COMPOSE["networks"].items() if (network or {}).get("internal")}
    for name in ("postgres", "rabbitmq", "clickhouse"):
        assert set(SERVICES[name]["networks"]) <= internal
    assert [name for name, service in SERVICES.items() if "front" in service["networks"]] == [
        "api", "api2", "caddy", "cloudflared", "prometheus",
    ]  # fmt: skip


def test_the_schema_and_the_rights_come_before_what_needs_them() -> None:
    assert SERVICES["grant"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    for name in ("api", "api2", "bot", "worker", "crawler"):
        assert SERVICES[name]["depends_on"]["grant"]["condition"] == "service_completed_successfully"


def test_files_that_containers_are_given_are_there() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            if source.startswith("../") and not source.startswith(("../prometheus", "../grafana")):
                assert (INFRA / "compose" / source).exists(), f"{name}: {source}"


@pytest.mark.parametrize("name", ["staging", "production", "local"])
def test_ports_are_open_in_the_files_of_a_place_only(name: str) -> None:
    found = yaml.safe_load((INFRA / f"compose/{name}.yaml").read_text())["services"]
    for service, given in found.items():
        for port in given.get("ports", []):
            assert service == "caddy" or str(port).startswith("127.0.0.1:")


def test_made_up_secrets_are_made_once_and_fit_the_roles(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    script = INFRA / "compose/secrets"
    for _ in range(2):
        subprocess.run([script, folder], check=True)
        found = {path.name: path.read_text() for path in folder.iterdir()}
    wanted = {str(secret["file"]).rpartition("/")[2] for secret in COMPOSE["secrets"].values()}
    assert set(found) == wanted
    assert len({found[f"{name}_database_url"] for name in ROLES}) == len(ROLES)
    for name, role in ROLES.items():
        assert re.fullmatch(
            rf"postgresql://{role}:[0-9a-f]{{64}}@postgres:5432/genji\n", found[f"{name}_database_url"]
        )
    assert folder.stat().st_mode & 0o077 == 0


def test_the_image_is_small_reproducible_and_not_roots() -> None:
    text = re.sub(r"\\\n\s*", "", (INFRA / "docker/Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    stages = [line for line in lines if line.startswith("FROM")]
    assert [line.split()[-1] for line in stages] == ["build", "runtime", "cli"]
    assert all(re.search(r":3\.11-|^FROM runtime ", line) for line in stages)
    assert [line for line in lines if line.startswith("USER")][0::2] == ["USER 10001:10001"] * 2
    assert lines[-4:-2] == ["USER 10001:10001", "HEALTHCHECK NONE"]
    assert not [line for line in lines if line.startswith("ADD") or "curl" in line or "sudo" in line]
    for line in lines:
        if "pip install" in line or "pip sync" in line:
            assert line.count("--require-hashes") == line.count("pip install") + line.count("pip sync")
        if line.startswith(("CMD", "ENTRYPOINT")):
            assert line.split(" ", 1)[1].startswith("[")
    kept = (INFRA / "docker/Dockerfile.dockerignore").read_text().splitlines()
    assert kept[1] == "**"
    copied = {word for line in lines if re.match(r"COPY (?!--from)", line) for word in line.split()[1:-1]}
    assert {line[1:].removesuffix("/**") for line in kept if line.startswith("!")} == copied


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed here")
def test_units_are_right_and_hardened(tmp_path: Path) -> None:
    for unit in [*UNITS, INFRA / "systemd/genji.target"]:
        text = unit.read_text().replace("/opt/genji/.venv/bin/python", sys.executable)
        (tmp_path / unit.name).write_text(text.replace("/opt/genji", str(CHECKOUT)))
    names = [tmp_path / unit.name.replace("@.", "@1.") for unit in UNITS]
    run = {"capture_output": True, "text": True, "check": False, "env": {**os.environ, "LC_ALL": "C"}}
    for unit in tmp_path.glob("*@.service"):
        shutil.copy(unit, tmp_path / unit.name.replace("@.", "@1."))
    checked: Any = subprocess.run(["systemd-analyze", "verify", *names], **run)  # type: ignore[call-overload]
    about = [line for line in checked.stderr.splitlines() if "genji" in line and "man page" not in line]
    assert about == []
    for name in names:
        judged: Any = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--threshold=20", name], **run
        )  # type: ignore[call-overload]
        assert judged.returncode == 0, f"{name.name}: {judged.stdout.splitlines()[-1]}"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_gives_the_secrets_it_loads_to_settings(unit: Path) -> None:
    text = unit.read_text()
    loaded = set(re.findall(r"^LoadCredential=(\w+):/etc/genji/secrets/\1$", text, re.M))
    named = re.findall(r"(\w+)_FILE=%d/(\w+)", text)
    assert {setting for setting, _ in named} <= SET
    assert {secret for _, secret in named} <= loaded
    assert loaded == {secret for _, secret in named} or "db grant --secrets %d" in text
    assert set(re.findall(r"(\w+)=", " ".join(re.findall(r"^Environment=(.*)$", text, re.M)))) <= {
        *SET,
        *(f"{name}_FILE" for name in SET),
    }


def test_the_caddyfile_is_valid_and_formatted(tmp_path: Path) -> None:
    environment = {**os.environ, **SITES, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    for verb in (["validate", "--adapter", "caddyfile", "--config", CADDYFILE], ["fmt", CADDYFILE]):
        done = subprocess.run([CADDY, *verb], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert done.stdout == CADDYFILE.read_text()


@pytest.mark.parametrize("script", ["compose/up", "compose/run", "compose/secrets", "setup"])
def test_scripts_are_scripts(script: str) -> None:
    assert os.access(INFRA / script, os.X_OK)
    subprocess.run(["bash", "-n", INFRA / script], check=True)
