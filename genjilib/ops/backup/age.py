"""Encrypting what is kept elsewhere, in age's format: recipients to write, identities to read.

Any program for age reads the dumps as well: ``age --decrypt -i key.txt 20261122-114339-3f9a.dump``.
"""

import asyncio
import contextlib
import importlib
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from pathlib import Path
from typing import Any, BinaryIO

from genjilib.core.errors import Conflict, Invalid, Unavailable
from genjilib.ops.backup.sink import BLOCK

Work = Callable[[BinaryIO, BinaryIO], None]


def recipients(text: str) -> list[Any]:
    """Return the recipients that ``text`` names, comma-separated public keys (``age1…``).

    Raises ``Invalid`` when one is none, or there is none at all: nobody who asks for encryption goes without.
    """
    pyrage = _library()
    try:
        found = [pyrage.x25519.Recipient.from_str(part.strip()) for part in text.split(",")]
    except pyrage.RecipientError:
        raise Invalid("The recipients of backups must be age's public keys, age1….", code="age-key") from None
    return found


def identities(path: Path | None) -> list[Any]:
    """Return the identities of a file as ``age-keygen`` writes it; ``Invalid`` when it holds none."""
    if path is None:
        raise Invalid(
            "This backup is encrypted: pass --identity, the file with age's secret key.", code="age-key"
        )
    pyrage = _library()
    try:
        lines = [line.strip() for line in path.read_text().splitlines()]
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and line[0] != "#"]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
        # Not the error's own text: it may quote the key.
        raise Invalid(
            f"{path} holds no secret key of age ({type(error).__name__}).", code="age-key"
        ) from None
    if not found:
        raise Invalid(f"{path} holds no secret key of age.", code="age-key")
    return found


def encrypt(blocks: AsyncIterator[bytes], keys: list[Any]) -> AsyncGenerator[bytes]:
    """Yield ``blocks`` encrypted for the recipients ``keys``."""
    pyrage = _library()
    return _through(lambda source, target: pyrage.encrypt_io(source, target, keys), blocks)


def decrypt(blocks: AsyncIterator[bytes], keys: list[Any]) -> AsyncGenerator[bytes]:
    """Yield what was encrypted; ``Conflict`` when none of the identities ``keys`` fits, or it was damaged."""
    pyrage = _library()

    def work(source: BinaryIO, target: BinaryIO) -> None:
        try:
            pyrage.decrypt_io(source, target, keys)
        except (pyrage.DecryptError, OSError) as error:
            raise Conflict(f"The backup cannot be decrypted: {error}.", code="not-decrypted") from None

    return _through(work, blocks)


async def _through(work: Work, blocks: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    """Yield what ``work`` makes of ``blocks`` in a thread, with a socket's buffers in memory."""
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=ours, limit=BLOCK)

    async def feed() -> None:
        try:
            async for block in blocks:
                writer.write(block)
                await writer.drain()
        finally:
            if not writer.transport.is_closing():
                writer.write_eof()

    working = asyncio.create_task(asyncio.to_thread(_work, work, theirs))
    feeding = asyncio.create_task(feed())
    try:
        # Work that fails leaves blocks unread, which the socket calls a reset.
        with contextlib.suppress(ConnectionError):
            while block := await reader.read(BLOCK):
                yield block
        # The first says best what went wrong: a place that cannot be read, or contents that make no sense.
        for done in await asyncio.gather(feeding, working, return_exceptions=True):
            if isinstance(done, BaseException) and not isinstance(done, ConnectionError):
                raise done
    finally:
        feeding.cancel()
        writer.transport.abort()
        await asyncio.gather(feeding, working, return_exceptions=True)


def _work(work: Work, theirs: socket.socket) -> None:
    with theirs, theirs.makefile("rb") as source, theirs.makefile("wb") as target:
        work(source, target)


def _library() -> Any:
    try:
        return importlib.import_module("pyrage")
    except ImportError:
        raise Unavailable("Encryption needs the package pyrage.", after=600, code="no-age") from None
