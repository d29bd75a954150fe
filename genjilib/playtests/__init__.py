"""Playtests: the threads in which a new map is tried, voted on and accepted or denied."""
