"""Whatever a client sends, the answer is a 400 that names each mistake, or a success; never a 500."""

import json
from typing import Annotated, Any, Literal, NewType

import msgspec
import pytest
from aiohttp.test_utils import TestClient
from hypothesis import HealthCheck, given, settings, strategies
from yarl import URL

from genjilib.web.decode import BodyDecoder, QueryDecoder
from genjilib.web.mistakes import SHOWN, Mistakes

from .test_app import TOY, problem
from .toys import Toy, ToySearch

quick = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def mistakes(decode: Any, raw: Any) -> list[tuple[str, str]]:
    with pytest.raises(Mistakes) as error:
        decode(raw)
    return [(each.key, each.message) for each in error.value.found]


# -- bodies


async def test_a_wrong_body_names_the_request_and_the_place(client: TestClient) -> None:
    found = await problem(client, "POST", "/api/v3/toys", json={**TOY, "price": "free"})
    assert (found["status"], found["code"]) == (400, "validation-failed")
    assert found["error"] == "Validation failed for POST /api/v3/toys"
    assert found["extra"] == [{"message": "Expected `float`, got `str`", "key": "price", "source": "body"}]


def test_all_mistakes_of_a_body_are_told_at_once() -> None:
    raw = b"""{"code": "abc", "creators": [{"id": "1"}, {"id": 2, "is_primary": 3}, {"id": 3,
               "is_primary": true}], "medal": "Tin", "built": "yesterday"}"""
    assert mistakes(BodyDecoder(Toy), raw) == [
        ("code", "Expected `str` matching regex '^[A-Z0-9]{4,6}$'"),
        ("price", "Object missing required field `price`"),
        ("creators[0].id", "Expected `int`, got `str`"),
        ("creators[0].is_primary", "Object missing required field `is_primary`"),
        ("creators[1].is_primary", "Expected `bool`, got `int`"),
        ("medal", "Invalid enum value 'Tin'"),
        ("built", "Invalid RFC3339 encoded datetime"),
    ]


class Deep(msgspec.Struct):
    names: dict[str, list[int]]
    pair: tuple[int, str]
    few: Annotated[list[int], msgspec.Meta(max_length=2)]
    either: Annotated[int | None, msgspec.Meta(description="a number")]
    many: tuple[Annotated[int, msgspec.Meta(ge=0)], ...] = ()
    child: "Deep | msgspec.UnsetType | None" = msgspec.UNSET
    number: NewType("Number", int) = 0  # type: ignore[valid-type]
    renamed: int = msgspec.field(default=0, name="other")


def test_mistakes_are_found_in_dicts_tuples_unions_and_children() -> None:
    child = {"names": {}, "pair": [1], "few": [1, 2, 3], "either": None}
    value = {
        "names": {"a": [1, "x"], "b": 3},
        "pair": ["x", "y"],
        "few": [1, 2],
        "either": "x",
        "many": [1, -1, "x"],
        "child": child,
        "number": "x",
        "other": "x",
    }
    assert mistakes(BodyDecoder(Deep), json.dumps(value).encode()) == [
        ("names.a[1]", "Expected `int`, got `str`"),
        ("names.b", "Expected `array`, got `int`"),
        ("pair[0]", "Expected `int`, got `str`"),
        ("either", "Expected `int | null`, got `str`"),
        ("many[1]", "Expected `int` >= 0"),
        ("many[2]", "Expected `int`, got `str`"),
        ("child.pair", "Expected `array` of length 2, got 1"),
        ("child.few", "Expected `array` of length <= 2"),
        ("number", "Expected `int`, got `str`"),
        ("other", "Expected `int`, got `str`"),
    ]


class Red(msgspec.Struct, tag="red"):
    warmth: int


class Blue(msgspec.Struct, tag="blue"):
    depth: int
    names: list[str]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"type": "blue", "depth": "x"}, ["depth", "names"]),
        ({"type": "green"}, ["type"]),
        ({}, [""]),
        ([], [""]),
        (None, [""]),
    ],
)
def test_a_tag_decides_what_the_mistakes_of_a_union_are(value: Any, found: list[str]) -> None:
    raw = msgspec.json.encode(value)
    assert [key for key, _ in mistakes(BodyDecoder(Red | Blue), raw)] == found


class Checked(msgspec.Struct):
    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("low is above high")


def test_a_rule_across_fields_is_a_mistake_of_the_whole() -> None:
    assert mistakes(BodyDecoder(list[Checked]), b'[{"low":2,"high":1}]') == [("[0]", "low is above high")]


def test_no_more_than_so_many_mistakes_are_told() -> None:
    assert len(mistakes(BodyDecoder(list[int]), b"[" + b'"x",' * 5000 + b"1]")) == SHOWN


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "A JSON body is required"),
        (b"{", "Input data was truncated"),
        (b'{"a":1}}', "JSON is malformed: trailing characters (byte 7)"),
        (b"NaN", "JSON is malformed: invalid character (byte 0)"),
        (b'{"a":-Infinity}', "JSON is malformed: invalid character (byte 6)"),
        (b'{"a":1e400}', "Number out of range"),
        (b'"\\ud800 and more"', "JSON is malformed"),
        (b'"\\udc00\\ud800"', "JSON is malformed: invalid utf-16 surrogate pair (byte 12)"),
        (b'"\xff"', "Text is not valid UTF-8"),
        (b'"\xed\xa0\x80"', "Text is not valid UTF-8"),
        (b"[" * 100_000 + b"]" * 100_000, "JSON is nested too deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "JSON is nested too deeply"),
        (b'"a\\u0000b"', "Text must not contain the NUL character"),
        (b'{"a\\u0000b":1}', "Text must not contain the NUL character"),
        (b"9223372036854775808", "Number does not fit in 64 bits"),
        (b"[-9223372036854775809]", "Number does not fit in 64 bits"),
        (b"1" * 5000, "Integer value out of range"),
    ],
)
def test_json_that_cannot_be_kept_is_refused(raw: bytes, message: str) -> None:
    for wanted in (Any, object):
        found = mistakes(BodyDecoder(wanted), raw)
        assert found[0][1].startswith(message.partition(" (byte")[0])


def test_json_at_the_edge_is_kept() -> None:
    raw = (
        b'["\\\\u0000", 9223372036854775807, -9223372036854775808, "99999999999999999999", "\\ud83d\\ude00"]'
    )
    assert BodyDecoder(list[Any])(raw) == ["\\u0000", 2**63 - 1, -(2**63), "9" * 20, "\U0001f600"]


def test_what_cannot_be_kept_is_named_by_its_place() -> None:
    raw = b'{"code":"ABCD","price":1,"creators":[],"notes":{"a":[{"b":"\\u0000"}],"n":99999999999999999999}}'
    assert mistakes(BodyDecoder(Toy), raw) == [
        ("notes.a[0].b", "Text must not contain the NUL character"),
        ("notes.n", "Number does not fit in 64 bits"),
    ]


def test_a_body_may_be_optional() -> None:
    assert BodyDecoder(Toy | None)(b"null") is None


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_another_content_type_is_refused(client: TestClient, kind: str) -> None:
    found = await problem(client, "POST", "/api/v3/toys", data=b"{}", headers={"Content-Type": kind})
    assert (found["status"], found["extra"][0]["source"], found["extra"][0]["key"]) == (
        400,
        "header",
        "Content-Type",
    )


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/merge-patch+json"])
async def test_json_goes_by_several_names(client: TestClient, kind: str) -> None:
    async with client.post("/api/v3/toys/loose", data=b"[1]", headers={"Content-Type": kind}) as answer:
        assert await answer.json() == [1]


async def test_a_compressed_body_is_refused_unread(client: TestClient) -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    found = await problem(client, "POST", "/api/v3/toys", data=b"\x1f\x8b", headers=headers)
    assert (found["status"], found["extra"][0]["key"]) == (400, "Content-Encoding")


async def test_mistakes_of_path_query_and_body_come_together(client: TestClient) -> None:
    found = await problem(client, "PUT", "/api/v3/toys/99999999999999999999/slots/middle")
    assert [(each["source"], each["key"]) for each in found["extra"]] == [
        ("path", "toy_id"),
        ("path", "slot"),
    ]


# -- queries


def test_all_mistakes_of_a_query_are_told_at_once() -> None:
    url = URL("/?medals=Tin&medals=Gold&archived=perhaps&cheapest=nan&type=none&page_size=1&page_size=2")
    assert mistakes(QueryDecoder(ToySearch), url) == [
        ("page_size", "Given 2 times, expected once"),
        ("owner", "Object missing required field `owner`"),
        ("medals[0]", "Invalid enum value 'Tin'"),
        ("archived", "Expected `bool | null`, got `str`"),
        ("type", "Invalid enum value 'none'"),
    ]


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("owner=1&owner=2", "owner"),
        ("owner=9223372036854775808", "owner"),
        ("owner=" + "9" * 5000, "owner"),
        ("owner=1&cheapest=nan", "cheapest"),
        ("owner=1&cheapest=-Infinity", "cheapest"),
        ("owner=1&cheapest=1e999", "cheapest"),
        ("owner=", "owner"),
        ("owner=1.5", "owner"),
        ("", "owner"),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused(query: str, key: str) -> None:
    assert [found for found, _ in mistakes(QueryDecoder(ToySearch), URL("/?" + query))] == [key]


class Texts(msgspec.Struct):
    name: str = "none"
    names: list[str] = []
    limit: Literal[1, 3, 5] = 1
    flag: bool = False
    maybe: int | None = 7


def test_text_of_a_query_is_read_as_it_is_meant() -> None:
    decode = QueryDecoder(Texts)
    found = decode(URL("/?name=null&names=1&names=nan&limit=3&flag=1&maybe=null"))
    assert found == Texts(name="null", names=["1", "nan"], limit=3, flag=True, maybe=None)
    assert decode(URL("/")) == Texts()


def test_a_nul_in_a_query_is_refused() -> None:
    assert [key for key, _ in mistakes(QueryDecoder(Texts), URL("/?names=a&names=b%00"))] == ["names[1]"]


async def test_a_nul_in_a_path_is_refused(client: TestClient) -> None:
    found = await problem(client, "GET", "/api/v3/toys/AB%00C")
    assert (found["status"], found["extra"][0]["key"]) == (400, "code")


async def test_too_many_query_keys_are_refused(client: TestClient) -> None:
    found = await problem(client, "GET", "/api/v3/toys?" + "a=&" * 300)
    assert found["status"] == 400


# -- anything at all

plain = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers()
    | strategies.floats()
    | strategies.text()
    | strategies.sampled_from(["ABCD", "Gold", "2024-01-01T00:00:00Z", "wind", "\0", "\ud800"]),
    lambda inner: (
        strategies.lists(inner, max_size=4)
        | strategies.dictionaries(
            strategies.sampled_from([*Toy.__struct_fields__, "id", "is_primary", "type", "turns", "volts"])
            | strategies.text(max_size=3),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@quick
@given(plain)
async def test_no_json_is_a_500(client: TestClient, value: Any) -> None:
    raw = json.dumps(value, ensure_ascii=True).encode()
    for path in ("/api/v3/toys", "/api/v3/toys/power", "/api/v3/toys/loose"):
        async with client.post(path, data=raw, headers={"Content-Type": "application/json"}) as answer:
            assert answer.status in (201, 202, 400), (path, raw, await answer.text())


@quick
@given(strategies.binary(max_size=200))
async def test_no_bytes_are_a_500(client: TestClient, raw: bytes) -> None:
    async with client.post(
        "/api/v3/toys/loose", data=raw, headers={"Content-Type": "application/json"}
    ) as answer:
        assert answer.status in (201, 400), (raw, await answer.text())


names = strategies.sampled_from(
    ["owner", "medals", "archived", "cheapest", "type", "page_size", "page_number"]
)
texts = strategies.text(alphabet=strategies.characters(codec="utf-8"), max_size=30) | strategies.sampled_from(
    ["1", "-1", "0", "true", "null", "nan", "1e5", "Gold", "own", "99999999999999999999", "\0"]
)


@quick
@given(strategies.lists(strategies.tuples(names, texts), max_size=8))
async def test_no_query_is_a_500(client: TestClient, pairs: list[tuple[str, str]]) -> None:
    async with client.get("/api/v3/toys", params=pairs) as answer:
        assert answer.status in (200, 400), (pairs, await answer.text())


@quick
@given(strategies.text(alphabet=strategies.sampled_from("ab/%02FE.;?#&=+é\n "), max_size=20))
async def test_no_path_is_a_500(client: TestClient, path: str) -> None:
    url = client.make_url("/").join(URL("/api/v3/toys/" + path.replace("#", ""), encoded=False))
    async with client.session.get(url, headers={"X-API-KEY": "root"}) as answer:
        assert answer.status in (200, 400, 404), (path, await answer.text())
