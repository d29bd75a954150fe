"""The mails that sign-up, lost passwords and taken addresses cause, from the outbox to who reads them."""

import re
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from pydantic import SecretStr

from genjilib.auth import worker
from genjilib.auth.types import MailEvent
from genjilib.broker.context import Context
from genjilib.broker.handler import Delivery
from genjilib.core.errors import NotFound
from genjilib.local.mail import API_KEY, Mail
from tests.api import Api, api_settings
from tests.auth.accounts import PASSWORD, register, verify
from tests.town import delivery

EMAIL = "genji@shimada.example"


def waiting(api: Api) -> list[Delivery[MailEvent]]:
    """What waits in the outbox for the worker."""
    return [
        delivery(msgspec.convert(each.body, MailEvent, strict=False)) for each in api.sent(MailEvent.queue)
    ]


def context(api: Api, mail: Mail) -> Context:
    """The worker's side, with the catcher for a service."""
    using = {
        "resend_api_url": mail.url,
        "resend_api_key": SecretStr(API_KEY),
        "site_url": "https://genji.example",
    }
    return Context(api_settings("postgres://", **using), api.db)


async def test_each_kind_of_mail_arrives_once_and_its_link_works(api: Api, mail: Mail) -> None:
    assert (await register(api, username="Genji")).status == 201
    assert (await register(api, EMAIL.upper(), username="Hanzo")).status == 201
    assert (await api.post("/auth/forgot-password", {"email": EMAIL})).status == 200
    for message in waiting(api):
        await worker.send(context(api, mail), message)
        await worker.send(context(api, mail), message)
    sent = await mail.messages()
    assert [(each["to"], each["subject"]) for each in sent] == [
        ([EMAIL], "Verify your email"),
        ([EMAIL], "You have an account already"),
        ([EMAIL], "Reset your password"),
    ]
    links = [urlsplit(*re.findall(r"https://\S+", each["text"])) for each in sent]
    assert [(link.netloc, link.path) for link in links] == [
        ("genji.example", "/verify-email"),
        ("genji.example", "/login"),
        ("genji.example", "/reset-password"),
    ]
    assert all(link.geturl() in each["html"] for link, each in zip(links, sent, strict=True))
    assert "Hanzo" not in sent[1]["text"], "who tried is not told"
    (verification,), notice, (reset,) = (parse_qs(link.query).get("token", []) for link in links)
    assert notice == []
    assert (await verify(api, verification)).status == 200
    asked = {"token": reset, "password": f"{PASSWORD}-new"}
    assert (await api.post("/auth/reset-password", asked)).status == 200


async def test_a_name_is_no_html_and_who_is_gone_gets_no_mail(api: Api, mail: Mail) -> None:
    assert (await register(api)).status == 201
    (message,) = waiting(api)
    api.sql.execute("update core.users set nickname = '<b>Genji</b>'")
    await worker.send(context(api, mail), message)
    (sent,) = await mail.messages()
    assert "Hi &lt;b&gt;Genji&lt;/b&gt;," in sent["html"]
    api.sql.execute("delete from users.email_auth")
    with pytest.raises(NotFound):
        await worker.send(context(api, mail), message)
    assert len(await mail.messages()) == 1
