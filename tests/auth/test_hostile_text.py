"""Whatever stands in the texts of a request, no route breaks and no text is read as SQL."""

import inspect
import re
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from genjilib.web.routes import Route
from runners.api import ROUTES
from tests.api import PREFIX, Api
from tests.newsfeed.test_newsfeed import entry

HOSTILE = (
    "' or 1=1 --",
    "'; drop table core.users; --",
    '" union select * from public.api_tokens --',
    "1); select pg_sleep(9); --",
    "${jndi:ldap://a.example}",
    "{{7*7}}",
    "%s%n%(x)s:user_id$1",
    "../../../../etc/passwd",
    "<script>alert(1)</script>",
    "\\'; select 1; --",
    "null",
    "\ufeff\u202e\u0000"[:2],
    "🐉" * 200,
    "a" * 5000,
)

QUERY = ("code", "difficulty", "archived", "type", "page_size", "unread_only", "search")


def path_of(route: Route, text: str, numbers: str = "1") -> str:
    filled = re.sub(r"\{\w+:int\}", numbers, route.path)
    return re.sub(r"\{\w+\}", lambda _: quote(text, safe=""), filled).removeprefix(PREFIX)


def bodies(user_id: int, text: str) -> dict[str, Any]:
    """For each route with texts a body that holds this one wherever a text may stand."""
    return {
        "/api/v3/auth/register": {"email": text, "password": text, "username": text},
        "/api/v3/auth/verify-email": {"token": text},
        "/api/v3/auth/login": {"email": text, "password": text},
        "/api/v3/users": {"id": user_id + 1, "global_name": text, "nickname": text},
        "/api/v3/users/{user_id:int}": {"global_name": text, "nickname": text},
        "/api/v3/users/{user_id:int}/overwatch": {"usernames": [{"username": text, "is_primary": True}]},
        "/api/v3/internal/jobs/{job_id}": {"status": "failed", "error_code": text, "error_msg": text},
        "/api/v3/notifications/events": {
            "user_id": user_id,
            "event_type": "rank_up",
            "title": text,
            "body": text,
            "discord_message": text,
            "metadata": {text: [text]},
        },
        "/api/v3/notifications/events/{event_id:int}/delivery-result": {
            "channel": "web",
            "status": "failed",
            "error_message": text,
        },
        "/api/v3/change-requests": {
            "thread_id": 1,
            "user_id": user_id,
            "code": text,
            "content": text,
            "change_request_type": "Other",
            "creator_mentions": text,
        },
        "/api/v3/utilities/log": {
            "command_name": text,
            "user_id": user_id,
            "created_at": "2026-01-02T03:04:05Z",
            "namespace": {text: [text]},
        },
        "/api/v3/utilities/log-map-click": {"code": "AAAA", "ip_address": text, "user_id": user_id},
        "/api/v3/newsfeed": entry(
            "map_edit", reason=text, changes=[{"field": text, "old": text, "new": [text]}]
        ),
        "/api/v3/lootbox/users/{user_id:int}/xp": {"amount": 1, "type": "Other", "reason": text},
        "/api/v3/maps": {
            "code": text,
            "map_name": text,
            "category": text,
            "creators": [{"id": user_id, "is_primary": True}],
            "checkpoints": 1,
            "difficulty": text,
            "mechanics": [text],
            "title": text,
            "description": text,
            "guide_url": text,
        },
        "/api/v3/completions": {
            "code": text,
            "user_id": user_id,
            "time": 1,
            "screenshot": text,
            "video": text,
        },
        "/api/v3/completions/{record_id:int}": {"legacy_medal": text},
        "/api/v3/completions/{record_id:int}/verification": {
            "verified_by": user_id,
            "verified": False,
            "reason": text,
        },
    }


def takes_text(route: Route, bodies: dict[str, Any]) -> bool:
    """Whether a text gets anywhere in a route: by its path, its query or its body."""
    asks = "query" in inspect.signature(route.handler).parameters
    in_body = route.method != "GET" and route.path in bodies
    return str in route.parameters.values() or (asks and route.method == "GET") or in_body


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_hostile_text_breaks_no_route(api: Api, text: str) -> None:
    user_id = api.add_user()
    api.add_run(user_id, api.add_map(), 10)
    given = bodies(user_id, text)
    taking = [route for route in ROUTES if takes_text(route, given)]
    # The others see the same request whatever the text.
    for route in ROUTES if text == HOSTILE[0] else taking:
        query = dict.fromkeys(QUERY, text)
        options: dict[str, Any] = (
            {"params": query} if route.method == "GET" else {"json": given.get(route.path, {})}
        )
        answer = await api.ask(route.method, path_of(route, text), **options)
        assert answer.status < 500, (route, answer.raw)
    assert api.value("select count(*) from core.users where id = %s", user_id) == 1


async def test_a_text_that_is_kept_is_kept_as_it_was(api: Api) -> None:
    user_id = api.add_user()
    for text in (text for text in HOSTILE if len(text) <= 100):
        answer = await api.patch(f"/users/{user_id}", {"nickname": text})
        assert answer.status == 200, text
        assert (await api.get(f"/users/{user_id}")).json["nickname"] == text


@pytest.mark.parametrize(
    "number", ["0", "-1", "2147483648", "9223372036854775807", "99999999999999999999", "007"]
)
async def test_no_number_in_a_path_breaks_a_route(api: Api, number: str) -> None:
    body = bodies(api.add_user(), "x")
    for route in [route for route in ROUTES if int in route.parameters.values()]:
        options = {} if route.method == "GET" else {"json": body.get(route.path, {"enabled": True})}
        path = path_of(route, str(UUID(int=1)), number)
        answer = await api.ask(route.method, path, **options)
        assert answer.status < 500, (route, answer.raw)
