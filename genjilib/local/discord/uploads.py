"""Bodies of requests (JSON or multipart with files), and files as attachments that messages refer to."""

import io
import json
import mimetypes
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web
from PIL import Image, UnidentifiedImageError

from genjilib.local.discord import wire
from genjilib.local.discord.errors import ApiError, Form, unknown
from genjilib.local.discord.jsons import Json, mapping, objects
from genjilib.local.discord.model import Attachment, Message
from genjilib.local.discord.validate import check_files
from genjilib.local.discord.world import World

Path = tuple[str | int, ...]

LIST = "_list"
"""Where a body that is a list and not an object is kept."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: `index` is what the body's attachments call it."""

    index: str
    filename: str
    content: bytes


async def read(request: web.Request) -> tuple[Json, list[Upload]]:
    """The JSON body and the files of a request; 400 50109 if the body is not JSON."""
    if not request.content_type.startswith("multipart/"):
        return _parsed(await request.text()), []
    body: Json = {}
    uploads: list[Upload] = []
    reader = await request.multipart()
    while isinstance(part := await reader.next(), BodyPartReader):
        content = bytes(await part.read())
        if part.name == "payload_json":
            body = _parsed(content.decode())
        elif part.filename:
            index = str(part.name).removeprefix("files[").removesuffix("]")
            uploads.append(Upload(index, part.filename, content))
    return body, uploads


def store(world: World, channel_id: int, upload: Upload, *, ephemeral: bool = False) -> Attachment:
    """Keep a file and give it an id, a type and, if it is a picture, its size."""
    kind = mimetypes.guess_type(upload.filename)[0] or "application/octet-stream"
    name = "".join(c if c.isalnum() or c in "._-" else "_" for c in upload.filename)
    attachment = Attachment(world.ids.now(), channel_id, name, upload.content, kind, ephemeral=ephemeral)
    if kind.startswith("image/"):
        try:
            attachment.width, attachment.height = Image.open(io.BytesIO(upload.content)).size
        except UnidentifiedImageError:
            attachment.content_type = "application/octet-stream"
    world.attachments[attachment.id] = attachment
    return attachment


def attach(world: World, message: Message, body: Json, uploads: list[Upload]) -> list[Attachment]:
    """The attachments a message has after `body`: those it names and keeps, then the new files."""
    named: list[Json] = objects(body.get("attachments"))
    kept = [one for one in message.attachments if "attachments" not in body or _names(named, one)]
    kept += [one for one in message.attachments if one.embedded and one not in kept]
    check_files(len(kept) + len(uploads), [len(upload.content) for upload in uploads])
    described = {str(entry.get("id")): entry for entry in named}
    added: list[Attachment] = []
    for upload in uploads:
        attachment = store(world, message.channel_id, upload, ephemeral=message.ephemeral_to is not None)
        attachment.description = described.get(upload.index, {}).get("description")
        added.append(attachment)
    return kept + added


def resolve_media(world: World, media: list[tuple[Path, Json]], files: list[Attachment], form: Form) -> None:
    """Give each media item of components its real address and size; note references to no file."""
    for path, item in media:
        found = find(world, str(item["url"]), files)
        if found is not None:
            item |= {
                "url": wire.attachment_url(world, found),
                "proxy_url": wire.attachment_url(world, found),
                "width": found.width,
                "height": found.height,
                "content_type": found.content_type,
                "attachment_id": str(found.id),
                "loading_state": 2,
                "flags": 0,
            }
        elif item["url"].startswith("attachment://"):
            name = item["url"].removeprefix("attachment://")
            message = f'The referenced attachment "{name}" was not found'
            form.add((*path, "url"), "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", message)
        else:
            item.setdefault("proxy_url", item["url"])


def resolve_embeds(world: World, embeds: list[Json], files: list[Attachment]) -> None:
    """Let embeds show the files they refer to; such files are no longer listed beside the message."""
    for embed in embeds:
        embed.setdefault("type", "rich")
        for name in ("image", "thumbnail"):
            picture: Json | None = embed.get(name)
            found = find(world, str(picture["url"]), files) if picture and picture.get("url") else None
            if picture is not None and found is not None:
                found.embedded = True
                url = wire.attachment_url(world, found)
                picture |= {"url": url, "proxy_url": url, "width": found.width, "height": found.height}


def find(world: World, url: str, files: list[Attachment]) -> Attachment | None:
    """The file an `attachment://` reference or its own address means."""
    if url.startswith("attachment://"):
        name = url.removeprefix("attachment://")
        return next((file for file in reversed(files) if file.filename == name), None)
    return next((file for file in files if wire.attachment_url(world, file) == url), None)


async def serve(world: World, request: web.Request) -> web.Response:
    """Answer an attachment's bytes at its address."""
    attachment = world.attachments.get(int(request.match_info["attachment"]))
    if attachment is None:
        raise unknown("Message")
    headers = {"Content-Type": attachment.content_type, "Cache-Control": "max-age=3600"}
    return web.Response(body=attachment.content, headers=headers)


def _names(named: list[Json], attachment: Attachment) -> bool:
    for entry in named:
        if str(entry.get("id")) == str(attachment.id):
            attachment.description = entry.get("description", attachment.description)
            return True
    return False


def _parsed(text: str) -> Json:
    if not text:
        return {}
    try:
        body: Any = json.loads(text)
    except ValueError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None
    return {LIST: body} if isinstance(body, list) else mapping(body)
