"""Utilities: what is counted of the use of bot and website."""
