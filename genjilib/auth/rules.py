"""The only writer of e-mail accounts, their sessions and tokens."""

import re
import secrets
from datetime import timedelta
from typing import Final
from uuid import uuid4

from genjilib import queries
from genjilib.auth.passwords import (
    check_password,
    hash_password,
    hash_token,
    is_outdated,
    mailed_token,
    verify_password,
)
from genjilib.auth.types import (
    AuthUserPublic,
    AuthUserResponse,
    AuthUserVerify,
    EmailAuthStatus,
    EmailLoginRequest,
    EmailRegisterRequest,
    MailEvent,
    PasswordResetConfirmRequest,
    RegisterResponse,
    SessionReadResponse,
    SessionWriteRequest,
    ValidateRememberTokenResponse,
)
from genjilib.broker import outbox
from genjilib.core.errors import Invalid, NotFound, RateLimited, Unauthenticated
from genjilib.db import Db, Executor

VERIFICATION_LIFE: Final = timedelta(hours=24)
"""How long the link of a verification mail works."""

RESET_LIFE: Final = timedelta(hours=1)
"""How long the link of a reset mail works."""

SESSION_LIFE: Final = timedelta(days=90)
"""How long a session lasts after its last use."""

REMEMBER_LIFE: Final = timedelta(days=30)
"""How long a remember token lasts."""

ATTEMPTS: Final = {
    "register": (5, timedelta(hours=1)),
    "login": (10, timedelta(minutes=15)),
    "password_reset": (3, timedelta(hours=1)),
    "verification_resend": (3, timedelta(hours=1)),
}
"""How many attempts at an action one address or client has within a period."""

_EMAIL = re.compile(r"[a-zA-Z0-9._%+-]{1,64}@(?:[a-zA-Z0-9-]+\.)+[a-zA-Z]{2,63}")
# Letters and digits of Latin, CJK, kana and hangul, with spaces, hyphens and underscores, not blank.
_USERNAME = re.compile(r"(?=.*\S)[a-zA-Z0-9\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af_\- ]{1,20}")


async def register(db: Db, new: EmailRegisterRequest, *, client: str | None, secret: str) -> RegisterResponse:
    """Sign a user up by e-mail and send the mail that verifies the address.

    Where the address is taken the caller sees no difference, but the answer's id is nobody's, and the mail
    tells the account's owner. Raises ``Invalid`` for an address, password or username that will not do, and
    ``RateLimited`` after too many attempts for the address or from ``client``.
    """
    email = new.email.strip()
    username = new.username.strip()
    await _admit(db, "register", [email.lower(), *([client] if client else [])])
    _check_account(email, username)
    check_password(new.password)
    password_hash = await hash_password(new.password)
    nonce = uuid4()
    async with db.transaction() as tx:
        # Two sign-ups with one address wait for each other here.
        await queries.auth.lock_attempts(tx, identifiers=[email.lower()], action="register")
        made = await queries.auth.register(
            tx,
            username=username,
            email=email,
            password_hash=password_hash,
            token_hash=hash_token(mailed_token(secret, nonce)),
            token_life=VERIFICATION_LIFE,
        )
        if made.owner_id is None:
            event = MailEvent(kind="verification", user_id=made.id, nonce=nonce)
        else:
            event = MailEvent(kind="address_taken", user_id=made.owner_id, nonce=nonce)
        await outbox.emit(tx, event)
    return RegisterResponse(AuthUserPublic(made.id, email, username, False), True)


async def login(db: Db, given: EmailLoginRequest, *, client: str | None) -> AuthUserResponse:
    """Return the user whose address and password these are; the address need not be confirmed.

    A hash of other parameters than today's is replaced. Raises ``Unauthenticated``, after the same work with
    and without such an account, and ``RateLimited`` after too many attempts, good or bad, for the address or
    from ``client``.
    """
    email = given.email.strip()
    records = await _admit(db, "login", [email.lower(), *([client] if client else [])], success=False)
    account = await queries.auth.credentials(db, email=email)
    kept = None if account is None else account.password_hash
    if not await verify_password(kept, given.password) or account is None:
        raise Unauthenticated("Invalid email or password.", code="invalid-credentials")
    await queries.auth.succeed_attempt(db, records=records)
    if is_outdated(account.password_hash):
        await queries.auth.rehash_password(
            db,
            user_id=account.user_id,
            replaced=account.password_hash,
            password_hash=await hash_password(given.password),
        )
    return AuthUserResponse(
        account.user_id,
        account.email,
        account.username,
        account.email_verified,
        account.coins,
        account.is_mod,
    )


async def verify_email(db: Db, token: str) -> AuthUserVerify:
    """Confirm the address that ``token`` was mailed to; ``Invalid`` says what is wrong with the token."""
    async with db.transaction() as tx:
        row = await queries.auth.lock_token(tx, token_hash=hash_token(token), kind="verification")
        if row is None:
            raise Invalid("Invalid verification token.", code="token-invalid")
        if row.used_at is not None:
            raise Invalid("This token has already been used.", code="token-used")
        if row.email_verified_at is not None:
            raise Invalid("This email is already verified.", code="email-verified")
        if row.expired:
            raise Invalid("This token has expired.", code="token-expired")
        await queries.auth.verify_email(tx, token_id=row.id)
    return AuthUserVerify(row.user_id, row.email, row.username, True, row.is_mod)


async def resend_verification(db: Db, email: str, *, client: str | None, secret: str) -> None:
    """Mail a new verification link where one is due; a caller cannot tell whether it was."""
    await _mail_token(db, "verification_resend", email, client, secret)


async def forgot_password(db: Db, email: str, *, client: str | None, secret: str) -> None:
    """Mail a reset link where there is such an account; a caller cannot tell whether there is."""
    await _mail_token(db, "password_reset", email, client, secret)


async def reset_password(db: Db, given: PasswordResetConfirmRequest) -> AuthUserVerify:
    """Replace the password of the account that the token was mailed to, and end all its sessions.

    Raises ``Invalid`` for a weak password, and for a token that is unknown, used or expired.
    """
    check_password(given.password)
    password_hash = await hash_password(given.password)
    async with db.transaction() as tx:
        row = await queries.auth.lock_token(tx, token_hash=hash_token(given.token), kind="password_reset")
        if row is None:
            raise Invalid("Invalid password reset token.", code="token-invalid")
        if row.used_at is not None:
            raise Invalid("This token has already been used.", code="token-used")
        if row.expired:
            raise Invalid("This token has expired.", code="token-expired")
        await queries.auth.reset_password(tx, user_id=row.user_id, password_hash=password_hash)
    verified = row.email_verified_at is not None
    return AuthUserVerify(row.user_id, row.email, row.username, verified, row.is_mod)


async def status(db: Executor, user_id: int) -> EmailAuthStatus:
    """Tell whether a user's address is confirmed; ``NotFound`` when the user has no e-mail account."""
    account = await queries.auth.email_account(db, user_id=user_id)
    if account is None:
        raise NotFound("User not found.", code="user-not-found", extra={"user_id": user_id})
    _, _, domain = account.email.rpartition("@")
    return EmailAuthStatus(account.email_verified_at is not None, f"{account.email[0]}***@{domain}")


async def read_session(db: Executor, session_id: str) -> SessionReadResponse:
    """Return what a session holds and prolong it; null when it is unknown or expired."""
    row = await queries.auth.read_session(db, session_hash=hash_token(session_id), life=SESSION_LIFE)
    return SessionReadResponse(None) if row is None else SessionReadResponse(row.payload, row.is_mod)


async def write_session(
    db: Executor, session_id: str, given: SessionWriteRequest, *, client: str | None, agent: str | None
) -> None:
    """Store what a session holds, under the hash of its id; ``NotFound`` for an unknown user."""
    await queries.auth.write_session(
        db,
        session_hash=hash_token(session_id),
        user_id=given.user_id,
        payload=given.payload,
        ip_address=client,
        user_agent=agent,
    )


async def end_session(db: Executor, session_id: str) -> bool:
    """End a session and tell whether there was one."""
    return await queries.auth.end_session(db, session_hash=hash_token(session_id)) > 0


async def clean_sessions(db: Executor) -> int:
    """Remove expired sessions and return how many there were."""
    return await queries.auth.clean_sessions(db, life=SESSION_LIFE)


async def end_sessions(db: Executor, user_id: int, *, but: str | None) -> int:
    """End a user's sessions, ``but`` for one, and return how many there were."""
    kept = None if but is None else hash_token(but)
    return await queries.auth.end_sessions_of_user(db, user_id=user_id, kept=kept)


async def create_remember_token(db: Executor, user_id: int) -> str:
    """Return a new token of 256 random bits by which a user stays logged in; only its hash is stored."""
    token = secrets.token_urlsafe(32)
    await queries.auth.create_remember_token(
        db, user_id=user_id, token_hash=hash_token(token), life=REMEMBER_LIFE
    )
    return token


async def use_remember_token(db: Executor, token: str) -> ValidateRememberTokenResponse:
    """Tell whose remember token this is, if anybody's."""
    found = await queries.auth.use_remember_token(db, token_hash=hash_token(token))
    return ValidateRememberTokenResponse(bool(found), found[0].user_id if found else None)


async def revoke_remember_tokens(db: Executor, user_id: int) -> int:
    """Take away a user's remember tokens and return how many there were."""
    return await queries.auth.revoke_remember_tokens(db, user_id=user_id)


async def _mail_token(db: Db, action: str, email: str, client: str | None, secret: str) -> None:
    email = email.strip()
    await _admit(db, action, [email.lower(), *([client] if client else [])])
    kind, life = (
        ("password_reset", RESET_LIFE) if action == "password_reset" else ("verification", VERIFICATION_LIFE)
    )
    nonce = uuid4()
    async with db.transaction() as tx:
        for row in await queries.auth.add_token(
            tx, email=email, kind=kind, token_hash=hash_token(mailed_token(secret, nonce)), life=life
        ):
            await outbox.emit(tx, MailEvent(kind=kind, user_id=row.user_id, nonce=nonce))


async def _admit(db: Db, action: str, identifiers: list[str], *, success: bool = True) -> list[int]:
    """Count an attempt for every identifier and return the ids of its records.

    ``success`` is what is written of the attempt for now. Raises ``RateLimited`` when one of the identifiers
    had too many.
    """
    limit, period = ATTEMPTS[action]
    async with db.transaction() as tx:
        # Of many attempts at once no more than the limit pass.
        await queries.auth.lock_attempts(tx, identifiers=identifiers, action=action)
        row = await queries.auth.count_attempts(tx, identifiers=identifiers, action=action, period=period)
        if row.amount >= limit:
            raise RateLimited(
                "Too many attempts. Please try again later.",
                after=max(1, row.forgotten_after),
                quota=(limit, round(period.total_seconds())),
            )
        records = await queries.auth.record_attempt(
            tx, identifiers=identifiers, action=action, success=success
        )
    return [record.id for record in records]


def _check_account(email: str, username: str) -> None:
    if not _EMAIL.fullmatch(email):
        raise Invalid("Invalid email format.", code="bad-email")
    if not _USERNAME.fullmatch(username):
        raise Invalid(
            "A username has 1 to 20 letters, digits, spaces, hyphens or underscores.", code="bad-username"
        )
