"""Where backups are kept: a place for named streams that appear whole or not at all."""

import asyncio
import errno
import fcntl
import os
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from genjilib.core.errors import Invalid, NotFound, Unavailable

BLOCK = 1_048_576
"""Bytes handed on at once; memory use does not depend on the size of a backup."""


REMOTE = "s3://"
"""How places begin that are buckets."""


class Upload(Protocol):
    """A stream being written."""

    async def write(self, block: bytes) -> None:
        """Add a block."""
        ...


class Sink(Protocol):
    """A place for backups: a folder or a bucket."""

    def create(self, name: str) -> AbstractAsyncContextManager[Upload]:
        """Write ``name``; it appears when the block ends well, and nothing of it is left when it does not."""
        ...

    def read(self, name: str) -> AsyncIterator[bytes]:
        """Yield the blocks of ``name``; raise ``NotFound`` when there is none."""
        ...

    async def names(self) -> dict[str, int]:
        """Return the names of everything that is there whole, and their sizes in bytes."""
        ...

    async def delete(self, name: str) -> None:
        """Remove ``name``; nothing happens when there is none."""
        ...


def place(where: str) -> Sink:
    """Return the place that ``where`` names: a folder's path, or ``s3://bucket/prefix``.

    Raises ``Invalid`` when the settings do not say whose bucket that is.
    """
    if not where.startswith(REMOTE):
        return Folder(Path(where))
    from genjilib import storage
    from genjilib.ops import postgres
    from genjilib.ops.backup.bucket import Bucket

    settings = postgres.settings()
    if not settings.s3_endpoint_url and not settings.r2_account_id:
        raise Invalid(f"{where} needs S3_ENDPOINT_URL or R2_ACCOUNT_ID.", code="storage-off")
    bucket, _, prefix = where.removeprefix(REMOTE).partition("/")
    return Bucket(storage.client(settings), bucket, f"{prefix.strip('/')}/" if prefix.strip("/") else "")


class Folder:
    """Files of mode 0600 in one folder of mode 0700; ``.partial`` until they are whole and on disk."""

    def __init__(self, path: Path) -> None:
        """Keep backups in ``path``, which is made when the first is written."""
        self.path = path

    @asynccontextmanager
    async def create(self, name: str) -> AsyncGenerator[Upload]:
        """Write a file, sync it, then give it its name."""
        # Opening and closing are quick and not awaited: a cancellation between them finds nothing half done.
        upload = self._open(name)
        try:
            yield upload
            await asyncio.to_thread(upload.sync)
            upload.name(self.path / name)
        finally:
            upload.discard()

    async def read(self, name: str) -> AsyncIterator[bytes]:
        """Yield the blocks of a file."""
        try:
            file = await asyncio.to_thread((self.path / name).open, "rb")
        except FileNotFoundError:
            raise NotFound(f"There is no {self.path / name}.", code="backup-not-found") from None
        with file:
            while block := await asyncio.to_thread(file.read, BLOCK):
                yield block

    async def names(self) -> dict[str, int]:
        """Return the whole files and their sizes."""
        return await asyncio.to_thread(self._names)

    async def delete(self, name: str) -> None:
        """Remove a file."""
        await asyncio.to_thread((self.path / name).unlink, missing_ok=True)

    def _names(self) -> dict[str, int]:
        if not self.path.is_dir():
            return {}
        return {
            path.name: path.stat().st_size
            for path in sorted(self.path.iterdir())
            if path.is_file() and path.suffix != ".partial"
        }

    def _open(self, name: str) -> "_File":
        with _explained(self.path):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for left in self.path.glob("*.partial"):
                _remove_abandoned(left)
            return _File(self.path / f"{name}.partial")


class _File:
    """An open ``.partial`` file; its lock tells others that somebody is still writing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._busy = threading.Lock()
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    async def write(self, block: bytes) -> None:
        await asyncio.to_thread(self._write, block)

    def sync(self) -> None:
        """Return when the disk has every block."""
        with _explained(self._path.parent), self._busy:
            os.fsync(self._descriptor)

    def name(self, final: Path) -> None:
        """Give the file its name, and return when the disk has that as well."""
        with _explained(self._path.parent):
            self._path.rename(final)
            folder = os.open(final.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def discard(self) -> None:
        """Close the file, and remove it unless it is finished."""
        with self._busy:
            os.close(self._descriptor)
        self._path.unlink(missing_ok=True)

    def _write(self, block: bytes) -> None:
        with _explained(self._path.parent), self._busy:
            view = memoryview(block)
            while view:
                view = view[os.write(self._descriptor, view) :]


@contextmanager
def _explained(folder: Path) -> Generator[None]:
    """Turn a full disk or a forbidden folder into a sentence."""
    try:
        yield
    except OSError as error:
        reason = "is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else f"says: {error.strerror}"
        raise Unavailable(f"{folder} {reason}. The backup was not made.", after=600) from error


def _remove_abandoned(path: Path) -> None:
    """Remove what a killed backup left; what somebody is writing is locked and stays."""
    with path.open("rb") as file, suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
