"""Generated from sql/queries by 'make sql': one module a domain, one statement a file."""

from genjilib.queries import messages, users

__all__ = ["messages", "users"]
