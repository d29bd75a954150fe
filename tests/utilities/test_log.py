"""POST /utilities/log and log-map-click: what is counted of the use of bot and website."""

import asyncio
import hashlib
import hmac

from pydantic import SecretStr

from tests import contract
from tests.api import SECRET, Answer, Api, api_on

COMMAND = {
    "command_name": "completions submit",
    "user_id": 5,
    "created_at": "2026-01-02T03:04:05.678901+02:00",
    "namespace": {"code": "AAAA", "time": 12.5, "tags": [None]},
}
Clicks = list[contract.LogClicksDebug]


async def click(api: Api, ip: str = "203.0.113.9", user_id: int | None = None, **more: object) -> Answer:
    body = {"code": "AAAA", "ip_address": ip, "user_id": user_id, **more}
    return await api.post("/utilities/log-map-click", body)


async def test_a_command_is_kept_once_with_its_options(api: Api) -> None:
    for _ in range(2):
        answer = await api.post("/utilities/log", COMMAND)
        assert (answer.status, answer.raw) == (204, b"")
    ((name, user_id, at, namespace),) = api.rows("select * from public.analytics")
    assert (name, user_id, namespace) == ("completions submit", 5, COMMAND["namespace"])
    assert at.isoformat() == "2026-01-02T01:04:05.678901+00:00"


async def test_a_malformed_command_is_refused(api: Api) -> None:
    bodies = [
        {},
        COMMAND | {"namespace": None},
        COMMAND | {"created_at": "2026-01-02T03:04:05"},
        COMMAND | {"command_name": "x" * 101},
    ]
    await api.finds_malformed("POST", "/utilities/log", bodies)


async def test_a_look_at_a_map_is_kept_without_the_address(api: Api) -> None:
    user_id, map_id = api.add_user(), api.add_map("AAAA")
    assert ((await click(api)).status, (await click(api, "::1", user_id, source="bot")).status) == (204, 204)
    newest, oldest = (await api.get("/utilities/log-map-click")).read(Clicks)
    assert (newest.map_id, newest.user_id, newest.source) == (map_id, user_id, "bot")
    assert (oldest.user_id, oldest.source, oldest.user_agent) == (None, "web", None)
    assert oldest.ip_hash == hmac.digest(SECRET.encode(), b"203.0.113.9", hashlib.sha256).hex()
    assert oldest.day_bucket == int(oldest.inserted_at.timestamp()) // 86400
    assert "203.0.113.9" not in str(api.rows("select * from maps.clicks"))


async def test_an_address_counts_once_a_day_for_each_map(api: Api) -> None:
    api.add_map("AAAA")
    api.add_map("BBBB")
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*[click(api) for _ in range(8)])
    assert {answer.status for answer in answers} == {204}
    await click(api, code="BBBB")
    await click(api, "203.0.113.10")
    assert api.value("select count(*) from maps.clicks") == 3
    api.sql.execute("update maps.clicks set day_bucket = day_bucket - 1")
    await click(api)
    assert api.value("select count(*) from maps.clicks") == 4


async def test_the_last_hundred_looks_are_shown(api: Api) -> None:
    map_id = api.add_map("AAAA")
    api.sql.execute(
        "insert into maps.clicks (map_id, ip_hash, inserted_at)"
        " select %s, n, now() - n * interval '1 minute' from generate_series(1, 120) as n",
        [map_id],
    )
    shown = (await api.get("/utilities/log-map-click")).read(Clicks)
    assert [each.ip_hash for each in shown] == [str(n) for n in range(1, 101)]


async def test_a_look_is_at_a_map_and_by_a_user_or_nobody(api: Api) -> None:
    await api.refuses(click(api), 404, "map-not-found")
    api.add_map("AAAA")
    await api.refuses(click(api, user_id=404), 404, "user-not-found")
    good = {"code": "AAAA", "ip_address": "::1", "user_id": None}
    bodies = [
        {"code": "AAAA", "ip_address": "::1"},
        good | {"code": "aaaa"},
        good | {"ip_address": ""},
        good | {"ip_address": "x" * 65},
        good | {"source": "radio"},
    ]
    await api.finds_malformed("POST", "/utilities/log-map-click", bodies)


async def test_the_key_of_the_hashes_can_be_its_own(database_url: str) -> None:
    async with api_on(database_url, ip_hash_secret=SecretStr("pepper")) as api:
        api.add_map("AAAA")
        await click(api)
        kept = api.value("select ip_hash from maps.clicks")
        assert kept == hmac.digest(b"pepper", b"203.0.113.9", hashlib.sha256).hex()
