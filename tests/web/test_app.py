"""What callers of the API see: success codes, keys and scopes, problems, headers, limits."""

import logging
import re
from typing import Any

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient

from genjilib.core.metrics import REGISTRY

from . import toys

TOY = {"code": "ABCD", "price": 1.5, "creators": [{"id": 1, "is_primary": True}]}


async def problem(client: TestClient, method: str, path: str, **request: Any) -> dict[str, Any]:
    """Ask and return the problem; assert that it has the one shape."""
    async with client.request(method, path, **request) as answer:
        assert answer.content_type == "application/problem+json"
        found = await answer.json()
        assert set(found) == {"type", "title", "status", "detail", "code", "request_id", "error", "extra"}
        assert found["status"] == answer.status
        assert found["error"] == found["detail"]
        assert found["request_id"] == answer.headers["X-Request-Id"]
        return found


async def text(client: TestClient, path: str, **request: Any) -> tuple[int, str]:
    async with client.get(path, **request) as answer:
        return answer.status, await answer.text()


# -- what handlers get and return


async def test_a_query_becomes_a_struct(client: TestClient) -> None:
    path = "/api/v3/toys?owner=7&medals=Gold&medals=Silver&archived=false&cheapest=1.5&type=own&page_number=3"
    async with client.get(path) as answer:
        assert answer.status == 200
        assert await answer.json() == {
            "owner": 7,
            "medals": ["Gold", "Silver"],
            "archived": False,
            "cheapest": 1.5,
            "type": "own",
            "page_size": 10,
            "page_number": 3,
            "limit": 10,
            "offset": 20,
        }


async def test_unknown_query_keys_are_ignored(client: TestClient) -> None:
    assert (await text(client, "/api/v3/toys?owner=1&nothing=2&nothing=3"))[0] == 200


async def test_a_body_becomes_a_typed_value_and_unknown_fields_are_ignored(client: TestClient) -> None:
    async with client.post("/api/v3/toys", json={**TOY, "is_admin": True}) as answer:
        assert answer.status == 201
        assert await answer.json() == {**TOY, "medal": None, "notes": {}, "built": None}


async def test_a_tagged_union_is_a_body_too(client: TestClient) -> None:
    async with client.post("/api/v3/toys/power", json={"type": "battery", "volts": 9.0}) as answer:
        assert (answer.status, await answer.json()) == (202, {"type": "battery", "volts": 9.0})


async def test_path_parameters_are_numbers_texts_and_enums(client: TestClient) -> None:
    async with client.put("/api/v3/toys/-5/slots/top") as answer:
        assert await answer.json() == [-5, "top"]


async def test_a_text_parameter_may_hold_slashes_and_percent_signs(client: TestClient) -> None:
    from yarl import URL

    url = client.make_url("/").join(URL("/api/v3/toys/a%2Fb%25%20c", encoded=True))
    async with client.session.get(url, headers={"X-API-KEY": "root"}) as answer:
        assert await answer.json() == "a/b% c for root"


async def test_nothing_is_null_and_204_is_empty(client: TestClient) -> None:
    async with client.patch("/api/v3/toys/1") as answer:
        assert (answer.status, await answer.read()) == (200, b"null")
        assert answer.headers["Content-Type"] == "application/json"
    async with client.delete("/api/v3/toys/1") as answer:
        assert (answer.status, await answer.read()) == (204, b"")
        assert "Content-Type" not in answer.headers


async def test_scalars_are_bare_json(client: TestClient) -> None:
    assert await text(client, "/api/v3/toys/amount") == (200, "1.50")
    assert await text(client, "/api/v3/toys/ABCD") == (200, '"ABCD for root"')


async def test_ready_made_json_text_and_streams_pass_as_they_are(client: TestClient) -> None:
    assert await text(client, "/api/v3/toys/ready") == (200, '[{"code":"ABCD"}]')
    async with client.get("/api/v3/toys/AB/label") as answer:
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert await answer.text() == "Toy AB é"
    async with client.get("/api/v3/toys/stream") as answer:
        assert (answer.content_type, await answer.text()) == ("image/webp", "one two")


async def test_a_trailing_slash_is_accepted_everywhere(client: TestClient) -> None:
    assert (await text(client, "/api/v3/toys/amount/"))[0] == 200
    assert (await text(client, "/api/v3/toys/ABCD/"))[0] == 200
    assert (await text(client, "/docs/"))[0] == 200
    async with client.post("/api/v3/toys/", json=TOY) as answer:
        assert answer.status == 201


async def test_head_is_get_without_a_body(client: TestClient) -> None:
    async with client.head("/api/v3/toys/ABCD") as answer:
        assert (answer.status, await answer.read()) == (200, b"")
        assert answer.headers["Content-Length"] == "15"
    async with client.head("/api/v3/nowhere") as answer:
        assert (answer.status, await answer.read()) == (404, b"")


async def test_pages_are_capped_and_count_from_one(client: TestClient) -> None:
    async with client.get("/api/v3/toys?owner=1&page_size=5000&page_number=2") as answer:
        found = await answer.json()
        assert (found["page_size"], found["limit"], found["offset"]) == (5000, 100, 100)
    for wrong in ("page_number=0", "page_number=-1", "page_size=0", "page_number=9999999999"):
        found = await problem(client, "GET", f"/api/v3/toys?owner=1&{wrong}")
        assert (found["status"], found["extra"][0]["key"]) == (400, wrong.partition("=")[0])


async def test_page_size_zero_means_all_where_the_contract_says_so(client: TestClient) -> None:
    assert await text(client, "/api/v3/toys/every?page_size=0&page_number=3") == (200, "[null,0]")
    assert await text(client, "/api/v3/toys/every?page_size=20&page_number=3") == (200, "[20,40]")


# -- keys and scopes


@pytest.mark.parametrize(
    ("key", "path", "sentence"),
    [
        ("", "/api/v3/toys/amount", "Missing API key"),
        ("nonsense", "/api/v3/toys/amount", "Invalid API key"),
        ("r\u00f6\u00f6t", "/api/v3/toys/amount", "Invalid API key"),
        ("reader", "/api/v3/toys/amount", "This endpoint requires elevated privileges"),
        ("reader", "/api/v3/toys/ABCD", "Missing required scopes: toys:look"),
    ],
)
async def test_a_caller_without_the_right_is_told_why(
    client: TestClient, key: str, path: str, sentence: str
) -> None:
    found = await problem(client, "GET", path, headers={"X-API-KEY": key})
    assert (found["status"], found["error"], found["extra"]) == (401, sentence, None)


async def test_scopes_open_what_they_name_and_superusers_open_all(client: TestClient) -> None:
    for key, path in (
        ("reader", "/api/v3/toys?owner=1"),
        ("looker", "/api/v3/toys/A"),
        ("root", "/api/v3/toys/A"),
    ):
        assert (await text(client, path, headers={"X-API-KEY": key}))[0] == 200


async def test_a_public_route_needs_no_key(client: TestClient) -> None:
    assert await text(client, "/api/v3/toys/open", headers={"X-API-KEY": ""}) == (200, "true")


async def test_the_key_is_checked_before_the_input(client: TestClient) -> None:
    found = await problem(client, "POST", "/api/v3/toys", data=b"{", headers={"X-API-KEY": "reader"})
    assert found["status"] == 401


# -- problems


async def test_unknown_paths_and_methods_have_the_contracts_texts(client: TestClient) -> None:
    found = await problem(client, "GET", "/api/v3/nowhere")
    assert (found["status"], found["error"], found["type"]) == (404, "Not Found", "/docs/problems#not-found")
    found = await problem(client, "GET", "/api/v3/toys/abc/slots/top")
    assert found["status"] == 404
    async with client.options("/api/v3/toys/ABCD") as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
        assert (await answer.json())["error"] == "Method Not Allowed"
    async with client.request("TRACE", "/api/v3/toys/12") as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "DELETE, GET, HEAD, PATCH")


async def test_an_error_carries_its_slug_and_facts(client: TestClient) -> None:
    found = await problem(client, "GET", "/api/v3/toys/fail/missing")
    assert found.pop("request_id")
    assert found == {
        "type": "/docs/problems#not-found",
        "title": "Not found",
        "status": 404,
        "detail": "No such toy.",
        "code": "toy-not-found",
        "error": "No such toy.",
        "extra": {"code": "ABCD"},
    }


@pytest.mark.parametrize(("kind", "status", "wait"), [("busy", 429, "3"), ("away", 503, "7")])
async def test_what_a_later_try_heals_says_when(
    client: TestClient, kind: str, status: int, wait: str
) -> None:
    async with client.get(f"/api/v3/toys/fail/{kind}") as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (status, wait)
        assert answer.headers.get("RateLimit") == (f'"default";r=0;t={wait}' if status == 429 else None)


async def test_a_foreign_exception_is_translated(client: TestClient) -> None:
    found = await problem(client, "GET", "/api/v3/toys/fail/translated")
    assert (found["status"], found["error"]) == (409, "The shelf said no.")


async def test_an_http_exception_of_aiohttp_has_the_same_shape(client: TestClient) -> None:
    assert (await problem(client, "GET", "/api/v3/toys/fail/http"))["status"] == 410


@pytest.mark.parametrize("kind", ["broken", "late", "lost"])
async def test_a_defect_is_told_by_its_reference_only_and_logged_once(
    client: TestClient, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        found = await problem(client, "GET", f"/api/v3/toys/fail/{kind}")
    assert found["status"] == 500
    assert found["detail"] == f"Something broke. Reference {found['request_id']}"
    assert "secrets" not in str(found)
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1


async def test_an_answer_that_breaks_half_way_is_cut_and_never_mended(client: TestClient) -> None:
    from aiohttp import ClientPayloadError

    async with client.get("/api/v3/toys/half-stream") as answer:
        with pytest.raises(ClientPayloadError):
            await answer.read()


async def test_health_is_true_or_503(client: TestClient, shelf: toys.Shelf) -> None:
    assert await text(client, "/healthcheck", headers={"X-API-KEY": ""}) == (200, "true")
    shelf.healthy = False
    async with client.get("/healthcheck") as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
        found = await answer.json()
        assert found["error"] == "Health check failed."
        assert "away" not in found["detail"]


# -- headers and identity


async def test_every_answer_is_uncached_unsniffed_and_nameless(client: TestClient) -> None:
    for path in ("/api/v3/toys/amount", "/api/v3/nowhere", "/api/v3/toys/fail/broken", "/api/v3/toys/stream"):
        async with client.get(path) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "Server" not in answer.headers
            assert not [name for name in answer.headers if name.startswith("Access-Control")]


async def test_a_sane_request_id_is_kept_and_another_is_replaced(client: TestClient) -> None:
    for given, kept in (("abc-123_X.y", True), ("short", False), ("has space", False), ("x" * 65, False)):
        async with client.get("/api/v3/toys/amount", headers={"X-Request-Id": given}) as answer:
            assert (answer.headers["X-Request-Id"] == given) is kept
            assert re.fullmatch(r"[\w.-]{8,64}", answer.headers["X-Request-Id"])


async def test_a_trace_gives_the_request_its_id(client: TestClient) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    parent = f"00-{trace}-00f067aa0ba902b7-01"
    async with client.get("/api/v3/toys/amount", headers={"traceparent": parent}) as answer:
        assert answer.headers["X-Request-Id"] == trace
    async with client.get("/api/v3/toys/amount", headers={"traceparent": f"00-{'0' * 32}-x-01"}) as answer:
        assert answer.headers["X-Request-Id"] != "0" * 32


async def test_an_etag_spares_the_body(client: TestClient) -> None:
    async with client.get("/api/v3/toys/ready") as first:
        tag = first.headers["ETag"]
        assert first.headers["Cache-Control"] == "private, no-cache"
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        async with client.get("/api/v3/toys/ready", headers={"If-None-Match": known}) as answer:
            assert (answer.status, await answer.read()) == (304, b"")
            assert answer.headers["ETag"] == tag
    async with client.get("/api/v3/toys/ready", headers={"If-None-Match": '"other"'}) as answer:
        assert answer.status == 200


async def test_requests_are_counted_by_route_and_never_by_path(client: TestClient) -> None:
    def count(route: str, method: str = "GET", status: str = "200") -> float:
        labels = {"method": method, "route": route, "status": status}
        return REGISTRY.get_sample_value("genji_http_request_seconds_count", labels) or 0

    before = count("/api/v3/toys/{code}"), count("none", "OTHER", "404"), count("none", "GET", "404")
    await text(client, "/api/v3/toys/AAAA")
    await text(client, "/api/v3/toys/BBBB")
    await text(client, "/api/v3/other/BBBB")
    async with client.request("PROPFIND", "/coffee"):
        pass
    after = count("/api/v3/toys/{code}"), count("none", "OTHER", "404"), count("none", "GET", "404")
    assert [new - old for new, old in zip(after, before, strict=True)] == [2, 1, 1]
    assert REGISTRY.get_sample_value("genji_http_requests_in_flight") == 0


async def test_a_request_is_one_line_without_its_query(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="genjilib.web.app"):
        await text(client, "/api/v3/toys/fail/missing?token=hush%0d%0aforged")
        await text(client, "/api/v3/toys/a%0d%0ab")
    lines = [record.getMessage() for record in caplog.records if record.name == "genjilib.web.app"]
    assert len(lines) == 2
    assert "hush" not in lines[0]
    assert "toy-not-found" in lines[0]
    assert "fail" in lines[0]
    assert "\r" not in lines[1]
    assert "%0D%0A" in lines[1]


# -- uploads


async def test_a_form_becomes_a_struct_with_its_file(client: TestClient) -> None:
    form = FormData()
    form.add_field("data", b"x" * 50_000, filename="a.png", content_type="image/png")
    form.add_field("stars", "5")
    form.add_field("unknown", "ignored")
    async with client.post("/api/v3/toys/picture", data=form) as answer:
        assert (answer.status, await answer.text()) == (201, "a.png 50000 untitled 5")


async def test_a_file_beyond_the_limit_is_413(client: TestClient) -> None:
    form = FormData()
    form.add_field("data", b"x" * 200_000, filename="a.png")
    assert (await problem(client, "POST", "/api/v3/toys/picture", data=form))["status"] == 413


async def test_a_form_of_many_chunks_is_counted_while_it_arrives(client: TestClient) -> None:
    async def parts() -> Any:
        yield b'--b\r\nContent-Disposition: form-data; name="data"; filename="a"\r\n\r\n'
        for _ in range(100):
            yield b"x" * 5_000
        yield b"\r\n--b--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    found = await problem(client, "POST", "/api/v3/toys/picture", data=parts(), headers=headers)
    assert found["status"] == 413


@pytest.mark.parametrize(
    ("body", "kind", "key"),
    [
        (b"{}", "application/json", "Content-Type"),
        (b"nonsense", "multipart/form-data; boundary=b", ""),
        (b"nonsense", "multipart/form-data", ""),
        (b"--b\r\n\r\nx\r\n--b--\r\n", "multipart/form-data; boundary=b", "data"),
        (
            b'--b\r\nContent-Disposition: form-data; name="data"\r\n\r\nx\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            "data",
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nx\0\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            "title",
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\n\xff\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            "",
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="data"; filename="x"\r\n\r\nhalf',
            "multipart/form-data; boundary=b",
            "",
        ),
        (
            b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n--b--\r\n",
            "multipart/form-data; boundary=b",
            "",
        ),
    ],
)
async def test_a_wrong_form_is_a_400_that_says_where(
    client: TestClient, body: bytes, kind: str, key: str
) -> None:
    found = await problem(client, "POST", "/api/v3/toys/picture", data=body, headers={"Content-Type": kind})
    assert (found["status"], found["extra"][0]["key"]) == (400, key)
