"""What auth tells others: API keys, of which only hashes are stored."""

from dataclasses import dataclass, field
from datetime import datetime


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
