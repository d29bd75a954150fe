"""Mail as the service takes or refuses it."""

from typing import Any

import pytest

from genjilib import mail as mails
from genjilib.core.errors import GenjiError, Invalid, Unavailable
from genjilib.core.settings import Settings
from genjilib.local.mail import API_KEY, Mail


def settings(mail: Mail, **given: Any) -> Settings:
    """Settings that send to the catcher."""
    return Settings.model_validate(
        {
            "database_url": "postgresql://nobody@localhost/none",
            "amqp_url": "amqp://nobody:none@localhost/",
            "token_secret": "x" * 32,
            "resend_api_url": mail.url,
            "resend_api_key": API_KEY,
        }
        | given
    )


async def send(
    given: Settings, *, to: str = "ana@example.com", text: str = "Hello.", key: str = "one"
) -> None:
    """Send a mail."""
    await mails.send(given, to=to, subject="Hello", text=text, html=f"<p>{text}</p>", key=key)


async def test_a_mail_is_sent_once_for_a_key(mail: Mail) -> None:
    await send(settings(mail))
    await send(settings(mail))
    (sent,) = await mail.messages()
    assert (sent["to"], sent["text"]) == (["ana@example.com"], "Hello.")


async def test_without_a_key_of_the_service_nothing_is_sent(mail: Mail) -> None:
    await send(settings(mail, resend_api_key=""))
    assert await mail.messages() == []


@pytest.mark.parametrize(
    ("given", "change", "error"),
    [
        ({"resend_api_key": "wrong"}, {}, Unavailable),
        ({"resend_api_url": "http://127.0.0.1:1"}, {}, Unavailable),
        ({}, {"text": "Another mail under the same key."}, Invalid),
    ],
)
async def test_what_mending_or_waiting_heals_may_be_tried_again_and_a_wrong_mail_may_not(
    mail: Mail, given: dict[str, str], change: dict[str, str], error: type[GenjiError]
) -> None:
    await send(settings(mail))
    with pytest.raises(error):
        await send(settings(mail, **given), **change)
    assert len(await mail.messages()) == 1
