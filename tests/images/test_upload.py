"""POST /utilities/image: pictures are stored, whatever else comes is refused."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic import SecretStr

from genjilib import storage
from genjilib.core.errors import Invalid
from genjilib.images import rules
from genjilib.local.ports import free_port
from genjilib.local.s3 import BUCKET, S3
from tests.api import Answer, Api, api_on
from tests.images.pictures import SECRET, claimed_size, picture, stereo_picture, telling_picture

KINDS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
async def api(database_url: str, s3: S3) -> AsyncIterator[Api]:
    """The API with a storage."""
    async with api_on(
        database_url,
        s3_endpoint_url=s3.url,
        s3_public_url=f"{s3.url}/{BUCKET}",
        aws_access_key_id="local",
        aws_secret_access_key=SecretStr("local-secret"),
        api_upload_limit=200_000,
    ) as served:
        yield served


async def upload(api: Api, data: bytes, name: str = "shot.png", field: str = "data") -> Answer:
    form = aiohttp.FormData()
    form.add_field(field, data, filename=name, content_type="image/png")
    return await api.ask("POST", "/utilities/image", data=form)


async def fetched(url: str) -> tuple[str, bytes]:
    """Content type and body of a public address."""
    async with aiohttp.ClientSession(raise_for_status=True) as http, http.get(url) as got:
        return got.content_type, await got.read()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_picture_gets_a_public_address(api: Api, kind: str) -> None:
    answer = await upload(api, picture(kind), "../../etc/passwd.svg")
    assert answer.status == 201
    assert answer.headers["Content-Type"].startswith("text/plain")
    url = answer.raw.decode()
    day, digest = urlsplit(url).path.removeprefix(f"/{BUCKET}/screenshots/").rsplit("/", 1)
    assert len(day.split("/")) == 3
    assert digest.removesuffix(f".{KINDS[kind]}").isalnum()
    content_type, body = await fetched(url)
    assert content_type == f"image/{kind.lower()}"
    stored = Image.open(BytesIO(body))
    assert (stored.format, stored.size) == (kind, (24, 16))


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_but_pixels_is_stored(api: Api, kind: str) -> None:
    told = telling_picture(kind)
    assert SECRET.encode() in told
    answer = await upload(api, told)
    assert answer.status == 201
    _, body = await fetched(answer.raw.decode())
    stored = Image.open(BytesIO(body))
    assert stored.size == (16, 24), "the picture stands upright"
    assert SECRET.encode() not in body
    assert not stored.getexif()
    assert not {"exif", "xmp", "icc_profile", "comment", "Comment", "XML:com.adobe.xmp"} & stored.info.keys()


async def test_what_is_hidden_behind_a_picture_is_left_behind(api: Api) -> None:
    hidden = b"PK\x03\x04<script>alert(document.domain)</script><?php system($_GET[0]); ?>"
    for kind in KINDS:
        answer = await upload(api, picture(kind) + hidden)
        if answer.status == 201:
            _, body = await fetched(answer.raw.decode())
            assert b"<script>" not in body
            assert b"PK\x03\x04" not in body


async def test_the_same_picture_has_the_same_address(api: Api) -> None:
    first, second = await upload(api, picture("PNG"), "a.png"), await upload(api, picture("PNG"), "b.webp")
    assert first.raw == second.raw
    assert (await upload(api, picture("JPEG"))).raw != first.raw


async def test_a_picture_of_two_is_stored_as_its_first(api: Api) -> None:
    answer = await upload(api, stereo_picture())
    assert answer.status == 201, answer.raw
    content_type, body = await fetched(answer.raw.decode())
    assert content_type == "image/jpeg"
    assert Image.open(BytesIO(body)).format == "JPEG"


async def test_what_is_no_picture_of_the_three_kinds_is_refused(api: Api) -> None:
    png = picture("PNG")
    for data in (
        picture("GIF"),
        picture("BMP"),
        picture("TIFF"),
        SVG,
        b"",
        b"just text",
        b"GIF89a" + png,
        png[:40],
        png[: len(png) // 2],
        png[:50] + bytes(30) + png[80:],
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"RIFF\x00\x00\x00\x00WEBP",
    ):
        (await upload(api, data)).refused(400, "not-a-picture")


async def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(api: Api) -> None:
    for size in ((50_000, 50_000), (10_000, 5_001), (2**31 - 1, 1)):
        (await upload(api, claimed_size(*size))).refused(400, "picture-too-large")
    (await upload(api, claimed_size(10_000, 5_000))).refused(400, "not-a-picture")


async def test_a_form_without_its_file_or_none_at_all_is_refused(api: Api) -> None:
    (await upload(api, picture("PNG"), field="file")).refused(400, "validation-failed")
    (await api.post("/utilities/image", {"data": "x"})).refused(400, "validation-failed")
    answer = await api.ask("POST", "/utilities/image", data={"data": "text without a file name"})
    answer.refused(400, "validation-failed")


async def test_a_file_beyond_the_limit_is_refused(api: Api) -> None:
    assert (await upload(api, picture("PNG") + bytes(300_000))).status == 413


async def test_others_are_answered_while_a_picture_is_being_stored(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, entered, stored, store = asyncio.get_running_loop(), asyncio.Event(), Event(), storage._put

    def slow(*given: Any) -> None:
        loop.call_soon_threadsafe(entered.set)
        assert stored.wait(30)
        store(*given)

    monkeypatch.setattr(storage, "_put", slow)
    async with asyncio.timeout(30):
        storing = asyncio.create_task(upload(api, picture("PNG")))
        await entered.wait()
        assert (await api.get("/newsfeed")).status == 200
        assert not storing.done()
        stored.set()
        assert (await storing).status == 201


async def test_without_storage_a_later_try_is_asked_for(database_url: str) -> None:
    async with api_on(
        database_url,
        s3_endpoint_url=f"http://127.0.0.1:{free_port()}",
        aws_access_key_id="local",
        aws_secret_access_key=SecretStr("local-secret"),
    ) as api:
        answer = await upload(api, picture("PNG"))
        answer.refused(503, "storage-away")
        assert answer.headers["Retry-After"] == "10"


async def test_a_storage_that_refuses_is_away_too(database_url: str, s3: S3) -> None:
    async with api_on(database_url, s3_endpoint_url=s3.url, s3_bucket_name="nowhere") as api:
        (await upload(api, picture("PNG"))).refused(503, "storage-away")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(sorted(KINDS)),
    at=st.floats(0, 1),
    patch=st.binary(max_size=9),
    cut=st.integers(0, 6),
)
def test_whatever_is_broken_in_a_picture_it_is_drawn_or_refused(
    kind: str, at: float, patch: bytes, cut: int
) -> None:
    good = telling_picture(kind)
    where = int(at * len(good))
    broken = good[:where] + patch + good[where + cut :]
    try:
        body, extension, _ = rules._redraw(broken)  # pyright: ignore[reportPrivateUsage]
    except Invalid:
        return
    assert Image.open(BytesIO(body)).format == kind
    assert extension == KINDS[kind]
