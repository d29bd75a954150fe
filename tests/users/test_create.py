"""POST /users: a user comes in under its Discord id."""

import asyncio

from tests import contract
from tests.api import IDS, Api


def body(user_id: int = IDS, name: str = "Genji") -> dict[str, object]:
    return {"id": user_id, "global_name": name.lower(), "nickname": name}


async def test_a_new_user_has_no_coins_and_no_names_to_play_under(api: Api) -> None:
    made = (await api.post("/users", body())).read(contract.UserResponse, status=201)
    assert made == contract.UserResponse(IDS, "genji", "Genji", [], "Genji", 0)
    assert (await api.get(f"/users/{IDS}")).json["coalesced_name"] == "Genji"
    assert api.queues() == []


async def test_an_id_that_is_taken_is_a_conflict(api: Api) -> None:
    await api.post("/users", body())
    answer = await api.refuses(api.post("/users", body(name="Hanzo")), 409, "user-exists")
    assert answer.json["error"] == "A user with this id exists already."


async def test_ids_of_placeholders_are_given_out_and_never_chosen(api: Api) -> None:
    await api.refuses(api.post("/users", body(99_999_999)), 400, "bad-user-id")
    assert (await api.post("/users", body(100_000_000))).status == 201


async def test_a_malformed_user_is_refused(api: Api) -> None:
    bodies = [
        {},
        {"id": IDS, "nickname": "x"},
        body() | {"id": str(IDS)},
        body() | {"id": 2**63},
        body() | {"id": -1},
        body() | {"nickname": None},
        body() | {"nickname": "x" * 101},
        body() | {"nickname": "nul\0"},
        [body()],
        None,
        "user",
    ]
    await api.finds_malformed("POST", "/users", bodies)


async def test_fields_that_are_not_the_callers_are_ignored(api: Api) -> None:
    more = {"coins": 10_000, "is_mod": True, "coalesced_name": "Boss", "overwatch_usernames": ["Boss"]}
    made = (await api.post("/users", body() | more)).read(contract.UserResponse, status=201)
    assert (made.coins, made.coalesced_name, made.overwatch_usernames) == (0, "Genji", [])
    assert api.rows("select coins, is_mod from core.users where id = %s", IDS) == [(0, False)]


async def test_of_twenty_requests_for_one_id_one_succeeds(api: Api) -> None:
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*[api.post("/users", body(name=f"Genji {n}")) for n in range(20)])
    assert sorted(answer.status for answer in answers) == [201] + [409] * 19
