"""Proves which columns of a statement are never null, what its parameters may be, how many rows come."""

from genjilib.db.nullability.analyse import Analysis, Column, Parameter, Rows, analyse

__all__ = ["Analysis", "Column", "Parameter", "Rows", "analyse"]
