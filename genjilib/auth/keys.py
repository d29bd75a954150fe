"""The only writer of API keys."""

import hashlib
import re
import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Final

from genjilib import queries
from genjilib.auth.types import CreatedKey, Key
from genjilib.core import clock
from genjilib.core.errors import Invalid, NotFound
from genjilib.core.principal import Principal
from genjilib.db import Executor

PREFIX = "genji_live_"
"""How every key begins, so that people and secret scanners recognise one."""

KEY_LIFE: Final = 1.0
"""For how many seconds a good API key is not looked up again: as long may it open after it was revoked."""

_SCOPE = re.compile(r"[a-z][a-z_]*:[a-z][a-z_]*")


async def create_key(
    db: Executor, *, name: str, scopes: Collection[str], superuser: bool, expires_at: datetime | None
) -> CreatedKey:
    """Make an API key of 256 random bits; only its SHA-256 is stored.

    Raises ``Invalid`` for an empty name, a scope that is not ``thing:action``, an expiry in the past,
    or a key that could open nothing.
    """
    _check(name, scopes, superuser, expires_at)
    prefix = PREFIX + secrets.token_hex(4)
    key = f"{prefix}_{secrets.token_urlsafe(32)}"
    held = sorted(set(scopes))
    key_id = await queries.auth.create_key(
        db,
        key_hash=hash_key(key),
        name=name,
        prefix=prefix,
        scopes=held,
        is_superuser=superuser,
        expires_at=expires_at,
    )
    return CreatedKey(key_id, name, prefix, tuple(held), superuser, expires_at, key)


async def list_keys(db: Executor) -> list[Key]:
    """Return every API key ever made, oldest first."""
    rows = await queries.auth.list_keys(db)
    return [_shown(row) for row in rows]


async def find_key(db: Executor, which: str) -> Key:
    """Return the key with this id or this prefix; raise ``NotFound`` when there is none."""
    for key in await list_keys(db):
        if which in (str(key.id), key.prefix):
            return key
    raise NotFound(f"There is no API key {which}.", code="key-not-found")


async def revoke_key(db: Executor, key_id: int) -> datetime:
    """End an API key at once and return when that was; a key ended before keeps its time.

    Raises ``NotFound`` when there is no such key.
    """
    row = await queries.auth.revoke_key(db, key_id=key_id)
    if row is None:
        raise NotFound(f"There is no API key {key_id}.", code="key-not-found")
    return row.revoked_at


async def authenticate(db: Executor, key: str) -> Principal | None:
    """Return who holds ``key``; nothing when it is unknown, expired or revoked.

    The time of use is noted by the first request of each minute only, so that reads stay reads.
    """
    row = await queries.auth.authenticate(db, key_hash=hash_key(key))
    if row is None:
        return None
    if row.unnoted:
        await queries.auth.note_key_use(db, key_id=row.id)
    return Principal(kind="key", name=row.name, superuser=row.is_superuser, scopes=frozenset(row.scopes))


class KnownKeys:
    """Who holds a key, as ``authenticate`` tells, looked up at most once in ``KEY_LIFE`` seconds."""

    def __init__(self, db: Executor) -> None:
        """Know none at first."""
        self._db = db
        self._known: dict[str, tuple[float, Principal]] = {}

    async def __call__(self, key: str) -> Principal | None:
        """Return who holds ``key``; nothing when it is unknown, expired or revoked."""
        key_hash, now = hash_key(key), clock.monotonic()
        until, who = self._known.get(key_hash, (now, None))
        if now >= until:
            who = await authenticate(self._db, key)
            # Only good keys are kept, so there are never more than have been made.
            if who is None:
                self._known.pop(key_hash, None)
            else:
                self._known[key_hash] = (now + KEY_LIFE, who)
        return who


def hash_key(key: str) -> str:
    """Return what is stored of a key: SHA-256, lower-case hex. Enough, for the key is random and long."""
    return hashlib.sha256(key.encode()).hexdigest()


def _check(name: str, scopes: Collection[str], superuser: bool, expires_at: datetime | None) -> None:
    if not name.strip() or not name.isprintable() or len(name) > 100:
        raise Invalid("A key needs a name of 1 to 100 printable characters.", code="bad-key-name")
    for scope in scopes:
        if not _SCOPE.fullmatch(scope):
            raise Invalid(f"A scope looks like maps:read, not like {scope!r}.", code="bad-scope")
    if not scopes and not superuser:
        raise Invalid("A key without scopes that is no superuser opens nothing.", code="no-scopes")
    if expires_at is not None and expires_at <= clock.now():
        raise Invalid("A key cannot expire in the past.", code="bad-expiry")


def _shown(row: "queries.auth.ListKeysRow") -> Key:
    return Key(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        scopes=tuple(row.scopes),
        superuser=row.is_superuser,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        usable=row.usable,
    )
