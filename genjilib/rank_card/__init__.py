"""Rank cards: a player's ranks, medals and badges on one card, as data and as a picture."""
