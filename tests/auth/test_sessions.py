"""/auth/sessions: the website keeps its sessions here."""

from tests.api import Api


async def test_a_session_is_read_as_it_was_written(api: Api) -> None:
    user_id = api.add_user(is_mod=True)
    assert (await api.put("/auth/sessions/abc", {"payload": "one"})).json == {"success": True}
    assert (await api.get("/auth/sessions/abc")).json == {"payload": "one", "is_mod": False}
    await api.put("/auth/sessions/abc", {"payload": "two", "user_id": user_id})
    assert (await api.get("/auth/sessions/abc")).json == {"payload": "two", "is_mod": True}


async def test_the_id_of_a_session_is_stored_nowhere(api: Api) -> None:
    await api.put("/auth/sessions/abc", {"payload": "x"})
    (stored,) = api.rows("select id from users.sessions")[0]
    assert len(stored) == 64
    assert (await api.get(f"/auth/sessions/{stored}")).json["payload"] is None


async def test_an_unused_session_expires_after_ninety_days_and_is_cleaned(api: Api) -> None:
    await api.put("/auth/sessions/old", {"payload": "x"})
    await api.put("/auth/sessions/kept", {"payload": "x"})
    api.sql.execute("update users.sessions set last_activity = now() - interval '89 days'")
    assert (await api.get("/auth/sessions/kept")).json["payload"] == "x"
    api.sql.execute("update users.sessions set last_activity = last_activity - interval '1 day'")
    assert (await api.get("/auth/sessions/old")).json == {"payload": None, "is_mod": False}
    assert (await api.post("/auth/sessions/gc", {})).json == {"deleted_count": 1}
    assert (await api.get("/auth/sessions/kept")).json["payload"] == "x"


async def test_a_session_ends_once(api: Api) -> None:
    await api.put("/auth/sessions/abc", {"payload": "x"})
    for there in (True, False):
        answer = await api.ask("DELETE", "/auth/sessions/abc")
        assert (answer.status, answer.json) == (200, {"deleted": there})


async def test_a_users_sessions_are_listed_and_end_but_for_one(api: Api) -> None:
    user_id, other = api.add_user(), api.add_user()
    for name, owner in (("a", user_id), ("b", user_id), ("c", other)):
        await api.put(f"/auth/sessions/{name}", {"payload": name, "user_id": owner})
    listed = (await api.get(f"/auth/sessions/user/{user_id}")).json["sessions"]
    assert [one.keys() for one in listed] == [{"id", "last_activity", "ip_address", "user_agent"}] * 2
    assert listed[0]["ip_address"] == "127.0.0.1"
    path = f"/auth/sessions/user/{user_id}"
    answer = await api.ask("DELETE", path, params={"except_session_id": "b"})
    assert (answer.status, answer.json) == (200, {"destroyed_count": 1})
    assert (await api.get("/auth/sessions/b")).json["payload"] == "b"
    assert (await api.ask("DELETE", path)).json == {"destroyed_count": 1}
    assert (await api.get("/auth/sessions/c")).json["payload"] == "c"


async def test_nobody_unknown_has_a_session(api: Api) -> None:
    asked = api.put("/auth/sessions/abc", {"payload": "x", "user_id": 404})
    await api.refuses(asked, 404, "user-not-found")
    await api.finds_malformed(
        "PUT", "/auth/sessions/abc", [{}, {"payload": 1}, {"payload": "", "user_id": 0}]
    )
