"""Forgotten passwords, lost verification mails, and what an account tells of itself."""

import asyncio
from uuid import UUID

from genjilib.auth.passwords import mailed_token
from tests.api import SECRET, Answer, Api
from tests.auth.accounts import register, registered, verify

NEW = "New-Password-1"


def mailed(api: Api) -> str:
    """The token of the last mail."""
    return mailed_token(SECRET, UUID(api.sent("api.mail.delivery")[-1].body["nonce"]))


async def forgot(api: Api, email: str = "GENJI@shimada.example") -> Answer:
    return await api.post("/auth/forgot-password", {"email": email})


async def reset(api: Api, token: str, password: str = NEW) -> Answer:
    return await api.post("/auth/reset-password", {"token": token, "password": password})


async def test_a_reset_replaces_the_password_and_ends_every_session(api: Api) -> None:
    user_id, _ = await registered(api)
    before = api.value("select password_hash from users.email_auth")
    await api.put("/auth/sessions/thief", {"payload": "x", "user_id": user_id})
    await api.post("/auth/remember-token", {"user_id": user_id})
    assert (await forgot(api)).status == 200
    assert api.sent()[-1].body["kind"] == "password_reset"
    answer = await reset(api, mailed(api))
    user = {"id": user_id, "email": "genji@shimada.example", "username": "Genji"}
    assert answer.json["user"] == {**user, "email_verified": False, "is_mod": False}
    assert api.value("select password_hash from users.email_auth") != before
    assert api.value("select count(*) from users.sessions") == 0
    assert api.value("select count(*) from users.remember_tokens") == 0


async def test_the_answer_does_not_tell_whether_there_is_an_account(api: Api) -> None:
    await registered(api)
    known, unknown = await forgot(api), await forgot(api, "nobody@a.example")
    assert (known.status, known.json) == (unknown.status, unknown.json)
    resent = [
        await api.post("/auth/resend-verification", {"email": e}) for e in ("genji@shimada.example", "x")
    ]
    assert (resent[0].status, resent[0].json) == (200, resent[1].json)
    assert len(api.sent("api.mail.delivery")) == 3


async def test_a_reset_token_works_once_and_ends_the_others(api: Api) -> None:
    await registered(api)
    await forgot(api)
    first = mailed(api)
    await forgot(api)
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*[reset(api, mailed(api)) for _ in range(5)])
    assert sorted(answer.status for answer in answers) == [200, 400, 400, 400, 400]
    await api.refuses(reset(api, first), 400, "token-used")


async def test_a_token_that_will_not_do_is_refused(api: Api) -> None:
    _, verification = await registered(api)
    await api.refuses(reset(api, verification), 400, "token-invalid")
    await forgot(api)
    await api.refuses(reset(api, mailed(api), "weak"), 400, "weak-password")
    api.sql.execute("update users.email_tokens set expires_at = now()")
    await api.refuses(reset(api, mailed(api)), 400, "token-expired")


async def test_a_verification_mail_is_sent_again_until_the_address_is_verified(api: Api) -> None:
    await registered(api)
    body = {"email": "genji@shimada.example"}
    assert (await api.post("/auth/resend-verification", body)).status == 200
    assert (await verify(api, mailed(api))).status == 200
    await api.post("/auth/resend-verification", body)
    assert len(api.sent("api.mail.delivery")) == 2


async def test_the_fourth_mail_within_an_hour_comes_too_soon_for_address_and_client(api: Api) -> None:
    for n in range(3):
        assert (await forgot(api, f"{n}@a.example")).status == 200
    await api.refuses(forgot(api, "4@a.example"), 429, "rate-limited")


async def test_an_account_shows_the_begin_of_its_address(api: Api) -> None:
    user_id, _ = await registered(api)
    answer = await api.get(f"/auth/status/{user_id}")
    assert answer.json == {"email_verified": False, "email": "g***@shimada.example"}
    await api.refuses(api.get("/auth/status/404"), 404, "user-not-found")


async def test_a_client_cannot_choose_the_address_it_is_counted_under(api: Api) -> None:
    for n in range(5):
        await api.ask(
            "POST",
            "/auth/forgot-password",
            json={"email": f"{n}@a.example"},
            headers={"X-Forwarded-For": f"10.0.0.{n}"},
        )
    assert api.value("select count(*) from users.auth_rate_limits where identifier = '127.0.0.1'") == 3
    assert (await register(api)).status == 201
