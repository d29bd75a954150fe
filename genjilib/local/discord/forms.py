"""Fills in a modal as a person would: fields by label or custom id, every rule of theirs checked."""

from typing import Any

from genjilib.local.discord.constants import SELECTS, ComponentType
from genjilib.local.discord.jsons import Json, objects
from genjilib.local.discord.options import Resolver, Wrong, check_count, select_values


def filled(resolver: Resolver, modal: Json, given: Json) -> Json:
    """The interaction data of the submitted modal."""
    used: set[str] = set()
    components = [_top(resolver, component, given, used) for component in modal["components"]]
    unknown = set(given) - used
    if unknown:
        raise Wrong(
            f"The form has no field {', '.join(map(repr, sorted(unknown)))}; it has: {_names(modal)}."
        )
    data: Json = {"custom_id": modal["custom_id"], "components": components}
    return {**data, "resolved": resolver.resolved} if resolver.resolved else data


def fields(modal: Json) -> list[tuple[str, Json]]:
    """Every field with the label shown above it."""
    found: list[tuple[str, Json]] = []
    for top in modal["components"]:
        if top["type"] == ComponentType.LABEL:
            found.append((top["label"], top["component"]))
        elif top["type"] == ComponentType.ACTION_ROW:
            found += [(one.get("label") or one.get("placeholder") or "", one) for one in top["components"]]
    return found


def _top(resolver: Resolver, top: Json, given: Json, used: set[str]) -> Json:
    kept: Json = {"type": top["type"], "id": top["id"]}
    if top["type"] == ComponentType.TEXT_DISPLAY:
        return kept
    if top["type"] == ComponentType.LABEL:
        return {**kept, "component": _field(resolver, top["label"], top["component"], given, used)}
    inner = top["components"]
    return {
        **kept,
        "components": [_field(resolver, one.get("label") or "", one, given, used) for one in inner],
    }


def _field(resolver: Resolver, label: str, field: Json, given: Json, used: set[str]) -> Json:
    name = field["custom_id"] if field["custom_id"] in given else label
    used.add(name)
    base: Json = {"type": field["type"], "id": field["id"], "custom_id": field["custom_id"]}
    kind, value = field["type"], given.get(name)
    if kind == ComponentType.TEXT_INPUT:
        return {**base, "value": _text(label, field, value if name in given else field.get("value"))}
    if kind == ComponentType.CHECKBOX:
        return {**base, "value": bool(value if name in given else field.get("default"))}
    if kind == ComponentType.RADIO_GROUP:
        chosen = _options(label, field, [] if value is None else [value])
        return {**base, "value": chosen[0] if chosen else None}
    values = _listed(value) if name in given else _defaults(field)
    if kind in SELECTS:
        chosen = select_values(resolver, field, values) if values or field.get("required", True) else []
        return {**base, "values": chosen}
    if kind == ComponentType.FILE_UPLOAD:
        _need(label, field, values)
        check_count(field, len(values), required=field.get("required", True))
        return {**base, "values": [resolver.file(one) for one in values]}
    return {**base, "values": _options(label, field, values)}


def _text(label: str, field: Json, value: Any) -> str:
    text = "" if value is None else str(value)
    if not text and field.get("required", True):
        raise Wrong(f"{label} must be filled in.")
    least, most = field.get("min_length") or 0, field.get("max_length") or 4000
    if text and not least <= len(text) <= most:
        raise Wrong(f"{label} must be between {least} and {most} characters long.")
    return text


def _options(label: str, field: Json, values: list[Any]) -> list[str]:
    _need(label, field, values)
    known = {one["label"]: one["value"] for one in field["options"]}
    for value in values:
        if value not in known and value not in known.values():
            raise Wrong(f"{label} has no choice {value!r}; it has: {', '.join(known)}.")
    return [known.get(value, value) for value in values]


def _need(label: str, field: Json, values: list[Any]) -> None:
    if not values and field.get("required", True):
        raise Wrong(f"{label} must be filled in.")


def _defaults(field: Json) -> list[Any]:
    return [one["value"] for one in objects(field.get("options")) if one.get("default")]


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]  # pyright: ignore[reportUnknownArgumentType]


def _names(modal: Json) -> str:
    return ", ".join(repr(label) for label, _ in fields(modal)) or "none"
