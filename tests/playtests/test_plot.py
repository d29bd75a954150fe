"""The chart of the votes: what it shows, and the picture itself."""

from io import BytesIO

import pytest
from PIL import Image

from genjilib.playtests import chart
from tests.api import Api
from tests.playtests.acts import THREAD, add_voter, opened, vote


def pixels(picture: Image.Image, colour: str) -> int:
    """How many pixels have exactly a colour."""
    wanted = tuple(bytes.fromhex(colour.removeprefix("#")))
    return sum(count for count, found in picture.getcolors(1 << 20) or [] if found == wanted)


def bar(picture: Image.Image, label: str) -> int:
    """How high the bar of a difficulty is."""
    column = 56 + (list(chart.COLOURS).index(label) + 0.5) * 60
    wanted = tuple(bytes.fromhex(chart.COLOURS[label].removeprefix("#")))
    # Below the bars, a thin line in the same colour groups the difficulties.
    return sum(picture.getpixel((int(column), y)) == wanted for y in range(picture.height - 84))


async def drawn(**votes: int) -> Image.Image:
    """The chart of votes, spaces and signs spelled out."""
    spelled = {
        name.replace("_", " ").replace("plus", "+").replace("minus", "-"): n for name, n in votes.items()
    }
    return Image.open(BytesIO(await chart.draw(spelled, "PNG"))).convert("RGB")


async def test_bars_are_as_high_as_their_votes_are_many() -> None:
    picture = await drawn(Hard_minus=2, Hard=4, Hell=8)
    assert picture.size == (1040, 480)
    low, middle, high = (bar(picture, label) for label in ("Hard -", "Hard", "Hell"))
    assert low > 20
    assert middle == pytest.approx(2 * low, abs=2)
    assert high == pytest.approx(4 * low, abs=3)
    assert bar(picture, "Easy") == bar(picture, "Extreme +") == 0


@pytest.mark.parametrize("amount", [1, 5, 6, 99, 12_345])
async def test_however_many_votes_there_are_the_chart_keeps_its_size(amount: int) -> None:
    picture = await drawn(Medium=amount)
    assert picture.size == (1040, 480)
    assert 180 < bar(picture, "Medium") <= 296


async def test_every_difficulty_has_its_own_colour() -> None:
    picture = Image.open(BytesIO(await chart.draw(dict.fromkeys(chart.COLOURS, 3), "PNG"))).convert("RGB")
    heights = {label: bar(picture, label) for label in chart.COLOURS}
    assert len(set(heights.values())) == 1
    assert all(pixels(picture, colour) > 4000 for colour in chart.COLOURS.values())


async def test_the_plot_of_a_thread_shows_its_votes(api: Api) -> None:
    await opened(api, api.add_user())
    first = await api.get(f"/maps/playtests/{THREAD}/plot")
    assert first.status == 200
    assert first.headers["Content-Type"] == "image/webp"
    assert first.headers["Content-Disposition"] == 'attachment; filename="playtest.webp"'
    assert first.raw == await chart.draw({"Hard +": 1}, "WEBP")
    for difficulty in (0, 1.17, 1.18, 10):
        await vote(api, add_voter(api), difficulty)
    shown = Image.open(BytesIO((await api.get(f"/maps/playtests/{THREAD}/plot")).raw))
    assert shown.format == "WEBP"
    expected = Image.open(BytesIO(await chart.draw({"Easy -": 2, "Easy": 1, "Hell": 1}, "PNG")))
    assert shown.convert("RGB").tobytes() == expected.convert("RGB").tobytes()


async def test_an_unknown_thread_has_no_plot(api: Api) -> None:
    await api.refuses(api.get("/maps/playtests/404/plot"), 404, "playtest-not-found")
