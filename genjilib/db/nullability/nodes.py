"""Read PostgreSQL's text form of an analysed query, `{NODE :field value …}`, into small objects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

Value: TypeAlias = "Node | list[Value] | bytes | str | None"

_TOKEN: Final = re.compile(r"[(){}]|(?:\\.|[^\s(){}\\])+", re.DOTALL)
# Half of the text says "nothing": dropped before reading, since an absent field reads as empty, 0 or false.
# A space inside a string is escaped, so this never matches there. Only where -1 means nothing is it dropped.
_EMPTY: Final = re.compile(
    r" :(?:(?!ordinalitycol)\w+ (?:<>|false|0)|(?:location|\w*typmod|stmt_l\w+) -1|var(?:att)?nosyn \d+"
    r"|varnullingrels \(b[ \d]*\))(?=[ })])(?! \[)"
)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)

# Fields that do not change what an expression evaluates to, left out of `Node.key`.
_IGNORED: Final = frozenset(
    {
        *("location", "list_start", "list_end", "stmt_len", "stmt_location", "coercioncontext"),
        *("varnosyn", "varattnosyn", "varnullingrels", "coerceformat", "relabelformat", "funcformat"),
        *("varcollid", "inputcollid", "collid", "opcollid", "funccollid", "constcollid", "resultcollid"),
    }
)


class Node:
    """One node of the tree. Accessors never fail: a field that is absent reads as empty."""

    __slots__ = ("_children", "_key", "fields", "kind")

    def __init__(self, kind: str, fields: dict[str, Value] | None = None) -> None:
        self.kind = kind
        self.fields: dict[str, Value] = {} if fields is None else fields
        self._key: str | None = None
        self._children: tuple[Node, ...] | None = None

    def node(self, field: str) -> Node | None:
        """The child node of that name."""
        value = self.fields.get(field)
        return value if isinstance(value, Node) else None

    def nodes(self, field: str) -> list[Node]:
        """The child nodes of a list field; anything that is not a node is skipped."""
        return [item for item in self.items(field) if isinstance(item, Node)]

    def items(self, field: str) -> list[Value]:
        """A list field as it is, with holes kept."""
        value = self.fields.get(field)
        return value if isinstance(value, list) else []

    def integer(self, field: str) -> int:
        """A number; 0 when absent."""
        value = self.fields.get(field)
        if value is None:
            return 0
        try:
            return int(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return 0

    def integers(self, field: str) -> list[int]:
        """A list of numbers: `(i 1 2)`, `(o 1 2)` or a bitmap set `(b 1 2)`."""
        return [int(item) for item in self.items(field)[1:] if isinstance(item, str)]

    def flag(self, field: str) -> bool:
        """A boolean; false when absent."""
        return self.fields.get(field) == "true"

    def word(self, field: str) -> str:
        """A string, unescaped; empty when absent."""
        value = self.fields.get(field)
        return _unquoted(value) if isinstance(value, str) else ""

    def words(self, field: str) -> list[str]:
        """A list of strings, unescaped."""
        return [_unquoted(item) for item in self.items(field) if isinstance(item, str)]

    def datum(self, field: str) -> bytes:
        """The bytes of a constant; empty when it is null."""
        value = self.fields.get(field)
        return value if isinstance(value, bytes) else b""

    @property
    def key(self) -> str:
        """A canonical text: two expressions with the same key have the same value in the same row."""
        if self._key is None:
            self._key = _key(self)
        return self._key

    def children(self) -> tuple[Node, ...]:
        """Every node directly below this one, through any nesting of lists."""
        if self._children is None:
            found: list[Node] = []
            _gather(self.fields.values(), found)
            self._children = tuple(found)
        return self._children

    def walk(self) -> Iterator[Node]:
        """This node and all nodes below it."""
        pending: list[Node] = [self]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(node.children())


def variable(varno: int, attno: int) -> Node:
    """A column of the query's own range table, as PostgreSQL would write it."""
    return Node("VAR", {"varno": str(varno), "varattno": str(attno), "varlevelsup": "0"})


def variable_key(level: int, varno: int, attno: int) -> str:
    """The key of a VAR; used to look facts up without building the node."""
    return f"v{level}.{varno}.{attno};"


def parse(text: str) -> list[Value]:
    """Parse node text; what is returned is the list of top-level values."""
    root: list[Value] = []
    # What is being filled: the fields of a node, whose value for `name` comes next, or else a list.
    fields: dict[str, Value] | None = None
    items, name = root, ""
    above: list[tuple[dict[str, Value] | None, list[Value]]] = []
    pieces = iter(_TOKEN.findall(_EMPTY.sub("", text)))
    for piece in pieces:
        if piece in ("}", ")"):
            fields, items = above.pop()
        elif fields is not None and not name:
            if piece == "[":  # the bytes of a Datum follow its length: `4 [ 1 0 0 0 ]`
                fields[next(reversed(fields))] = bytes(
                    int(byte) & 255 for byte in iter(lambda: next(pieces), "]")
                )
            else:
                name = piece[1:]
        else:
            node = Node(next(pieces)) if piece == "{" else None
            inside: list[Value] = []
            value = node or (inside if piece == "(" else None if piece == "<>" else piece)
            if fields is None:
                items.append(value)
            else:
                fields[name], name = value, ""
            if piece in ("{", "("):
                above.append((fields, items))
                fields, items = (node.fields, []) if node else (None, inside)
    return root


def _unquoted(piece: str) -> str:
    text = _ESCAPE.sub(r"\1", piece)
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] == '"' else text


def _gather(values: Iterable[Value], found: list[Node]) -> None:
    for value in values:
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, list):
            _gather(value, found)


def _key(node: Node) -> str:
    if node.kind == "VAR":
        which = node.word("varreturningtype")
        old_or_new = f"~{which}" if which not in ("", "0") else ""
        return (
            variable_key(node.integer("varlevelsup"), node.integer("varno"), node.integer("varattno"))
            + old_or_new
        )
    parts = (f"{name}={_value_key(value)}" for name, value in node.fields.items() if name not in _IGNORED)
    return f"{{{node.kind} {' '.join(parts)}}}"


def _value_key(value: Value) -> str:
    if isinstance(value, Node):
        return value.key
    if isinstance(value, list):
        return f"({' '.join(_value_key(item) for item in value)})"
    return value.hex() if isinstance(value, bytes) else str(value)
