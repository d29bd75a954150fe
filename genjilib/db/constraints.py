"""What a refusal by PostgreSQL means to a person: a table from constraint to error, and general cases."""

from typing import Final

import psycopg
from psycopg import errors

from genjilib.core.errors import Conflict, GenjiError, Invalid, NotFound, Unavailable

Meaning = tuple[type[Invalid] | type[NotFound] | type[Conflict], str, str]

CONSTRAINTS: Final[dict[str, Meaning]] = {
    "users_pkey": (Conflict, "user-exists", "A user with this id exists already."),
    "maps_code_key": (Invalid, "map-code-exists", "Provided code already exists."),
    "maps_map_name_names_fk": (Invalid, "unknown-map-name", "There is no map of this name."),
    "maps_title_check": (Invalid, "title-too-long", "A title has at most 50 characters."),
    "overwatch_code": (Invalid, "bad-code", "A code is 4 to 6 capital letters and digits."),
    "quality_range": (Invalid, "bad-quality", "A quality lies between 1 and 10."),
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
            return Unavailable("The database is not available at the moment.", after=5)
        case _:
            return None
