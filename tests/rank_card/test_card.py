"""GET /users/{user_id}/rank-card: a player's standing, difficulties, and what it has chosen to show."""

import pytest

from tests import contract, rows
from tests.api import Api
from tests.users.test_rank import complete

CDN = "https://cdn.genji.pk/assets"
Data = contract.RankCardDifficultiesData


async def card(api: Api, user_id: int, **query: object) -> contract.RankCardResponse:
    return (await api.get(f"/users/{user_id}/rank-card", **query)).read(contract.RankCardResponse)


async def test_a_newcomer_has_an_empty_card(api: Api) -> None:
    user_id = api.add_user("Genji")
    nothing = Data(completed=0, gold=0, silver=0, bronze=0, total=0)
    slots = {f"badge_{kind}{n}": None for kind in ("name", "type", "url") for n in range(1, 7)}
    assert await card(api, user_id) == contract.RankCardResponse(
        rank_name="Ninja",
        nickname="Genji",
        background="placeholder",
        total_maps_created=0,
        total_playtests=0,
        world_records=0,
        difficulties=dict.fromkeys(("Easy", "Medium", "Hard", "Very Hard", "Extreme", "Hell"), nothing),
        avatar_skin="Overwatch 1",
        avatar_pose="Heroic",
        badges=contract.RankCardBadgeSettings(**slots),
        xp=0,
        community_rank="Newcomer I",
        prestige_level=0,
        skill_score=0,
        skill_tier=0,
        skill_percentile=0,
        skill_tier_name="Unranked",
        background_url=f"{CDN}/rank_card/background/placeholder.webp",
        rank_url=f"{CDN}/ranks/ninja.webp",
        avatar_url=f"{CDN}/rank_card/avatar/overwatch_1/heroic.webp",
    )


async def test_card_leaderboard_and_rank_tell_the_same(api: Api) -> None:
    user_id = api.add_user("Hanzo")
    complete(api, user_id, "Extreme", 7, 15)
    complete(api, user_id, "Easy", 3, 9)
    complete(api, api.add_user(), "Easy", 1, 9)
    rows.add(api.sql, "lootbox.xp", "user_id", user_id=user_id, amount=12_345)
    rows.add(api.sql, "playtests.deprecated_count", "user_id", user_id=user_id, count=4)
    api.sql.execute("insert into maps.creators (map_id, user_id) select id, %s from core.maps", [user_id])
    shown = await card(api, user_id)
    (row,) = (await api.get("/community/leaderboard", name="Hanzo")).read(
        list[contract.CommunityLeaderboardResponse]
    )
    ranks = (await api.get(f"/users/{user_id}/rank")).read(list[contract.RankDetailResponse])
    assert (shown.rank_name, shown.world_records, shown.rank_url) == (
        *("Grandmaster", 10),
        f"{CDN}/ranks/grandmaster.webp",
    )
    assert (shown.rank_name, shown.community_rank, shown.xp, shown.prestige_level) == (
        *(row.skill_rank, row.tier_name, row.xp_amount, row.prestige_level),
    )
    assert (shown.world_records, shown.total_maps_created, shown.total_playtests) == (
        *(row.wr_count, row.map_count, row.playtest_count),
    )
    assert {
        name: (data.completed, data.gold, data.silver, data.bronze)
        for name, data in shown.difficulties.items()
    } == {row.difficulty: (row.completions, row.gold, row.silver, row.bronze) for row in ranks}
    for kind, name in (("skill", shown.rank_name), ("xp", shown.community_rank.split()[0])):
        counted = (await api.get(f"/community/statistics/{kind}/players")).read(list[contract.TierAmount])
        assert {one.tier: one.amount for one in counted}[name] == 1
    assert shown.difficulties["Extreme"] == Data(completed=7, gold=0, silver=7, bronze=0, total=7)
    assert shown.difficulties["Easy"] == Data(completed=3, gold=3, silver=0, bronze=0, total=4)


@pytest.mark.parametrize(
    ("maps", "completed", "total"),
    [
        ("official_playable", 1, 1),
        ("official_all", 3, 3),
        ("unofficial_playable", 1, 2),
        ("unofficial_all", 2, 3),
    ],
)
async def test_the_filter_says_which_maps_count(api: Api, maps: str, completed: int, total: int) -> None:
    user_id = api.add_user()
    for n, change in enumerate(
        (
            *({}, {"archived": True}, {"playtesting": "In Progress"}),
            *({"official": False}, {"official": False, "archived": True}, {"official": False}),
        )
    ):
        map_id = api.add_map(f"M{n:04}", raw=1, **change)
        if n < 5:
            api.add_run(user_id, map_id, 9, verified=True)
    shown = await card(api, user_id, filter=maps)
    assert (shown.difficulties["Easy"].completed, shown.difficulties["Easy"].total) == (completed, total)
    assert shown.rank_name == "Ninja"


async def test_nobody_unknown_has_a_card(api: Api) -> None:
    for path in ("rank-card", "rank-card/image"):
        await api.refuses(api.get(f"/users/404/{path}"), 404, "user-not-found")
    (await api.get(f"/users/{api.add_user()}/rank-card", filter="all")).refused(400, "validation-failed")
