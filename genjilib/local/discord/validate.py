"""Checks a message's body as Discord checks it, before anything is done."""

from typing import Any

from genjilib.local.discord.constants import MessageFlag
from genjilib.local.discord.errors import ApiError, Form
from genjilib.local.discord.jsons import Json, listing, mapping, objects

MOST_FILES = 10
MOST_BYTES = 10 * 1024 * 1024
MOST_EMBED_TEXT = 6000

SENDABLE_FLAGS = (
    MessageFlag.SUPPRESS_EMBEDS
    | MessageFlag.SUPPRESS_NOTIFICATIONS
    | MessageFlag.COMPONENTS_V2
    | MessageFlag.EPHEMERAL
)


def check_fields(form: Form, body: Json, *, v2: bool) -> None:
    """Content, nonce, embeds, mentions, flags and what v2 forbids; components are checked on their own."""
    content = body.get("content")
    if content is not None and not isinstance(content, str):
        form.add(("content",), "STRING_TYPE_CONVERT", f'Could not interpret "{content}" as string.')
    else:
        form.length(("content",), content, 0, 2000)
    form.length(("nonce",), None if body.get("nonce") is None else str(body["nonce"]), 0, 25)
    if int(body.get("flags") or 0) & ~SENDABLE_FLAGS:
        form.add(("flags",), "BASE_TYPE_CHOICES", "Only flags that a sender may set are allowed.")
    if v2:
        _check_v2(form, body)
    _check_embeds(form, objects(body.get("embeds")))
    _check_allowed_mentions(form, mapping(body.get("allowed_mentions")))


def check_files(count: int, sizes: list[int]) -> None:
    """At most ten files a message, each at most 10 MiB."""
    if count > MOST_FILES:
        form = Form()
        form.add(("attachments",), "BASE_TYPE_MAX_LENGTH", f"Must be {MOST_FILES} or fewer in length.")
        form.refuse()
    if any(size > MOST_BYTES for size in sizes):
        raise ApiError(413, 40005, "Request entity too large")


def check_not_empty(*parts: Any) -> None:
    """A message needs something to show."""
    if not any(parts):
        raise ApiError(400, 50006, "Cannot send an empty message")


def _check_v2(form: Form, body: Json) -> None:
    for name in ("content", "embeds", "sticker_ids", "poll"):
        if body.get(name):
            message = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            form.add((name,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message)


def _check_embeds(form: Form, embeds: list[Json]) -> None:
    form.length(("embeds",), embeds, 0, 10)
    total = sum(_check_embed(form, ("embeds", index), embed) for index, embed in enumerate(embeds))
    if total > MOST_EMBED_TEXT:
        message = f"Embed size exceeds maximum size of {MOST_EMBED_TEXT}"
        form.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", message)


def _check_embed(form: Form, path: tuple[str | int, ...], embed: Json) -> int:
    footer: Json = mapping(embed.get("footer"))
    author: Json = mapping(embed.get("author"))
    fields: list[Json] = objects(embed.get("fields"))
    form.length((*path, "title"), embed.get("title"), 0, 256)
    form.length((*path, "description"), embed.get("description"), 0, 4096)
    form.length((*path, "footer", "text"), footer.get("text"), 0, 2048)
    form.length((*path, "author", "name"), author.get("name"), 0, 256)
    form.length((*path, "fields"), fields, 0, 25)
    for index, field in enumerate(fields):
        form.length((*path, "fields", index, "name"), field.get("name"), 1, 256)
        form.length((*path, "fields", index, "value"), field.get("value"), 1, 1024)
    for name in ("image", "thumbnail"):
        url = str(mapping(embed.get(name)).get("url") or "http://")
        if not url.startswith(("http://", "https://", "attachment://")):
            message = f"Scheme of {url!r} is not supported. Scheme must be one of ('http', 'https')."
            form.add((*path, name, "url"), "URL_TYPE_INVALID_SCHEME", message)
    texts: list[str | None] = [
        embed.get("title"),
        embed.get("description"),
        footer.get("text"),
        author.get("name"),
    ]
    texts += [str(field.get(part) or "") for field in fields for part in ("name", "value")]
    return sum(len(text or "") for text in texts)


def _check_allowed_mentions(form: Form, allowed: Json) -> None:
    parse = listing(allowed.get("parse"))
    for name in ("users", "roles"):
        form.length(("allowed_mentions", name), allowed.get(name), 0, 100)
        if name in parse and allowed.get(name):
            message = f'parse:["{name}"] and {name}: [ids...] are mutually exclusive.'
            form.add(("allowed_mentions",), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)
