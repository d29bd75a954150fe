"""Generated from sql/queries by 'make sql': one module a domain, one statement a file."""

from genjilib.queries import (
    auth,
    autocomplete,
    change_requests,
    chat,
    completions,
    jobs,
    lootbox,
    map_edits,
    maps,
    messages,
    newsfeed,
    notifications,
    ops,
    playtests,
    users,
    utilities,
)

__all__ = [
    "auth",
    "autocomplete",
    "change_requests",
    "chat",
    "completions",
    "jobs",
    "lootbox",
    "map_edits",
    "maps",
    "messages",
    "newsfeed",
    "notifications",
    "ops",
    "playtests",
    "users",
    "utilities",
]
