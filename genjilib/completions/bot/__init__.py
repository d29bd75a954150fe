"""The bot's part of completions: runs submitted, judged, shown, listed, upvoted, flagged and corrected."""

from genjilib.broker.handler import Handler
from genjilib.completions.bot import flags, lists, records, submit, upvotes, verification
from genjilib.completions.types import (
    CompletionCreatedEvent,
    FailedAutoverifyEvent,
    UpvoteUpdateEvent,
    VerificationChangedEvent,
    VerificationMessageDeleteEvent,
)

cogs = [
    flags.Flagged,
    lists.RunLists,
    records.RunRecords,
    submit.SubmitRun,
    upvotes.Upvotes,
    verification.Verification,
]

handlers = [
    Handler(CompletionCreatedEvent, prepare=verification.on_submission),
    Handler(VerificationChangedEvent, prepare=verification.on_verification),
    Handler(VerificationMessageDeleteEvent, prepare=verification.on_verification_delete),
    Handler(UpvoteUpdateEvent, prepare=upvotes.on_upvote),
    Handler(FailedAutoverifyEvent, prepare=verification.on_autoverification_failed),
]
