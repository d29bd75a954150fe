"""Example values that follow from a schema, so that the document shows what a body looks like."""

from typing import Any, Final

Part = dict[str, Any]

_FORMATS: Final = {
    "date-time": "2026-01-02T03:04:05Z",
    "date": "2026-01-02",
    "time": "03:04:05Z",
    "duration": "PT1M23.45S",
    "uuid": "3f1c0f0e-6d0b-4c5e-9a51-0a4f2f0d7c11",
}
_DEEPEST: Final = 6
"""A type that holds itself is shown so often."""


def example_of(schema: Part, components: dict[str, Part], name: str = "text", depth: int = 0) -> Any:
    """Return a value that ``schema`` allows; a text without a form of its own is ``name``, its field's."""
    if "$ref" in schema:
        return example_of(components[schema["$ref"].rpartition("/")[2]], components, name, depth)
    for said in ("examples", "enum"):
        if schema.get(said):
            return schema[said][0]
    if "const" in schema:
        return schema["const"]
    if arms := schema.get("anyOf") or schema.get("oneOf"):
        return example_of(_fullest(arms, depth), components, name, depth)
    match schema.get("type"):
        case "object":
            return _object(schema, components, name, depth)
        case "array":
            return _array(schema, components, name, depth)
        case "string":
            return _text(schema, name)
        case "integer":
            return int(_number(schema, 1))
        case "number":
            return _number(schema, 1.5)
        case "boolean":
            return True
        case _:
            return None


def _fullest(arms: list[Part], depth: int) -> Part:
    """Return the first alternative that is something, or null where it has become too deep."""
    null = [arm for arm in arms if arm.get("type") == "null"]
    return null[0] if null and depth >= _DEEPEST else next(arm for arm in arms if arm.get("type") != "null")


def _object(schema: Part, components: dict[str, Part], name: str, depth: int) -> Any:
    if "properties" not in schema:
        rest: Any = schema.get("additionalProperties")
        return {name: example_of(rest, components, name, depth + 1)} if rest else {}
    return {
        field: example_of(part, components, field, depth + 1) for field, part in schema["properties"].items()
    }


def _array(schema: Part, components: dict[str, Part], name: str, depth: int) -> list[Any]:
    if parts := schema.get("prefixItems"):
        return [example_of(part, components, name, depth + 1) for part in parts]
    items: Any = schema.get("items")
    if not items or depth >= _DEEPEST:
        return []
    return [example_of(items, components, name, depth + 1)] * max(1, schema.get("minItems", 1))


def _text(schema: Part, name: str) -> str:
    if "format" in schema:
        return _FORMATS.get(schema["format"], name)
    return name.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")]


def _number(schema: Part, usual: float) -> float:
    if "exclusiveMinimum" in schema:
        usual = max(usual, schema["exclusiveMinimum"] + 1)
    return min(max(usual, schema.get("minimum", usual)), schema.get("maximum", usual))
