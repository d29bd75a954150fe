"""Proves which columns of a statement are never null, what its parameters may be, how many rows come."""

from genjilib.db.nullability.analyse import Analysis, Column, Parameter, analyse
from genjilib.db.nullability.catalog import schema_fixed

__all__ = ["Analysis", "Column", "Parameter", "analyse", "schema_fixed"]
