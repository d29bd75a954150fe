"""Checks components as Discord checks them: what may stand where, counts, lengths, unique custom ids."""

from collections.abc import Callable
from typing import Any, ClassVar

from genjilib.local.discord.constants import SELECTS, ComponentType
from genjilib.local.discord.errors import Form
from genjilib.local.discord.jsons import Json, as_object, listing, objects

C = ComponentType
V1_TOP = (C.ACTION_ROW,)
IN_CONTAINER = (C.ACTION_ROW, C.SECTION, C.TEXT_DISPLAY, C.MEDIA_GALLERY, C.FILE, C.SEPARATOR)
V2_TOP = (*IN_CONTAINER, C.CONTAINER)
IN_ROW = (C.BUTTON, *sorted(SELECTS))
MODAL_TOP = (C.ACTION_ROW, C.TEXT_DISPLAY, C.LABEL)
IN_LABEL = (C.TEXT_INPUT, *sorted(SELECTS), C.FILE_UPLOAD, C.RADIO_GROUP, C.CHECKBOX_GROUP, C.CHECKBOX)

MOST_COMPONENTS = 40
MOST_TEXT = 4000

Path = tuple[str | int, ...]


class Components:
    """Walks one message's or modal's components, notes errors in a form, gives each its `id`."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.media: list[tuple[Path, Json]] = []
        """Media items found, to be resolved against the message's files."""
        self._custom_ids: set[str] = set()
        self._count = 0
        self._text = 0

    def message(self, given: Any, *, v2: bool) -> list[Json]:
        """Check a message's components and return them with ids."""
        components: list[Json] = _copied(given or [])
        if not v2:
            self.form.length(("components",), components, 0, 5)
        self._children(("components",), components, V2_TOP if v2 else V1_TOP)
        if self._count > MOST_COMPONENTS:
            message = f"The maximum number of components in a message is {MOST_COMPONENTS}"
            self.form.add(("components",), "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message)
        if self._text > MOST_TEXT:
            message = f"Total displayable text size exceeds maximum size of {MOST_TEXT}"
            self.form.add(("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)
        return components

    def modal(self, data: Json) -> Json:
        """Check a modal and return it with ids."""
        modal: Json = _copied(data)
        self.form.length(("title",), modal.get("title"), 1, 45)
        self.form.length(("custom_id",), modal.get("custom_id"), 1, 100)
        components: list[Json] = objects(modal.get("components"))
        self.form.length(("components",), components, 1, 5)
        self._children(("components",), components, MODAL_TOP, in_modal=True)
        return modal

    def _children(
        self, path: Path, children: list[Json], allowed: tuple[int, ...], *, in_modal: bool = False
    ) -> None:
        for index, child in enumerate(children):
            self._one((*path, index), child, allowed, in_modal=in_modal)

    def _one(self, path: Path, it: Json, allowed: tuple[int, ...], *, in_modal: bool = False) -> None:
        if it.get("type") not in allowed:
            shown = ", ".join(str(int(one)) for one in allowed)
            message = f'Value of field "type" must be one of ({shown}).'
            self.form.add((*path, "type"), "UNION_TYPE_CHOICES", message)
            return
        self._count += 1
        it["id"] = it.get("id") or self._count
        if in_modal and it["type"] == C.ACTION_ROW:
            self._children(
                (*path, "components"), objects(it.get("components")), (C.TEXT_INPUT,), in_modal=True
            )
        elif it["type"] in SELECTS:
            self._select(path, it)
        else:
            self._checks[it["type"]](self, path, it)

    def _row(self, path: Path, it: Json) -> None:
        children: list[Json] = objects(it.get("components"))
        path = (*path, "components")
        self.form.length(path, children, 1, 5)
        self._children(path, children, IN_ROW)
        if len(children) > 1 and any(child.get("type") in SELECTS for child in children):
            self.form.add(
                path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width"
            )

    def _button(self, path: Path, it: Json) -> None:
        form, style = self.form, it.get("style")
        if not form.choice((*path, "style"), style, (1, 2, 3, 4, 5, 6)):
            return
        form.length((*path, "label"), it.get("label"), 0, 80)
        if style == 5:
            form.length((*path, "url"), it.get("url"), 1, 512)
            if it.get("custom_id"):
                message = "A custom id and url cannot both be specified"
                form.add((*path, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message)
        elif style != 6:
            self._custom_id(path, it)
        if style != 6 and not it.get("label") and not it.get("emoji"):
            form.add(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button must have a label or emoji")

    def _select(self, path: Path, it: Json) -> None:
        form = self.form
        self._custom_id(path, it)
        form.length((*path, "placeholder"), it.get("placeholder"), 0, 150)
        form.between((*path, "min_values"), int(it.get("min_values", 1)), 0, 25)
        form.between((*path, "max_values"), int(it.get("max_values", 1)), 1, 25)
        if it["type"] == C.STRING_SELECT:
            self._options((*path, "options"), it.get("options"), 1, 25)

    def _options(self, path: Path, given: Any, least: int, most: int) -> None:
        options: list[Json] = given or []
        self.form.length(path, options, least, most)
        values: set[str] = set()
        for index, option in enumerate(options):
            here = (*path, index)
            self.form.length((*here, "label"), option.get("label"), 1, 100)
            self.form.length((*here, "value"), option.get("value"), 1, 100)
            self.form.length((*here, "description"), option.get("description"), 0, 100)
            if option.get("value") in values:
                message = "The specified option value is already used"
                self.form.add((*here, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
            values.add(str(option.get("value")))

    def _section(self, path: Path, it: Json) -> None:
        children: list[Json] = objects(it.get("components"))
        self.form.length((*path, "components"), children, 1, 3)
        self._children((*path, "components"), children, (C.TEXT_DISPLAY,))
        if not it.get("accessory"):
            self.form.required((*path, "accessory"))
        else:
            self._one((*path, "accessory"), it["accessory"], (C.BUTTON, C.THUMBNAIL))

    def _container(self, path: Path, it: Json) -> None:
        children: list[Json] = objects(it.get("components"))
        if not children:
            self.form.required((*path, "components"))
        if it.get("accent_color") is not None:
            self.form.between((*path, "accent_color"), int(it["accent_color"]), 0, 0xFFFFFF)
        self._children((*path, "components"), children, IN_CONTAINER)

    def _text_display(self, path: Path, it: Json) -> None:
        content = it.get("content")
        self.form.length((*path, "content"), content, 1, MOST_TEXT)
        self._text += len(content or "")

    def _gallery(self, path: Path, it: Json) -> None:
        items: list[Json] = objects(it.get("items"))
        self.form.length((*path, "items"), items, 1, 10)
        for index, item in enumerate(items):
            self.form.length((*path, "items", index, "description"), item.get("description"), 0, 1024)
            self._medium((*path, "items", index, "media"), item.get("media"))

    def _thumbnail(self, path: Path, it: Json) -> None:
        self.form.length((*path, "description"), it.get("description"), 0, 1024)
        self._medium((*path, "media"), it.get("media"))

    def _file(self, path: Path, it: Json) -> None:
        medium: Json | None = it.get("file")
        if medium and not str(medium.get("url", "")).startswith(("attachment://", "http")):
            message = "Only attachment:// references are supported"
            self.form.add((*path, "file", "url"), "UNFURLED_MEDIA_ITEM_INVALID_URL", message)
        self._medium((*path, "file"), medium)

    def _medium(self, path: Path, medium: Json | None) -> None:
        if not medium or not medium.get("url"):
            self.form.required((*path, "url"))
        elif not str(medium["url"]).startswith(("http://", "https://", "attachment://")):
            message = "Scheme must be one of ('http', 'https', 'attachment')."
            self.form.add((*path, "url"), "URL_TYPE_INVALID_SCHEME", message)
        else:
            self.media.append((path, medium))

    def _separator(self, path: Path, it: Json) -> None:
        self.form.choice((*path, "spacing"), it.get("spacing", 1), (1, 2))

    def _label(self, path: Path, it: Json) -> None:
        self.form.length((*path, "label"), it.get("label"), 1, 45)
        self.form.length((*path, "description"), it.get("description"), 0, 100)
        if not it.get("component"):
            self.form.required((*path, "component"))
        else:
            self._one((*path, "component"), it["component"], IN_LABEL, in_modal=True)

    def _text_input(self, path: Path, it: Json) -> None:
        form = self.form
        self._custom_id(path, it)
        form.choice((*path, "style"), it.get("style"), (1, 2))
        # Inside a Label the label is the Label's; alone in a row the input must bring its own.
        form.length((*path, "label"), it.get("label"), 0 if path[-1] == "component" else 1, 45)
        form.length((*path, "placeholder"), it.get("placeholder"), 0, 100)
        form.length((*path, "value"), it.get("value"), 0, 4000)
        form.between((*path, "min_length"), int(it.get("min_length") or 0), 0, 4000)
        form.between((*path, "max_length"), int(it.get("max_length") or 4000), 1, 4000)

    def _file_upload(self, path: Path, it: Json) -> None:
        self._custom_id(path, it)
        self.form.between((*path, "min_values"), int(it.get("min_values", 1)), 0, 10)
        self.form.between((*path, "max_values"), int(it.get("max_values", 1)), 1, 10)

    def _radio_group(self, path: Path, it: Json) -> None:
        self._custom_id(path, it)
        self._options((*path, "options"), it.get("options"), 2, 10)

    def _checkbox_group(self, path: Path, it: Json) -> None:
        self._custom_id(path, it)
        self._options((*path, "options"), it.get("options"), 1, 10)

    def _custom_id(self, path: Path, it: Json) -> None:
        custom_id = it.get("custom_id")
        self.form.length((*path, "custom_id"), custom_id, 1, 100)
        if custom_id in self._custom_ids:
            message = "Component custom id cannot be duplicated"
            self.form.add((*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", message)
        self._custom_ids.add(str(custom_id))

    _checks: ClassVar[dict[int, Callable[["Components", Path, Json], None]]] = {
        C.ACTION_ROW: _row,
        C.BUTTON: _button,
        C.SECTION: _section,
        C.TEXT_DISPLAY: _text_display,
        C.THUMBNAIL: _thumbnail,
        C.MEDIA_GALLERY: _gallery,
        C.FILE: _file,
        C.SEPARATOR: _separator,
        C.CONTAINER: _container,
        C.LABEL: _label,
        C.TEXT_INPUT: _text_input,
        C.FILE_UPLOAD: _file_upload,
        C.RADIO_GROUP: _radio_group,
        C.CHECKBOX_GROUP: _checkbox_group,
        C.CHECKBOX: _custom_id,
    }


def _copied(value: Any) -> Any:
    """A deep copy without nulls: to Discord a null component field is one left out."""
    parts = as_object(value)
    if parts is not None:
        return {name: _copied(one) for name, one in parts.items() if one is not None}
    return [_copied(one) for one in listing(value)] if isinstance(value, list) else value
