"""Proves which columns of a statement are never null, what its parameters may be, how many rows come."""

from genjilib.db.nullability.analyse import Analysis, Column, Parameter, analyse, analyse_all
from genjilib.db.nullability.catalog import schema_fixed
from genjilib.db.nullability.statement import Question

__all__ = ["Analysis", "Column", "Parameter", "Question", "analyse", "analyse_all", "schema_fixed"]
