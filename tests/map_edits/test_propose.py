"""Edits of maps that players propose: kept, listed, shown as people read them."""

import asyncio

from tests import contract
from tests.api import Api
from tests.map_edits.acts import edit_of, mapped, propose, proposed, resolve

CHANGES: dict[str, object] = {
    "map_name": "Busan",
    "checkpoints": 30,
    "difficulty": "Hell",
    "hidden": True,
    "mechanics": ["Slide", "Bhop"],
    "tags": None,
    "description": None,
    "medals": {"gold": 10, "silver": 20.5, "bronze": 90},
}


async def test_an_edit_keeps_exactly_what_shall_change(api: Api) -> None:
    map_id, tracer = await mapped(api, api.add_user()), api.add_user()
    made = (await propose(api, tracer, new_code="GENJ2", **CHANGES)).read(
        contract.MapEditResponse, status=201
    )
    assert made == contract.MapEditResponse(
        id=made.id,
        map_id=map_id,
        code="GENJ1",
        proposed_changes={"code": "GENJ2", **CHANGES},
        reason="It was wrong",
        created_by=tracer,
        created_at=made.created_at,
        message_id=None,
        resolved_at=None,
        accepted=None,
        resolved_by=None,
        rejection_reason=None,
    )
    assert await edit_of(api, made.id) == made
    (message,) = api.sent()
    assert (message.queue, message.body) == ("api.map_edit.created", {"edit_request_id": made.id})
    assert message.job_id is not None


async def test_one_edit_of_a_map_waits_at_a_time(api: Api) -> None:
    await mapped(api, api.add_user())
    await mapped(api, api.add_user(), code="GENJ2")
    tracer, ana = api.add_user(), api.add_user()
    first = await proposed(api, tracer, checkpoints=3)
    answer = await api.refuses(propose(api, ana, checkpoints=4), 409, "edit-exists")
    assert answer.json["extra"] == {"edit_request_id": first}
    await proposed(api, ana, "GENJ2", checkpoints=4)
    assert (await resolve(api, first, ana, accepted=False)).status == 204
    assert await proposed(api, tracer, checkpoints=4) > first


async def test_of_ten_edits_at_once_one_is_kept(api: Api) -> None:
    await mapped(api, api.add_user())
    users = [api.add_user() for _ in range(10)]
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*[propose(api, user_id, checkpoints=3) for user_id in users])
    assert sorted(answer.status for answer in answers) == [201] + [409] * 9
    assert len(api.sent("api.map_edit.created")) == 1


async def test_unknown_maps_authors_and_edits_are_not_found(api: Api) -> None:
    await mapped(api, api.add_user())
    await api.refuses(propose(api, api.add_user(), "NONE1", checkpoints=3), 404, "map-not-found")
    await api.refuses(propose(api, 404, checkpoints=3), 404, "user-not-found")
    for path in ("404", "404/submission"):
        await api.refuses(api.get(f"/maps/map-edits/{path}"), 404, "edit-not-found")
    message = api.patch("/maps/map-edits/404/message", {"message_id": 5})
    await api.refuses(message, 404, "edit-not-found")
    await api.refuses(resolve(api, 404, 1), 404, "edit-not-found")


async def test_what_no_map_can_be_is_refused_at_once(api: Api) -> None:
    tracer = api.add_user()
    await mapped(api, api.add_user())
    cases: list[tuple[dict[str, object], str]] = [
        ({"medals": {"gold": 3, "silver": 2, "bronze": 4}}, "medal-order"),
        ({"mechanics": ["Bhop", "Bhop"]}, "duplicate-mechanic"),
        ({"creators": [{"id": tracer, "is_primary": False}]}, "primary-creator"),
    ]
    for changes, code in cases:
        await api.refuses(propose(api, tracer, **changes), 400, code)


async def test_malformed_edits_are_refused(api: Api) -> None:
    good: dict[str, object] = {"code": "GENJ1", "reason": "r", "created_by": 1}
    bodies = [
        {},
        *({name: value for name, value in good.items() if name != left} for left in good),
        {**good, "reason": "x" * 1001},
        {**good, "new_code": "genj1"},
        {**good, "checkpoints": 0},
        {**good, "checkpoints": None},
        {**good, "mechanics": ["Fly"]},
        {**good, "creators": [{"id": n, "is_primary": n == 1} for n in range(1, 5)]},
        {**good, "title": "x" * 51},
        {**good, "difficulty": "Impossible"},
    ]
    await api.finds_malformed("POST", "/maps/map-edits", bodies)
    await api.finds_malformed(
        "PATCH", "/maps/map-edits/1/message", [{}, {"message_id": 0}, {"message_id": "5"}]
    )
    await api.finds_malformed(
        "PUT", "/maps/map-edits/1/resolve", [{}, {"accepted": 1, "resolved_by": 1}, {"accepted": True}]
    )


async def test_waiting_edits_are_listed_with_their_messages(api: Api) -> None:
    for code in ("GENJ1", "GENJ2", "GENJ3"):
        await mapped(api, api.add_user(), code=code)
    tracer, ana = api.add_user(), api.add_user()
    first, second = (
        await proposed(api, tracer, "GENJ2", checkpoints=3),
        await proposed(api, ana, checkpoints=3),
    )
    third = await proposed(api, tracer, "GENJ3", checkpoints=3)
    assert (await resolve(api, third, ana, accepted=False)).status == 204
    answer = await api.patch(f"/maps/map-edits/{second}/message", {"message_id": 55})
    assert (answer.status, answer.raw) == (204, b"")
    waiting = (await api.get("/maps/map-edits/pending")).read(list[contract.PendingMapEditResponse])
    assert waiting == [
        contract.PendingMapEditResponse(first, "GENJ2", None),
        contract.PendingMapEditResponse(second, "GENJ1", 55),
    ]
    path = f"/maps/map-edits/user/{tracer}"
    own = (await api.get(path)).read(list[contract.MapEditResponse])
    every = (await api.get(path, include_resolved="true")).read(list[contract.MapEditResponse])
    assert ([one.id for one in own], [one.id for one in every]) == ([first], [third, first])
    assert every[0] == await edit_of(api, third)
    assert (await api.get("/maps/map-edits/user/404")).json == []


async def test_a_moderator_sees_what_would_be_different(api: Api) -> None:
    kuromi, lucio, tracer = (api.add_user(name) for name in ("Kuromi", "Lucio", "Tracer"))
    await mapped(
        api, kuromi, description="Mind the gap", mechanics=["Bhop"], tags=["XP Based"], title="Roofs"
    )
    edit_id = await proposed(
        api,
        tracer,
        **CHANGES,
        creators=[{"id": lucio, "is_primary": False}, {"id": kuromi, "is_primary": True}],
        official=True,
        category="Classic",
        title="Roofs",
        restrictions=["Bhop"],
        custom_banner="https://pictures.example/b.png",
    )
    found = (await api.get(f"/maps/map-edits/{edit_id}/submission")).read(contract.MapEditSubmissionResponse)
    changes = {one.field: (one.old_value, one.new_value) for one in found.changes}
    assert changes == {
        "Map Name": ("Hanamura", "Busan"),
        "Creators": (f"Kuromi (primary, {kuromi})", f"Kuromi (primary, {kuromi}), Lucio ({lucio})"),
        "Checkpoints": ("24", "30"),
        "Difficulty": ("Hard +", "Hell"),
        "Hidden": ("No", "Yes"),
        "Mechanics": ("Bhop", "Bhop, Slide"),
        "Restrictions": ("None", "Bhop"),
        "Tags": ("XP Based", "None"),
        "Description": ("Mind the gap", "Not set"),
        "Medals": ("Not set", "🥇 10.00 🥈 20.50 🥉 1:30.00"),
        "Custom Banner": ("Not set", "https://pictures.example/b.png"),
    }
    assert (found.code, found.map_name, found.difficulty) == ("GENJ1", "Hanamura", "Hard +")
    assert (found.reason, found.submitter_name, found.submitter_id) == ("It was wrong", "Tracer", tracer)
    assert (found.id, found.message_id) == (edit_id, None)


async def test_an_old_edit_that_fits_no_map_any_more_is_shown_and_cannot_be_applied(api: Api) -> None:
    kuromi = api.add_user("Kuromi")
    await mapped(api, kuromi, checkpoints=24)
    edit_id = await proposed(api, kuromi, checkpoints=30)
    old = '{"checkpoints": "many", "mechanics": ["Forgotten", 3], "difficulty": "Hell"}'
    api.sql.execute(
        "update maps.edit_requests set proposed_changes = %s, code = null where id = %s", [old, edit_id]
    )
    found = (await api.get(f"/maps/map-edits/{edit_id}")).json
    assert found["proposed_changes"]["checkpoints"] == "many"
    shown = (await api.get(f"/maps/map-edits/{edit_id}/submission")).read(contract.MapEditSubmissionResponse)
    changes = {one.field: (one.old_value, one.new_value) for one in shown.changes}
    assert changes == {
        "Checkpoints": ("24", "many"),
        "Mechanics": ("None", "3, Forgotten"),
        "Difficulty": ("Hard +", "Hell"),
    }
    verdict = {"accepted": True, "resolved_by": kuromi}
    await api.refuses(api.put(f"/maps/map-edits/{edit_id}/resolve", verdict), 400, "edit-outdated")
