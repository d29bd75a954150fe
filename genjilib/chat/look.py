"""How messages look: one colour for each meaning, one card for all, and text of users made harmless."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any, Final

import discord
from discord import ui

MESSAGE_TEXT: Final = 4000
"""Characters that all text of a message may have together."""

MESSAGE_COMPONENTS: Final = 40
TITLE: Final = 60
GALLERY: Final = 10

_MARKDOWN = re.compile(
    r"([\\*_~|`\[\]()])|(<(?=[@#:/ta]))|^([^\S\n]*)([#>+-]|\d+\.)(?=\s|>|#|-)", re.MULTILINE
)
_MENTION = re.compile(r"@(?=everyone|here|[!&]?\d)")
_BLANK_LINES = re.compile(r"\n{3,}")


class Tone(IntEnum):
    """What a message means, as the colour of its edge."""

    OK = 0x3BA55D
    WAIT = 0xFAA61A
    REFUSED = 0xED4245
    NEWS = 0x9B59B6
    INFO = 0x5865F2


def plain(text: str, limit: int | None = None) -> str:
    """Return text of a user so that it shows as typed: no formatting, mentions or invisible characters.

    With ``limit`` it is cut to that many characters after escaping.
    """
    escaped = _MARKDOWN.sub(_escape, visible(text))
    escaped = _MENTION.sub("@\u200b", escaped)
    return escaped if limit is None else cut(escaped, limit)


def visible(text: str) -> str:
    """Return the text without control, zero-width and direction characters and without towers of accents."""
    kept: list[str] = []
    accents = 0
    for character in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(character)
        accents = accents + 1 if kind in ("Mn", "Me") else 0
        if character == "\n" or (kind not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and accents <= 2):
            kept.append(character)
    return _BLANK_LINES.sub("\n\n", "".join(kept)).strip()


def code(text: str, limit: int = 100) -> str:
    """Return text of a user in monospace."""
    return f"`{cut(visible(text).replace('`', 'ˋ').replace(chr(10), ' '), limit) or ' '}`"


def link(text: str, address: str) -> str:
    """Return ``text``, which is ours, as a link."""
    return f"[{text}]({address.replace('(', '%28').replace(')', '%29')})"


def cut(text: str, limit: int) -> str:
    """Return at most ``limit`` characters; what was cut is replaced by an ellipsis."""
    if len(text) <= limit:
        return text
    # A cut must not leave a backslash that would escape the ellipsis.
    return text[: max(0, limit - 1)].rstrip("\\ \n") + "…"


def fit(lines: Sequence[str], budget: int) -> list[str]:
    """Return the lines, the longest of them cut, so that together with line ends they keep to ``budget``."""
    room = budget - len(lines)
    limit = max(map(len, lines), default=0)
    if sum(map(len, lines)) > room:
        limit, left, rest = 0, room, len(lines)
        for length in sorted(map(len, lines)):
            limit = left // rest
            if length > limit:
                break
            left, rest = left - length, rest - 1
    return [cut(line, limit) for line in lines]


def facts(pairs: Iterable[tuple[str, object]]) -> str:
    """Return one line for each fact, its name in bold; facts without a value are left out."""
    return "\n".join(f"**{name}** {value}" for name, value in pairs if value not in (None, ""))


def card(
    tone: Tone,
    title: str,
    *blocks: str | ui.Item[Any],
    thumbnail: str | None = None,
    images: Sequence[str] = (),
    reference: str | None = None,
) -> ui.Container[Any]:
    """Build the one kind of message there is: a coloured edge, a title, blocks, pictures, a reference.

    Strings become text; other blocks (rows of buttons, separators) are taken as they are. Texts that are too
    long together are cut. ``thumbnail`` and ``images`` are addresses, ``attachment://`` ones included.
    """
    heading = f"### {cut(title, TITLE)}"
    footer = f"-# {reference}" if reference else ""
    texts = iter(fit([block for block in blocks if isinstance(block, str)], _room(heading, footer, blocks)))
    body: list[ui.Item[Any]] = [
        ui.TextDisplay(next(texts) or "\u200b") if isinstance(block, str) else block for block in blocks
    ]
    top = ui.TextDisplay[Any](heading)
    container = ui.Container[Any](accent_colour=discord.Colour(tone))
    if thumbnail:
        lead = [body.pop(0)] if body and isinstance(body[0], ui.TextDisplay) else []
        container.add_item(ui.Section(top, *lead, accessory=ui.Thumbnail(thumbnail)))
    else:
        container.add_item(top)
    for item in body:
        container.add_item(item)
    if images:
        container.add_item(ui.MediaGallery(*(discord.MediaGalleryItem(image) for image in images[:GALLERY])))
    if footer:
        container.add_item(ui.TextDisplay(footer))
    return container


def check(view: ui.LayoutView) -> None:
    """Raise ``ValueError`` for a message that Discord would refuse, or that would break a lasting button."""
    if view.content_length() > MESSAGE_TEXT:
        raise ValueError(f"{view!r} has {view.content_length()} characters, {MESSAGE_TEXT} are allowed")
    components = sum(1 for _ in view.walk_children())
    if components > MESSAGE_COMPONENTS:
        raise ValueError(f"{view!r} has {components} components, {MESSAGE_COMPONENTS} are allowed")
    if view.timeout is not None and any(isinstance(item, ui.DynamicItem) for item in view.walk_children()):
        # discord.py forgets the class of such a button, for every message, when the view ends.
        raise ValueError(f"{view!r} ends after a time and has a button that lasts")


def _room(heading: str, footer: str, blocks: Sequence[str | ui.Item[Any]]) -> int:
    taken = sum(
        len(item.content)
        for block in blocks
        if isinstance(block, ui.Item)
        for item in _walk(block)
        if isinstance(item, ui.TextDisplay)
    )
    return max(0, MESSAGE_TEXT - len(heading) - len(footer) - taken)


def _walk(item: ui.Item[Any]) -> Iterable[ui.Item[Any]]:
    yield item
    if isinstance(item, (ui.Section, ui.Container, ui.ActionRow)):
        yield from item.walk_children()


def _escape(found: re.Match[str]) -> str:
    if found[4]:
        # A numbered list is broken at its dot: "1." alone has no escapable first character.
        return f"{found[3]}{found[4][:-1]}\\{found[4][-1]}"
    return "\\" + found[0]
