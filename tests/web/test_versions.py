"""``ETag``, ``If-None-Match``, ``If-Match``: a copy is kept while it is right, no change is undone unseen."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from genjilib.web.routes import Route
from runners.api import ROUTES
from tests.api import Answer, Api
from tests.map_edits.acts import mapped, proposed
from tests.playtests.acts import THREAD, opened

WRONG = f'"{"0" * 32}"'
Scene = Callable[[Api], Awaitable[tuple[str, str, str, Any]]]


async def a_user(api: Api) -> tuple[str, str, str, Any]:
    path = f"/users/{api.add_user()}"
    return path, "PATCH", path, {"nickname": "New"}


async def names(api: Api) -> tuple[str, str, str, Any]:
    path = f"/users/{api.add_user()}/overwatch"
    return path, "PUT", path, {"usernames": [{"username": "A#1", "is_primary": True}]}


async def a_map(api: Api) -> tuple[str, str, str, Any]:
    await mapped(api, api.add_user())
    return "/maps/GENJ1", "PATCH", "/maps/GENJ1", {"title": "New"}


async def a_playtest(api: Api) -> tuple[str, str, str, Any]:
    await opened(api, api.add_user())
    path = f"/maps/playtests/{THREAD}"
    return path, "PATCH", path, {"verification_id": 7}


async def a_message(api: Api) -> tuple[str, str, str, Any]:
    path, _, _, _ = await a_verdict(api)
    return path, "PATCH", f"{path}/message", {"message_id": 10**17}


async def a_verdict(api: Api) -> tuple[str, str, str, Any]:
    user_id = api.add_user()
    await mapped(api, user_id)
    path = f"/maps/map-edits/{await proposed(api, user_id, title='New')}"
    return path, "PUT", f"{path}/resolve", {"accepted": True, "resolved_by": user_id}


async def a_run(api: Api) -> tuple[str, str, str, Any]:
    path, _, _, _ = await a_judgement(api)
    return path, "PATCH", path.removesuffix("/submission"), {"message_id": 10**17}


async def a_correction(api: Api) -> tuple[str, str, str, Any]:
    path, _, _, judged = await a_judgement(api)
    change = {"moderated_by": judged["verified_by"], "time": 9, "time_change_reason": "Misread"}
    return path, "PUT", path.replace("submission", "moderate"), change


async def a_judgement(api: Api) -> tuple[str, str, str, Any]:
    user_id = api.add_user()
    path = f"/completions/{api.add_run(user_id, api.add_map(), 10)}"
    verdict = {"verified_by": user_id, "verified": True, "reason": None}
    return f"{path}/submission", "PUT", f"{path}/verification", verdict


SCENES: dict[str, Scene] = {
    "users.update": a_user,
    "users.set_overwatch_names": names,
    "maps.update": a_map,
    "playtests.update": a_playtest,
    "map_edits.set_message": a_message,
    "map_edits.resolve": a_verdict,
    "completions.update": a_run,
    "completions.moderate": a_correction,
    "completions.verify": a_judgement,
}


def guarded() -> dict[str, Route]:
    return {route.name: route for route in ROUTES if route.changes}


def test_what_honours_if_match_is_shown_with_an_etag_and_the_other_way_round() -> None:
    assert guarded().keys() == SCENES.keys()
    tagged = {route.handler: route.path for route in ROUTES if route.etag}
    assert {route.changes.handler for route in guarded().values() if route.changes} <= tagged.keys()
    changing = [route for route in ROUTES if route.method != "GET" and route.path in tagged.values()]
    assert [route for route in changing if route.changes is None] == []


async def change(api: Api, method: str, path: str, body: Any, match: str, **more: str) -> Answer:
    return await api.ask(method, path, json=body, headers={"If-Match": match, **more})


@pytest.mark.parametrize("name", SCENES)
async def test_only_the_version_that_was_seen_is_changed(api: Api, name: str) -> None:
    shown, method, path, body = await SCENES[name](api)
    seen = await api.get(shown)
    tag = seen.headers["Etag"]
    again = await api.ask("GET", shown, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status, again.raw, again.headers["Etag"]) == (304, b"", tag)
    before = api.fingerprint()
    for wrong in (WRONG, f"W/{tag}", '"stale"', "", "nonsense"):
        (await change(api, method, path, body, wrong)).refused(412, "precondition-failed")
    assert api.fingerprint() == before
    coded = f'{tag[:-1]}-zstd"'  # as Caddy hands it on
    done = await change(api, method, path, body, f"{WRONG}, {coded}")
    assert done.status == guarded()[name].status, done.raw
    now = await api.ask("GET", shown, headers={"If-None-Match": tag})
    assert (now.status, now.headers["Etag"] != tag) == (200, True)
    (await change(api, method, path, body, tag)).refused(412, "precondition-failed")


async def test_of_many_who_saw_the_same_version_one_changes_it(api: Api) -> None:
    user_id = api.add_user()
    tag = (await api.get(f"/users/{user_id}")).headers["Etag"]
    asked = (change(api, "PATCH", f"/users/{user_id}", {"nickname": f"N{n}"}, tag) for n in range(12))
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status for answer in answers) == [200] + [412] * 11


async def test_whoever_changes_it_first_is_waited_for(api: Api) -> None:
    user_id = api.add_user()
    tag = (await api.get(f"/users/{user_id}")).headers["Etag"]
    with api.sql.transaction():
        api.sql.execute("update core.users set nickname = 'First' where id = %s", [user_id])
        late = asyncio.create_task(change(api, "PATCH", f"/users/{user_id}", {"nickname": "Late"}, tag))
        while not api.value("select count(*) from pg_locks where not granted"):
            await asyncio.sleep(0.01)
    (await late).refused(412, "precondition-failed")
    assert api.value("select nickname from core.users where id = %s", user_id) == "First"


async def test_a_repeated_key_gets_its_answer_although_the_version_is_gone(api: Api) -> None:
    path = f"/users/{api.add_user()}"
    tag, key = (await api.get(path)).headers["Etag"], {"Idempotency-Key": "once"}
    await api.refuses(change(api, "PATCH", path, {"nickname": "A"}, WRONG, **key), 412, "precondition-failed")
    for replayed in (None, "true"):
        done = await change(api, "PATCH", path, {"nickname": "A"}, tag, **key)
        assert (done.status, done.headers.get("Idempotent-Replayed")) == (200, replayed)


async def test_a_rule_that_refuses_undoes_what_it_did(api: Api) -> None:
    path = f"/users/{api.add_user()}"
    tag = (await api.get(path)).headers["Etag"]
    await api.refuses(change(api, "PATCH", path, {}, tag), 400, "nothing-to-change")
    await api.refuses(change(api, "PATCH", "/maps/NONE1", {}, tag), 404, "map-not-found")


async def test_what_is_shown_nowhere_has_no_version(api: Api) -> None:
    refused = change(api, "POST", "/lootbox/xp/multiplier", {"value": 2}, WRONG)
    await api.refuses(refused, 412, "precondition-failed")
    assert (await change(api, "PATCH", f"/users/{api.add_user()}", {"nickname": "A"}, "*")).status == 200
