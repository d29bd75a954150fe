"""The route table refuses what could not work, and finds what was asked for."""

import functools
from typing import Any

import pytest
from aiohttp import web

from genjilib.core.principal import Principal
from genjilib.web.binding import Endpoint
from genjilib.web.bodies import Limits
from genjilib.web.router import Router
from genjilib.web.routes import BadRoute, Route, Shown, delete, get, patch, post, put

from . import toys


async def plain() -> None: ...


async def other() -> None: ...


async def with_code(code: str) -> None: ...


async def unknown(code: str, cache: object) -> None: ...


async def bare(code) -> None: ...  # type: ignore[no-untyped-def]


async def unresolved(code: "Nowhere") -> None: ...  # type: ignore[name-defined]  # noqa: F821


async def bad_query(query: dict[str, str]) -> None: ...


async def with_body(body: int) -> None: ...


async def with_caller(who: Principal) -> None: ...


def not_async() -> None: ...


def bind(route: Route) -> Endpoint:
    return Endpoint(route, {"db": object()}, Limits(1000, 1000, 1.0))


def find(routes: list[Route], method: str, path: str) -> tuple[str | None, list[str], set[str]]:
    router: Router[str] = Router()
    for route in routes:
        router.add(route, route.path)
    match = router.find(method, path)
    return match.target, match.values, match.allowed


def test_each_method_has_its_success_code() -> None:
    rows = [get("/a", plain), post("/a", plain), put("/a", plain), patch("/a", plain), delete("/a", plain)]
    assert [row.status for row in rows] == [200, 201, 200, 200, 204]
    assert post("/a", plain, status=202).status == 202


def test_a_row_knows_where_its_handler_is() -> None:
    row = get("/a", plain)
    assert row.file == __file__
    assert row.line == plain.__code__.co_firstlineno
    assert row.name == f"{row.domain}.plain"


def test_the_domain_of_a_route_is_the_package_of_its_handler() -> None:
    async def leaderboard() -> None: ...

    leaderboard.__module__ = "genjilib.raids.players.api"
    assert get("/a", leaderboard).name == "raids.players.leaderboard"


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: get("/a", not_async), "not a coroutine function"),
        (lambda: get("a", plain), "does not start with a slash"),
        (lambda: get("/a/{b:float}", plain), "'{b:float}' is not a parameter"),
        (lambda: get("/a/x{b}", plain), "'x{b}' is not a parameter"),
        (lambda: get("/{a}/{a}", plain), "occurs twice"),
        (lambda: get("/a", plain, public=True, scopes=["x"]), "asks for no scopes"),
        (lambda: post("/a", plain, etag=True), "only GET"),
        (lambda: post("/a", plain, max_age=5), "only GET"),
        (lambda: post("/a", plain, together=True), "only GET"),
        (lambda: bind(get("/a", with_caller, together=True)), "what depends on who asks is not shared"),
        (lambda: get("/a", plain, max_age_with=("n", 5)), "needs a max_age"),
        (lambda: get("/a", plain, changes=Shown(plain, plain)), "GET changes nothing"),
        (lambda: bind(post("/a", plain, changes=Shown(with_code, plain))), "with_code takes code as well"),
        (lambda: bind(get("/{code}", unknown)), "nobody can supply the parameter cache"),
        (lambda: bind(get("/{code}", plain)), "does not take code"),
        (lambda: bind(get("/", with_code)), "nobody can supply the parameter code"),
        (lambda: bind(get("/{code}", bare)), "no annotation on code"),
        (lambda: bind(get("/{code}", unresolved)), "cannot be looked up"),
        (lambda: bind(get("/", bad_query)), "nobody can supply the parameter query"),
        (lambda: bind(get("/", with_body)), "nobody can supply the parameter body"),
        (lambda: bind(get("/", with_caller, public=True)), "nobody can supply the parameter who"),
    ],
)
def test_a_mistake_in_a_row_is_an_error_at_start_that_names_the_place(make: Any, sentence: str) -> None:
    with pytest.raises(BadRoute) as error:
        make()
    assert sentence in str(error.value)
    assert f"{__file__}:" in str(error.value)


def test_two_rows_for_one_method_and_pattern_are_refused() -> None:
    router: Router[int] = Router()
    router.add(get("/maps/{code}", with_code), 1)
    router.add(get("/maps/{code:int}", with_code), 2)
    with pytest.raises(BadRoute, match=r"(?s)GET /maps/\{name\}.*is there already.*GET /maps/\{code\}"):
        router.add(get("/maps/{name}", other), 3)


def test_literals_win_over_numbers_and_numbers_over_text() -> None:
    rows = [get("/maps/{code}", with_code), get("/maps/{n:int}", plain), get("/maps/mastery", plain)]
    assert find(rows, "GET", "/maps/mastery") == ("/maps/mastery", [], {"GET"})
    assert find(rows, "GET", "/maps/12")[:2] == ("/maps/{n:int}", ["12"])
    assert find(rows, "GET", "/maps/-12")[:2] == ("/maps/{n:int}", ["-12"])
    assert find(rows, "GET", "/maps/1A2B")[:2] == ("/maps/{code}", ["1A2B"])


def test_a_dead_end_is_left_for_another_way() -> None:
    rows = [
        get("/c/{code}/legacy", with_code),
        patch("/c/{id:int}", plain),
        get("/c/{code}", with_code),
        get("/c/{id:int}/submission", plain),
        put("/c/all/deep", plain),
    ]
    assert find(rows, "GET", "/c/12345/legacy")[:2] == ("/c/{code}/legacy", ["12345"])
    assert find(rows, "GET", "/c/12345")[:2] == ("/c/{code}", ["12345"])
    assert find(rows, "PATCH", "/c/12345")[:2] == ("/c/{id:int}", ["12345"])
    assert find(rows, "GET", "/c/all/legacy")[:2] == ("/c/{code}/legacy", ["all"])


def test_every_method_of_every_fitting_pattern_is_allowed() -> None:
    rows = [patch("/c/{id:int}", plain), get("/c/{code}", with_code)]
    assert find(rows, "PUT", "/c/12345") == (None, [], {"PATCH", "GET"})
    assert find(rows, "PUT", "/c/ABC") == (None, [], {"GET"})


@pytest.mark.parametrize("path", ["/", "/c", "/c//", "//c/A", "/c/A/B", "/C/A"])
def test_other_paths_find_nothing(path: str) -> None:
    assert find([get("/c/{code}", with_code)], "GET", path) == (None, [], set())


def test_the_toys_all_bind() -> None:
    router: Router[Endpoint] = Router()
    for route in toys.routes:
        router.add(route, bind(route))
    assert router.find("GET", "/api/v3/toys/every").target


def test_a_wrapped_handler_is_found_where_it_is_written() -> None:
    @functools.wraps(plain)
    async def wrapper() -> web.Response:
        return web.Response()

    assert get("/a", wrapper).line == plain.__code__.co_firstlineno
