"""The doctor: what is wrong is found, and what mends it is said."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from genjilib.broker.client import Broker
from genjilib.broker.topology import QUEUES, Queue
from genjilib.core import clock
from genjilib.ops import checks
from tests.ops.conftest import Genji


def findings(genji: Genji, **settings: Any) -> tuple[int, dict[str, dict[str, Any]]]:
    done = genji("doctor", "--json", **settings)
    return done.code, {row["check"]: row for row in done.json}


async def declare(amqp_url: str, queues: Sequence[Queue]) -> None:
    async with Broker(amqp_url, name="test") as broker:
        await broker.declare(queues)


def test_a_healthy_system_has_nothing_to_mend(genji: Genji, database_url: str, fresh_amqp_url: str) -> None:
    asyncio.run(declare(fresh_amqp_url, QUEUES))
    genji("backup", "create", url=database_url)
    genji("backup", "verify", url=database_url)
    code, found = findings(genji, url=database_url, AMQP_URL=fresh_amqp_url)
    assert {check for check, row in found.items() if row["state"] == "wrong"} == set()
    assert code == 0
    for check in ("settings", "postgresql", "migrations", "clock", "rabbitmq", "dead letters", "backup"):
        assert found[check]["state"] == "ok", found[check]


def test_a_broker_that_is_away_is_wrong(genji: Genji, shared_url: str) -> None:
    code, found = findings(genji, url=shared_url)
    assert (code, found["rabbitmq"]["finding"]) == (1, "does not answer")


def test_a_queue_that_is_missing_or_of_another_kind_is_wrong(
    genji: Genji, shared_url: str, fresh_amqp_url: str
) -> None:
    first, second, *others = QUEUES
    asyncio.run(declare(fresh_amqp_url, [replace(first, max_bytes=1), *others]))
    done = genji("doctor", "--json", url=shared_url, AMQP_URL=fresh_amqp_url)
    wrong = [row["finding"] for row in done.json if row["check"] == "rabbitmq"]
    assert {row["mend"] for row in done.json if row["check"] == "rabbitmq"} == {"genji topology mend"}
    assert len(wrong) == 3
    assert wrong[0].startswith(f"{first.name} has other arguments")
    assert wrong[1:] == [f"there is no queue {name}" for name in (second.dead, second.name)]


def test_dead_letters_and_messages_that_wait_are_wrong(genji: Genji, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "insert into messages.dead_letters (queue, error, detail, attempts)"
            " select 'api.xp.grant', 'poison', 'No.', 1 from generate_series(1, 3)"
        )
        connection.execute(
            "insert into messages.outbox (queue, body, run_at)"
            " values ('api.xp.grant', '{}', now() - interval '1 hour')"
        )
    _, found = findings(genji, url=database_url)
    assert found["dead letters"]["finding"].startswith("3 of api.xp.grant")
    assert found["dead letters"]["mend"] == "./cli.py dlq list --queue api.xp.grant --error poison"
    assert found["outbox"]["state"] == "wrong"
    assert found["outbox"]["finding"].startswith("1 messages wait")


def test_missing_settings_are_wrong(genji: Genji) -> None:
    code, found = findings(genji)
    assert code == 1
    assert "DATABASE_URL: is required" in found["settings"]["finding"]


def test_a_database_is_looked_at_though_other_settings_are_missing(genji: Genji, shared_url: str) -> None:
    code, found = findings(genji, url=shared_url, TOKEN_SECRET="")
    assert (code, found["settings"]["state"], found["migrations"]["state"]) == (1, "wrong", "ok")


def test_a_misspelt_setting_is_named(
    genji: Genji, shared_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("API_PROT=1\nHISTSIZE=2\n")
    _, found = findings(genji, url=shared_url)
    assert found["settings"]["finding"] == ".env sets API_PROT, which nothing reads"
    assert found["settings"]["mend"] == "call it API_PORT, or remove it"


def test_a_database_that_is_away_is_wrong(genji: Genji) -> None:
    code, found = findings(genji, url="postgresql://nobody@127.0.0.1:1/none")
    assert (code, found["postgresql"]["state"]) == (1, "wrong")


def test_pending_migrations_are_wrong_and_the_command_is_named(genji: Genji, empty_url: str) -> None:
    code, found = findings(genji, url=empty_url)
    assert (code, found["migrations"]["mend"]) == (1, "./cli.py migrate up")


def test_migrations_of_a_newer_release_are_wrong(genji: Genji, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("insert into public.schema_migrations values ('29990101000000')")
    code, found = findings(genji, url=database_url)
    assert code == 1
    assert "29990101000000" in found["migrations"]["finding"]


def test_a_clock_that_is_off_is_wrong(genji: Genji, shared_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(seconds=30))
    assert findings(genji, url=shared_url)[1]["clock"]["state"] == "wrong"


def test_no_backup_is_wrong_in_production_and_a_note_elsewhere(genji: Genji, shared_url: str) -> None:
    assert findings(genji, url=shared_url)[1]["backup"]["state"] == "note"
    code, found = findings(genji, url=shared_url, APP_ENVIRONMENT="production")
    assert (code, found["backup"]["state"]) == (1, "wrong")
    assert found["backup"]["mend"] == "./cli.py backup create"


def test_a_backup_that_was_never_proved_or_long_ago_is_noticed(
    genji: Genji, shared_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    genji("backup", "create", url=shared_url)
    assert "ever proved" in findings(genji, url=shared_url)[1]["backup"]["finding"]
    genji("backup", "verify", url=shared_url)
    monkeypatch.setattr(checks, "OLDEST_PROOF", timedelta(0))
    assert "days old" in findings(genji, url=shared_url)[1]["backup"]["finding"]
    assert findings(genji, url=shared_url)[1]["backup"]["state"] == "note"


def test_little_room_on_the_disk_is_wrong(
    genji: Genji, shared_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "LEAST_FREE", 10**18)
    assert findings(genji, url=shared_url)[1]["disk"]["state"] == "wrong"


def test_services_without_settings_are_wrong_in_production(genji: Genji, shared_url: str) -> None:
    assert findings(genji, url=shared_url)[1]["mail"]["state"] == "note"
    set_ = {"RESEND_API_KEY": "re_x", "APP_ENVIRONMENT": "production"}
    _, found = findings(genji, url=shared_url, **set_)
    assert found["mail"]["state"] == "ok"
    assert found["discord"]["state"] == "wrong"
    assert "DISCORD_TOKEN" in found["discord"]["mend"]
