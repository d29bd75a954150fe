"""Completions: runs that players submit, moderators judge and leaderboards rank."""
