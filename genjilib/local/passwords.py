"""Random passwords of the embedded servers, kept in files only their owner can read."""

import os
import secrets
from pathlib import Path


def kept_password(file: Path) -> str:
    """The password in `file`; a new one of 144 random bits, written there, when the file is missing."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(18))
    return file.read_text()
