"""Change requests: what players ask the creators of a map to change, each in a Discord thread of its own."""
