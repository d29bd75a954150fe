"""How PostgreSQL's binary values become Python values, set once on every new connection.

Numbers: ``numeric`` comes out as ``Decimal``, exact; a statement that wants a float says ``::float8``.
Enums come out as ``str``, json and jsonb as plain Python values, timestamps in UTC, rows as tuples of such
values, and a domain as what it is made of.
"""

from typing import TYPE_CHECKING, Any, Final

import msgspec
from psycopg import AsyncConnection, adapters, pq
from psycopg.types import TypeInfo
from psycopg.types.composite import RecordBinaryLoader
from psycopg.types.json import set_json_loads
from psycopg.types.string import TextBinaryLoader

if TYPE_CHECKING:
    from genjilib.db.connection import Connection


_TYPES: Final = """
    with recursive named(oid, name, array_oid, kind, base) as (
        select t.oid, t.typname, t.typarray, t.typtype, t.typbasetype
        from pg_type as t
        where t.typtype in ('e', 'c', 'd') and t.oid >= 16384 and t.typarray <> 0
        union all
        select n.oid, n.name, n.array_oid, n.kind, t.typbasetype
        from named as n join pg_type as t on t.oid = n.base
        where t.typtype = 'd'
    )
    select n.oid, n.name, n.array_oid, n.kind, n.base
    from named as n left join pg_type as t on t.oid = n.base
    where n.kind <> 'd' or t.typtype <> 'd'
    order by n.kind = 'd'
"""
_ARRAY: Final = adapters.get_loader(adapters.types["text"].array_oid, pq.Format.BINARY)
"""What reads an array of any type whose elements can be read."""


async def configure(connection: "Connection | AsyncConnection[Any]") -> None:
    """Register the loaders of this database's enums, rows and domains, and of JSON, on ``connection``."""
    set_json_loads(msgspec.json.decode, connection)
    known = connection.adapters
    cursor = await connection.execute(_TYPES, prepare=False)
    for oid, name, array_oid, kind, base in await cursor.fetchall():
        if kind == "e":
            TypeInfo(name, oid, array_oid).register(connection)
            known.register_loader(oid, TextBinaryLoader)
            continue
        loader = RecordBinaryLoader if kind == "c" else known.get_loader(base, pq.Format.BINARY)
        if loader is not None and _ARRAY is not None:
            known.register_loader(oid, loader)
            known.register_loader(array_oid, _ARRAY)
