"""What can be proposed of a map, how people read it, and what follows when it is accepted."""

from typing import Any, Final, cast

import msgspec

from genjilib import queries
from genjilib.broker import outbox
from genjilib.core.errors import Conflict, Invalid, NotFound
from genjilib.core.text import format_run_time
from genjilib.db import Db, Executor, Tx
from genjilib.map_edits.types import (
    MapEditCreatedEvent,
    MapEditCreateRequest,
    MapEditFieldChange,
    MapEditResolvedEvent,
    MapEditResolveRequest,
    MapEditResponse,
    MapEditSubmissionResponse,
)
from genjilib.maps import edit
from genjilib.maps import rules as maps
from genjilib.maps.types import Creator, MapPatchRequest, MapResponse, MedalsResponse
from genjilib.notifications import rules as notifications
from genjilib.notifications.types import NotificationCreateRequest
from genjilib.queries.map_edits import LockRow

_ABOUT: Final = ("code", "reason", "created_by")
"""Fields of a request that say what it is about; all others are what shall change."""


async def create(db: Db, new: MapEditCreateRequest) -> MapEditResponse:
    """Keep a proposed edit and show it to the moderators.

    Raises ``NotFound`` for an unknown map or author, ``Conflict`` while another edit of the map waits, and
    ``Invalid`` for what no map can be.
    """
    proposed: dict[str, Any] = {
        "code" if name == "new_code" else name: value
        for name, value in msgspec.to_builtins(new).items()
        if name not in _ABOUT
    }
    edit.check(msgspec.convert(proposed, MapPatchRequest))
    async with db.transaction() as tx:
        # One map's proposals wait for each other here, so two at once cannot both miss the other.
        (held,) = await maps.lock(tx, [new.code])
        waiting = await queries.map_edits.waiting(tx, map_id=held.id)
        if waiting is not None:
            raise Conflict(
                "An edit of this map waits for its verdict already.",
                code="edit-exists",
                extra={"edit_request_id": waiting},
            )
        edit_id = await queries.map_edits.create(
            tx,
            map_id=held.id,
            code=new.code,
            proposed_changes=proposed,
            reason=new.reason,
            created_by=new.created_by,
        )
        await outbox.emit_job(tx, MapEditCreatedEvent(edit_request_id=edit_id))
        return await get(tx, edit_id)


async def get(db: Executor, edit_id: int) -> MapEditResponse:
    """Return an edit; ``NotFound`` when there is none."""
    found = await queries.map_edits.get(db, edit_id=edit_id)
    if found is None:
        raise not_found(edit_id)
    return msgspec.convert(found, MapEditResponse, from_attributes=True)


async def of_user(db: Executor, user_id: int, *, include_resolved: bool) -> list[MapEditResponse]:
    """Return the edits that a user proposed, newest first; judged ones only when they are asked for."""
    waiting = msgspec.UNSET if include_resolved else True
    rows = await queries.map_edits.of_user(db, user_id=user_id, waiting=waiting)
    return msgspec.convert(rows, list[MapEditResponse], from_attributes=True)


async def submission(db: Executor, edit_id: int, *, cdn_url: str) -> MapEditSubmissionResponse:
    """Return an edit as a moderator judges it; ``NotFound`` when it or its map's code is gone."""
    found = await queries.map_edits.submission(db, edit_id=edit_id)
    if found is None:
        raise not_found(edit_id)
    now = await maps.get(db, found.code, cdn_url=cdn_url)
    return MapEditSubmissionResponse(
        id=found.id,
        code=found.code,
        map_name=now.map_name,
        difficulty=now.difficulty,
        changes=await _differences(db, now, _read(found.proposed_changes)),
        reason=found.reason,
        submitter_name=found.submitter_name,
        submitter_id=found.created_by,
        created_at=found.created_at,
        message_id=found.message_id,
    )


async def set_message(db: Db, edit_id: int, message_id: int) -> None:
    """Keep which message shows an edit; ``NotFound`` for an unknown edit."""
    if not await queries.map_edits.set_message(db, edit_id=edit_id, message_id=message_id):
        raise not_found(edit_id)


async def resolve(db: Db, edit_id: int, verdict: MapEditResolveRequest, *, cdn_url: str) -> None:
    """Judge a waiting edit, with all that it changes and brings, in one transaction.

    Raises ``NotFound`` for an unknown edit or map, ``Conflict`` when somebody judged it before, and whatever
    the map refuses (``edit.apply_whole``); nothing is changed then.
    """
    async with db.transaction() as tx:
        held = await queries.map_edits.lock(tx, edit_id=edit_id)
        if held is None:
            raise not_found(edit_id)
        if held.accepted is not None:
            raise await _judged_before(tx, held)
        if verdict.accepted:
            await _apply(tx, held, cdn_url=cdn_url, send_to_playtest=verdict.send_to_playtest)
        reason = None if verdict.accepted else verdict.rejection_reason
        await queries.map_edits.resolve(
            tx,
            edit_id=edit_id,
            accepted=verdict.accepted,
            resolved_by=verdict.resolved_by,
            rejection_reason=reason,
        )
        await queries.audit.record(
            tx,
            actor_id=verdict.resolved_by,
            action="map_edits.accept" if verdict.accepted else "map_edits.reject",
            subject_id=edit_id,
            reason=reason,
        )
        await _tell_author(tx, held, accepted=verdict.accepted, reason=reason)
        event = MapEditResolvedEvent(
            edit_request_id=edit_id,
            accepted=verdict.accepted,
            resolved_by=verdict.resolved_by,
            rejection_reason=reason,
        )
        await outbox.emit_job(tx, event)


def not_found(edit_id: int) -> NotFound:
    """Return the error for an edit that does not exist."""
    return NotFound("Edit request not found.", code="edit-not-found", extra={"edit_request_id": edit_id})


async def _apply(tx: Tx, held: LockRow, *, cdn_url: str, send_to_playtest: bool) -> None:
    if held.code is None:
        raise NotFound("The map of this edit has no code any more.", code="map-not-found")
    try:
        changes = msgspec.convert(held.proposed_changes, MapPatchRequest)
    except msgspec.ValidationError as error:
        raise Invalid(
            f"The map cannot be changed like this any more: {error}", code="edit-outdated"
        ) from None
    await edit.apply_whole(
        tx, held.code, changes, reason=held.reason, send_to_playtest=send_to_playtest, cdn_url=cdn_url
    )


async def _judged_before(tx: Tx, held: LockRow) -> Conflict:
    name = await queries.users.name(tx, user_id=held.resolved_by or 0) or "somebody"
    verdict = "accepted" if held.accepted else "rejected"
    return Conflict(
        f"This edit was already {verdict} by {name}.",
        code="edit-resolved",
        extra={"edit_request_id": held.id, "name": name, "verdict": verdict},
    )


async def _tell_author(tx: Tx, held: LockRow, *, accepted: bool, reason: str | None) -> None:
    because = f" Reason: {reason}" if reason else ""
    body = f"Your edit of {held.code} was {'accepted' if accepted else 'rejected'}.{because}"
    await notifications.notify(
        tx,
        NotificationCreateRequest(
            held.created_by,
            "map_edit_approved" if accepted else "map_edit_rejected",
            "Map edit accepted" if accepted else "Map edit rejected",
            body,
            metadata={"edit_request_id": held.id, "code": held.code},
        ),
    )


def _read(stored: dict[str, Any]) -> dict[str, Any]:
    """Return proposed values by field; one that is not allowed any more stays as it is stored."""
    read: dict[str, Any] = {}
    for field in msgspec.structs.fields(MapPatchRequest):
        if field.name in stored:
            value = stored[field.name]
            try:
                value = msgspec.convert(value, field.type)
            except msgspec.ValidationError:
                value = [str(part) for part in cast("list[Any]", value)] if isinstance(value, list) else value
            read[field.name] = value
    return read


async def _differences(db: Executor, now: MapResponse, proposed: dict[str, Any]) -> list[MapEditFieldChange]:
    creators: list[Any] = proposed.get("creators") or []
    ids = [creator.id for creator in creators if isinstance(creator, Creator)]
    names = {row.user_id: row.name for row in await queries.map_edits.names(db, user_ids=ids)}
    names.update({creator.id: creator.name for creator in now.creators})
    found: list[MapEditFieldChange] = []
    for field, value in proposed.items():
        present = maps.own_banner(now.map_banner) if field == "custom_banner" else getattr(now, field)
        empty: list[str] | None = [] if isinstance(present, list) else None
        old, new = _readable(present, names), _readable(empty if value is None else value, names)
        if old != new:
            found.append(MapEditFieldChange(field.replace("_", " ").title(), old, new))
    return found


def _readable(value: Any, names: dict[int, str]) -> str:
    match value:
        case None:
            return "Not set"
        case bool():
            return "Yes" if value else "No"
        case []:
            return "None"
        case MedalsResponse(gold=gold, silver=silver, bronze=bronze):
            times = map(format_run_time, (gold, silver, bronze))
            return " ".join(f"{sign} {time}" for sign, time in zip("🥇🥈🥉", times, strict=True))
        case [Creator(), *_]:
            creators = cast("list[Creator]", value)
            ordered = sorted(creators, key=lambda one: (not one.is_primary, one.id))
            return ", ".join(_creator(one, names) for one in ordered)
        case list():
            return ", ".join(sorted(cast("list[str]", value)))
        case _:
            return str(value)


def _creator(one: Creator, names: dict[int, str]) -> str:
    primary = "primary, " if one.is_primary else ""
    return f"{names.get(one.id, 'Unknown User')} ({primary}{one.id})"
