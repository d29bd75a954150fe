"""What a refusal by PostgreSQL means to a person: a table from constraint to error, and general cases."""

from typing import Final

import psycopg
from psycopg import errors

from genjilib.core.errors import Conflict, GenjiError, Invalid, NotFound, Unavailable

Meaning = tuple[type[Invalid] | type[NotFound] | type[Conflict], str, str]

CONSTRAINTS: Final[dict[str, Meaning]] = {
    # users
    "users_pkey": (Conflict, "user-exists", "A user with this id exists already."),
    "idx_email_auth_email_lower": (Invalid, "email-exists", "An account with this email already exists."),
    "sessions_user_id_fkey": (NotFound, "user-not-found", "User not found."),
    "remember_tokens_user_id_fkey": (NotFound, "user-not-found", "User not found."),
    "overwatch_usernames_user_id_username_key": (
        Invalid,
        "duplicate-username",
        "The same username is given twice.",
    ),
    "unique_primary_per_user": (Invalid, "primary-username", "Exactly one username must be the primary one."),
    # maps
    "maps_code_key": (Invalid, "map-code-exists", "Provided code already exists."),
    "maps_map_name_names_fk": (Invalid, "unknown-map-name", "There is no map of this name."),
    "maps_title_check": (Invalid, "title-too-long", "A title has at most 50 characters."),
    "overwatch_code": (Invalid, "bad-code", "A code is 4 to 6 capital letters and digits."),
    "maps_difficulty_range_check": (Invalid, "bad-difficulty", "A difficulty lies between 0 and 10."),
    "maps_linked_code_not_self": (Invalid, "linked-to-itself", "A map cannot be linked to itself."),
    "maps_linked_code_taken_check": (Invalid, "already-linked", "One of the maps is linked to another one."),
    "maps_linked_code_fkey": (NotFound, "map-not-found", "There is no map with the code to link."),
    "creators_user_id_fkey": (Invalid, "creator-not-found", "One of the creators is not a user."),
    "creators_pkey": (Invalid, "duplicate-creator", "Duplicate creator in request."),
    "map_mastery_map_names_user_id_fk": (NotFound, "unknown-map-name", "There is no map of this name."),
    "map_mastery_users_user_id_fk": (NotFound, "user-not-found", "User not found."),
    "guides_user_id_map_id_unique": (Conflict, "guide-exists", "This user has a guide to this map already."),
    "guides_user_id_fkey": (NotFound, "user-not-found", "User not found."),
    "ratings_user_id_fkey": (NotFound, "user-not-found", "User not found."),
    "quality_range": (Invalid, "bad-quality", "A quality lies between 1 and 10."),
    # messages
    "outbox_body_check": (Invalid, "message-too-large", "A message may have 1 MB."),
    "clicks_user_id_fkey": (NotFound, "user-not-found", "User not found."),
    # change requests
    "change_requests_pkey": (Conflict, "change-request-exists", "This thread has a change request already."),
    "change_requests_code_fkey": (NotFound, "map-not-found", "There is no map with this code."),
    "change_requests_user_id_fkey": (NotFound, "user-not-found", "User not found."),
    # playtests
    "meta_thread_id_key": (Conflict, "thread-taken", "This thread belongs to another playtest."),
    "difficulty_range": (Invalid, "bad-difficulty", "A difficulty lies between 0 and 10."),
    "votes_playtest_thread_id_fkey": (
        Conflict,
        "thread-has-votes",
        "A thread in which somebody voted cannot be exchanged.",
    ),
    "votes_verified_completion_check": (
        Invalid,
        "no-verified-run",
        "Only players with a verified run of the map may vote.",
    ),
    # map edits
    "fk_created_by": (NotFound, "user-not-found", "User not found."),
    "fk_resolved_by": (Invalid, "unknown-moderator", "The moderator is not a user."),
    # completions
    "completions_faster_check": (
        Invalid,
        "not-faster",
        "The run is not faster than the verified one.",
    ),
    "completions_pending_faster_check": (
        Invalid,
        "slower-than-pending",
        "The run is not faster than the one that waits for verification.",
    ),
    "completions_map_id_user_id_inserted_at_key": (
        Conflict,
        "duplicate-completion",
        "This run was submitted already.",
    ),
    "completions_message_id_key": (Conflict, "message-taken", "This message belongs to another run."),
    "completions_user_id_fkey": (NotFound, "user-not-found", "User not found."),
    "completions_verified_by_fkey": (Invalid, "unknown-verifier", "The verifier is not a user."),
    "upvotes_message_id_user_id_key": (Conflict, "already-upvoted", "This run has your upvote already."),
    "upvotes_user_id_fkey": (NotFound, "user-not-found", "User not found."),
    "suspicious_flags_flagged_by_fkey": (Invalid, "unknown-moderator", "The moderator is not a user."),
    "upvotes_message_id_fkey": (NotFound, "completion-not-found", "There is no run with this message."),
    # notifications
    "events_user_id_fkey": (NotFound, "user-not-found", "User not found."),
    "preferences_user_id_fkey": (NotFound, "user-not-found", "User not found."),
    "uq_notifications_quest_rotation": (
        Conflict,
        "notification-exists",
        "The user was told of this rotation of quests already.",
    ),
    "delivery_log_event_id_fkey": (NotFound, "notification-not-found", "Notification event not found."),
    # lootbox
    "user_keys_user_id_fkey": (NotFound, "user-not-found", "User not found."),
    "xp_users_user_id_fk": (NotFound, "user-not-found", "User not found."),
    "rank_card_background_users_user_id_fk": (NotFound, "user-not-found", "User not found."),
    "rank_card_avatar_users_user_id_fk": (NotFound, "user-not-found", "User not found."),
    "rank_card_badges_users_user_id_fk": (NotFound, "user-not-found", "User not found."),
}


def translate(error: psycopg.Error) -> GenjiError | None:
    """Return the error a person should see for ``error``; ``None`` when it is a bug of ours."""
    known = CONSTRAINTS.get(error.diag.constraint_name or "")
    if known is not None:
        kind, code, sentence = known
        return kind(sentence, code=code)
    match error:
        case errors.NumericValueOutOfRange() | errors.DatetimeFieldOverflow():
            return Invalid("A number in the request is out of range.", code="out-of-range")
        case errors.UntranslatableCharacter() | errors.CharacterNotInRepertoire():
            return Invalid(
                "A text in the request holds a character that cannot be stored.", code="bad-character"
            )
        case errors.DeadlockDetected() | errors.SerializationFailure() | errors.LockNotAvailable():
            return Unavailable("Somebody else is changing the same thing. Try again.", after=1, code="busy")
        case errors.QueryCanceled():
            return Unavailable("The database took too long to answer.", after=5, code="timeout")
        case psycopg.OperationalError():
            return away()
        case _:
            return None


def away() -> Unavailable:
    """Return the error for a database that does not answer."""
    return Unavailable("The database is not available at the moment.", after=5)
