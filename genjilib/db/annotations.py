"""Which Python types parameters and columns have, and refusals where Python has no word."""

import re
from dataclasses import replace
from typing import Final

from genjilib.db.python_types import JSON, PYTHON_TYPES
from genjilib.db.scan import QueryFile, at_alias
from genjilib.db.signature import Column, Parameter, Shape, Signature

_INSTEAD: Final = "cast it, such as to text; give a row without a name by to_json(…)"


def column_type(file: QueryFile, column: Column, signature: Signature) -> str:
    """Return the type of a column in its row."""
    base = named_types(file).get(column.name) or _type(column.type_name, signature) or ""
    if is_nested(file, column):
        base = nested_type(file, column, signature)
    return f"{base} | None" if column.nullable and base not in ("Any", "None") else base


def parameter_type(file: QueryFile, parameter: Parameter, signature: Signature) -> str:
    """Return the type that a caller may give for a parameter."""
    if parameter.shape is not None:
        base = shape_type(file, parameter.shape, shape_name(file, parameter), signature, in_json=False)
    else:
        base = _type(parameter.type_name, signature) or ""
    base = "Decimal | float" if base == "Decimal" else base
    return f"{base} | None" if takes_null(file, parameter) else base


def takes_null(file: QueryFile, parameter: Parameter) -> bool:
    """Whether a caller may give ``None``."""
    # In the clause of a question null mostly means that it was not asked.
    meant = "writes" in file.directives or parameter.name in file.said_null
    return parameter.nullable and (parameter.name not in file.optional or meant)


def named_types(file: QueryFile) -> dict[str, str]:
    """Return the columns whose type the header names: ``-- type: medal = Medal``."""
    pairs = [pair.split("=") for pair in file.directives.get("type", "").split(",") if pair]
    return {name.strip(): kind.strip() for name, kind in pairs}


def is_nested(file: QueryFile, column: Column) -> bool:
    """Whether a column of JSON, or of rows, has structs of its own."""
    return column.shape is not None and column.name not in named_types(file)


def nested_type(file: QueryFile, column: Column, signature: Signature) -> str:
    """Return the type of a column that has structs of its own, as it is when it is there."""
    present = replace(column.shape, nullable=False) if column.shape else Shape("json", nullable=False)
    return shape_type(file, present, shape_name(file, column), signature, in_json=False)


def shape_name(file: QueryFile, member: Column | Parameter) -> str:
    """Return what the struct of what a column or a parameter holds is called."""
    taken = "" if isinstance(member, Column) else "Given"
    return f"{camel(file.name.split('.')[-1])}{taken}{camel(member.name)}"


def shape_type(file: QueryFile, shape: Shape, name: str, signature: Signature, *, in_json: bool) -> str:
    """Return the type of what has a shape; in JSON numbers are not exact, and other values text."""
    in_json = in_json or shape.type_name in JSON
    if shape.fields is not None:
        base = name
    elif shape.items is not None:
        base = f"list[{shape_type(file, shape.items, name, signature, in_json=in_json)}]"
    elif in_json:
        # What JSON has no form for is text there.
        known = shape.type_name.removesuffix("[]") in PYTHON_TYPES or shape.type_name in signature.enums
        textual = not known or shape.type_name in ("bytea", "interval") or shape.type_name.endswith("range")
        base = "str" if textual else _type(shape.type_name, signature) or "str"
        base = base.replace("Decimal", "float")  # a number of JSON is not exact
    else:
        base = _type(shape.type_name, signature) or ""
    return f"{base} | None" if shape.nullable and base != "Any" else base


def camel(name: str) -> str:
    """Return a name in words of capitals: ``map_id`` is ``MapId``."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def check_types(file: QueryFile, signature: Signature) -> None:
    """Refuse a parameter or a column whose type Python has no word for, at its place."""
    for parameter in signature.parameters:
        missing = next((name for name in _leaves(parameter) if _type(name, signature) is None), None)
        if missing is not None:
            sentence = f"there is no Python type for {missing}, the type of :{parameter.name}"
            found = re.search(rf"(?<!:):{parameter.name}\b", file.source)
            raise file.error(found.start() if found else 0, f"{sentence}; {_INSTEAD}")
    for column in signature.columns:
        missing = next((name for name in _leaves(column) if _type(name, signature) is None), None)
        if missing is not None and column.type_name not in JSON and column.name not in named_types(file):
            raise at_alias(
                file, column.name, f"there is no Python type for {missing}, in {column.name}; {_INSTEAD}"
            )


def _leaves(member: Column | Parameter) -> list[str]:
    """Return the names of the types that the values of a column or parameter are made of."""
    if member.shape is None:
        return [member.type_name]
    found: list[str] = []
    shapes = [member.shape]
    while shapes:
        shape = shapes.pop()
        inside = [*(shape.fields or {}).values(), *([shape.items] if shape.items else [])]
        shapes += inside
        found += [] if inside else [shape.type_name]
    return found


def _type(name: str, signature: Signature) -> str | None:
    """Return the Python type of a type's name; nothing where there is none."""
    if name.endswith("[]"):
        element = _type(name.removesuffix("[]"), signature)
        return element and f"list[{element}]"
    if name in signature.enums:
        return f"Literal[{', '.join(repr(label) for label in signature.enums[name])}]"
    return PYTHON_TYPES.get(name)
