"""Autocomplete: what somebody may mean who types a code or a name."""
