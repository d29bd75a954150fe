"""PUT /maps/map-edits/{edit_id}/resolve: a moderator's verdict and all that follows."""

import asyncio

from tests import contract
from tests.api import Api
from tests.map_edits.acts import edit_of, mapped, proposed, resolve
from tests.playtests.acts import THREAD, opened


async def shown(api: Api, code: str = "GENJ1") -> contract.MapResponse:
    """The map of a code."""
    (found,) = (await api.get("/maps", code=code)).read(list[contract.MapResponse])
    return found


async def test_an_accepted_edit_changes_the_map_and_tells_everybody(api: Api) -> None:
    kuromi, tracer, moderator = (api.add_user(name) for name in ("Kuromi", "Tracer", "Sombra"))
    await mapped(api, kuromi, mechanics=["Bhop"])
    edit_id = await proposed(
        api, tracer, new_code="GENJ2", difficulty="Hell", mechanics=["Slide"], hidden=True, title="Roofs"
    )
    answer = await resolve(api, edit_id, moderator)
    assert (answer.status, answer.raw) == (204, b"")
    found = await shown(api, "GENJ2")
    assert (found.difficulty, found.raw_difficulty, found.mechanics) == ("Hell", 9.71, ["Slide"])
    assert (found.hidden, found.title, found.checkpoints) == (True, "Roofs", 24)
    edit = await edit_of(api, edit_id)
    assert (edit.accepted, edit.resolved_by, edit.rejection_reason) == (True, moderator, None)
    assert edit.resolved_at is not None
    entry = (await api.get("/newsfeed")).json[0]["payload"]
    assert (entry["type"], entry["code"], entry["reason"]) == ("map_edit", "GENJ2", "It was wrong")
    assert {one["field"] for one in entry["changes"]} == {"Code", "Difficulty", "Mechanics", "Title"}
    assert api.notified(tracer) == ["map_edit_approved"]
    (resolved,) = api.sent("api.map_edit.resolved")
    assert resolved.body == {
        "edit_request_id": edit_id,
        "accepted": True,
        "resolved_by": moderator,
        "rejection_reason": None,
    }


async def test_a_rejected_edit_changes_nothing_and_its_author_is_told_why(api: Api) -> None:
    tracer, moderator = api.add_user(), api.add_user()
    await mapped(api, api.add_user())
    before = await shown(api)
    edit_id = await proposed(api, tracer, checkpoints=3)
    answer = await resolve(
        api, edit_id, moderator, accepted=False, rejection_reason="It is right", send_to_playtest=True
    )
    assert answer.status == 204
    assert await shown(api) == before
    edit = await edit_of(api, edit_id)
    assert (edit.accepted, edit.rejection_reason) == (False, "It is right")
    told = api.rows("select user_id, event_type, body from notifications.events")
    assert told == [(tracer, "map_edit_rejected", "Your edit of GENJ1 was rejected. Reason: It is right")]
    (resolved,) = api.sent("api.map_edit.resolved")
    assert (resolved.body["accepted"], resolved.body["rejection_reason"]) == (False, "It is right")
    assert (await api.get("/newsfeed")).json is None


async def test_an_edit_can_put_a_map_into_the_archive(api: Api) -> None:
    await opened(api, api.add_user())
    edit_id = await proposed(api, api.add_user(), archived=True, checkpoints=3)
    assert (await resolve(api, edit_id, api.add_user())).status == 204
    found = await shown(api)
    assert (found.archived, found.playtesting, found.checkpoints) == (True, "Rejected", 3)
    (denied,) = api.sent("api.playtest.force_deny")
    assert denied.body["thread_id"] == THREAD
    assert [one["payload"]["type"] for one in (await api.get("/newsfeed")).json] == ["map_edit", "archive"]


async def test_an_accepted_edit_can_send_the_map_to_playtest(api: Api) -> None:
    map_id = await mapped(api, api.add_user())
    edit_id = await proposed(api, api.add_user(), new_code="GENJ2", difficulty="Easy")
    assert (await resolve(api, edit_id, api.add_user(), send_to_playtest=True)).status == 204
    assert (await shown(api, "GENJ2")).playtesting == "In Progress"
    playtest = api.rows("select id, initial_difficulty::float8 from playtests.meta where map_id = %s", map_id)
    (created,) = api.sent("api.playtest.create")
    assert (playtest, created.body) == (
        [(created.body["playtest_id"], 1.47)],
        {**created.body, "code": "GENJ2"},
    )


async def test_what_the_map_refuses_leaves_the_edit_waiting(api: Api) -> None:
    moderator = api.add_user()
    await opened(api, api.add_user())
    await mapped(api, api.add_user(), code="TAKEN1")
    edit_id = await proposed(api, api.add_user(), checkpoints=3)
    verdict = resolve(api, edit_id, moderator, send_to_playtest=True)
    await api.refuses(verdict, 400, "already-in-playtest")
    await api.refuses(resolve(api, edit_id, 404), 400, "unknown-moderator")
    other = await proposed(api, api.add_user(), "TAKEN1", new_code="GENJ1")
    await api.refuses(resolve(api, other, moderator), 400, "map-code-exists")


async def test_an_edit_is_judged_once(api: Api) -> None:
    sombra = api.add_user("Sombra")
    await mapped(api, api.add_user())
    edit_id = await proposed(api, api.add_user(), checkpoints=3)
    assert (await resolve(api, edit_id, sombra)).status == 204
    answer = await api.refuses(resolve(api, edit_id, api.add_user(), accepted=False), 409, "edit-resolved")
    assert answer.json["error"] == "This edit was already accepted by Sombra."


async def test_of_ten_moderators_one_judges(api: Api) -> None:
    tracer = api.add_user()
    await mapped(api, api.add_user())
    edit_id = await proposed(api, tracer, checkpoints=3)
    asked = [resolve(api, edit_id, api.add_user(), accepted=n % 2 == 0) for n in range(10)]
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*asked)
    assert sorted(answer.status for answer in answers) == [204] + [409] * 9
    accepted = (await edit_of(api, edit_id)).accepted
    assert (await shown(api)).checkpoints == (3 if accepted else 24)
    assert len(api.sent("api.map_edit.resolved")) == len(api.notified(tracer)) == 1


async def test_an_edit_whose_map_lost_its_code_can_only_be_rejected(api: Api) -> None:
    moderator = api.add_user()
    await mapped(api, api.add_user())
    edit_id = await proposed(api, api.add_user(), checkpoints=3)
    api.sql.execute("update maps.edit_requests set code = null")
    api.sql.execute("update core.maps set archived = true, original_code = code, code = null")
    assert (await edit_of(api, edit_id)).code == "GENJ1"
    await api.refuses(api.get(f"/maps/map-edits/{edit_id}/submission"), 404, "edit-not-found")
    await api.refuses(resolve(api, edit_id, moderator), 404, "map-not-found")
    assert (await resolve(api, edit_id, moderator, accepted=False)).status == 204
