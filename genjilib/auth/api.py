"""HTTP routes of e-mail accounts."""

from aiohttp import web

from genjilib.auth import rules
from genjilib.auth.types import (
    EmailRegisterRequest,
    EmailVerifyRequest,
    RegisterResponse,
    VerifyEmailResponse,
)
from genjilib.core.errors import Invalid, RateLimited
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.web.routes import post


async def register(
    db: Db, settings: Settings, request: web.Request, body: EmailRegisterRequest
) -> RegisterResponse:
    """Sign a user up by e-mail; a mail with a link verifies the address."""
    secret = settings.token_secret.get_secret_value()
    return await rules.register(db, body, client=request.remote, secret=secret)


async def verify_email(db: Db, body: EmailVerifyRequest) -> VerifyEmailResponse:
    """Confirm an address by the token that was mailed to it."""
    user = await rules.verify_email(db, body.token)
    return VerifyEmailResponse("Email verified successfully.", user)


routes = [
    post("/api/v3/auth/register", register, errors=[Invalid, RateLimited]),
    post("/api/v3/auth/verify-email", verify_email, status=200, errors=[Invalid]),
]
