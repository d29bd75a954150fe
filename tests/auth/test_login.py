"""POST /auth/login: who has this address and password."""

import asyncio

import bcrypt
import pytest
from argon2 import PasswordHasher

from genjilib import queries
from genjilib.auth import passwords
from tests import contract
from tests.api import Answer, Api
from tests.auth.accounts import PASSWORD, registered, verify

ATTEMPTS = "users.auth_rate_limits"
EMAIL = "genji@shimada.example"
IMPORTED = "$2b$12$7pzZB/aJ6c8tGVBJznRjo.msiVHrscd//3VyMbQCevgJ8puL3zNsm"
"""The hash of ``PASSWORD`` as the reference keeps it."""

_nobodys_bcrypt = passwords._nobodys_bcrypt  # pyright: ignore[reportPrivateUsage]


async def login(api: Api, email: str = EMAIL, password: str = PASSWORD, **options: object) -> Answer:
    return await api.ask("POST", "/auth/login", json={"email": email, "password": password}, **options)


def kept(api: Api) -> str:
    """The hash of the only password."""
    return api.value("select password_hash from users.email_auth")


async def test_the_right_password_tells_who_it_is_in_any_spelling_of_the_address(api: Api) -> None:
    user_id, token = await registered(api)
    found = (await login(api)).read(contract.LoginResponse).user
    assert found == contract.AuthUserResponse(user_id, EMAIL, "Genji", False, False, 0)
    await verify(api, token)
    api.sql.execute("update core.users set coins = 7, is_mod = true where id = %s", [user_id])
    found = (await login(api, f" {EMAIL.upper()} ")).read(contract.LoginResponse).user
    assert found == contract.AuthUserResponse(user_id, EMAIL, "Genji", True, True, 7)


async def test_no_answer_tells_whether_there_is_such_an_account(api: Api) -> None:
    await registered(api)
    answers = [await login(api, EMAIL, "Wrong-Password-1"), await login(api, "nobody@a.example")]
    api.sql.execute("update users.email_auth set password_hash = 'no hash at all'")
    answers.append(await login(api))
    for answer in answers:
        assert answer.refused(401, "invalid-credentials") == "Invalid email or password."
    shown = [{name: value for name, value in a.json.items() if name != "request_id"} for a in answers]
    assert shown[0] == shown[1] == shown[2]


async def test_an_unknown_account_costs_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            checked.append(str(hash))
            return super().verify(hash, password)

    ours = passwords._HASHER  # pyright: ignore[reportPrivateUsage]
    counting = Counting(memory_cost=ours.memory_cost, time_cost=ours.time_cost, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", counting)
    known = await passwords.hash_password(PASSWORD)
    assert await passwords.verify_password(known, PASSWORD)
    assert not await passwords.verify_password(known, "Wrong-Password-1")
    assert not await passwords.verify_password(None, PASSWORD)
    assert len(checked) == 3
    assert len({each.rpartition("$")[0].rpartition("$")[0] for each in checked}) == 1, "the same parameters"


@pytest.mark.parametrize("password", [PASSWORD, pytest.param("Long-Ünïcode-1" + "ä" * 80, id="long")])
async def test_a_bcrypt_hash_of_an_imported_account_opens_once_and_is_replaced(
    api: Api, password: str
) -> None:
    await registered(api)
    # The reference's library reads 72 bytes of a password and no more.
    old = bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4)).decode()
    api.sql.execute("update users.email_auth set password_hash = %s", [old])
    assert (await login(api, password=f"X{password}")).status == 401
    assert kept(api) == old
    assert (await login(api, password=password)).status == 200
    assert kept(api).startswith("$argon2id$")
    assert (await login(api, password=password)).status == 200


async def test_a_refusal_tries_both_kinds_of_hashes_whichever_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[str] = []

    def noted(password: bytes, kept: bytes) -> bool:
        assert password == b"Wrong-Password-1"
        tried.append(kept.decode())
        return False

    monkeypatch.setattr(passwords.bcrypt, "checkpw", noted)
    monkeypatch.setattr(passwords, "_nobodys_bcrypt", _nobodys_bcrypt)
    for known in (IMPORTED, await passwords.hash_password(PASSWORD), None):
        assert not await passwords.verify_password(known, "Wrong-Password-1")
    nobodys = _nobodys_bcrypt().decode()
    assert tried == [IMPORTED, nobodys, nobodys]
    assert {each[:7] for each in tried} == {"$2b$12$"}


async def test_what_begins_like_a_hash_and_is_none_opens_nothing() -> None:
    assert not await passwords.verify_password("$2b$no hash", PASSWORD)


async def test_a_hash_of_other_parameters_is_replaced_by_the_right_password_only(api: Api) -> None:
    user_id, _ = await registered(api)
    old = PasswordHasher(memory_cost=8, time_cost=1, parallelism=1).hash(PASSWORD)
    api.sql.execute("update users.email_auth set password_hash = %s", [old])
    assert (await login(api, password="Wrong-Password-1")).status == 401
    assert kept(api) == old
    assert (await login(api)).status == 200
    new = kept(api)
    assert new.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (await login(api)).status == 200
    assert kept(api) == new
    await queries.auth.rehash_password(api.db, user_id=user_id, replaced=old, password_hash="late")
    assert kept(api) == new, "a password that was changed meanwhile stays"


async def test_of_many_attempts_at_once_ten_are_looked_at(api: Api) -> None:
    await registered(api)
    async with asyncio.timeout(60):
        answers = await asyncio.gather(*[login(api, password=f"Wrong-{n}") for n in range(14)])
    assert sorted(answer.status for answer in answers) == [401] * 10 + [429] * 4
    answer = await api.refuses(login(api), 429, "rate-limited")
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    api.sql.execute("update users.auth_rate_limits set attempt_at = attempt_at - interval '15 minutes'")
    assert (await login(api)).status == 200


async def test_of_each_attempt_is_kept_whether_it_succeeded(api: Api) -> None:
    await registered(api)
    for password in ("Wrong-Password-1", PASSWORD):
        await login(api, password=password)
    kept = api.rows(
        "select identifier, success from users.auth_rate_limits where action = 'login' order by success, 1"
    )
    assert kept == [("127.0.0.1", False), (EMAIL, False), ("127.0.0.1", True), (EMAIL, True)]


async def test_a_malformed_login_is_refused(api: Api) -> None:
    good = {"email": EMAIL, "password": PASSWORD}
    bodies = [{}, good | {"password": None}, good | {"password": "x" * 257}, good | {"email": "x" * 255}]
    await api.finds_malformed("POST", "/auth/login", bodies)
