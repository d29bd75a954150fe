"""/auth/remember-token: staying logged in."""

from tests.api import Api


async def test_a_token_names_its_user_until_it_is_revoked(api: Api) -> None:
    user_id = api.add_user()
    made = await api.post("/auth/remember-token", {"user_id": user_id})
    assert (made.status, made.json.keys()) == (201, {"token"})
    token = made.json["token"]
    assert token not in api.rows("select token_hash from users.remember_tokens")[0]
    for expected in ({"valid": True, "user_id": user_id}, {"valid": False, "user_id": None}):
        answer = await api.post("/auth/remember-token/validate", {"token": token})
        assert (answer.status, answer.json) == (200, expected)
        revoked = await api.ask("DELETE", f"/auth/remember-token/user/{user_id}")
        assert (revoked.status, revoked.json) == (200, {"revoked_count": int(expected["valid"])})


async def test_a_token_lasts_thirty_days(api: Api) -> None:
    token = (await api.post("/auth/remember-token", {"user_id": api.add_user()})).json["token"]
    api.sql.execute("update users.remember_tokens set expires_at = expires_at - interval '30 days'")
    answer = await api.post("/auth/remember-token/validate", {"token": token})
    assert answer.json == {"valid": False, "user_id": None}


async def test_a_token_is_for_somebody(api: Api) -> None:
    await api.finds_malformed("POST", "/auth/remember-token", [{}, {"user_id": None}])
    await api.refuses(api.post("/auth/remember-token", {"user_id": 404}), 404, "user-not-found")
