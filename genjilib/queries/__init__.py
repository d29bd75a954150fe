"""Generated from sql/queries by 'make sql': one module a domain, one statement a file."""

from . import (
    auth,
    chat,
    completions,
    jobs,
    lootbox,
    maps,
    messages,
    newsfeed,
    notifications,
    ops,
    playtests,
    users,
)

__all__ = [
    "auth",
    "chat",
    "completions",
    "jobs",
    "lootbox",
    "maps",
    "messages",
    "newsfeed",
    "notifications",
    "ops",
    "playtests",
    "users",
]
