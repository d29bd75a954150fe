"""Generated from sql/queries by 'make sql': one module a domain, one statement a file."""

from . import items

__all__ = ["items"]
