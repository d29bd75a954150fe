"""What a caller of a query can know: its parameters, columns and rows."""

from dataclasses import dataclass
from typing import Literal

Rows = Literal["none", "one", "maybe", "many"]


@dataclass(frozen=True, slots=True)
class Shape:
    """What JSON or a row holds: ``fields`` of it, ``items`` of an array, or else a value of ``type_name``."""

    type_name: str
    nullable: bool
    fields: dict[str, "Shape"] | None = None
    items: "Shape | None" = None


@dataclass(frozen=True, slots=True)
class Column:
    """A result column: ``type_name`` is PostgreSQL's spelling, ``why`` tells what decided ``nullable``.

    ``shape`` tells what its JSON holds, where the statement itself builds it, or the row it is.
    """

    name: str
    type_name: str
    nullable: bool
    why: str
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: ``nullable`` only where the statement itself provides for null.

    ``shape`` tells the fields of a row, or of an array of rows.
    """

    name: str
    type_name: str
    nullable: bool
    why: str
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """All that a caller of a query file can know; ``returns`` is what the header says, or what follows."""

    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    rows: Rows
    returns: str
    enums: dict[str, tuple[str, ...]]
