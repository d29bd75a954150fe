"""The doctor: what is wrong is found, and what mends it is said."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest

from genjilib.broker.client import Broker
from genjilib.broker.topology import QUEUES, Queue
from genjilib.core import clock
from genjilib.local.mail import Mail
from genjilib.local.s3 import BUCKET, S3
from genjilib.ops import schedule
from genjilib.ops.checks import database, upkeep
from tests.ops.conftest import Genji


class Page:
    """A server whose answers a test sets; the doctor asks it from an event loop of its own."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {}
        page = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = page.answers.get(self.path.partition("?")[0], (404, {}))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def page() -> Iterator[Page]:
    made = Page()
    yield made
    made.close()


def findings(genji: Genji, **settings: Any) -> tuple[int, dict[str, dict[str, Any]]]:
    done = genji("doctor", "--json", **settings)
    return done.code, {row["check"]: row for row in done.json}


async def declare(amqp_url: str, queues: Sequence[Queue]) -> None:
    async with Broker(amqp_url, name="test") as broker:
        await broker.declare(queues)


def test_a_healthy_system_has_nothing_to_mend_once_its_backup_is_proved(
    genji: Genji, database_url: str, fresh_amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(declare(fresh_amqp_url, QUEUES))
    genji("backup", "create", url=database_url)
    assert "ever proved" in findings(genji, url=database_url)[1]["backup"]["finding"]
    genji("backup", "verify", url=database_url)
    code, found = findings(genji, url=database_url, AMQP_URL=fresh_amqp_url)
    assert {check for check, row in found.items() if row["state"] == "wrong"} == set()
    assert code == 0
    for check in ("settings", "postgresql", "migrations", "clock", "rabbitmq", "dead letters", "backup"):
        assert found[check]["state"] == "ok", found[check]
    monkeypatch.setattr(upkeep, "OLDEST_PROOF", timedelta(0))
    old = findings(genji, url=database_url)[1]["backup"]
    assert ("days old" in old["finding"], old["state"]) == (True, "note")


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
    assert {row["mend"] for row in done.json if row["check"] == "rabbitmq"} == {"./cli.py topology mend"}
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


def test_migrations_of_a_newer_release_are_wrong_and_folded_ones_are_not(
    genji: Genji, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "insert into public.schema_migrations values ('20261122110000'), ('29990101000000')"
        )
    code, found = findings(genji, url=database_url)
    assert code == 1
    assert "has 29990101000000, which" in found["migrations"]["finding"]


def test_a_clock_that_is_off_is_wrong(genji: Genji, shared_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(seconds=30))
    assert findings(genji, url=shared_url)[1]["clock"]["state"] == "wrong"


def test_no_backup_is_wrong_in_production_and_a_note_elsewhere(genji: Genji, shared_url: str) -> None:
    assert findings(genji, url=shared_url)[1]["backup"]["state"] == "note"
    code, found = findings(genji, url=shared_url, APP_ENVIRONMENT="production")
    assert (code, found["backup"]["state"]) == (1, "wrong")
    assert found["backup"]["mend"] == "./cli.py backup create"


def test_little_room_on_the_disk_is_wrong(
    genji: Genji, shared_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "LEAST_FREE", 10**18)
    assert findings(genji, url=shared_url)[1]["disk"]["state"] == "wrong"


def test_services_without_settings_are_wrong_in_production(
    genji: Genji, shared_url: str, mail_server: Mail
) -> None:
    assert findings(genji, url=shared_url)[1]["mail"]["state"] == "note"
    set_ = {**mail_server.environment(), "APP_ENVIRONMENT": "production"}
    _, found = findings(genji, url=shared_url, **set_)
    assert found["mail"]["state"] == "ok"
    assert found["discord"]["state"] == "wrong"
    assert "DISCORD_TOKEN" in found["discord"]["mend"]
    assert (found["sentry"]["state"], found["sentry"]["mend"]) == ("wrong", "set SENTRY_DSN in .env")


def test_services_that_refuse_or_do_not_answer_are_wrong(
    genji: Genji, shared_url: str, page: Page, s3_server: S3
) -> None:
    page.answers = {
        "/users/@me": (401, {}),
        "/domains": (403, {"name": "validation_error"}),
        "/api/v1/targets": (503, {}),
    }
    set_ = {
        "DISCORD_TOKEN": "x",
        "DISCORD_API_URL": page.url,
        "RESEND_API_KEY": "re_x",
        "RESEND_API_URL": page.url,
        **s3_server.environment(),
        "S3_BUCKET_NAME": "no-such-bucket",
        "PROMETHEUS_URL": page.url,
    }
    code, found = findings(genji, url=shared_url, **set_)
    assert code == 1
    assert {found[name]["state"] for name in ("discord", "mail", "s3", "prometheus")} == {"wrong"}
    assert "DISCORD_TOKEN" in found["discord"]["mend"]
    assert "no-such-bucket" in found["s3"]["finding"]
    page.answers = {
        "/users/@me": (200, {"username": "Genji"}),
        "/domains": (401, {"name": "restricted_api_key"}),
    }
    _, found = findings(genji, url=shared_url, **{**set_, "S3_BUCKET_NAME": BUCKET})
    assert {found[name]["state"] for name in ("discord", "mail", "s3")} == {"ok"}
    away = {"DISCORD_API_URL": "http://127.0.0.1:1", "RESEND_API_URL": "http://127.0.0.1:1"}
    _, found = findings(genji, url=shared_url, **{**set_, **away})
    assert found["discord"]["finding"] == found["mail"]["finding"] == "http://127.0.0.1:1 does not answer"


def test_targets_that_are_down_and_alerts_that_fire_are_wrong(
    genji: Genji, shared_url: str, page: Page
) -> None:
    labels = {"job": "bot", "instance": "bot:9101"}
    down = {
        "health": "down",
        "scrapeUrl": "http://bot:9101/metrics",
        "lastError": "refused",
        "labels": labels,
    }
    alert = {
        "state": "firing",
        "labels": {"alertname": "RunnerDown", **labels},
        "annotations": {"summary": "bot is away.", "runbook": "docs/operations.md#runnerdown"},
    }
    page.answers = {
        "/api/v1/targets": (200, {"data": {"activeTargets": [down]}}),
        "/api/v1/alerts": (200, {"data": {"alerts": [alert, {**alert, "state": "pending"}]}}),
    }
    done = genji("doctor", "--json", "--prometheus", page.url, url=shared_url)
    found = {row["check"]: row for row in done.json}
    assert found["metrics"]["finding"] == "http://bot:9101/metrics of bot: refused"
    assert [row["finding"] for row in done.json if row["check"] == "alert"] == ["RunnerDown: bot is away."]
    assert found["alert"]["mend"] == "docs/operations.md#runnerdown"
    page.answers["/api/v1/targets"] = (200, {"data": {"activeTargets": [{**down, "health": "up"}]}})
    page.answers["/api/v1/alerts"] = (200, {"data": {"alerts": []}})
    _, found = findings(genji, url=shared_url, PROMETHEUS_URL=page.url)
    assert (found["metrics"]["state"], "alert" in found) == ("ok", False)


def test_schedules_that_never_succeeded_or_long_ago_are_named(
    genji: Genji, shared_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path("text")
    folder.mkdir()
    for each in schedule.SCHEDULES:
        schedule.write(folder, each.name)
    _, found = findings(genji, url=shared_url, SCHEDULE_METRICS="text")
    assert found["schedule"]["state"] == "ok"
    (folder / "genji-prune.prom").unlink()
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=2))
    done = genji("doctor", "--json", url=shared_url, SCHEDULE_METRICS="text", APP_ENVIRONMENT="production")
    late = [row for row in done.json if row["check"] == "schedule"]
    assert {row["state"] for row in late} == {"wrong"}
    assert {row["mend"].split()[-1] for row in late} >= {"backup", "verify", "prune"}
    assert "prune never succeeded" in " ".join(row["finding"] for row in late)


def test_what_endangers_data_in_postgresql_is_wrong_where_it_counts(genji: Genji, shared_url: str) -> None:
    # The tests' own server does without fsync, and would not do for four runners of 50 connections.
    set_ = {"APP_ENVIRONMENT": "production", "DATABASE_POOL_SIZE": "150"}
    done = genji("doctor", "--json", url=shared_url, **set_)
    found = {row["finding"]: row for row in done.json if row["check"] == "server settings"}
    assert found["fsync is off: a power cut loses or destroys data"]["state"] == "wrong"
    assert any("4 runners may want" in finding for finding in found)
    checks_ = {row["check"]: row["state"] for row in done.json}
    assert (checks_["extensions"], checks_["programs"]) == ("ok", "ok")


def test_a_missing_extension_is_wrong(genji: Genji, shared_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        database, "_schema", lambda: "CREATE EXTENSION IF NOT EXISTS pg_other WITH SCHEMA public;"
    )
    _, found = findings(genji, url=shared_url)
    assert found["extensions"]["finding"] == "the extensions pg_other are missing"
