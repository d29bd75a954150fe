"""The SQL layer: files in sql/queries become typed, prepared statements."""

from genjilib.db.pool import Db, Tx
from genjilib.db.statement import Executor

__all__ = ["Db", "Executor", "Tx"]
