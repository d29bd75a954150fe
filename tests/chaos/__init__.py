"""Failures on purpose: each row of the matrix is a test, and a ledger counts what became of every message."""
