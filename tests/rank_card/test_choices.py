"""What players choose of their rank card: background, skin, pose and six badges."""

from tests import contract, rows
from tests.api import Api

CDN = "https://cdn.genji.pk/assets"


async def test_a_background_is_chosen(api: Api) -> None:
    user_id = api.add_user()
    path = f"/users/{user_id}/rank-card/background"
    for where in (path, "/users/404/rank-card/background"):
        found = (await api.get(where)).read(contract.BackgroundResponse)
        assert (found.name, found.url) == ("placeholder", f"{CDN}/rank_card/background/placeholder.webp")
    for name, file in (("King's Row (Winter)", "kings_row_winter"), ("Nepal", "nepal")):
        chosen = (await api.put(path, {"name": name})).read(contract.BackgroundResponse)
        assert (chosen.name, chosen.url) == (name, f"{CDN}/rank_card/background/{file}.webp")
        assert (await api.get(path)).read(contract.BackgroundResponse) == chosen
    card = (await api.get(f"/users/{user_id}/rank-card")).read(contract.RankCardResponse)
    assert (card.background, card.background_url) == (chosen.name, chosen.url)


async def test_skin_and_pose_are_chosen_apart_and_shown_together(api: Api) -> None:
    user_id = api.add_user()
    skin, pose = (f"/users/{user_id}/rank-card/avatar/{part}" for part in ("skin", "pose"))
    avatars = f"{CDN}/rank_card/avatar"
    for where in (skin, pose, "/users/404/rank-card/avatar/skin"):
        found = (await api.get(where)).read(contract.AvatarResponse)
        assert found == contract.AvatarResponse("Overwatch 1", "Heroic", f"{avatars}/overwatch_1/heroic.webp")
    first = (await api.put(pose, {"pose": "Sitting"})).read(contract.AvatarResponse)
    assert first == contract.AvatarResponse("Overwatch 1", "Sitting", f"{avatars}/overwatch_1/sitting.webp")
    both = (await api.put(skin, {"skin": "Cyber Ninja"})).read(contract.AvatarResponse)
    assert both == contract.AvatarResponse("Cyber Ninja", "Sitting", f"{avatars}/cyber_ninja/sitting.webp")
    for where in (skin, pose):
        assert (await api.get(where)).read(contract.AvatarResponse) == both
    card = (await api.get(f"/users/{user_id}/rank-card")).read(contract.RankCardResponse)
    assert (card.avatar_skin, card.avatar_pose, card.avatar_url) == (both.skin, both.pose, both.url)


async def test_badges_are_chosen_all_at_once_and_their_pictures_follow(api: Api) -> None:
    user_id = api.add_user()
    rows.add(api.sql, "maps.mastery", "user_id", user_id=user_id, map_name="King's Row", medal="Rookie")
    path = f"/users/{user_id}/rank-card/badges"
    chosen = {
        **{"badge_name1": "King's Row", "badge_type1": "mastery"},
        **{"badge_name2": "Oasis", "badge_type2": "mastery"},
        **{"badge_name4": "Cute Genji", "badge_type4": "spray", "badge_url4": "https://evil.example/x"},
        **{"badge_name6": "Something", "badge_type6": "other"},
    }
    done = await api.put(path, chosen)
    assert (done.status, done.raw) == (204, b"")
    found = (await api.get(path)).read(contract.RankCardBadgeSettings)
    assert [getattr(found, f"badge_name{n}") for n in range(1, 7)] == [
        *("King's Row", "Oasis", None),
        *("Cute Genji", None, "Something"),
    ]
    assert [getattr(found, f"badge_type{n}") for n in range(1, 7)] == [
        *("mastery", "mastery", None),
        *("spray", None, "other"),
    ]
    assert [getattr(found, f"badge_url{n}") for n in range(1, 7)] == [
        *(f"{CDN}/mastery/kings_row_rookie.webp", f"{CDN}/mastery/oasis_placeholder.webp", None),
        *(f"{CDN}/rank_card/spray/cute_genji.webp", None, None),
    ]
    card = (await api.get(f"/users/{user_id}/rank-card")).read(contract.RankCardResponse)
    assert card.badges == found
    await api.put(path, {"badge_name3": "Nepal", "badge_type3": "mastery"})
    again = (await api.get(path)).read(contract.RankCardBadgeSettings)
    assert [getattr(again, f"badge_name{n}") for n in range(1, 7)] == [None, None, "Nepal", None, None, None]


async def test_who_has_chosen_nothing_has_six_empty_slots(api: Api) -> None:
    for user_id in (api.add_user(), 404):
        found = (await api.get(f"/users/{user_id}/rank-card/badges")).json
        assert (len(found), set(found.values())) == (18, {None})


async def test_nobody_unknown_chooses_anything(api: Api) -> None:
    for part, body in (
        ("background", {"name": "Nepal"}),
        ("avatar/skin", {"skin": "Cyber Ninja"}),
        ("avatar/pose", {"pose": "Sitting"}),
        ("badges", {}),
    ):
        await api.refuses(api.put(f"/users/404/rank-card/{part}", body), 404, "user-not-found")


async def test_what_is_no_choice_is_refused(api: Api) -> None:
    path = f"/users/{api.add_user()}/rank-card"
    for part, bodies in (
        ("background", [{}, {"name": ""}, {"name": "x" * 101}, {"name": None}]),
        ("avatar/skin", [{}, {"skin": ""}, {"skin": 1}]),
        ("avatar/pose", [{}, {"pose": "x" * 101}]),
        ("badges", [{"badge_name1": "x" * 101}, {"badge_type6": "x" * 51}, {"badge_name2": 2}]),
    ):
        await api.finds_malformed("PUT", f"{path}/{part}", bodies)
