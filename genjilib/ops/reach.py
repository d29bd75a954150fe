"""Which queries a runner can come to run: read from the source, name by name, nothing is imported."""

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
RUNNERS: Final = ("api", "bot", "crawler", "worker")

_QUERIES: Final = "genjilib.queries"
_Place = tuple[str, str]
"""A module and a name at its top level; the name is empty for the module's own statements."""


@dataclass(slots=True)
class _Module:
    """What the top-level names of a module stand for, and which other names each of them mentions."""

    imports: dict[str, _Place] = field(default_factory=dict[str, _Place])
    definitions: dict[str, list[ast.stmt]] = field(default_factory=dict[str, list[ast.stmt]])


@functools.cache
def queries_of(runner: str) -> frozenset[str]:
    """Return the names ``domain.verb`` of all queries that the runner can reach.

    A function is reached when something reached names it, a class with all its methods. So the answer may
    hold a query that never runs, and lacks none, as long as queries and modules are called by their names.
    """
    found: set[str] = set()
    pending: list[_Place] = [(f"runners.{runner}", "")]
    seen: set[_Place] = set()
    while pending:
        place = pending.pop()
        if place in seen:
            continue
        seen.add(place)
        for target, rest in _mentioned(*place):
            if target == _QUERIES:
                if len(rest) > 1:
                    found.add(f"{rest[0]}.{rest[1]}")
            else:
                pending.append((target, rest[0] if rest else ""))
    return frozenset(found)


@functools.cache
def _mentioned(module: str, name: str) -> list[tuple[str, list[str]]]:
    """Return the modules of ours that a definition names, each with the attributes that follow."""
    return list(_mentions(_load(module), module, name))


def _mentions(known: _Module, module: str, name: str) -> Iterator[tuple[str, list[str]]]:
    if name in known.imports and name not in known.definitions:
        target, inside = known.imports[name]
        yield target, [inside] if inside else []
        return
    for statement in known.definitions.get(name, []):
        short = dict(_shortened(statement))
        for node in ast.walk(statement):
            if (chain := _chain(node)) is None:
                continue
            first, *rest = [*short.get(chain[0], chain[:1]), *chain[1:]]
            if first in known.imports:
                target, inside = known.imports[first]
                yield target, [inside, *rest] if inside else rest
            elif first in known.definitions:
                yield module, [first]


def _shortened(statement: ast.stmt) -> Iterator[tuple[str, list[str]]]:
    """Yield the variables that stand for a chain of names: ``messages = queries.messages``."""
    for node in ast.walk(statement):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute() as value):
                if chain := _chain(value):
                    yield name, chain
            case _:
                pass


def _chain(node: ast.AST) -> list[str] | None:
    """Return ``a.b.c`` as its names; nothing for what does not begin with a name."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return [node.id, *reversed(names)] if isinstance(node, ast.Name) else None


@functools.cache
def _load(name: str) -> _Module:
    made = _Module()
    for statement in ast.parse(_path(name).read_text()).body:
        for defined in _defined(statement):
            made.definitions.setdefault(defined, []).append(statement)
        for node in ast.walk(statement):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    if place := _place(node.module, alias.name):
                        made.imports[alias.asname or alias.name] = place
    return made


def _defined(statement: ast.stmt) -> list[str]:
    """Return the names that a top-level statement defines; an empty one for the module itself."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Import() | ast.ImportFrom():
            return []
        case _:
            return [""]


def _place(module: str, name: str) -> _Place | None:
    """Return what ``from module import name`` means; nothing where it is not ours."""
    if module.split(".")[0] not in ("genjilib", "runners"):
        return None
    inside = f"{module}.{name}"
    return (inside, "") if inside == _QUERIES or _path(inside).exists() else (module, name)


def _path(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
