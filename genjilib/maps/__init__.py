"""Maps: parkour maps with their creators, mechanics, medals and guides."""
