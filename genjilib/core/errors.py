"""The eight ways a request can fail, named by what the caller does next.

Each error carries a sentence for a person and a slug for a program. How an error is shown is decided once
for each transport: ``genjilib.web.problems``, ``genjilib.chat.client``, ``genjilib.broker.failures`` and
``genjilib.ops.shell``.
"""

from typing import Any, ClassVar


class GenjiError(Exception):
    """A failure with a sentence for the person who caused it; never raised itself, only its eight kinds."""

    slug: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[str]
    exit_code: ClassVar[int] = 2

    def __init__(self, detail: str, *, code: str | None = None, extra: Any = None) -> None:
        """Remember the sentence ``detail``.

        ``code`` is a finer slug (``map-not-found``) for clients that act on it; ``extra`` is JSON-ready data
        that goes to the caller beside the sentence.
        """
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.slug
        self.extra = extra


class Invalid(GenjiError):
    """The request itself is wrong; the same request will fail again."""

    slug, status, title = "invalid", 400, "Invalid request"


class Unauthenticated(GenjiError):
    """Nobody known is asking, or what they hold does not open this door."""

    slug, status, title = "unauthenticated", 401, "Not authenticated"


class Forbidden(GenjiError):
    """The person is known and may not do this."""

    slug, status, title = "forbidden", 403, "Not allowed"


class NotFound(GenjiError):
    """What the request names does not exist."""

    slug, status, title = "not-found", 404, "Not found"


class Conflict(GenjiError):
    """The request contradicts the present state: a duplicate, a lost race, a closed case."""

    slug, status, title = "conflict", 409, "Conflict"


class Later(GenjiError):
    """Base of the two errors that a later try can heal; ``after`` is the wait in seconds."""

    exit_code = 75

    def __init__(self, detail: str, *, after: float, code: str | None = None, extra: Any = None) -> None:
        """Remember the sentence and after how many seconds another try makes sense."""
        super().__init__(detail, code=code, extra=extra)
        self.after = after


class RateLimited(Later):
    """Too many requests; come back after ``after`` seconds."""

    slug, status, title = "rate-limited", 429, "Too many requests"

    def __init__(self, detail: str, *, after: float, quota: tuple[int, int] | None = None) -> None:
        """Remember the sentence, the wait and, where it is ours, the quota: so many in so many seconds."""
        super().__init__(detail, after=after)
        self.quota = quota


class Unavailable(Later):
    """A service this one depends on is away; come back after ``after`` seconds."""

    slug, status, title = "unavailable", 503, "Temporarily unavailable"


class Poison(GenjiError):
    """A message that no retry can heal: undecodable, of an unknown type or version."""

    slug, status, title = "poison", 500, "Unprocessable message"


REPORTED: tuple[type[GenjiError], ...] = (
    Invalid,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    RateLimited,
    Unavailable,
    Poison,
)
