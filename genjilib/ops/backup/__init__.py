"""``genji backup``: make backups, list them, prove them, bring them back."""

from genjilib.ops.backup.commands import app

__all__ = ["app"]
