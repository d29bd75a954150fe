"""``Idempotency-Key``: the same request has one effect and one answer, whatever happens around it."""

import asyncio

import pytest

from genjilib.auth import keys
from tests.api import Answer, Api, api_on

NEWS = {
    "id": None,
    "timestamp": "2026-01-01T00:00:00Z",
    "payload": {"type": "announcement", "title": "Hi", "content": "There"},
}
ENTRIES = "select count(*) from public.newsfeed"


async def publish(api: Api, key: str, body: object = NEWS, *, caller: str = "") -> Answer:
    """Publish an entry of the newsfeed."""
    return await api.ask("POST", "/newsfeed", key=caller, json=body, headers={"Idempotency-Key": key})


async def other_key(api: Api) -> str:
    """Another caller's key, of the same name."""
    made = await keys.create_key(api.db, name="tests", scopes=[], superuser=True, expires_at=None)
    return made.key


async def test_a_repeated_request_gets_the_first_answer_and_no_second_effect(api: Api) -> None:
    first = await publish(api, '"8e03978e-40d5"')
    after = api.fingerprint()
    again = await publish(api, '"8e03978e-40d5"')
    assert (again.status, again.raw) == (first.status, first.raw) == (201, first.raw)
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert (await publish(api, "8e03978e-40d5")).raw == first.raw
    assert api.fingerprint() == after
    assert api.value(ENTRIES) == 1
    kept = api.rows("select operation, caller, status from web.answers")
    assert kept == [("newsfeed.publish", "tests", 201)]


async def test_the_key_belongs_to_one_request_of_one_caller(api: Api) -> None:
    await publish(api, "once")
    other = {**NEWS, "timestamp": "2026-01-02T00:00:00Z"}
    await api.refuses(publish(api, "once", other), 422, "unprocessable-entity")
    elsewhere = api.ask("POST", "/newsfeed?x=1", json=NEWS, headers={"Idempotency-Key": "once"})
    await api.refuses(elsewhere, 422, "unprocessable-entity")
    assert (await publish(api, "once", other, caller=await other_key(api))).status == 201
    assert (await publish(api, "twice")).status == 201
    assert api.value(ENTRIES) == 3


@pytest.mark.parametrize("key", ["", '""', "x" * 256, '"' + "x" * 256 + '"', "two words", '"open', "é"])
async def test_a_key_that_is_no_string_of_1_to_255_characters_is_refused(api: Api, key: str) -> None:
    await api.refuses(publish(api, key), 400, "bad-idempotency-key")


async def test_two_keys_are_refused(api: Api) -> None:
    headers = [("Idempotency-Key", "one"), ("Idempotency-Key", "two"), ("X-API-KEY", api.key)]
    async with api._http.post(f"{api.base}/api/v3/newsfeed", json=NEWS, headers=headers) as answer:
        assert answer.status == 400
    assert (await publish(api, "x" * 255)).status == 201
    assert (await publish(api, r'"a \"quoted\" \\ key"')).status == 201


async def test_of_fifty_at_once_one_has_an_effect(database_url: str) -> None:
    async with api_on(database_url) as api:
        answers = await asyncio.gather(*(publish(api, "race") for _ in range(50)))
        done = [answer for answer in answers if answer.status == 201]
        assert {answer.raw for answer in done} == {done[0].raw}
        assert sum("Idempotent-Replayed" not in answer.headers for answer in done) == 1
        for answer in answers:
            if answer.status != 201:
                answer.refused(409, "in-progress")
        assert api.value(ENTRIES) == len(api.sent("api.newsfeed.create")) == 1


async def test_a_key_in_use_is_refused_without_waiting(api: Api) -> None:
    await publish(api, "held")
    held = "select pg_advisory_lock(hashtextextended(encode(id, 'hex'), 0)) from web.answers"
    api.sql.execute(held.encode())
    before = api.fingerprint()
    (await publish(api, "held")).refused(409, "in-progress")
    api.sql.execute("select pg_advisory_unlock_all()")
    assert (await publish(api, "held")).status == 201
    assert api.fingerprint() == before


async def test_a_refusal_is_kept_too(api: Api) -> None:
    user_id = api.add_user()
    body = {"user_id": user_id + 1}
    headers = {"Idempotency-Key": "refused"}
    first = await api.ask("POST", "/auth/remember-token", json=body, headers=headers)
    first.refused(404, "user-not-found")
    api.add_user()
    again = await api.ask("POST", "/auth/remember-token", json=body, headers=headers)
    assert (again.status, again.raw) == (404, first.raw)
    assert (await api.post("/auth/remember-token", body)).status == 201


async def test_attempts_count_although_the_request_was_refused(api: Api) -> None:
    body = {"email": "no address", "username": "Genji", "password": "Dragon-blade-77"}
    for n in range(5):
        headers = {"Idempotency-Key": f"try-{n}"}
        (await api.ask("POST", "/auth/register", json=body, headers=headers)).refused(400, "bad-email")
    late = await api.ask("POST", "/auth/register", json=body, headers={"Idempotency-Key": "try-5"})
    late.refused(429, "rate-limited")
    assert api.value("select count(*) from web.answers") == 5


async def test_an_answer_that_holds_a_secret_is_not_kept(api: Api) -> None:
    body, headers = {"user_id": api.add_user()}, {"Idempotency-Key": "secret"}
    assert (await api.ask("POST", "/auth/remember-token", json=body, headers=headers)).status == 201
    assert api.rows("select status, body from web.answers") == [(201, None)]
    again = api.ask("POST", "/auth/remember-token", json=body, headers=headers)
    await api.refuses(again, 409, "answer-not-kept")


async def test_what_failed_for_now_is_done_by_the_next_try(api: Api) -> None:
    api.sql.execute("alter table public.newsfeed rename to gone")
    api.sql.execute(
        "create view public.newsfeed as select * from public.gone where pg_sleep(0) is null;"
        "create function busy() returns trigger language plpgsql as"
        " $$ begin raise exception 'busy' using errcode = 'lock_not_available'; end $$;"
        "create trigger busy instead of insert on public.newsfeed for each row execute function busy()"
    )
    before = api.fingerprint()
    (await publish(api, "later")).refused(503, "busy")
    assert api.fingerprint() == before
    api.sql.execute("drop view public.newsfeed; alter table public.gone rename to newsfeed")
    assert (await publish(api, "later")).status == 201
    assert api.value(ENTRIES) == 1


async def test_it_goes_with_put_and_patch_and_files_and_nothing_else(api: Api) -> None:
    user_id, headers = api.add_user(), {"Idempotency-Key": "put"}
    names = {"usernames": [{"username": "Shimada", "is_primary": True}]}
    path = f"/users/{user_id}/overwatch"
    first = await api.ask("PUT", path, json=names, headers=headers)
    await api.ask("PUT", path, json={"usernames": []}, headers={"Idempotency-Key": "put-2"})
    assert (await api.ask("PUT", path, json=names, headers=headers)).raw == first.raw
    assert api.value("select count(*) from users.overwatch_usernames") == 0
    change = {"Idempotency-Key": "patch"}
    for _ in range(2):
        changed = await api.ask("PATCH", f"/users/{user_id}", json={"nickname": "Hanzo"}, headers=change)
        assert changed.status == 200, changed.raw
    assert changed.headers["Idempotent-Replayed"] == "true"
    for _ in range(2):
        body = {"key": "message"}
        gone = await api.ask("DELETE", "/internal/idempotency/claim", json=body, headers=headers)
        assert (gone.status, gone.raw) == (204, b"")


async def test_no_password_and_no_key_stands_in_the_table(api: Api) -> None:
    body = {"email": "a@example.org", "username": "Genji", "password": "Dragon-blade-77"}
    made = await api.ask("POST", "/auth/register", json=body, headers={"Idempotency-Key": "very-own-key"})
    assert made.status == 201, made.raw
    row = str(api.rows("select a::text, encode(body, 'escape') from web.answers as a"))
    assert "Dragon-blade-77" not in row
    assert "very-own-key" not in row
