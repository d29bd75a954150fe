"""Runs as routes and events speak of them."""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from genjilib.core.events import Event
from genjilib.core.values import MapCode, Medal, Seconds, Snowflake, SuspiciousFlag, Url, UserId
from genjilib.ocr import Extracted
from genjilib.queries.jobs import JobStatusResponse

ArchivedFilter = Literal["all", "archived", "not_archived"]
VerificationFilter = Literal["Verified", "Unverified", "All"]
Reason = Annotated[str, Meta(min_length=1, max_length=1000)]


class CompletionCreateRequest(Struct):
    """A run to submit; without a video it counts as partial."""

    code: MapCode
    user_id: UserId
    time: Seconds
    screenshot: Url
    video: Url | None


class CompletionSubmissionJobResponse(Struct):
    """The new run, and the job that shows it to the moderators."""

    job_status: JobStatusResponse | None
    completion_id: int


class CompletionVerificationUpdateRequest(Struct):
    """A moderator's verdict; the bot asks for the reason of a rejection, other clients need not."""

    verified_by: UserId
    verified: bool
    reason: Annotated[str, Meta(max_length=1000)] | None


class CompletionPatchRequest(Struct):
    """Fields of a run to change; what is left out stays.

    ``completion`` is the contract's word for a *partial* run: one without a video, of an unofficial map, or
    of a map that is still being tried. Partial runs are not ranked.
    """

    message_id: Snowflake | UnsetType = UNSET
    completion: bool | UnsetType = UNSET
    verification_id: Snowflake | UnsetType = UNSET
    legacy: bool | UnsetType = UNSET
    legacy_medal: Medal | UnsetType | None = UNSET
    wr_xp_check: bool | UnsetType = UNSET


class CompletionModerateRequest(Struct):
    """Corrections of a run by a moderator; a new time needs its reason, a flag its context and type."""

    moderated_by: UserId
    time: Seconds | UnsetType = UNSET
    time_change_reason: Reason | UnsetType = UNSET
    verified: bool | UnsetType = UNSET
    verification_reason: Annotated[str, Meta(max_length=1000)] | UnsetType | None = UNSET
    mark_suspicious: bool = False
    unmark_suspicious: bool = False
    suspicious_context: Reason | UnsetType = UNSET
    suspicious_flag_type: SuspiciousFlag | UnsetType = UNSET


class SuspiciousCompletionCreateRequest(Struct):
    """A flag for the run that a message is about, among the completions or in the verification queue."""

    context: Annotated[str, Meta(max_length=1000)]
    flag_type: SuspiciousFlag
    flagged_by: UserId
    message_id: Snowflake | None = None
    verification_id: Snowflake | None = None


class SuspiciousCompletionDeleteRequest(Struct):
    """The message of a run that is not suspicious any more."""

    message_id: Snowflake | None = None
    verification_id: Snowflake | None = None


class UpvoteCreateRequest(Struct):
    """A user's upvote for the run that is shown in a message."""

    user_id: UserId
    message_id: Snowflake


class UpvoteSubmissionJobResponse(Struct):
    """How many upvotes a run has now, and the job that shows it around when there is one."""

    job_status: JobStatusResponse | None
    upvotes: int | None


class QualityUpdateRequest(Struct):
    """A player's rating of a map."""

    user_id: UserId
    quality: Annotated[int, Meta(ge=1, le=6)]


class UpvoteUpdateEvent(Event, frozen=True, kw_only=True):
    """A run got its tenth, twentieth, … upvote."""

    queue: ClassVar[str] = "api.completion.upvote"
    user_id: int
    message_id: int


class CompletionCreatedEvent(Event, frozen=True, kw_only=True):
    """A run waits for its verdict."""

    queue: ClassVar[str] = "api.completion.submission"
    completion_id: int

    def order_key(self) -> str:
        """Keep one run's messages in order."""
        return f"completion:{self.completion_id}"


class VerificationChangedEvent(Event, frozen=True, kw_only=True):
    """A run was judged."""

    queue: ClassVar[str] = "api.completion.verification"
    completion_id: int
    verified: bool
    verified_by: int
    reason: str | None

    def order_key(self) -> str:
        """Keep one run's messages in order."""
        return f"completion:{self.completion_id}"


class VerificationMessageDeleteEvent(Event, frozen=True, kw_only=True):
    """A message in the verification queue is about a run that a faster one replaced."""

    queue: ClassVar[str] = "api.completion.verification.delete"
    verification_id: int


class AutoverificationRequestedEvent(Event, frozen=True, kw_only=True):
    """A run's screenshot is to be read before any moderator looks at the run."""

    queue: ClassVar[str] = "api.completion.autoverification"
    completion_id: int

    def order_key(self) -> str:
        """Keep one run's messages in order."""
        return f"completion:{self.completion_id}"


class FailedAutoverifyEvent(Event, frozen=True, kw_only=True):
    """A screenshot does not show what its run claims, so that people can see why."""

    queue: ClassVar[str] = "api.completion.autoverification.failed"
    submitted_code: str
    submitted_time: float
    submitted_user_names: list[str]
    user_id: int
    extracted: Extracted
    code_match: bool
    time_match: bool
    user_match: bool
    screenshot: str
