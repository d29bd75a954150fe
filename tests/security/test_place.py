"""Who has which account where it is deployed; what each account may do is tested on the real servers."""

import re
from pathlib import Path
from typing import Any

import yaml

INFRA = Path(__file__).parents[2] / "infra"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((INFRA / "compose/compose.yaml").read_text())["services"]


def holders(secret: str) -> set[str]:
    """The services that are given a secret."""
    return {name for name, service in SERVICES.items() if secret in service.get("secrets", [])}


def test_the_api_has_no_account_at_the_broker_and_nobody_is_guest() -> None:
    for name in ("api", "api2"):
        assert SERVICES[name]["environment"]["AMQP_URL"] == "amqp://nobody:none@127.0.0.1/"
        assert not [secret for secret in SERVICES[name]["secrets"] if re.search("amqp|rabbit", secret)]
    runners = {
        name: service for name, service in SERVICES.items() if "runners." in str(service.get("command"))
    }
    assert {"api", "api2", "bot", "worker"} <= runners.keys()
    # Only what makes the schema, the rights and backups has the owner's account, and none of them runs on.
    assert not holders("owner_database_url") & runners.keys()
    for name in runners:
        mine = {secret for secret in SERVICES[name]["secrets"] if secret.endswith("_database_url")}
        assert len(mine) == 1, name
    conf = (INFRA / "rabbitmq/rabbitmq.conf").read_text()
    assert "load_definitions = /run/secrets/rabbitmq_definitions" in conf
    assert "default_user" not in conf
