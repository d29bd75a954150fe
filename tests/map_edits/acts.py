"""What the tests of map edits share."""

from tests import contract
from tests.api import Answer, Api
from tests.maps.bodies import submitted


async def mapped(api: Api, *creators: int, code: str = "GENJ1", **changes: object) -> int:
    """An approved map; its id."""
    given = [{"id": user_id, "is_primary": at == 0} for at, user_id in enumerate(creators)]
    added = await submitted(
        api, creators[0], code, creators=given, **{"playtesting": "Approved", "hidden": False, **changes}
    )
    api.sql.execute("delete from messages.outbox")
    api.sql.execute("delete from public.newsfeed")
    return added.data.id


async def propose(api: Api, user_id: int, code: str = "GENJ1", **changes: object) -> Answer:
    """Propose an edit."""
    body = {"code": code, "reason": "It was wrong", "created_by": user_id, **changes}
    return await api.post("/maps/map-edits", body)


async def proposed(api: Api, user_id: int, code: str = "GENJ1", **changes: object) -> int:
    """An edit that waits for its verdict; its id."""
    return (await propose(api, user_id, code, **changes)).read(contract.MapEditResponse, status=201).id


async def resolve(api: Api, edit_id: int, moderator: int, *, accepted: bool = True, **more: object) -> Answer:
    """Judge an edit."""
    body = {"accepted": accepted, "resolved_by": moderator, **more}
    return await api.put(f"/maps/map-edits/{edit_id}/resolve", body)


async def edit_of(api: Api, edit_id: int) -> contract.MapEditResponse:
    """An edit as it stands."""
    return (await api.get(f"/maps/map-edits/{edit_id}")).read(contract.MapEditResponse)
