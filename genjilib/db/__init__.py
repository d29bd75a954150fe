"""The SQL layer: files in sql/queries become typed, prepared statements."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genjilib.db.pool import Db
    from genjilib.db.statement import Executor
    from genjilib.db.transaction import Tx

__all__ = ["Db", "Executor", "Tx"]

_MODULES = {"Db": "pool", "Executor": "statement", "Tx": "transaction"}


def __getattr__(name: str) -> Any:
    """Import what runs statements when it is first asked for: whoever only checks files needs none of it."""
    if name not in _MODULES:
        raise AttributeError(name)
    return getattr(importlib.import_module(f"genjilib.db.{_MODULES[name]}"), name)
