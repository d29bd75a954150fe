"""Passwords and mailed tokens: what is asked of them and how they are kept."""

import asyncio
import base64
import hashlib
import hmac
import re
from typing import Final
from uuid import UUID

from argon2 import PasswordHasher

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


def mailed_token(secret: str, nonce: UUID) -> str:
    """Return the token that a mail carries: HMAC-SHA256 of its nonce, so no message needs to hold it."""
    digest = hmac.digest(secret.encode(), nonce.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def hash_token(token: str) -> str:
    """Return what is stored of a mailed token: SHA-256, lower-case hex."""
    return hashlib.sha256(token.encode()).hexdigest()
