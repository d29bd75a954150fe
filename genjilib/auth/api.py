"""HTTP routes of e-mail accounts."""

from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from genjilib import queries
from genjilib.auth import rules
from genjilib.auth.types import (
    CreateRememberTokenResponse,
    DestroyUserSessionsResponse,
    EmailAuthStatus,
    EmailLoginRequest,
    EmailRegisterRequest,
    EmailVerifyRequest,
    LoginResponse,
    PasswordResetConfirmRequest,
    PasswordResetConfirmResponse,
    PasswordResetRequest,
    PasswordResetRequestResponse,
    RegisterResponse,
    RememberTokenRequest,
    ResendVerificationResponse,
    RevokeRememberTokensResponse,
    SessionDestroyResponse,
    SessionGcResponse,
    SessionReadResponse,
    SessionWriteRequest,
    SessionWriteResponse,
    UserSessionsResponse,
    ValidateRememberTokenRequest,
    ValidateRememberTokenResponse,
    VerifyEmailResponse,
)
from genjilib.core.errors import Invalid, NotFound, RateLimited, Unauthenticated
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.web.identity import client_address
from genjilib.web.routes import delete, get, post, put


class SessionsQuery(Struct):
    """Which session stays."""

    except_session_id: Annotated[str, Meta(max_length=256)] | None = None


async def register(
    db: Db, settings: Settings, request: web.Request, body: EmailRegisterRequest
) -> RegisterResponse:
    """Sign a user up by e-mail; a mail with a link verifies the address."""
    secret = settings.token_secret.get_secret_value()
    return await rules.register(
        db, body, client=client_address(request, settings.trusted_proxies), secret=secret
    )


async def login(db: Db, settings: Settings, request: web.Request, body: EmailLoginRequest) -> LoginResponse:
    """Return the user whose address and password these are."""
    client = client_address(request, settings.trusted_proxies)
    return LoginResponse(await rules.login(db, body, client=client))


async def verify_email(db: Db, body: EmailVerifyRequest) -> VerifyEmailResponse:
    """Confirm an address by the token that was mailed to it."""
    user = await rules.verify_email(db, body.token)
    return VerifyEmailResponse("Email verified successfully.", user)


async def resend_verification(
    db: Db, settings: Settings, request: web.Request, body: PasswordResetRequest
) -> ResendVerificationResponse:
    """Mail a new verification link; the answer does not tell whether there is such an account."""
    client = client_address(request, settings.trusted_proxies)
    secret = settings.token_secret.get_secret_value()
    await rules.resend_verification(db, body.email, client=client, secret=secret)
    return ResendVerificationResponse("If this email awaits verification, a new link has been sent.")


async def forgot_password(
    db: Db, settings: Settings, request: web.Request, body: PasswordResetRequest
) -> PasswordResetRequestResponse:
    """Mail a reset link; the answer does not tell whether there is such an account."""
    client = client_address(request, settings.trusted_proxies)
    secret = settings.token_secret.get_secret_value()
    await rules.forgot_password(db, body.email, client=client, secret=secret)
    return PasswordResetRequestResponse("If an account with this email exists, a reset link has been sent.")


async def reset_password(db: Db, body: PasswordResetConfirmRequest) -> PasswordResetConfirmResponse:
    """Replace a password by the token that was mailed; all sessions of the user end."""
    return PasswordResetConfirmResponse("Password reset successfully.", await rules.reset_password(db, body))


async def get_status(db: Db, user_id: int) -> EmailAuthStatus:
    """Tell whether a user's address is confirmed."""
    return await rules.status(db, user_id)


async def read_session(db: Db, session_id: str) -> SessionReadResponse:
    """Return what a session holds, and prolong it."""
    return await rules.read_session(db, session_id)


async def write_session(
    db: Db, settings: Settings, request: web.Request, session_id: str, body: SessionWriteRequest
) -> SessionWriteResponse:
    """Store what a session holds."""
    client = client_address(request, settings.trusted_proxies)
    agent = request.headers.get("User-Agent", "")[:500] or None
    await rules.write_session(db, session_id, body, client=client, agent=agent)
    return SessionWriteResponse(True)


async def end_session(db: Db, session_id: str) -> SessionDestroyResponse:
    """End a session."""
    return SessionDestroyResponse(await rules.end_session(db, session_id))


async def clean_sessions(db: Db) -> SessionGcResponse:
    """Remove expired sessions."""
    return SessionGcResponse(await rules.clean_sessions(db))


async def list_sessions(db: Db, user_id: int) -> UserSessionsResponse:
    """Return a user's sessions, at most the 100 used last."""
    return UserSessionsResponse(
        await queries.auth.sessions_of_user(db, user_id=user_id, life=rules.SESSION_LIFE)
    )


async def end_sessions(db: Db, user_id: int, query: SessionsQuery) -> DestroyUserSessionsResponse:
    """End a user's sessions, but for one where that is asked."""
    return DestroyUserSessionsResponse(await rules.end_sessions(db, user_id, but=query.except_session_id))


async def create_remember_token(db: Db, body: RememberTokenRequest) -> CreateRememberTokenResponse:
    """Return a new token by which a user stays logged in for 30 days."""
    return CreateRememberTokenResponse(await rules.create_remember_token(db, body.user_id))


async def validate_remember_token(
    db: Db, body: ValidateRememberTokenRequest
) -> ValidateRememberTokenResponse:
    """Tell whose remember token this is."""
    return await rules.use_remember_token(db, body.token)


async def revoke_remember_tokens(db: Db, user_id: int) -> RevokeRememberTokensResponse:
    """Take away a user's remember tokens."""
    return RevokeRememberTokensResponse(await rules.revoke_remember_tokens(db, user_id))


_SESSION = "/api/v3/auth/sessions/{session_id}"
_SESSIONS_OF_USER = "/api/v3/auth/sessions/user/{user_id:int}"

routes = [
    post("/api/v3/auth/resend-verification", resend_verification, status=200, errors=[RateLimited]),
    post("/api/v3/auth/forgot-password", forgot_password, status=200, errors=[RateLimited]),
    post("/api/v3/auth/reset-password", reset_password, status=200, errors=[Invalid]),
    get("/api/v3/auth/status/{user_id:int}", get_status, errors=[NotFound]),
    get(_SESSION, read_session),
    put(_SESSION, write_session, errors=[NotFound]),
    delete(_SESSION, end_session, status=200),
    post("/api/v3/auth/sessions/gc", clean_sessions, status=200),
    get(_SESSIONS_OF_USER, list_sessions),
    delete(_SESSIONS_OF_USER, end_sessions, status=200),
    post("/api/v3/auth/remember-token", create_remember_token, errors=[NotFound], secret=True),
    post("/api/v3/auth/remember-token/validate", validate_remember_token, status=200),
    delete("/api/v3/auth/remember-token/user/{user_id:int}", revoke_remember_tokens, status=200),
    post("/api/v3/auth/register", register, errors=[Invalid, RateLimited]),
    post("/api/v3/auth/login", login, status=200, errors=[Unauthenticated, RateLimited]),
    post("/api/v3/auth/verify-email", verify_email, status=200, errors=[Invalid]),
]
