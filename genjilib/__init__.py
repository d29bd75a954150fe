"""Genji: record-keeping for a game community."""
