"""POST /auth/verify-email: the link of a mail is followed."""

import asyncio

from tests import contract
from tests.api import Api
from tests.auth.accounts import registered, verify


async def test_a_token_confirms_its_address(api: Api) -> None:
    user_id, token = await registered(api)
    api.sql.execute("update core.users set is_mod = true where id = %s", [user_id])
    done = (await verify(api, token)).read(contract.VerifyEmailResponse)
    assert done.message == "Email verified successfully."
    assert done.user == contract.AuthUserVerify(user_id, "genji@shimada.example", "Genji", True, True)
    assert api.value("select email_verified_at is not null from users.email_auth")


async def test_a_token_works_once(api: Api) -> None:
    _, token = await registered(api)
    await verify(api, token)
    answer = await api.refuses(verify(api, token), 400, "token-used")
    assert answer.json["error"] == "This token has already been used."


async def test_an_expired_token_is_refused(api: Api) -> None:
    _, token = await registered(api)
    api.sql.execute("update users.email_tokens set expires_at = now()")
    await api.refuses(verify(api, token), 400, "token-expired")


async def test_an_address_is_confirmed_once(api: Api) -> None:
    _, token = await registered(api)
    api.sql.execute("update users.email_auth set email_verified_at = now()")
    await api.refuses(verify(api, token), 400, "email-verified")


async def test_a_token_of_nobody_or_of_another_kind_is_refused(api: Api) -> None:
    _, token = await registered(api)
    hashed = api.value("select token_hash from users.email_tokens")
    for wrong in ("", "x", token[:-1], token + "x", token.swapcase(), hashed):
        await api.refuses(verify(api, wrong), 400, "token-invalid")
    api.sql.execute("update users.email_tokens set token_type = 'password_reset'")
    await api.refuses(verify(api, token), 400, "token-invalid")


async def test_of_ten_uses_at_once_one_succeeds(api: Api) -> None:
    _, token = await registered(api)
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*[verify(api, token) for _ in range(10)])
    assert sorted(answer.status for answer in answers) == [200] + [400] * 9
