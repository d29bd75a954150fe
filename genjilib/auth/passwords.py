"""Passwords and mailed tokens: what is asked of them and how they are kept."""

import asyncio
import base64
import hashlib
import hmac
import re
import secrets
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from genjilib.core.errors import Invalid

# OWASP's parameters for argon2id: 19 MiB, two passes, one lane.
_HASHER: Final = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
_BCRYPT: Final = ("$2a$", "$2b$", "$2y$")
"""How hashes of an imported database begin; login replaces them."""
_BCRYPT_COST: Final = 12
_BCRYPT_BYTES: Final = 72  # what bcrypt reads of a password, and what was hashed of longer ones
_RULES: Final = (
    (re.compile(r".{8,}", re.DOTALL), "be at least 8 characters long"),
    (re.compile(r"[a-z]"), "contain a lower-case letter"),
    (re.compile(r"[A-Z]"), "contain an upper-case letter"),
    (re.compile(r"[0-9]"), "contain a digit"),
    (re.compile(r"[^A-Za-z0-9\s]"), "contain a special character"),
)


_COMMON: Final = Path(__file__).parent / "common_passwords.txt"
_LOOKALIKES: Final = str.maketrans("013457@$", "oleastas")


def check_password(password: str) -> None:
    """Raise ``Invalid`` naming everything the password lacks, or for one that many people use.

    Signs that stand for letters, and digits and signs around a word, make no other password of it.
    """
    missing = [wish for pattern, wish in _RULES if not pattern.search(password)]
    if not missing and _stem(password) in _common_stems():
        missing.append("not be one that many people use")
    if missing:
        raise Invalid(f"Password must {', '.join(missing)}.", code="weak-password")


async def hash_password(password: str) -> str:
    """Return the argon2id hash of a password; takes about 20 ms in a thread of its own."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def verify_password(password_hash: str | None, password: str) -> bool:
    """Tell whether a hash is that of the password; ``None``, for no account, takes as long and never is."""
    return await asyncio.to_thread(_verify, password_hash, password)


def is_outdated(password_hash: str) -> bool:
    """Tell whether a hash was made with other parameters than those of today, or by bcrypt."""
    return password_hash.startswith(_BCRYPT) or _HASHER.check_needs_rehash(password_hash)


@cache
def _common_stems() -> frozenset[str]:
    lines = _COMMON.read_text().splitlines()[1:]
    return frozenset(stem for stem in map(_stem, lines) if len(stem) > 2)


def _stem(password: str) -> str:
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password.lower()).translate(_LOOKALIKES)


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe())


@cache
def _nobodys_bcrypt() -> bytes:
    return bcrypt.hashpw(secrets.token_bytes(16).hex().encode(), bcrypt.gensalt(_BCRYPT_COST))


def _verify(password_hash: str | None, password: str) -> bool:
    """Try both kinds of hashes, whichever was kept, so that no refusal tells by its time which that is."""
    argon2, imported = _nobodys_hash(), _nobodys_bcrypt()
    if password_hash is not None and password_hash.startswith(_BCRYPT):
        imported = password_hash.encode()
    elif password_hash is not None:
        argon2 = password_hash
    found = _is_argon2(argon2, password) or _is_bcrypt(imported, password)
    return found and password_hash is not None


def _is_argon2(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _is_bcrypt(password_hash: bytes, password: str) -> bool:
    try:
        return bcrypt.checkpw(password.encode()[:_BCRYPT_BYTES], password_hash)
    except ValueError:  # no hash
        return False


def mailed_token(secret: str, nonce: UUID) -> str:
    """Return the token that a mail carries: HMAC-SHA256 of its nonce, so no message needs to hold it."""
    digest = hmac.digest(secret.encode(), nonce.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def hash_token(token: str) -> str:
    """Return what is stored of a mailed token: SHA-256, lower-case hex."""
    return hashlib.sha256(token.encode()).hexdigest()
