"""Reads what a request carries, within its limits of size and time: JSON, or a form with files."""

import asyncio
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import MultiDict

from genjilib.web.decode import decode_texts, text_fields
from genjilib.web.mistakes import NUL, Mistakes
from genjilib.web.problems import Mistake, Refusal

_FORM_ROOM = 65536
"""Bytes that a form may need beside its files: boundaries, names, short texts."""


class Upload(msgspec.Struct, frozen=True):
    """A file that came in a form."""

    filename: str
    content_type: str
    """What the client claims; look at the data to know."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a request may carry, in bytes, and how long it may take to arrive, in seconds."""

    body: int
    upload: int
    seconds: float


async def read_json(request: web.Request, limits: Limits) -> bytes:
    """Return the body of a request that claims to be JSON or claims nothing."""
    _check_coding(request)
    kind = request.content_type
    if "Content-Type" in request.headers and kind != "application/json" and not kind.endswith("+json"):
        raise Mistakes([Mistake(f"Expected application/json, got {kind}", "Content-Type", "header")])
    _check_length(request, limits.body)
    if request.content.is_eof():
        return await _read(request)
    try:
        async with asyncio.timeout(limits.seconds):
            return await _read(request)
    except TimeoutError:
        raise _too_slow() from None


class FormReader:
    """Reads a multipart form into a struct whose files are ``Upload`` fields."""

    def __init__(self, wanted: type[msgspec.Struct]) -> None:
        """Prepare for the fields of ``wanted``."""
        self._wanted = wanted
        self._fields = text_fields(wanted)
        self._names = {name for name, _ in self._fields}

    async def __call__(self, request: web.Request, limits: Limits) -> Any:
        """Return the struct; parts that it does not know are skipped."""
        _check_coding(request)
        if request.content_type != "multipart/form-data":
            kind = request.content_type
            raise Mistakes([Mistake(f"Expected multipart/form-data, got {kind}", "Content-Type", "header")])
        room = limits.upload + _FORM_ROOM
        _check_length(request, room)
        try:
            # A file of 25 MB may take as many times longer as it is larger than a JSON body.
            async with asyncio.timeout(limits.seconds * max(1, room // limits.body)):
                parts = await self._read_parts(await request.multipart(), room)
        except TimeoutError:
            raise _too_slow() from None
        except (ValueError, KeyError, AssertionError, HttpProcessingError, web.RequestPayloadError):
            raise Mistakes([Mistake("The form is malformed", "", "body")]) from None
        return decode_texts(parts, self._fields, self._wanted, "body")

    async def _read_parts(self, reader: MultipartReader, room: int) -> MultiDict[Any]:
        parts: MultiDict[Any] = MultiDict()
        while (part := await reader.next()) is not None:
            if not isinstance(part, BodyPartReader):
                raise ValueError("a form within a form")
            data = bytearray()
            while chunk := await part.read_chunk():
                data += chunk
                room -= len(chunk)
                if room < 0:
                    raise _too_large()
            if part.name in self._names:
                parts.add(part.name, _value(part, bytes(data)))
        return parts


def _value(part: BodyPartReader, data: bytes) -> Upload | str:
    if part.filename is None:
        text = data.decode()
        if "\0" in text:
            raise Mistakes([Mistake(NUL, part.name or "", "body")])
        return text
    return Upload(part.filename, part.headers.get("Content-Type", "application/octet-stream"), data)


async def _read(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise _too_large() from None
    except web.RequestPayloadError:
        raise Mistakes([Mistake("The body is not what its headers say", "", "body")]) from None


def _check_coding(request: web.Request) -> None:
    # A compressed body could grow a thousandfold while it is being unpacked.
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Mistakes([Mistake("Compressed bodies are not accepted", "Content-Encoding", "header")])


def _check_length(request: web.Request, limit: int) -> None:
    if (request.content_length or 0) > limit:
        raise _too_large()


def _too_large() -> Refusal:
    return Refusal(413, headers={"Connection": "close"})


def _too_slow() -> Refusal:
    return Refusal(408, "The body arrived too slowly", headers={"Connection": "close"})
