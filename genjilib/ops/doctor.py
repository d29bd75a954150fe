"""``genji doctor``"""


def doctor() -> None:
    """Look."""
