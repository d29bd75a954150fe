"""How PostgreSQL's binary values become Python values, set once on every new connection.

Numbers: ``numeric`` comes out as ``Decimal``, exact; a statement that wants a float says ``::float8``.
Enums come out as ``str``, json and jsonb as plain Python values, timestamps in UTC.
"""

from typing import TYPE_CHECKING, Any

import msgspec
from psycopg import AsyncConnection
from psycopg.types import TypeInfo
from psycopg.types.json import set_json_loads
from psycopg.types.string import TextBinaryLoader

if TYPE_CHECKING:
    from genjilib.db.connection import Connection


async def configure(connection: "Connection | AsyncConnection[Any]") -> None:
    """Register the loaders of this database's enums and of JSON on ``connection``."""
    set_json_loads(msgspec.json.decode, connection)
    cursor = await connection.execute(
        "select t.typname, t.oid, t.typarray from pg_type as t where t.typtype = 'e'", prepare=False
    )
    for name, oid, array_oid in await cursor.fetchall():
        TypeInfo(name, oid, array_oid).register(connection)
        connection.adapters.register_loader(oid, TextBinaryLoader)
