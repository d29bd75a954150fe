"""What a check returns."""

from dataclasses import dataclass
from typing import Literal

from genjilib.core.settings import Settings

State = Literal["ok", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``mend`` is the command that helps when it is not ``ok``."""

    check: str
    state: State
    finding: str
    mend: str | None = None


def where_it_counts(settings: Settings | None) -> State:
    """Return how grave something is that people rely on in staging and production only."""
    return "wrong" if settings and settings.app_environment in ("production", "staging") else "note"
