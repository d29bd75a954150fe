"""Mail, Sentry and S3 stand-ins, driven by the real client packages."""

import asyncio

import aiohttp
import boto3
import pytest
import resend
import sentry_sdk
from botocore.exceptions import ClientError

from genjilib.local.mail import Mail
from genjilib.local.s3 import BUCKET, S3
from genjilib.local.sentry import Sentry

LETTER: resend.Emails.SendParams = {
    "from": "Genji <noreply@example.org>",
    "to": ["player@example.org"],
    "subject": "Verify <your> address",
    "html": "<p>Click</p>",
}


@pytest.fixture
def client(mail: Mail, monkeypatch: pytest.MonkeyPatch) -> Mail:
    monkeypatch.setattr(resend, "api_url", mail.url)
    monkeypatch.setattr(resend, "api_key", mail.environment()["RESEND_API_KEY"])
    return mail


async def test_mail_is_caught(client: Mail) -> None:
    sent = await asyncio.to_thread(resend.Emails.send, LETTER)
    (caught,) = await client.messages()
    assert caught["id"] == sent["id"]
    assert caught["subject"] == LETTER["subject"]
    assert caught["to"] == ["player@example.org"]
    got = await asyncio.to_thread(resend.Emails.get, sent["id"])
    assert got["last_event"] == "delivered"


async def test_same_idempotency_key_sends_once(client: Mail) -> None:
    options: resend.Emails.SendOptions = {"idempotency_key": "job-1"}
    first = await asyncio.to_thread(resend.Emails.send, LETTER, options)
    again = await asyncio.to_thread(resend.Emails.send, LETTER, options)
    assert first["id"] == again["id"]
    assert len(await client.messages()) == 1
    with pytest.raises(resend.exceptions.ResendError, match="another payload"):
        await asyncio.to_thread(resend.Emails.send, {**LETTER, "subject": "Other"}, options)


async def test_batch_is_caught_whole_or_not_at_all(client: Mail) -> None:
    answer = await asyncio.to_thread(resend.Batch.send, [LETTER, LETTER])
    assert [each["id"] for each in answer["data"]] == [each["id"] for each in await client.messages()]
    with pytest.raises(resend.exceptions.ValidationError, match="subject"):
        await asyncio.to_thread(resend.Batch.send, [LETTER, {**LETTER, "subject": ""}])
    assert len(await client.messages()) == 2


async def test_mail_without_a_key_is_refused(client: Mail) -> None:
    async with aiohttp.ClientSession() as http, http.post(f"{client.url}/emails", json=LETTER) as answer:
        assert (answer.status, (await answer.json())["name"]) == (401, "missing_api_key")


@pytest.mark.parametrize(
    "body", ["{", "[]", "3", '{"to": "a@b.c"}', '[{"from": "a", "to": 1, "subject": "s"}]']
)
async def test_mail_nobody_could_send_is_refused(client: Mail, body: str) -> None:
    headers = {"Authorization": "Bearer re_local"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.post(f"{client.url}/emails", data=body) as answer,
    ):
        assert (answer.status, (await answer.json())["name"]) == (422, "validation_error")
    assert await client.messages() == []


async def test_mail_page_shows_caught_mail_as_text(client: Mail) -> None:
    await asyncio.to_thread(resend.Emails.send, LETTER)
    async with aiohttp.ClientSession() as http, http.get(client.url) as answer:
        page = await answer.text()
    assert "Verify &lt;your&gt; address" in page
    assert 'sandbox srcdoc="&lt;p&gt;Click' in page


async def test_sentry_gets_the_exception(sentry: Sentry) -> None:
    client = sentry_sdk.Client(dsn=sentry.environment()["SENTRY_DSN"], default_integrations=False)
    with sentry_sdk.new_scope() as scope:
        scope.set_client(client)
        try:
            raise ValueError("it broke")
        except ValueError:
            scope.capture_exception()
    await asyncio.to_thread(client.close, timeout=5)
    (event,) = await sentry.items("event")
    assert event["payload"]["exception"]["values"][0]["value"] == "it broke"


async def test_sentry_refuses_what_is_no_envelope(sentry: Sentry) -> None:
    url = f"{sentry.url}/api/1/envelope/"
    async with aiohttp.ClientSession() as http:
        assert (await http.post(url, data=b"{}")).status == 401
        assert (await http.post(f"{url}?sentry_key=k", data=b"{}\nnonsense")).status == 400
    assert await sentry.items() == []


async def test_objects_are_stored_and_public(s3: S3) -> None:
    settings = s3.environment()
    bucket = boto3.client(
        "s3",
        endpoint_url=settings["S3_ENDPOINT_URL"],
        aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
        region_name=settings["AWS_DEFAULT_REGION"],
    )
    image = {"Bucket": BUCKET, "Key": "runs/1.png"}
    await asyncio.to_thread(bucket.put_object, **image, Body=b"image", ContentType="image/png")
    async with aiohttp.ClientSession() as http, http.get(f"{settings['S3_PUBLIC_URL']}/runs/1.png") as answer:
        assert (answer.content_type, await answer.read()) == ("image/png", b"image")
    await s3.clear()
    with pytest.raises(ClientError, match="404"):
        await asyncio.to_thread(bucket.head_object, **image)
