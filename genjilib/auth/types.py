"""API keys and e-mail accounts as commands, routes and events speak of them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from msgspec import Meta, Struct

from genjilib.core.events import Event


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


class RegisterResponse(Struct):
    """The new user; the verification mail is on its way."""

    user: AuthUserPublic
    verification_email_sent: bool


class VerifyEmailResponse(Struct):
    """The user whose address is confirmed now."""

    message: str
    user: AuthUserVerify


class MailEvent(Event, frozen=True, kw_only=True):
    """A mail to an e-mail user is to be sent.

    Neither address nor token travel in the message: the address is read when the mail is sent, and the token
    follows from ``nonce`` and a secret of the runners.
    """

    queue: ClassVar[str] = "api.mail.delivery"
    kind: Literal["verification", "password_reset"]
    user_id: int
    nonce: UUID
