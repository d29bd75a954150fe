"""Who may call what: every route of the table, with every kind of key."""

import re
from uuid import UUID

import pytest

from genjilib.auth import keys
from genjilib.core import clock
from genjilib.web.routes import Route
from runners.api import ROUTES
from tests.api import PREFIX, Answer, Api

SCOPES = {
    "GET /api/v3/maps": ["maps:read"],
    "POST /api/v3/maps": ["maps:write"],
    "GET /api/v3/maps/mastery": ["maps:read"],
    "POST /api/v3/maps/mastery": ["maps:write"],
    "PATCH /api/v3/maps/archive": ["maps:write"],
    "GET /api/v3/maps/trending": ["maps:read"],
    "POST /api/v3/maps/link-codes": ["maps:write"],
    "DELETE /api/v3/maps/link-codes": ["maps:write"],
    "GET /api/v3/maps/{code}": ["maps:read"],
    "PATCH /api/v3/maps/{code}": ["maps:write"],
    "GET /api/v3/maps/{code}/plot": ["maps:read"],
    "GET /api/v3/maps/{code}/guides": ["maps:read"],
    "POST /api/v3/maps/{code}/guides": ["maps:write"],
    "PATCH /api/v3/maps/{code}/guides/{user_id:int}": ["maps:write"],
    "DELETE /api/v3/maps/{code}/guides/{user_id:int}": ["maps:write"],
    "GET /api/v3/maps/{code}/affected": ["maps:read"],
    "POST /api/v3/maps/{code}/legacy": ["maps:write"],
    "PATCH /api/v3/maps/{code}/release-code": ["maps:write"],
    "POST /api/v3/maps/{code}/quality": ["maps:admin"],
    "POST /api/v3/maps/{code}/playtest": ["maps:write"],
    "GET /api/v3/maps/{code}/exists": ["maps:read"],
    "GET /api/v3/maps/{code}/partial": ["maps:read"],
    "GET /api/v3/utilities/map-names": ["maps:read"],
    "GET /api/v3/utilities/autocomplete/names": ["maps:read"],
    "GET /api/v3/completions": ["completions:read"],
    "GET /api/v3/completions/world-records": ["completions:read"],
    "GET /api/v3/completions/{code}": ["completions:read"],
}
"""What the contract asks for; all other routes are for superusers, but those of the raids."""

VALUES = {"code": "AAAA", "job_id": str(UUID(int=1)), "event_type": "rank_up", "channel": "web"}
ELEVATED = "This endpoint requires elevated privileges"


def path_of(route: Route) -> str:
    """The path below /api/v3 with something in the place of each parameter."""
    filled = re.sub(r"\{(\w+)(:\w+)?\}", lambda found: VALUES.get(found[1], "1"), route.path)
    return filled.removeprefix(PREFIX)


async def call(api: Api, route: Route, key: str | None) -> Answer:
    body = {} if route.method == "GET" else {"json": {}}
    return await api.ask(route.method, path_of(route), key=key, **body)


async def new_key(api: Api, *scopes: str) -> str:
    created = await keys.create_key(api.db, name="some", scopes=scopes, superuser=False, expires_at=None)
    api.sql.execute("update public.api_tokens set last_used_at = now()")
    return created.key


def test_every_route_asks_for_the_scopes_of_the_contract() -> None:
    asked = {f"{route.method} {route.path}": list(route.scopes) for route in ROUTES if route.scopes}
    raids = {name: scopes for name, scopes in asked.items() if "/api/v3/raids/" in name}
    assert set(map(tuple, raids.values())) == {("raids:read",), ("raids:private",), ("raids:admin",)}
    assert asked == SCOPES | raids
    assert [route for route in ROUTES if route.public] == []


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        (None, "Missing API key"),
        ("genji_live_0123abcd_wrong", "Invalid API key"),
        ("' or true --", "Invalid API key"),
        ("schlüssel", "Invalid API key"),
    ],
)
async def test_no_route_opens_without_a_known_key(api: Api, key: str | None, sentence: str) -> None:
    before = api.fingerprint()
    for route in ROUTES:
        answer = await call(api, route, key)
        assert (answer.status, answer.json["error"]) == (401, sentence), route
    assert api.fingerprint() == before


async def test_no_route_opens_to_a_key_without_its_scope(api: Api) -> None:
    key = await new_key(api, "content:admin")
    before = api.fingerprint()
    for route in ROUTES:
        answer = await call(api, route, key)
        wanted = f"Missing required scopes: {', '.join(route.scopes)}" if route.scopes else ELEVATED
        assert (answer.status, answer.json["error"]) == (401, wanted), route
    assert api.fingerprint() == before


async def test_a_key_with_its_scopes_opens_their_routes_and_no_other(api: Api) -> None:
    raids = ("raids:read", "raids:private", "raids:admin")
    key = await new_key(api, "maps:read", "maps:write", "maps:admin", "completions:read", *raids)
    for route in ROUTES:
        answer = await call(api, route, key)
        assert (answer.status != 401) == bool(route.scopes), (route, answer.raw)


async def test_a_superusers_key_opens_every_route(api: Api) -> None:
    for route in ROUTES:
        answer = await call(api, route, api.key)
        assert answer.status != 401, route
        assert answer.status < 500, (route, answer.raw)


async def test_a_revoked_or_expired_key_opens_nothing(api: Api) -> None:
    key = await new_key(api, "maps:read")
    assert (await api.ask("GET", "/maps", key=key)).status == 200
    for change in ("revoked_at = now()", "revoked_at = null, expires_at = now()"):
        api.sql.execute(f"update public.api_tokens set {change} where not is_superuser".encode())
        (await api.ask("GET", "/maps", key=key)).refused(401, "invalid-key")


async def test_a_scope_taken_away_is_missed_by_the_next_request(api: Api) -> None:
    key = await new_key(api, "maps:read", "completions:read")
    assert (await api.ask("GET", "/maps", key=key)).status == 200
    api.sql.execute("update public.api_tokens set scopes = '{completions:read}' where not is_superuser")
    (await api.ask("GET", "/maps", key=key)).refused(401, "missing-scopes")


async def test_a_key_in_use_is_looked_up_once_a_second(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(clock, "monotonic", lambda: now)
    key = await new_key(api, "maps:read")
    known = keys.KnownKeys(api.db)
    assert await known("genji_unknown") is None
    first = await known(key)
    assert first is not None
    assert first.scopes == {"maps:read"}
    api.sql.execute("update public.api_tokens set revoked_at = now() where not is_superuser")
    now += keys.KEY_LIFE / 2
    assert await known(key) is first
    now += keys.KEY_LIFE / 2
    assert await known(key) is None
    api.sql.execute("update public.api_tokens set revoked_at = null where not is_superuser")
    assert await known(key) == first
