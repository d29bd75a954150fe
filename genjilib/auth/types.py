"""API keys and e-mail accounts as commands, routes and events speak of them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from msgspec import Meta, Struct

from genjilib.core.events import Event
from genjilib.core.values import UserId
from genjilib.queries.auth import SessionInfo


@dataclass(frozen=True, slots=True)
class CreatedKey:
    """A new API key; ``key`` is the secret itself, which exists nowhere else and is shown once."""

    id: int
    name: str
    prefix: str
    scopes: tuple[str, ...]
    superuser: bool
    expires_at: datetime | None
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as it can be shown: ``prefix`` is how the key begins, enough to find it, not to use it."""

    id: int
    name: str
    prefix: str | None
    scopes: tuple[str, ...]
    superuser: bool
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    usable: bool


class EmailRegisterRequest(Struct):
    """A sign-up by e-mail."""

    email: Annotated[str, Meta(max_length=254)]
    password: Annotated[str, Meta(max_length=256)]
    username: Annotated[str, Meta(max_length=100)]


class EmailLoginRequest(Struct):
    """The address and password of an account."""

    email: Annotated[str, Meta(max_length=254)]
    password: Annotated[str, Meta(max_length=256)]


class EmailVerifyRequest(Struct):
    """The token out of a verification mail."""

    token: Annotated[str, Meta(max_length=256)]


class AuthUserPublic(Struct):
    """An e-mail user as it sees itself."""

    id: int
    email: str
    username: str
    email_verified: bool


class AuthUserVerify(AuthUserPublic):
    """An e-mail user with its standing in the community."""

    is_mod: bool = False


class AuthUserResponse(Struct):
    """An e-mail user with its coins and its standing in the community."""

    id: int
    email: str
    username: str
    email_verified: bool
    coins: int = 0
    is_mod: bool = False


class LoginResponse(Struct):
    """The user whose password this is."""

    user: AuthUserResponse


class RegisterResponse(Struct):
    """The new user; the verification mail is on its way."""

    user: AuthUserPublic
    verification_email_sent: bool


class VerifyEmailResponse(Struct):
    """The user whose address is confirmed now."""

    message: str
    user: AuthUserVerify


class PasswordResetRequest(Struct):
    """The address of an account."""

    email: Annotated[str, Meta(max_length=254)]


class PasswordResetConfirmRequest(Struct):
    """The token out of a reset mail, and the new password."""

    token: Annotated[str, Meta(max_length=256)]
    password: Annotated[str, Meta(max_length=256)]


class ResendVerificationResponse(Struct):
    """Says what was done without telling whether there is such an account."""

    message: str


class PasswordResetRequestResponse(Struct):
    """Says what was done without telling whether there is such an account."""

    message: str


class PasswordResetConfirmResponse(Struct):
    """The user whose password is new."""

    message: str
    user: AuthUserVerify


class EmailAuthStatus(Struct):
    """Whether a user's address is confirmed; of the address only its first letter and domain are told."""

    email_verified: bool
    email: str


class SessionWriteRequest(Struct):
    """What a session is to hold, and whose it is."""

    payload: str
    user_id: UserId | None = None


class SessionReadResponse(Struct):
    """What a session holds; null when it is unknown or expired."""

    payload: str | None
    is_mod: bool = False


class SessionWriteResponse(Struct):
    """Says that it was stored."""

    success: bool


class SessionDestroyResponse(Struct):
    """Whether there was such a session."""

    deleted: bool


class SessionGcResponse(Struct):
    """How many expired sessions were removed."""

    deleted_count: int


class UserSessionsResponse(Struct):
    """A user's sessions, the one used last first; their ids are hashes, which open no session."""

    sessions: list[SessionInfo]


class DestroyUserSessionsResponse(Struct):
    """How many sessions were ended."""

    destroyed_count: int


class RememberTokenRequest(Struct):
    """Who is to stay logged in."""

    user_id: UserId


class ValidateRememberTokenRequest(Struct):
    """A remember token."""

    token: Annotated[str, Meta(max_length=256)]


class CreateRememberTokenResponse(Struct):
    """The new token, which exists nowhere else."""

    token: str


class ValidateRememberTokenResponse(Struct):
    """Whether a token is good, and whose it is."""

    valid: bool
    user_id: int | None


class RevokeRememberTokensResponse(Struct):
    """How many tokens were taken away."""

    revoked_count: int


class MailEvent(Event, frozen=True, kw_only=True):
    """A mail to an e-mail user is to be sent.

    Neither address nor token travel in the message: the address is read when the mail is sent, and the token
    follows from ``nonce`` and a secret of the runners.
    """

    queue: ClassVar[str] = "api.mail.delivery"
    kind: Literal["verification", "password_reset", "address_taken"]
    user_id: int
    nonce: UUID
