"""Every failure as one JSON shape: RFC 9457 plus ``error`` and ``extra``, which older clients read."""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from genjilib.core.errors import GenjiError, Later, Poison, RateLimited
from genjilib.web.exchange import Answer

CONTENT_TYPE = "application/problem+json"
TYPE_BASE = "/docs/problems#"
"""Where the kinds of problems are explained; a kind's slug follows."""


REFUSED = (400, 405, 408, 412, 413, 414, 422, 431)
"""The statuses of requests that HTTP itself refuses."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong, for a program (`code`) and for a person (`detail`)."""

    type: str
    """Address of the explanation of this kind of problem."""
    title: str
    """The kind of problem in two words."""
    status: int
    """The HTTP status code."""
    detail: str
    """One sentence about this very problem."""
    code: str
    """The same in one word that does not change."""
    request_id: str
    """Reference to quote when asking for help; also in the header `X-Request-Id`."""
    error: str
    """The same as `detail`."""
    extra: Any = None
    """Facts beside the sentence: for a wrong request one entry for each mistake."""


class Mistake(msgspec.Struct, frozen=True):
    """One thing that is wrong in a request."""

    message: str
    """What was expected and what was there."""
    key: str
    """Where, as `creators[0].id`; empty when the whole is meant."""
    source: str
    """`body`, `query`, `path` or `header`."""


class Refusal(Exception):
    """A request that HTTP itself refuses, one of ``REFUSED``, with the headers that go with the status."""

    def __init__(self, status: int, detail: str = "", *, headers: Mapping[str, str] | None = None) -> None:
        """Remember status and sentence; without a sentence it is the status code's own phrase."""
        self.status = HTTPStatus(status)
        self.detail = detail or self.status.phrase
        self.headers = headers or {}
        super().__init__(self.detail)


def problem_of(error: Exception, request_id: str) -> tuple[Problem, Mapping[str, str]]:
    """Describe ``error`` and name the headers that go with it; what is not known is a 500 without detail."""
    match error:
        case Refusal():
            slug = slug_of(error.status)
            found = _problem(error.status, error.status.phrase, slug, slug, error.detail, request_id, None)
            return found, error.headers
        case GenjiError() if not isinstance(error, Poison):
            found = _problem(
                error.status, error.title, error.slug, error.code, error.detail, request_id, error.extra
            )
            return found, _waiting(error)
        case _:
            detail = f"Something broke. Reference {request_id}"
            return _problem(500, "Internal error", "internal", "internal", detail, request_id, None), {}


def slug_of(status: HTTPStatus) -> str:
    """Return the kind of a refusal: the phrase of its status, as ``method-not-allowed``."""
    return status.phrase.lower().replace(" ", "-")


def respond(problem: Problem, headers: Mapping[str, str]) -> Answer:
    """Return the answer that carries ``problem``."""
    return Answer(problem.status, msgspec.json.encode(problem), {**headers, "Content-Type": CONTENT_TYPE})


def _problem(
    status: int, title: str, slug: str, code: str, detail: str, request_id: str, extra: Any
) -> Problem:
    return Problem(
        type=TYPE_BASE + slug,
        title=title,
        status=status,
        detail=detail,
        code=code,
        request_id=request_id,
        error=detail,
        extra=extra,
    )


def _waiting(error: GenjiError) -> dict[str, str]:
    """Say when to come back, in whole seconds, and for a quota also that nothing of it is left."""
    if not isinstance(error, Later):
        return {}
    seconds = max(1, math.ceil(error.after))
    headers = {"Retry-After": str(seconds)}
    if isinstance(error, RateLimited):
        headers["RateLimit"] = f'"default";r=0;t={seconds}'
        if error.quota is not None:
            amount, period = error.quota
            headers["RateLimit-Policy"] = f'"default";q={amount};w={period}'
    return headers
