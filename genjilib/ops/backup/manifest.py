"""What is known of a backup: the manifest written beside it, and the proof that it could be restored."""

import hashlib
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from genjilib.core import clock
from genjilib.core.errors import Conflict, Invalid, NotFound
from genjilib.ops.backup.content import TableContent
from genjilib.ops.backup.sink import Sink

T = TypeVar("T")

LONG = ("tables", "roles", "broker")
"""What a list does not show."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A backup. It is listed when, and only when, its manifest is there; that is written last."""

    id: str
    created_at: datetime
    seconds: float
    database: str
    encoding: str
    postgresql: str
    schema_version: str | None
    lsn: str
    size_bytes: int
    sha256: str
    tables: dict[str, TableContent]
    encrypted: bool = False
    roles: str = ""
    """The server's roles and their settings as SQL, without passwords."""
    broker: dict[str, Any] = {}
    """RabbitMQ's queues as definitions."""

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables.values())


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of restoring a backup into a scratch database; no ``problems`` means it is proved."""

    id: str
    verified_at: datetime
    seconds: float
    postgresql: str
    tables: int
    rows: int
    queries: int | None
    problems: list[str]


class _Sealed(msgspec.Struct, frozen=True):
    """A document and the SHA-256 of it, so that a changed byte is noticed here as well."""

    seal: str
    document: msgspec.Raw


def new_id() -> str:
    """Return an id that sorts by time, such as ``20261122-114339-3f9a``."""
    moment = clock.now()
    return f"{moment:%Y%m%d-%H%M%S}-{moment.microsecond >> 4:04x}"


def dump_name(backup: str) -> str:
    """Name of the dump itself."""
    return f"{backup}.dump"


async def save(sink: Sink, manifest: Manifest) -> None:
    """Write the manifest; from now on the backup is listed."""
    await _write(sink, f"{manifest.id}.json", manifest)


async def save_proof(sink: Sink, proof: Proof) -> None:
    """Write down how a verification ended, in place of an earlier one."""
    await _write(sink, f"{proof.id}.proof.json", proof)


async def load(sink: Sink, backup: str) -> Manifest:
    """Return the manifest of a backup (``latest`` is the newest).

    Raises ``NotFound`` when there is none and ``Conflict`` when it was damaged.
    """
    ids = _ids(await sink.names())
    if backup == "latest" and ids:
        backup = ids[-1]
    if backup not in ids:
        known = f" The newest is {ids[-1]}." if ids else " There is none at all."
        raise NotFound(f"There is no backup {backup}.{known}", code="backup-not-found")
    return await _read(sink, f"{backup}.json", Manifest)


async def likely_size(sink: Sink, database: str) -> int | None:
    """Return the bytes of the newest backup of ``database``: about what the next one takes."""
    for entry in reversed(await every(sink)):
        if entry.get("database") == database:
            return entry["size_bytes"]
    return None


async def load_proof(sink: Sink, backup: str) -> Proof | None:
    """Return how the last verification of a backup ended; nothing when there was none."""
    name = f"{backup}.proof.json"
    return await _read(sink, name, Proof) if name in await sink.names() else None


async def every(sink: Sink) -> list[dict[str, Any]]:
    """Return what a list shows of each backup, oldest first; damaged ones are said to be."""
    sizes = await sink.names()
    return [await _entry(sink, backup, sizes) for backup in _ids(sizes)]


async def _entry(sink: Sink, backup: str, sizes: dict[str, int]) -> dict[str, Any]:
    try:
        manifest = await load(sink, backup)
        proof = await load_proof(sink, backup)
    except Conflict as error:
        return {"id": backup, "state": error.detail}
    size = sizes.get(dump_name(backup))
    whole = "whole" if size == manifest.size_bytes else "missing" if size is None else "of another size"
    entry = {name: value for name, value in msgspec.structs.asdict(manifest).items() if name not in LONG}
    proved_at = proof.verified_at if proof is not None and not proof.problems else None
    state = "failed verification" if proof is not None and proof.problems else whole
    return {**entry, "rows": manifest.rows, "state": state, "proved_at": proved_at}


def _ids(names: dict[str, int]) -> list[str]:
    return sorted(
        name.removesuffix(".json")
        for name in names
        if name.endswith(".json") and not name.endswith(".proof.json")
    )


async def _write(sink: Sink, name: str, document: Manifest | Proof) -> None:
    text = msgspec.json.encode(document)
    sealed = msgspec.json.encode(_Sealed(_seal(text), msgspec.Raw(text)))
    async with sink.create(name) as upload:
        await upload.write(sealed)


async def _read(sink: Sink, name: str, kind: type[T]) -> T:
    text = b"".join([block async for block in sink.read(name)])
    try:
        sealed = msgspec.json.decode(text, type=_Sealed)
        if _seal(bytes(sealed.document)) != sealed.seal:
            raise Invalid("the seal does not fit")
        return msgspec.json.decode(sealed.document, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, Invalid) as error:
        raise Conflict(f"{name} was damaged: {error}.", code="backup-damaged") from None


def _seal(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
