"""Mail, through Resend or whatever speaks its HTTP interface."""

import asyncio
from typing import TYPE_CHECKING

from genjilib.core import log
from genjilib.core.errors import Invalid, RateLimited, Unavailable
from genjilib.core.settings import Settings

if TYPE_CHECKING:
    from resend.exceptions import ResendError

_OUR_FAULT = ("401", "403")
"""Statuses about RESEND_API_KEY or FROM_EMAIL: the same mail will do when they are mended."""

_logger = log.get_logger(__name__)


async def send(settings: Settings, *, to: str, subject: str, text: str, html: str, key: str) -> None:
    """Send one mail; two calls with the same ``key`` send one (the service remembers keys for a day).

    Raises ``RateLimited`` or ``Unavailable`` when a later try may succeed, ``Invalid`` when the service
    refuses the mail. Without a key of the service nothing is sent, and the log says so.
    """
    if not settings.resend_api_key.get_secret_value():
        _logger.warning("mail-switched-off", subject=subject)
        return
    import resend
    from resend.exceptions import RateLimitError, ResendError

    resend.api_key = settings.resend_api_key.get_secret_value()
    resend.api_url = settings.resend_api_url
    mail: resend.Emails.SendParams = {
        "from": settings.from_email,
        "to": [to],
        "subject": subject,
        "text": text,
        "html": html,
    }
    try:
        async with asyncio.timeout(15):
            await asyncio.to_thread(resend.Emails.send, mail, {"idempotency_key": key})
    except RateLimitError as error:
        raise RateLimited("The mail service asks to slow down.", after=10) from error
    except ResendError as error:
        raise _meaning(error) from error
    except TimeoutError as error:
        raise Unavailable("The mail service did not answer.", after=30) from error


def _meaning(error: "ResendError") -> Invalid | Unavailable:
    code = str(error.code)
    if code in _OUR_FAULT:
        _logger.error("mail-settings-refused", error=error.error_type)
        return Unavailable("The mail service does not take our key or sender.", after=60, code="mail-key")
    if code.startswith("4"):
        return Invalid(f"The mail service refused the mail ({error.error_type}).", code="mail-refused")
    return Unavailable("The mail service is not available.", after=30, code="mail-away")
