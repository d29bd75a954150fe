"""Who can be a user, and which names a user may have."""

from collections.abc import Iterable

from msgspec import UNSET

from genjilib import queries
from genjilib.broker import outbox
from genjilib.core.errors import Invalid, NotFound
from genjilib.core.principal import Principal
from genjilib.core.values import FIRST_DISCORD_ID
from genjilib.db import Db, Executor, Tx
from genjilib.queries.users import UserResponse
from genjilib.users.types import (
    OverwatchUsernamesResponse,
    OverwatchUsernamesUpdateRequest,
    RolesEvent,
    UserCreateRequest,
    UserUpdateRequest,
)

FIRST_OWN_ID = 100_000_000
"""Smaller ids belong to placeholders for players who are not here; they are given out, never chosen."""


async def create(db: Db, user: UserCreateRequest) -> UserResponse:
    """Add a user; ``Invalid`` for an id of the placeholders, ``Conflict`` for one that is taken."""
    if user.id < FIRST_OWN_ID:
        raise Invalid(
            "Please use create fake member endpoint for user ids less than 100000000.", code="bad-user-id"
        )
    await queries.users.create(db, user_id=user.id, nickname=user.nickname, global_name=user.global_name)
    return UserResponse(user.id, user.global_name, user.nickname, [], user.nickname, 0)


async def create_placeholder(db: Db, name: str, *, by: int | None) -> int:
    """Add a user for a player who is not here and return its id, the next one below those of real users.

    ``by`` is the moderator who adds it; a service is none.
    """
    async with db.transaction() as tx:
        await queries.users.lock_placeholders(tx)
        made = await queries.users.create_placeholder(tx, name=name, first_own_id=FIRST_OWN_ID)
        await queries.audit.record(
            tx, actor_id=by, action="users.create_placeholder", subject_id=made, reason=name
        )
        return made


async def link(db: Db, placeholder_id: int, user_id: int, *, who: Principal) -> None:
    """Make all that is a placeholder's the user's it stood for, and remove the placeholder.

    Runs that would not have been taken from one player, for being no faster, are superseded; XP and coins are
    added up. A row that cannot stand beside one of the user, such as a second rating of a map, is kept in
    ``users.merges``, with who did it. Raises ``Invalid`` for a user that is no placeholder, ``NotFound`` when
    one of the two does not exist.
    """
    if placeholder_id >= FIRST_OWN_ID or placeholder_id == user_id:
        raise Invalid("Only a placeholder can be linked to another user.", code="not-a-placeholder")
    async with db.transaction() as tx:
        rows = await queries.users.lock_all(tx, user_ids=[placeholder_id, user_id])
        for wanted in (user_id, placeholder_id):
            if wanted not in {row.id for row in rows}:
                raise not_found(wanted)
        await queries.users.merge(tx, placeholder_id=placeholder_id, user_id=user_id, merged_by=who.name)
        await queries.audit.record(
            tx,
            actor_id=who.user_id,
            action="users.link_placeholder",
            subject_id=user_id,
            reason=f"Placeholder {placeholder_id}",
        )
        await follow_roles(tx, [user_id])


async def follow_roles(tx: Tx, user_ids: Iterable[int]) -> None:
    """Have the roles of users brought in step with what they have earned once the transaction commits."""
    found = sorted({user_id for user_id in user_ids if user_id >= FIRST_DISCORD_ID})
    await outbox.emit_all(tx, [RolesEvent(user_id=user_id) for user_id in found])


async def update(db: Db, user_id: int, names: UserUpdateRequest) -> None:
    """Change the names that are given; an unknown user is no error, callers pass on what Discord says."""
    if names.nickname is UNSET and names.global_name is UNSET:
        raise Invalid("Either global_name or nickname must be given.", code="nothing-to-change")
    await queries.users.update(db, user_id=user_id, nickname=names.nickname, global_name=names.global_name)


async def set_overwatch_names(db: Db, user_id: int, given: OverwatchUsernamesUpdateRequest) -> None:
    """Replace the names somebody plays under, all or none of them."""
    names = [item.username for item in given.usernames]
    primaries = [item.username for item in given.usernames if item.is_primary]
    if names and len(primaries) != 1:
        raise Invalid("Exactly one username must be the primary one.", code="primary-username")
    if len(set(names)) != len(names):
        raise Invalid("The same username is given twice.", code="duplicate-username")
    async with db.transaction() as tx:
        if await queries.users.lock(tx, user_id=user_id) is None:
            raise not_found(user_id)
        await queries.users.remove_overwatch_names(tx, user_id=user_id)
        if names:
            await queries.users.add_overwatch_names(
                tx, user_id=user_id, usernames=names, primary=primaries[0]
            )


async def overwatch_names(db: Executor, user_id: int) -> OverwatchUsernamesResponse:
    """Return the first three names somebody plays under; nulls where there are fewer."""
    names = [row.username for row in await queries.users.overwatch_names(db, user_id=user_id)]
    first, second, third = [*names[:3], None, None, None][:3]
    return OverwatchUsernamesResponse(user_id, first, second, third)


def not_found(user_id: int) -> NotFound:
    """Return the error for a user that does not exist."""
    return NotFound("User not found.", code="user-not-found", extra={"user_id": user_id})
