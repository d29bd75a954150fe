"""/maps/{code}/guides: the guides to a map."""

import asyncio

from tests import contract, rows
from tests.api import Api
from tests.maps.bodies import news
from tests.playtests.acts import add_voter, opened, vote

URL = "https://guides.example/1"
Guides = list[contract.GuideFullResponse]


async def add(api: Api, user_id: int, code: str = "AAAA", url: str = URL):
    return await api.post(f"/maps/{code}/guides", {"url": url, "user_id": user_id})


async def test_a_guide_is_added_told_and_rewarded_when_the_map_is_official(api: Api) -> None:
    amy = api.add_user("Amy")
    api.add_map("AAAA")
    api.add_map("BBBB", official=False)
    for code in ("AAAA", "BBBB"):
        found = (await add(api, amy, code)).read(contract.GuideResponse, status=201)
        assert found == contract.GuideResponse(URL, amy)
    assert api.xp(amy) == 35
    assert news(api) == [
        {"type": "guide", "code": code, "guide_url": URL, "name": "Amy"} for code in ("AAAA", "BBBB")
    ]
    assert (await api.get("/maps", code="AAAA")).json[0]["guides"] == [URL]


async def test_guides_come_with_all_names_of_their_authors_and_ranked_videos_if_wished(api: Api) -> None:
    amy, zed, map_id = api.add_user("Amy"), api.add_user("Zed", global_name=None), api.add_map("AAAA")
    for username, primary in (("second", False), ("FIRST", True), ("Amy", False)):
        rows.add(
            api.sql, "users.overwatch_usernames", "id", user_id=amy, username=username, is_primary=primary
        )
    await add(api, amy)
    shown = {"verified": True}
    api.add_run(zed, map_id, 30, video="https://v.example/old", inserted_at="2026-01-01", **shown)
    api.add_run(zed, map_id, 20, video="https://v.example/new", inserted_at="2026-01-02", **shown)
    api.add_run(amy, map_id, 25, completion=True, **shown)
    api.add_run(api.add_user(), map_id, 10)
    api.add_run(api.add_user(), map_id, 10, legacy=True, **shown)
    guide = contract.GuideFullResponse(URL, amy, ["FIRST", "second", "Amy"])
    assert (await api.get("/maps/AAAA/guides")).read(Guides) == [guide]
    found = (await api.get("/maps/AAAA/guides", include_records="true")).read(Guides)
    assert found == [guide, contract.GuideFullResponse("https://v.example/new", zed, ["Zed"])]
    api.add_map("BBBB")
    assert (await api.get("/maps/BBBB/guides")).json == []


async def test_a_guide_is_changed_and_removed(api: Api) -> None:
    amy, _ = api.add_user("Amy"), api.add_map("AAAA")
    await add(api, amy)
    changed = await api.ask("PATCH", f"/maps/AAAA/guides/{amy}", params={"url": f"{URL}2"})
    assert changed.read(contract.GuideResponse) == contract.GuideResponse(f"{URL}2", amy)
    assert api.value("select url from maps.guides") == f"{URL}2"
    removed = await api.ask("DELETE", f"/maps/AAAA/guides/{amy}")
    assert (removed.status, removed.raw) == (204, b"")
    assert api.value("select count(*) from maps.guides") == 0


async def test_unknown_maps_users_and_guides_are_not_found(api: Api) -> None:
    amy, _ = api.add_user("Amy"), api.add_map("AAAA")
    url = {"url": URL}
    (await api.get("/maps/NONE/guides")).refused(404, "map-not-found")
    await api.refuses(add(api, amy, "NONE"), 404, "map-not-found")
    await api.refuses(add(api, 404), 404, "user-not-found")
    for code, missing in (("AAAA", "guide-not-found"), ("NONE", "map-not-found")):
        path = f"/maps/{code}/guides/{amy}"
        await api.refuses(api.ask("PATCH", path, params=url), 404, missing)
        await api.refuses(api.ask("DELETE", path), 404, missing)
    assert (await api.ask("PATCH", f"/maps/AAAA/guides/{amy}")).status == 400
    await api.finds_malformed("POST", "/maps/AAAA/guides", [{}, {"url": "ftp://x", "user_id": 1}, url])


async def test_of_ten_guides_of_one_user_one_is_added(api: Api) -> None:
    amy, _ = api.add_user("Amy"), api.add_map("AAAA")
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*(add(api, amy, url=f"{URL}{n}") for n in range(10)))
    assert sorted(answer.status for answer in answers) == [201] + [409] * 9
    assert {answer.json["code"] for answer in answers if answer.status == 409} == {"guide-exists"}
    assert (api.value("select count(*) from maps.guides"), api.xp(amy), len(news(api))) == (1, 35, 1)


async def test_guides_and_runs_of_the_same_players_do_not_lock_each_other_out(api: Api) -> None:
    players, _ = [api.add_user() for _ in range(4)], api.add_map("AAAA")
    run = {
        "code": "AAAA",
        "time": 60,
        "screenshot": "https://a.example/s.png",
        "video": "https://a.example/v",
    }
    asked = [
        ask
        for user_id in players
        for ask in (add(api, user_id), api.post("/completions", {"user_id": user_id, **run}))
    ]
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*asked)
    assert {answer.status for answer in answers} == {201}


async def test_a_guide_by_who_gets_xp_for_a_playtest_waits_for_its_verdict_and_not_the_other_way_round(
    api: Api,
) -> None:
    moderator = api.add_user()
    for number in range(4):
        code, thread_id, creator = f"GENJ{number}", 1000 + number, api.add_user()
        await opened(api, creator, code=code, thread_id=thread_id)
        voter = add_voter(api, code)
        await vote(api, voter, 5, thread_id)
        async with asyncio.timeout(20):
            answers = await asyncio.gather(
                api.post(f"/maps/playtests/{thread_id}/approve", {"verifier_id": moderator}),
                *(add(api, user_id, code) for user_id in (creator, voter)),
            )
        assert [answer.status for answer in answers] == [202, 201, 201]
        # 30 and 35 for the playtest, 35 for the guide.
        assert [api.xp(user_id) for user_id in (creator, voter)] == [65, 70]
