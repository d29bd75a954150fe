"""PATCH /users/{user_id}: new names."""

import pytest

from tests.api import Api


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"nickname": "new"}, ("new", "old")),
        ({"global_name": "new"}, ("old", "new")),
        ({"nickname": "a", "global_name": "b"}, ("a", "b")),
        ({"nickname": "", "coins": 99}, ("", "old")),
    ],
)
async def test_only_the_given_names_change(api: Api, change: object, names: tuple[str, str]) -> None:
    user_id, other = api.add_user("old"), api.add_user("other")
    answer = await api.patch(f"/users/{user_id}", change)
    assert (answer.status, answer.json) == (200, None)
    query = "select nickname, global_name, coalesce(coins, 0) from core.users where id = %s"
    assert api.rows(query, user_id) == [(*names, 0)]
    assert api.rows(query, other) == [("other", "other", 0)]


async def test_a_change_of_nothing_is_refused(api: Api) -> None:
    await api.refuses(api.patch(f"/users/{api.add_user()}", {}), 400, "nothing-to-change")


async def test_a_name_cannot_become_null(api: Api) -> None:
    await api.finds_malformed("PATCH", f"/users/{api.add_user()}", [{"nickname": None}, {"nickname": 5}])


async def test_an_unknown_user_is_no_error_and_is_not_made(api: Api) -> None:
    before = api.fingerprint()
    assert (await api.patch("/users/404", {"nickname": "x"})).status == 200
    assert api.fingerprint() == before
