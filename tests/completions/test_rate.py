"""POST /completions/{code}/quality: a player's rating of a map."""

from tests.api import Answer, Api


async def rate(api: Api, user_id: int, quality: object = 5, code: str = "AAAA") -> Answer:
    return await api.post(f"/completions/{code}/quality", {"user_id": user_id, "quality": quality})


async def test_the_last_rating_counts_and_only_players_with_a_verified_run_are_trusted(api: Api) -> None:
    player, map_id = api.add_user(), api.add_map()
    for quality in (3, 5):
        answer = await rate(api, player, quality)
        assert (answer.status, answer.json) == (201, None)
    assert api.rows("select user_id, quality, verified from maps.ratings") == [(player, 5, False)]
    api.add_run(player, map_id, 10, verified=True)
    assert api.value("select verified from maps.ratings")


async def test_unknown_and_archived_maps_and_unknown_users_are_not_found(api: Api) -> None:
    api.add_map("GONE", archived=True)
    api.add_map()
    user_id = api.add_user()
    for code in ("NONE", "GONE"):
        await api.refuses(rate(api, user_id, code=code), 404, "map-not-found")
    await api.refuses(rate(api, 404), 404, "user-not-found")


async def test_a_malformed_rating_is_refused(api: Api) -> None:
    bodies = [{}, {"user_id": 1, "quality": 0}, {"user_id": 1, "quality": 7}, {"quality": 3}]
    await api.finds_malformed("POST", "/completions/AAAA/quality", bodies)
