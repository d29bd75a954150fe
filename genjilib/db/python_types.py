"""Which Python type stands for which type of PostgreSQL."""

from typing import Final

JSON: Final = ("json", "jsonb")

PYTHON_TYPES: Final = {
    "smallint": "int",
    "integer": "int",
    "bigint": "int",
    "oid": "int",
    "numeric": "Decimal",
    "real": "float",
    "double precision": "float",
    "boolean": "bool",
    "text": "str",
    "character varying": "str",
    "character": "str",
    "name": "str",
    "citext": "str",
    "uuid": "UUID",
    "timestamp with time zone": "datetime",
    "timestamp without time zone": "datetime",
    "date": "date",
    "time without time zone": "time",
    "interval": "timedelta",
    "json": "Any",
    "jsonb": "Any",
    "bytea": "bytes",
    "void": "None",
    "int4range": "Range[int]",
    "int8range": "Range[int]",
    "numrange": "Range[Decimal]",
    "daterange": "Range[date]",
    "tsrange": "Range[datetime]",
    "tstzrange": "Range[datetime]",
    "int4multirange": "Multirange[int]",
    "int8multirange": "Multirange[int]",
    "nummultirange": "Multirange[Decimal]",
    "datemultirange": "Multirange[date]",
    "tsmultirange": "Multirange[datetime]",
    "tstzmultirange": "Multirange[datetime]",
}
