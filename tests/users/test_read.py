"""GET /users and what hangs below one user."""

from tests import contract, rows
from tests.api import Api


async def test_absence_of_a_user_is_null_and_no_error(api: Api) -> None:
    answer = await api.get("/users/404")
    assert (answer.status, answer.json) == (200, None)
    assert (await api.get("/users/404/exists")).json is False
    names = (await api.get("/users/404/overwatch")).read(contract.OverwatchUsernamesResponse)
    assert names == contract.OverwatchUsernamesResponse(404, None, None, None)


async def test_a_user_is_shown_under_its_best_name(api: Api) -> None:
    primary = api.add_user("nick")
    rows.add(api.sql, "users.overwatch_usernames", "id", user_id=primary, username="Second")
    rows.add(api.sql, "users.overwatch_usernames", "id", user_id=primary, username="First", is_primary=True)
    nick = api.add_user("nick", global_name="global")
    plain = api.add_user("nick", nickname=None, global_name="global")
    nameless = api.add_user("nick", nickname=None, global_name=None)
    everybody = {user.id: user for user in (await api.get("/users")).read(list[contract.UserResponse])}
    shown = {user_id: user.coalesced_name for user_id, user in everybody.items()}
    assert [everybody[user_id].global_name for user_id in (nick, nameless)] == ["global", "Unknown Username"]
    assert shown[primary] == "First"
    assert shown[nick] == "nick"
    assert shown[plain] == "global"
    assert shown[nameless] == "Unknown User"
    for user_id in (primary, nick, plain, nameless):
        one = (await api.get(f"/users/{user_id}")).read(contract.UserResponse)
        assert one.coalesced_name == shown[user_id]
    assert (await api.get(f"/users/{primary}")).json["overwatch_usernames"] == ["First", "Second"]


async def test_an_existing_user_exists(api: Api) -> None:
    assert (await api.get(f"/users/{api.add_user()}/exists")).json is True


async def test_an_id_that_is_no_number_is_no_route(api: Api) -> None:
    (await api.get("/users/genji")).refused(404, "no-such-route")


async def test_an_id_beyond_64_bits_is_refused(api: Api) -> None:
    (await api.get(f"/users/{2**63}")).refused(400, "validation-failed")
