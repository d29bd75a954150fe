"""Small questions about maps: trending, affected players, the plot of votes."""

from io import BytesIO

from PIL import Image

from tests import contract, rows
from tests.api import Api
from tests.maps.bodies import add_playtest

LONG_AGO = "2020-01-01"


async def test_maps_trend_by_visitors_runs_upvotes_and_ratings_of_two_weeks(api: Api) -> None:
    players = [api.add_user() for _ in range(3)]
    first, second, third = api.add_map("AAAA"), api.add_map("BBBB", map_name="Nepal"), api.add_map("CCCC")
    hidden, archived = api.add_map("DDDD", hidden=True), api.add_map("EEEE", archived=True)
    for map_id in (first, hidden, archived):
        for visitor, day in (("a", 1), ("a", 2), ("b", 1)):
            age = f"select now() - interval '{day} days'"
            click = {"map_id": map_id, "ip_hash": visitor, "inserted_at": api.value(age)}
            rows.add(api.sql, "maps.clicks", "id", **click)
    rows.add(api.sql, "maps.clicks", "id", map_id=third, ip_hash="a", inserted_at=LONG_AGO)
    for n, player in enumerate(players):
        api.add_run(player, second, 10, verified=n < 2, message_id=n)
        rating = {"map_id": second, "user_id": player, "quality": n + 3, "verified": n < 2}
        rows.add(api.sql, "maps.ratings", "id", **rating)
    api.add_run(players[0], first, 10, verified=True, legacy=True)
    api.add_run(players[1], third, 10, verified=True, inserted_at=LONG_AGO)
    rows.add(api.sql, "completions.upvotes", "id", user_id=players[0], message_id=0)
    rows.add(api.sql, "completions.upvotes", "id", user_id=players[1], message_id=0, inserted_at=LONG_AGO)
    Trending = list[contract.TrendingMapResponse]
    found = (await api.get("/maps/trending")).read(Trending)
    assert [round(one.trend_score, 6) for one in found] == [2 + 1.5 + 0.75 * 3.5, 0.4]
    assert [(one.code, one.map_name, one.clicks, one.completions, one.upvotes) for one in found] == [
        ("BBBB", "Nepal", 0, 2, 1),
        ("AAAA", "Hanamura", 2, 0, 0),
    ]
    assert {one.momentum for one in found} == {0}
    assert [one.code for one in (await api.get("/maps/trending", limit=1)).read(Trending)] == ["BBBB"]
    assert (await api.get("/maps/trending", limit=2)).status == 400


async def test_everybody_with_a_run_is_affected(api: Api) -> None:
    one, two, three = api.add_user(), api.add_user(), api.add_user()
    map_id, _ = api.add_map("AAAA"), api.add_map("BBBB")
    api.add_run(two, map_id, 10, legacy=True)
    api.add_run(one, map_id, 10, verified_by=three)
    api.add_run(one, map_id, 9)
    assert (await api.get("/maps/AAAA/affected")).json == [one, two]
    assert (await api.get("/maps/BBBB/affected")).json == []
    (await api.get("/maps/NONE/affected")).refused(404, "map-not-found")


async def test_the_plot_of_an_open_playtest_is_a_picture(api: Api) -> None:
    map_id = api.add_map("AAAA", playtesting="In Progress")
    (await api.get("/maps/AAAA/plot")).refused(404, "playtest-not-found")
    add_playtest(api, map_id, 70, completed=True)
    (await api.get("/maps/AAAA/plot")).refused(404, "playtest-not-found")
    add_playtest(api, map_id, 71)
    answer = await api.get("/maps/AAAA/plot")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/webp")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="playtest.webp"'
    assert Image.open(BytesIO(answer.raw)).format == "WEBP"
