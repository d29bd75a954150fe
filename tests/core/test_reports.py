"""What reaches Sentry, as a local catcher of its envelopes sees it."""

import asyncio
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from pydantic import SecretStr

from genjilib.core import log, reports
from genjilib.core.settings import Settings
from genjilib.local.sentry import Sentry
from tests.api import Api

TRACE = "4bf92f3577b34da6a3ce929d00000001"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
KEY = "genji_live_0a1b2c3d_Planted-Key-abcdefghijklmnopqrstuvwxyz0123"
TOKEN = "Planted-Token_0123456789abcdefghijklmnopqrs"
MAIL = "planted.person@example.org"
DATABASE_PASSWORD = "planted-database-password"
SECRETS = {
    "discord_token": "planted-discord-token",
    "aws_secret_access_key": "planted-s3-secret",
    "resend_api_key": "planted-resend-key",
    "bungie_api_keys": "planted-bungie-1,planted-bungie-2",
    "token_secret": "planted-token-secret-planted-token-secret",
}
PLANTED = [KEY, TOKEN, MAIL, DATABASE_PASSWORD, *SECRETS.values(), *SECRETS["bungie_api_keys"].split(",")]


@pytest.fixture
def configured(sentry: Sentry) -> Iterator[Settings]:
    """A process that reports to the catcher, with every trace."""
    settings = Settings.model_validate(
        {
            "database_url": f"postgresql://genji:{DATABASE_PASSWORD}@127.0.0.1/genji",
            "amqp_url": "amqp://127.0.0.1",
            "sentry_dsn": sentry.environment()["SENTRY_DSN"],
            "sentry_traces_sample_rate": 1.0,
            "app_environment": "staging",
            "release": "2026.11.27",
            **{name: SecretStr(value) for name, value in SECRETS.items()},
        }
    )
    log.configure("tests")
    reports.configure(settings, runner="tests")
    yield settings
    sentry_sdk.get_client().close(timeout=0)
    sentry_sdk.get_global_scope().set_client(None)
    sentry_sdk.get_global_scope().clear()
    reports._share = 0.0


async def caught(sentry: Sentry, kind: str) -> list[dict[str, Any]]:
    """What of one kind has been reported until now."""
    await asyncio.to_thread(sentry_sdk.flush, 5)
    return [item["payload"] for item in await sentry.items(kind)]


async def test_an_error_is_reported_once_with_release_environment_and_ids(
    configured: Settings, sentry: Sentry
) -> None:
    logger = log.get_logger("genjilib.web.app")
    with log.bound_contextvars(request_id="request-1", traceparent=PARENT):
        try:
            raise ValueError("it broke")
        except ValueError as error:
            logger.error("request failed", exc_info=error, route="maps.search")
            logging.getLogger("aiohttp.server").error("Error handling request", exc_info=True)
        logger.warning("no error")
    (event,) = await caught(sentry, "event")
    assert (event["release"], event["environment"]) == ("2026.11.27", "staging")
    assert event["exception"]["values"][0]["value"] == "it broke"
    assert event["tags"] == {
        "runner": "tests",
        "logger": "genjilib.web.app",
        "request_id": "request-1",
        "route": "maps.search",
    }
    assert event["contexts"]["log"] == {"event": "request failed"}
    assert event["contexts"]["trace"]["trace_id"] == TRACE


async def test_a_line_without_an_exception_is_a_report_grouped_by_queue_and_error(
    configured: Settings, sentry: Sentry
) -> None:
    for number in range(2):
        log.get_logger("genjilib.broker.settle").error(
            "message-failed", queue="api.xp.grant", error="poison", message_id=f"id-{number}", detail="No."
        )
    logging.getLogger("discord.gateway").critical("Shard %s is gone", 3)
    first, second, foreign = await caught(sentry, "event")
    assert first["fingerprint"] == second["fingerprint"]
    assert first["fingerprint"] == ["genjilib.broker.settle", "message-failed", "api.xp.grant", "poison"]
    assert second["tags"]["message_id"] == "id-1"
    assert (foreign["level"], foreign["message"]) == ("fatal", "Shard 3 is gone")


async def test_no_planted_secret_leaves_the_process(configured: Settings, sentry: Sentry) -> None:
    # In pieces, for the lines of this file are a part of reports.
    local, word = "-".join(("planted", "local")), "-".join(("planted", "word"))
    text = " ".join(["Key (email)=(" + MAIL + ") exists:", *PLANTED])
    try:
        try:
            raise RuntimeError(text)
        except RuntimeError as cause:
            raise ConnectionError(f"at {configured.database_url.get_secret_value()}") from cause
    except ConnectionError:
        log.get_logger("genjilib.somewhere").error(
            "it broke", exc_info=True, password=word, address=text, given={"api_key": KEY}
        )
    logging.getLogger("discord.http").error("Refused: %s", text)
    with log.bound_contextvars(traceparent=PARENT):
        reports.traced("http.server", f"GET /maps {text}", 0.1)
    events, traces = await caught(sentry, "event"), await caught(sentry, "transaction")
    assert (len(events), len(traces)) == (2, 1)
    sent = json.dumps([events, traces])
    assert [one for one in [*PLANTED, word, local] if one in sent] == []
    assert "***" in sent


async def test_a_trace_is_sent_as_a_whole_or_not_at_all(
    configured: Settings, sentry: Sentry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "_share", 0.5)
    for last in ("00000001", "ffffffff"):
        parent = f"00-{TRACE[:24]}{last}-00f067aa0ba902b7-01"
        with log.bound_contextvars(traceparent=parent):
            reports.traced("http.server", "POST /completions", 0.25)
        reports.traced("queue.process", "api.completion.submission", 0.5, parent=parent, failed=True)
    reports.traced("http.server", "without a trace", 1)
    request, message = await caught(sentry, "transaction")
    contexts = request["contexts"]["trace"], message["contexts"]["trace"]
    assert [context["trace_id"] for context in contexts] == [TRACE, TRACE]
    assert contexts[0]["span_id"] == contexts[1]["parent_span_id"] == "00f067aa0ba902b7"
    assert [context["op"] for context in contexts] == ["http.server", "queue.process"]
    assert [context["status"] for context in contexts] == ["ok", "internal_error"]
    assert request["transaction"] == "POST /completions"
    assert request["release"] == "2026.11.27"


async def test_a_request_that_meets_a_bug_is_one_report_which_its_answer_names(
    configured: Settings, sentry: Sentry, api: Api
) -> None:
    api.sql.execute("drop table public.newsfeed cascade")
    api.sql.commit()
    answer = await api.get("/newsfeed")
    assert answer.status == 500
    (event,) = await caught(sentry, "event")
    assert event["tags"]["request_id"] == answer.json["request_id"]
    (trace,) = await caught(sentry, "transaction")
    assert trace["transaction"] == "GET /api/v3/newsfeed"
    assert trace["contexts"]["trace"]["trace_id"] == event["contexts"]["trace"]["trace_id"]
