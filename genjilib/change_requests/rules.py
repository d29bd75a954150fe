"""How requests to change a map are opened, closed and brought to mind."""

import msgspec

from genjilib import queries
from genjilib.change_requests.types import ChangeRequestCreateRequest, ChangeRequestResponse
from genjilib.db import Db, Executor


async def create(db: Db, new: ChangeRequestCreateRequest) -> None:
    """Open a request; ``NotFound`` for an unknown map or user, ``Conflict`` when the thread has one."""
    await queries.change_requests.create(
        db,
        thread_id=new.thread_id,
        user_id=new.user_id,
        code=new.code,
        content=new.content,
        change_request_type=new.change_request_type,
        creator_mentions=new.creator_mentions,
    )


async def unresolved(db: Executor, code: str) -> list[ChangeRequestResponse]:
    """Return the open requests to change a map, newest first, at most 100."""
    rows = await queries.change_requests.unresolved(db, code=code)
    return msgspec.convert(rows, list[ChangeRequestResponse], from_attributes=True)


async def resolve(db: Db, thread_id: int, *, by: int | None) -> bool:
    """Close a request as the moderator ``by``, or as a service, which is none; tell whether it was open.

    An unknown one is no error: threads of other kinds are closed too.
    """
    async with db.transaction() as tx:
        closed = bool(await queries.change_requests.resolve(tx, thread_id=thread_id))
        if closed:
            await queries.audit.record(
                tx, actor_id=by, action="change_requests.close", subject_id=thread_id, reason=None
            )
        return closed


async def alert(db: Db, thread_id: int) -> None:
    """Note that the creators were reminded of a request; an unknown one is no error."""
    await queries.change_requests.alert(db, thread_id=thread_id)
