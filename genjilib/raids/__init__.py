"""Raids: instances of another game, crawled from Bungie, stored, ranked and checked for cheating."""
