"""What was planted as a secret is in no log, metric, message or table; what was denied is in the log."""

import json
import logging

import pytest
from prometheus_client import generate_latest

from genjilib.auth import keys
from genjilib.core import log
from tests.api import Api
from tests.auth.accounts import PASSWORD, registered, verify
from tests.auth.test_secrets import everything

SESSION = "planted-session-id-7c1f"
WRONG = "Planted-Wrong-Password-7"
REPLACED = "Planted-New-Password-7"


def heard(caplog: pytest.LogCaptureFixture) -> None:
    """Have all that the product logs, as a runner writes it, in the texts that were caught."""
    log.configure("tests", level="DEBUG")
    (written,) = logging.getLogger().handlers
    caplog.handler.setFormatter(written.formatter)
    logging.getLogger().addHandler(caplog.handler)
    caplog.clear()


async def test_no_secret_is_left_in_logs_metrics_messages_or_tables(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    heard(caplog)
    user_id, token = await registered(api)
    await verify(api, token)
    for password in (PASSWORD, WRONG):
        await api.post("/auth/login", {"email": "genji@shimada.example", "password": password})
    await api.put(f"/auth/sessions/{SESSION}", {"payload": "x", "user_id": user_id})
    await api.get(f"/auth/sessions/{SESSION}")
    remember = (await api.post("/auth/remember-token", {"user_id": user_id})).json["token"]
    await api.post("/auth/remember-token/validate", {"token": remember})
    await api.post("/auth/reset-password", {"token": "planted-reset-token", "password": REPLACED})
    await api.ask("GET", "/maps", key="planted-wrong-key")
    seen = {
        "logs": caplog.text,
        "metrics": generate_latest().decode(),
        "messages": json.dumps([message.body for message in api.sent()]),
        "tables": everything(api.sql),
    }
    planted = [PASSWORD, WRONG, REPLACED, SESSION, remember, token, api.key]
    planted += ["planted-reset-token", "planted-wrong-key"]
    for place, text in seen.items():
        assert [secret for secret in planted if secret in text] == [], place
    assert len(seen["logs"].splitlines()) >= 8


async def test_each_denied_request_is_one_line_that_says_who_and_why(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    heard(caplog)
    made = await keys.create_key(
        api.db, name="website", scopes=["maps:read"], superuser=False, expires_at=None
    )
    for key, code in ((None, "missing-key"), ("wrong", "invalid-key"), (made.key, "superuser-only")):
        caplog.clear()
        await api.ask("GET", "/users/1", key=key)
        lines = [json.loads(line) for line in caplog.text.splitlines() if '"answered"' in line]
        (line,) = lines
        assert (line["status"], line["code"]) == (401, code)
        assert line["caller"] == ("website" if key == made.key else None)
