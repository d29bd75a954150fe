"""POST /auth/register: somebody signs up by e-mail."""

import asyncio
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from tests import contract
from tests.api import Api
from tests.auth.accounts import PASSWORD, register

ATTEMPTS = "users.auth_rate_limits"
"""Attempts are counted even when they are refused."""


async def test_a_new_account_waits_for_its_mail(api: Api) -> None:
    made = (await register(api, "  Genji@Shimada.example ", username=" Genji 源氏 ")).read(
        contract.RegisterResponse, status=201
    )
    user = made.user
    assert 100_000_000 <= user.id < 10**15
    shown = (user.email, user.username, user.email_verified)
    assert shown == ("Genji@Shimada.example", "Genji 源氏", False)
    assert made.verification_email_sent
    assert api.rows("select nickname, is_mod from core.users where id = %s", user.id) == [
        ("Genji 源氏", False)
    ]
    ((kind, life, used),) = api.rows(
        "select token_type, expires_at - created_at, used_at from users.email_tokens"
    )
    assert (kind, life, used) == ("verification", timedelta(hours=24), None)


async def test_the_mail_is_asked_for_without_address_or_token(api: Api) -> None:
    made = (await register(api)).read(contract.RegisterResponse, status=201)
    (message,) = api.sent()
    assert message.queue == "api.mail.delivery"
    assert message.body.keys() == {"kind", "user_id", "nonce"}
    assert (message.body["kind"], message.body["user_id"]) == ("verification", made.user.id)


async def test_the_password_is_kept_as_argon2id_and_whole(api: Api) -> None:
    password = "Aa1!" + "x" * 200
    await register(api, password=password)
    kept = api.value("select password_hash from users.email_auth")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PasswordHasher().verify(kept, password)
    for other in (password[:-1], password[:72], password + "x"):
        with pytest.raises(VerifyMismatchError):
            PasswordHasher().verify(kept, other)


async def test_a_taken_address_is_not_told_but_its_owner_is(api: Api) -> None:
    """Any spelling is the same address; what the caller sees is what a new account shows."""
    owner = (await register(api)).read(contract.RegisterResponse, status=201).user
    kept = api.value("select password_hash from users.email_auth")
    for email in ("genji@shimada.example", "GENJI@SHIMADA.EXAMPLE"):
        made = (await register(api, email, username="Hanzo")).read(contract.RegisterResponse, status=201)
        assert made.verification_email_sent
        assert (made.user.email, made.user.username, made.user.email_verified) == (email, "Hanzo", False)
        assert made.user.id > owner.id
        told = api.sent()[-1].body
        assert (told["kind"], told["user_id"]) == ("address_taken", owner.id)
    assert api.rows("select user_id, password_hash from users.email_auth") == [(owner.id, kept)]
    assert api.value("select count(*) from users.email_tokens") == 1
    assert api.value("select count(*) from core.users where nickname in ('Genji', 'Hanzo')") == 1


@pytest.mark.parametrize(
    ("password", "missing"),
    [
        ("Short1!", "8 characters"),
        ("nouppercase1!", "upper-case"),
        ("NOLOWERCASE1!", "lower-case"),
        ("NoDigitsHere!", "digit"),
        ("NoSpecial123", "special"),
        ("Only spaces 1", "special"),
        ("", "8 characters"),
        ("Password1!", "many people"),
        ("P@ssw0rd!", "many people"),
        ("!!Dr4gon2024", "many people"),
    ],
)
async def test_a_weak_password_is_refused_with_what_it_lacks(api: Api, password: str, missing: str) -> None:
    answer = await api.refuses(register(api, password=password), 400, "weak-password", but={ATTEMPTS})
    assert missing in answer.json["error"]


async def test_an_address_that_is_none_is_refused(api: Api) -> None:
    for n, email in enumerate(
        ("", "x", "a@b", "a b@c.example", "a@c..example", "a@b.example\n\nBcc: c@d.ex")
    ):
        asked = register(api, email if n else "   ")
        await api.refuses(asked, 400, "bad-email", but={ATTEMPTS})
        api.sql.execute("truncate users.auth_rate_limits")


async def test_a_username_of_other_signs_or_lengths_is_refused(api: Api) -> None:
    for username in ("", "   ", "x" * 21, "a\nb", "<b>", "a@b", "🐉", "a\u200bb", "a\u0301b"):
        asked = register(api, username=username)
        await api.refuses(asked, 400, "bad-username", but={ATTEMPTS})
        api.sql.execute("truncate users.auth_rate_limits")


async def test_usernames_of_many_scripts_are_taken(api: Api) -> None:
    for n, username in enumerate(("Genji_S-1", "源氏", "ゲンジ", "겐지", "x" * 20)):
        assert (await register(api, f"{n}@a.example", username=username)).status == 201
        api.sql.execute("truncate users.auth_rate_limits")


async def test_the_sixth_attempt_within_an_hour_comes_too_soon(api: Api) -> None:
    for n in range(5):
        assert (await register(api, username=f"a{n}")).status == 201
    answer = await api.refuses(register(api), 429, "rate-limited")
    wait = int(answer.headers["Retry-After"])
    assert 3500 < wait <= 3600
    assert answer.headers["RateLimit"] == f'"default";r=0;t={wait}'
    assert answer.headers["RateLimit-Policy"] == '"default";q=5;w=3600'
    api.sql.execute("update users.auth_rate_limits set attempt_at = attempt_at - interval '1 hour'")
    assert (await register(api)).status == 201


async def test_a_malformed_sign_up_is_refused(api: Api) -> None:
    good = {"email": "a@b.example", "password": PASSWORD, "username": "a"}
    bodies = [
        {},
        good | {"email": None},
        good | {"password": 12345678},
        good | {"password": "Aa1!" + "x" * 300},
        good | {"email": "x" * 300 + "@b.example"},
        good | {"username": "nul\0"},
    ]
    await api.finds_malformed("POST", "/auth/register", bodies)


async def test_fields_that_are_not_the_callers_are_ignored(api: Api) -> None:
    more = {"id": 1, "is_mod": True, "email_verified": True, "coins": 5}
    made = (await register(api, **more)).read(contract.RegisterResponse, status=201)
    assert made.user.id != 1
    assert api.rows(
        "select is_mod, coins, email_verified_at from core.users join users.email_auth on user_id = id"
    ) == [(False, 0, None)]


async def test_of_many_sign_ups_with_one_address_one_makes_an_account(api: Api) -> None:
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*[register(api) for _ in range(10)])
    statuses = [answer.status for answer in answers]
    assert set(statuses) == {201, 429}
    assert api.value("select count(*) from users.email_auth") == 1
    kinds = [message.body["kind"] for message in api.sent()]
    assert kinds.count("verification") == 1
    assert len(kinds) == statuses.count(201)
