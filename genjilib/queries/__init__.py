"""Generated from sql/queries by 'make sql': one module a domain, one statement a file."""

from genjilib.queries import (
    auth,
    chat,
    community,
    completions,
    jobs,
    lootbox,
    maps,
    messages,
    newsfeed,
    notifications,
    ops,
    playtests,
    rank_card,
    users,
)

__all__ = [
    "auth",
    "chat",
    "community",
    "completions",
    "jobs",
    "lootbox",
    "maps",
    "messages",
    "newsfeed",
    "notifications",
    "ops",
    "playtests",
    "rank_card",
    "users",
]
