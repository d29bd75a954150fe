"""The committed cache of what PostgreSQL said of each query, so that unchanged queries need no server.

``sql/signatures.json`` holds a signature per query with the hash of its file, and the hashes of the schema
and of the code that proves. Any of them changed means: ask again. Its diff shows what a change did to types,
nullability and row counts.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from genjilib.db.scan import QueryFile
from genjilib.db.signature import Signature

_HERE: Final = Path(__file__).parent
_PROVER: Final = (
    "scan.py",
    "header.py",
    "describe.py",
    "signature.py",
    "nullability/*.py",
    "nullability/*.txt",
)


@dataclass(slots=True)
class Cache:
    """Signatures by query name, with the hash of the file each was made of."""

    schema: str = ""
    prover: str = ""
    queries: dict[str, tuple[str, Signature]] = field(default_factory=dict[str, tuple[str, Signature]])

    def get(self, file: QueryFile) -> Signature | None:
        """Return the signature of a file that has not changed since."""
        known, signature = self.queries.get(file.name, ("", None))
        return signature if known == _hash(file.source.encode()) else None


def read(path: Path, schema: Path) -> Cache:
    """Return what still holds of the cache at ``path``: nothing when schema or prover changed."""
    fresh = Cache(_hash(schema.read_bytes()), prover_hash())
    try:
        kept = json.loads(path.read_text())
        if (kept["schema"], kept["prover"]) != (fresh.schema, fresh.prover):
            return fresh
        fresh.queries = {name: _entry(name, entry) for name, entry in kept["queries"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # absent, or in the middle of a merge
        fresh.queries = {}
    return fresh


def text(schema: Path, entries: Iterable[tuple[QueryFile, Signature]]) -> str:
    """Return the text of the cache: a line a column, parameter and field, in the order of the names."""
    lines = [f'"{file.name}": {_block(file, signature)}' for file, signature in entries]
    return (
        f'{{\n"schema": "{_hash(schema.read_bytes())}",\n"prover": "{prover_hash()}",\n'
        + '"queries": {\n'
        + ",\n".join(lines)
        + "\n}\n}\n"
    )


def prover_hash() -> str:
    """Return the hash of the code that reads files and proves."""
    paths = sorted(path for pattern in _PROVER for path in _HERE.glob(pattern))
    return _hash(b"\0".join(path.read_bytes() for path in paths))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _entry(name: str, entry: Mapping[str, Any]) -> tuple[str, Signature]:
    kinds = {
        key: [{"name": name, **rest} for name, rest in entry[key].items()]
        for key in ("parameters", "columns")
    }
    return entry["sql"], msgspec.convert({"enums": {}, **entry, **kinds}, Signature, strict=False)


def _block(file: QueryFile, signature: Signature) -> str:
    lines = [f' "sql": "{_hash(file.source.encode())}"']
    lines += [f' "returns": "{signature.returns}"', f' "rows": "{signature.rows}"']
    for kind, members in (("parameters", signature.parameters), ("columns", signature.columns)):
        inside = [f"  {_json(member.name)}: {_lines(_facts(asdict(member)), '   ')}" for member in members]
        lines.append(f' "{kind}": {{' + ("\n" + ",\n".join(inside) + "\n }" if inside else "}"))
    if signature.enums:
        lines.append(f' "enums": {_json(signature.enums)}')
    return "{\n" + ",\n".join(lines) + "\n}"


def _facts(member: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _said(value) for name, value in member.items() if name != "name" and value not in (None, ())
    }


def _said(value: Any) -> Any:
    """Return a shape without what it does not say."""
    if not isinstance(value, dict):
        return value
    inside = cast("dict[str, Any]", value)
    return {name: _said(part) for name, part in inside.items() if part is not None}


def _lines(facts: Mapping[str, Any], indent: str) -> str:
    """Return facts as JSON in one line, and below it a line for each field inside."""
    parts = [
        f"{_json(name)}: {_lines(value, indent) if name in ('shape', 'items') else _json(value)}"
        for name, value in facts.items()
        if name != "fields"
    ]
    if fields := facts.get("fields"):
        inside = ",\n".join(
            f"{indent}{_json(name)}: {_lines(part, indent + ' ')}" for name, part in fields.items()
        )
        parts.append(f'"fields": {{\n{inside}\n{indent[:-1]}}}')
    return f"{{{', '.join(parts)}}}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
