"""Whatever anybody may ask without an account is counted, for the account and for the client."""

import pytest

from genjilib.auth.rules import ATTEMPTS
from tests.api import api_on
from tests.auth.accounts import PASSWORD

LIMITED = {
    "register": ("register", 201),
    "login": ("login", 401),
    "password_reset": ("forgot-password", 200),
    "verification_resend": ("resend-verification", 200),
}
"""Path of each action that is counted, and what is answered while it may be tried."""


def test_everything_counted_is_tried_here() -> None:
    assert LIMITED.keys() == ATTEMPTS.keys()


@pytest.mark.parametrize("action", LIMITED)
async def test_attempts_count_for_the_account_and_for_the_client(database_url: str, action: str) -> None:
    path, admitted = LIMITED[action]
    async with api_on(database_url, trusted_proxies="127.0.0.1") as api:

        async def attempt(email: str, client: str) -> int:
            body = {"email": email, "password": PASSWORD, "username": "Genji"}
            headers = {"X-Forwarded-For": client}
            return (await api.ask("POST", f"/auth/{path}", json=body, headers=headers)).status

        api.sql.execute(
            "insert into users.auth_rate_limits (identifier, action)"
            " select i, %s from unnest(array['a@a.example', '10.0.0.1']) as i, generate_series(1, %s)",
            [action, ATTEMPTS[action][0] - 1],
        )
        assert await attempt("a@a.example", "10.0.0.2") == admitted
        assert await attempt("A@a.example", "10.0.0.3") == 429
        assert await attempt("b@a.example", "10.0.0.1") == admitted
        assert await attempt("c@a.example", "10.0.0.1") == 429
        assert await attempt("c@a.example", "10.0.0.3") == admitted
