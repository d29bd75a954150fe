"""/maps/mastery: how many maps of a name a player knows."""

from tests import contract
from tests.api import Answer, Api

Mastery = list[contract.MapMasteryResponse]


async def give(api: Api, user_id: int, level: str = "Rookie", map_name: str = "King's Row") -> Answer:
    return await api.post("/maps/mastery", {"user_id": user_id, "map_name": map_name, "level": level})


async def test_every_map_name_has_its_amount_level_and_icon(api: Api) -> None:
    player = api.add_user()
    for n in range(5):
        map_id = api.add_map(f"AAA{n}", map_name="King's Row")
        api.add_run(player, map_id, 10)
        api.add_run(player, map_id, 5, legacy=True)
    api.add_run(player, api.add_map("BBBB", map_name="Adlersbrunn"), 10)
    found = (await api.get("/maps/mastery", user_id=player)).read(Mastery)
    names = [one.map_name for one in found]
    assert names == sorted(names)
    assert len(names) == api.value("select count(*) - 1 from maps.names")
    assert "Adlersbrunn" not in names
    icons = "https://cdn.genji.pk/assets/mastery"
    known = {one.map_name: one for one in found}
    assert known["King's Row"] == contract.MapMasteryResponse(
        "King's Row", 5, "Rookie", f"{icons}/kings_row_rookie.webp"
    )
    assert known["Nepal"] == contract.MapMasteryResponse(
        "Nepal", 0, "Placeholder", f"{icons}/nepal_placeholder.webp"
    )
    assert (await api.get("/maps/mastery", user_id=player, map_name="Nepal")).read(Mastery) == [
        known["Nepal"]
    ]
    assert (await api.get("/maps/mastery", user_id=player, map_name="Atlantis")).json == []
    assert (await api.get("/maps/mastery")).status == 400


async def test_levels_begin_where_they_should(api: Api) -> None:
    begin = {0: "Placeholder", 5: "Rookie", 10: "Explorer", 15: "Trailblazer", 20: "Pathfinder"}
    begin |= {25: "Specialist", 30: "Prodigy"}
    for amount in range(40):
        level = begin[min(amount // 5 * 5, 30)]
        assert api.value("select maps.mastery_level(%s)", amount) == level


async def test_a_medal_is_given_once_and_changed_later(api: Api) -> None:
    player = api.add_user()
    for level, status in (("Rookie", "inserted"), ("Explorer", "updated")):
        found = (await give(api, player, level)).read(contract.MapMasteryCreateResponse, status=201)
        assert found == contract.MapMasteryCreateResponse("King's Row", level, status)
        again = await give(api, player, level)
        assert (again.status, again.json) == (201, None)
    assert api.rows("select medal from maps.mastery") == [("Explorer",)]


async def test_unknown_users_names_and_levels_are_refused(api: Api) -> None:
    player = api.add_user()
    await api.refuses(give(api, 404), 404, "user-not-found")
    await api.refuses(give(api, player, map_name="Atlantis"), 404, "unknown-map-name")
    bodies = [{}, {"user_id": player, "map_name": "Nepal", "level": "King"}]
    await api.finds_malformed("POST", "/maps/mastery", bodies)
