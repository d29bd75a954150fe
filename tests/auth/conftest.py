"""Refusals that take little time."""

import pytest

from genjilib.auth import passwords

OF_NOBODY = b"$2b$04$KZm51uLgXftmQFknN5yb0OCq8lq2i6W/ZX3/sTXVg8iDpRxdivWze"


@pytest.fixture(autouse=True)
def quick_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try a bcrypt hash of the least cost where none is kept; which one is tried test_login proves."""
    monkeypatch.setattr(passwords, "_nobodys_bcrypt", lambda: OF_NOBODY)
