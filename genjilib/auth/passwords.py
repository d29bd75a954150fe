"""Passwords and mailed tokens: what is asked of them and how they are kept."""

import asyncio
import base64
import hashlib
import hmac
import re
import secrets
from functools import cache
from typing import Final
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from genjilib.core.errors import Invalid

# OWASP's parameters for argon2id: 19 MiB, two passes, one lane.
_HASHER: Final = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
_RULES: Final = (
    (re.compile(r".{8,}", re.DOTALL), "be at least 8 characters long"),
    (re.compile(r"[a-z]"), "contain a lower-case letter"),
    (re.compile(r"[A-Z]"), "contain an upper-case letter"),
    (re.compile(r"[0-9]"), "contain a digit"),
    (re.compile(r"[^A-Za-z0-9\s]"), "contain a special character"),
)


def check_password(password: str) -> None:
    """Raise ``Invalid`` naming everything the password lacks."""
    missing = [wish for pattern, wish in _RULES if not pattern.search(password)]
    if missing:
        raise Invalid(f"Password must {', '.join(missing)}.", code="weak-password")


async def hash_password(password: str) -> str:
    """Return the argon2id hash of a password; takes about 20 ms in a thread of its own."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def verify_password(password_hash: str | None, password: str) -> bool:
    """Tell whether a hash is that of the password; ``None``, for no account, takes as long and never is."""
    return await asyncio.to_thread(_verify, password_hash, password)


def is_outdated(password_hash: str) -> bool:
    """Tell whether a hash was made with other parameters than those of today."""
    return _HASHER.check_needs_rehash(password_hash)


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe())


def _verify(password_hash: str | None, password: str) -> bool:
    nobodys = _nobodys_hash()  # for everybody, so that the first one takes as long for an account as for none
    try:
        return _HASHER.verify(password_hash or nobodys, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def mailed_token(secret: str, nonce: UUID) -> str:
    """Return the token that a mail carries: HMAC-SHA256 of its nonce, so no message needs to hold it."""
    digest = hmac.digest(secret.encode(), nonce.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def hash_token(token: str) -> str:
    """Return what is stored of a mailed token: SHA-256, lower-case hex."""
    return hashlib.sha256(token.encode()).hexdigest()
