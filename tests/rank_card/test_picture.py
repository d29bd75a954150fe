"""GET /users/{user_id}/rank-card/image: the card as a picture."""

import asyncio
from io import BytesIO

import msgspec
import pytest
from PIL import Image, ImageChops

from genjilib.rank_card import picture
from genjilib.rank_card.types import RankCardBadgeSettings, RankCardDifficultiesData, RankCardResponse
from tests.api import Api

CHINESE = "岛田源氏·真的很长的名字守望先锋跑酷大师"
LONG = "TheQuickBrownFoxJumpsOverTheLazyDog" * 3
NAME = (236, 60, 880, 122)
SLOTS = [(40 + n * 188, 508, 220 + n * 188, 600) for n in range(6)]


def drawn(**changes: object) -> Image.Image:
    data = RankCardDifficultiesData(120, 80, 20, 10, 240)
    card = RankCardResponse(
        **{
            **{"rank_name": "Master", "nickname": "Genji", "background": "placeholder"},
            **{"total_maps_created": 1, "total_playtests": 2, "world_records": 3},
            "difficulties": dict.fromkeys(picture.DIFFICULTIES, data),
            **{"avatar_skin": "Overwatch 1", "avatar_pose": "Heroic", "badges": RankCardBadgeSettings()},
            **{"xp": 12_345, "community_rank": "Apprentice IV", "prestige_level": 1, "skill_score": 0},
            **{"skill_tier": 0, "skill_percentile": 0, "skill_tier_name": "Unranked"},
            **{"background_url": "", "rank_url": "", "avatar_url": ""},
            **changes,
        }  # pyright: ignore[reportArgumentType]
    )
    return Image.open(BytesIO(picture.draw(msgspec.json.encode(card))))


def differ(one: Image.Image, other: Image.Image, box: tuple[int, int, int, int]) -> bool:
    return ImageChops.difference(one.crop(box), other.crop(box)).getbbox() is not None


def ink(image: Image.Image, box: tuple[int, int, int, int]) -> tuple[int, int, int, int] | None:
    """Where something light stands within a box."""
    return image.crop(box).convert("L").point([255 * (v > 180) for v in range(256)]).getbbox()


@pytest.mark.parametrize("name", ["Genji", CHINESE, LONG, "W" * 100, "겐지 シマダ Ёж"])
def test_every_name_is_written_within_its_place(name: str) -> None:
    image = drawn(nickname=name)
    assert image.size == (picture.WIDTH, picture.HEIGHT)
    written = ink(image, NAME)
    assert written is not None
    assert written[3] - written[1] >= 15
    beyond = (NAME[2], NAME[1], 900, NAME[3])
    assert ink(image, beyond) is None


def test_signs_that_the_font_has_not_are_left_out() -> None:
    assert not differ(drawn(nickname="Gen🔥ji\n"), drawn(nickname="Gen ji"), NAME)
    assert not differ(drawn(nickname="🔥"), drawn(nickname="?"), NAME)


def test_chinese_names_are_not_boxes() -> None:
    assert differ(drawn(nickname="半藏"), drawn(nickname="源氏"), NAME)


def test_a_slot_shows_its_badge_or_its_outline() -> None:
    empty = drawn()
    full = drawn(
        badges=RankCardBadgeSettings(
            **{f"badge_name{n}": f"Badge {n}" for n in range(1, 7)},
            **{f"badge_type{n}": ("mastery", "spray", "other")[n % 3] for n in range(1, 7)},
        )
    )
    assert all(differ(empty, full, slot) for slot in SLOTS)
    one = drawn(badges=RankCardBadgeSettings(badge_name3="Nepal"))
    assert [differ(empty, one, slot) for slot in SLOTS] == [False, False, True, False, False, False]


def test_numbers_of_any_size_have_room() -> None:
    data = RankCardDifficultiesData(123_456, 12_345, 12_345, 12_345, 234_567)
    image = drawn(
        difficulties=dict.fromkeys(picture.DIFFICULTIES, data),
        **{"xp": 2_147_483_647, "prestige_level": 214_748, "total_playtests": 1_234_567},
        **{"skill_tier": 8, "skill_tier_name": "Champion", "skill_score": 123_456, "skill_percentile": 1},
    )
    assert ink(image, (880, 178, 902, 210)) is None


async def test_the_picture_is_a_png_that_is_asked_for_once(api: Api) -> None:
    user_id = api.add_user(CHINESE)
    path = f"/users/{user_id}/rank-card/image"
    first = await api.get(path)
    assert (first.status, first.headers["Content-Type"]) == (200, "image/png")
    assert Image.open(BytesIO(first.raw)).size == (picture.WIDTH, picture.HEIGHT)
    assert first.headers["Cache-Control"] == "private, max-age=60"
    known = {"If-None-Match": first.headers["Etag"]}
    again = await api.ask("GET", path, headers=known)
    assert (again.status, again.raw) == (304, b"")
    api.sql.execute("update core.users set nickname = 'Hanzo' where id = %s", [user_id])
    changed = await api.ask("GET", path, headers=known)
    assert changed.status == 200
    assert changed.headers["Etag"] != first.headers["Etag"]
    other = await api.ask("GET", path, params={"filter": "unofficial_all"}, headers=known)
    assert other.status == 200


async def test_others_are_answered_while_a_picture_is_drawn(api: Api) -> None:
    users = [api.add_user(f"player {n}") for n in range(4)]
    drawing = [asyncio.create_task(api.get(f"/users/{user}/rank-card/image")) for user in users]
    await asyncio.wait(drawing, return_when=asyncio.FIRST_COMPLETED)
    assert (await api.get(f"/users/{users[0]}/exists")).json is True
    assert not all(task.done() for task in drawing)
    assert {answer.status for answer in await asyncio.gather(*drawing)} == {200}
