"""The worker's part of auth: sending the mails that carry tokens."""

from html import escape

from genjilib import mail, queries
from genjilib.auth.passwords import mailed_token
from genjilib.auth.types import MailEvent
from genjilib.broker.context import Context
from genjilib.broker.handler import Delivery, Handler
from genjilib.core.errors import NotFound

PAGES = {
    "verification": ("verify-email", "Verify your email", "please follow this link to confirm your address"),
    "password_reset": (
        "reset-password",
        "Reset your password",
        "please follow this link to choose a new password",
    ),
    "address_taken": (
        "login",
        "You have an account already",
        "somebody, perhaps you, wanted to sign up with this address, which has an account; here you log in",
    ),
}
"""Page of the website, subject and text of each kind of mail; a notice carries no token."""


async def send(context: Context, delivery: Delivery[MailEvent]) -> None:
    """Send the mail; sending it again under the same message id reaches nobody twice."""
    event = delivery.event
    account = await queries.auth.email_account(context.db, user_id=event.user_id)
    if account is None:
        raise NotFound("This user has no e-mail account any more.", code="account-gone")
    page, subject, sentence = PAGES[event.kind]
    link = f"{context.settings.site_url}/{page}"
    if event.kind != "address_taken":
        link += f"?token={mailed_token(context.settings.token_secret.get_secret_value(), event.nonce)}"
    name = account.username or "there"
    await mail.send(
        context.settings,
        to=account.email,
        subject=subject,
        text=f"Hi {name},\n\n{sentence}:\n{link}\n",
        html=f'<p>Hi {escape(name)},</p><p>{sentence}:</p><p><a href="{link}">{link}</a></p>',
        key=str(delivery.message.message_id),
    )


handlers = [Handler(MailEvent, prepare=send, concurrency=4)]
