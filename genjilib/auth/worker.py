"""The worker's part of auth: sending the mails that carry tokens."""

from html import escape

from genjilib import mail, queries
from genjilib.auth.passwords import mailed_token
from genjilib.auth.types import MailEvent
from genjilib.broker.context import Context
from genjilib.broker.handler import Delivery, Handler
from genjilib.core.errors import NotFound

PAGES = {
    "verification": ("verify-email", "Verify your email", "confirm your address"),
    "password_reset": ("reset-password", "Reset your password", "choose a new password"),
}
"""Page of the website, subject and purpose of each kind of mail."""


async def send(context: Context, delivery: Delivery[MailEvent]) -> None:
    """Send the mail; sending it again under the same message id reaches nobody twice."""
    event = delivery.event
    account = await queries.auth.email_account(context.db, user_id=event.user_id)
    if account is None:
        raise NotFound("This user has no e-mail account any more.", code="account-gone")
    page, subject, purpose = PAGES[event.kind]
    token = mailed_token(context.settings.token_secret.get_secret_value(), event.nonce)
    link = f"{context.settings.site_url}/{page}?token={token}"
    name = account.username or "there"
    await mail.send(
        context.settings,
        to=account.email,
        subject=subject,
        text=f"Hi {name},\n\nplease follow this link to {purpose}:\n{link}\n",
        html=f"<p>Hi {escape(name)},</p><p>please follow this link to {purpose}:</p>"
        f'<p><a href="{link}">{link}</a></p>',
        key=str(delivery.message.message_id),
    )


handlers = [Handler(MailEvent, prepare=send, concurrency=4)]
