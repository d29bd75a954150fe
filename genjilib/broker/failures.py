"""What a failure of a handler means: try again later, try again and count, or give the message up."""

import re
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import psycopg
from psycopg import errors

from genjilib.core.errors import GenjiError, Later
from genjilib.core.log import mask_secrets
from genjilib.core.settings import Settings

LADDER: tuple[float, ...] = Settings.model_fields["retry_seconds"].default
"""Seconds before the second, third, fourth and fifth try; what fails then is dead."""

_STACK_LIMIT = 8000
_FOREIGN = re.compile(r"site-packages|lib/python3|<frozen|<string>")


class TimeLimitError(Exception):
    """A handler ran longer than it may."""


class Verdict(StrEnum):
    """What happens to a message that failed."""

    RETRY = "retry"  # again after a wait, and one of its tries is used up
    AGAIN = "again"  # again after a wait; nothing is counted, for the message is not to blame
    DEAD = "dead"  # given up, until a person looks


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed try: the verdict and what a person wants to know."""

    verdict: Verdict
    error: str
    detail: str
    place: str | None
    stack: str | None
    after: float = 0
    blame: bool = True
    """Whether the handler may be at fault, not only the message; such failures open the circuit breaker."""

    def forgiven(self, after: float) -> "Failure":
        """Return the same failure without consequences for the message: it is tried again later."""
        return replace(self, verdict=Verdict.AGAIN, after=max(self.after, after))


def judge(error: BaseException, attempt: int, ladder: Sequence[float] = LADDER) -> Failure:
    """Decide what ``error`` means for a message in its try number ``attempt``."""
    slug, detail = _name(error), _text(str(error) or repr(error))[:1000]
    place, stack = _place(error), _stack(error)
    if isinstance(error, Later) and error.code != "timeout":
        return Failure(Verdict.AGAIN, slug, detail, place, stack, after=error.after)
    if isinstance(error, GenjiError) and not isinstance(error, Later):
        return Failure(Verdict.DEAD, slug, detail, place, stack, blame=error.slug != "poison")
    if attempt > len(ladder):
        return Failure(Verdict.DEAD, slug, detail, place, stack)
    return Failure(Verdict.RETRY, slug, detail, place, stack, after=ladder[attempt - 1])


def database_away(error: BaseException | None) -> bool:
    """Whether PostgreSQL could not be used at all, so that nothing is known and nothing can be written."""
    while error is not None:
        if isinstance(error, psycopg.InterfaceError | errors.ReadOnlySqlTransaction):
            return True
        if isinstance(error, psycopg.OperationalError):
            return not isinstance(error, _BUSY)
        error = error.__cause__ if error.__cause__ is not error else None
    return False


_BUSY = (
    errors.DeadlockDetected,
    errors.SerializationFailure,
    errors.LockNotAvailable,
    errors.QueryCanceled,
)


def _name(error: BaseException) -> str:
    if isinstance(error, GenjiError):
        return error.code
    name = type(error).__name__.removesuffix("Error") or "Error"
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def _place(error: BaseException) -> str | None:
    """Name file and line of the innermost frame that is ours."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if not _FOREIGN.search(frame.filename)] or frames
    return f"{ours[-1].filename}:{ours[-1].lineno}" if ours else None


def _stack(error: BaseException) -> str | None:
    if error.__traceback__ is None:
        return None
    return _text("".join(traceback.format_exception(error)))[-_STACK_LIMIT:]


def _text(text: str) -> str:
    """Make ``text`` fit to be stored: no passwords of addresses, no characters that PostgreSQL refuses."""
    masked = str(mask_secrets(None, "", {"text": text})["text"])
    return masked.replace("\0", "").encode("utf-8", "replace").decode()
