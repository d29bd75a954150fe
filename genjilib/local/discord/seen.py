"""What a person sees, as records: messages with their buttons and selects, forms, choices."""

from dataclasses import dataclass, field
from typing import Any

from genjilib.local.discord.constants import SELECTS, ComponentType
from genjilib.local.discord.forms import fields
from genjilib.local.discord.jsons import Json, mapping, objects
from genjilib.local.discord.onlooker import walk


@dataclass(frozen=True, slots=True)
class Button:
    """A button; `custom_id` is None for a link."""

    label: str
    custom_id: str | None
    style: int
    disabled: bool
    url: str | None


@dataclass(frozen=True, slots=True)
class Select:
    """A select with the labels of its choices (none for users, roles and channels)."""

    custom_id: str
    placeholder: str
    kind: int
    choices: tuple[str, ...]
    disabled: bool


@dataclass(frozen=True, slots=True)
class File:
    """A file a person sends; `content` is its bytes."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """A message as shown; `text` is everything readable in it, `raw` Discord's own JSON."""

    id: int
    channel_id: int
    author: str
    content: str
    text: str
    ephemeral: bool
    raw: Json = field(repr=False)

    @property
    def buttons(self) -> list[Button]:
        """Its buttons in reading order."""
        return [_button(one) for one in walk(self.raw["components"]) if one["type"] == ComponentType.BUTTON]

    @property
    def selects(self) -> list[Select]:
        """Its selects in reading order."""
        return [_select(one) for one in walk(self.raw["components"]) if one["type"] in SELECTS]

    @property
    def embeds(self) -> list[Json]:
        """Its embeds."""
        return list(self.raw["embeds"])

    @property
    def files(self) -> list[str]:
        """The addresses of its attachments."""
        return [one["url"] for one in self.raw["attachments"]]

    @property
    def pictures(self) -> list[str]:
        """The addresses of all pictures in it: attachments, galleries, thumbnails, embeds."""
        media = [
            item["media"]["url"] for one in walk(self.raw["components"]) for item in objects(one.get("items"))
        ]
        media += [one["media"]["url"] for one in walk(self.raw["components"]) if one.get("media")]
        media += [embed[n]["url"] for embed in self.embeds for n in ("image", "thumbnail") if embed.get(n)]
        return self.files + media

    def button(self, name: str) -> Button:
        """The button of this label or custom id; KeyError if there is none."""
        for one in self.buttons:
            if name in (one.label, one.custom_id):
                return one
        raise KeyError(f"There is no button {name!r}; there are: {[one.label for one in self.buttons]}.")


@dataclass(frozen=True, slots=True)
class Modal:
    """A form a person is to fill in."""

    interaction: int
    title: str
    custom_id: str
    raw: Json = field(repr=False)

    @property
    def labels(self) -> list[str]:
        """The labels of its fields in order."""
        return [label for label, _ in fields(self.raw)]

    def value(self, label: str) -> Any:
        """What a text field is filled with already."""
        return next(one.get("value") for name, one in fields(self.raw) if name == label)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an interaction: messages, a changed message, a form or choices."""

    interaction: int
    callback: int
    effects: int
    messages: list[SeenMessage]
    updated: SeenMessage | None
    modal: Modal | None
    choices: list[tuple[str, Any]]

    @property
    def message(self) -> SeenMessage:
        """The newest message, or the one it changed."""
        if self.messages:
            return self.messages[-1]
        if self.updated is None:
            raise LookupError("The bot showed no message.")
        return self.updated

    @property
    def text(self) -> str:
        """Everything readable that came of it."""
        shown = [*self.messages, *([self.updated] if self.updated else [])]
        return "\n".join(one.text for one in shown)

    @property
    def form(self) -> Modal:
        """The form it opened; LookupError if it opened none."""
        if self.modal is None:
            raise LookupError(f"The bot opened no form; it said: {self.text!r}.")
        return self.modal


def message(raw: Json) -> SeenMessage:
    """A message from JSON."""
    author = raw["author"].get("global_name") or raw["author"]["username"]
    ids = (int(raw["id"]), int(raw["channel_id"]))
    return SeenMessage(
        *ids, author, raw["content"], raw.get("text", raw["content"]), raw.get("ephemeral", False), raw
    )


def answer(raw: Json) -> Answer:
    """An interaction's outcome from JSON."""
    modal: Json | None = raw["modal"]
    opened = int(raw["interaction"])
    return Answer(
        opened,
        int(raw["callback"]),
        int(raw["effects"]),
        [message(one) for one in raw["messages"]],
        message(raw["updated"]) if raw["updated"] else None,
        Modal(opened, modal["title"], modal["custom_id"], modal) if modal else None,
        [(one["name"], one["value"]) for one in objects(raw["choices"])],
    )


def _button(raw: Json) -> Button:
    label = raw.get("label") or mapping(raw.get("emoji")).get("name") or ""
    return Button(label, raw.get("custom_id"), raw["style"], bool(raw.get("disabled")), raw.get("url"))


def _select(raw: Json) -> Select:
    labels = tuple(one["label"] for one in objects(raw.get("options")))
    return Select(
        raw["custom_id"], raw.get("placeholder") or "", raw["type"], labels, bool(raw.get("disabled"))
    )
