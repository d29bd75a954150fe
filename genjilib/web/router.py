"""Finds the route of a request: a tree of path segments, so that 200 routes cost no more than 5."""

import re
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from genjilib.web.routes import BadRoute, Route, segments

T = TypeVar("T")

_NUMBER = re.compile(r"-?[0-9]+").fullmatch


@dataclass(slots=True)
class _Node(Generic[T]):
    literals: "dict[str, _Node[T]]" = field(default_factory=dict[str, "_Node[T]"])
    number: "_Node[T] | None" = None
    text: "_Node[T] | None" = None
    targets: dict[str, tuple[Route, T]] = field(default_factory=dict[str, tuple[Route, T]])


@dataclass(slots=True)
class Match(Generic[T]):
    """What was found for a path: the target of the method, or else the methods that have one."""

    target: T | None
    values: list[str]
    allowed: set[str]


class Router(Generic[T]):
    """Maps method and path to a target; literal segments win over numbers, numbers over text.

    A path that two patterns match is answered by the one that has the method: ``GET /completions/{code}``
    and ``PATCH /completions/{record_id:int}`` live side by side.
    """

    def __init__(self) -> None:
        """Start with an empty table."""
        self._root: _Node[T] = _Node()

    def add(self, route: Route, target: T) -> None:
        """Add a row; raise ``BadRoute`` when another row answers the same method and pattern."""
        node = self._root
        for part in segments(route.path):
            node = _child(node, part)
        if taken := node.targets.get(route.method):
            raise BadRoute(f"{route} is there already: {taken[0]}")
        node.targets[route.method] = (route, target)

    def find(self, method: str, path: str) -> Match[T]:
        """Return the target for ``method`` and the values of the path's parameters, still as text."""
        values: list[str] = []
        allowed: set[str] = set()
        target = _walk(self._root, segments(path), 0, method, values, allowed)
        return Match(target, values, allowed)


def _child(node: _Node[T], part: str) -> _Node[T]:
    if not part.startswith("{"):
        return node.literals.setdefault(part, _Node())
    if part.endswith(":int}"):
        node.number = node.number or _Node()
        return node.number
    node.text = node.text or _Node()
    return node.text


def _walk(
    node: _Node[T], parts: list[str], at: int, method: str, values: list[str], allowed: set[str]
) -> T | None:
    # Most of the way there is one way only.
    while at < len(parts) and not (node.number or node.text) and (child := node.literals.get(parts[at])):
        node, at = child, at + 1
    if at == len(parts):
        allowed.update(node.targets)
        found = node.targets.get(method)
        return found and found[1]
    part = parts[at]
    if child := node.literals.get(part):
        target = _walk(child, parts, at + 1, method, values, allowed)
        if target is not None:
            return target
    for child in (node.number if node.number and _NUMBER(part) else None, node.text if part else None):
        if child is not None:
            values.append(part)
            target = _walk(child, parts, at + 1, method, values, allowed)
            if target is not None:
                return target
            values.pop()
    return None
