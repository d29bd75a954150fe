"""Who is asking: an API key or a member of the Discord server."""

from dataclasses import dataclass, field
from typing import Literal

from genjilib.core.errors import Unauthenticated

SYSTEM_USER_ID = 969632729643753482
"""The user that automatic verdicts are signed with; its row is seeded."""


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated caller and what it may do.

    ``user_id`` is the person acting, where one is known; a key acts for its service and has none.
    """

    kind: Literal["key", "member"]
    name: str
    user_id: int | None = None
    superuser: bool = False
    scopes: frozenset[str] = field(default_factory=frozenset[str])

    def require(self, *scopes: str) -> None:
        """Raise ``Unauthenticated`` unless every scope is held; no scope at all means superusers only.

        The contract answers 401 and never 403 to a key that may not do something.
        """
        if self.superuser:
            return
        if not scopes:
            raise Unauthenticated("This endpoint requires elevated privileges", code="superuser-only")
        missing = sorted(set(scopes) - self.scopes)
        if missing:
            raise Unauthenticated(f"Missing required scopes: {', '.join(missing)}", code="missing-scopes")
