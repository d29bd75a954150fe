"""GET /maps/{code}/partial: what a playtest thread is named after."""

from tests import contract
from tests.api import Api
from tests.maps.bodies import submitted


async def test_the_thread_is_named_after_the_map_and_its_primary_creator(api: Api) -> None:
    first, second = api.add_user("Amy"), api.add_user("Zed")
    creators = [{"id": first, "is_primary": False}, {"id": second, "is_primary": True}]
    made = await submitted(api, first, creators=creators)
    found = (await api.get("/maps/GENJ1/partial")).read(contract.MapPartialResponse)
    assert found == contract.MapPartialResponse(made.data.id, "GENJ1", "Hard +", "Zed", "Hanamura", 24)


async def test_a_map_without_creators_has_one_nobody_knows(api: Api) -> None:
    api.add_map("AAAA")
    assert (await api.get("/maps/AAAA/partial")).json["creator_name"] == "Unknown User"


async def test_an_unknown_code_is_not_found(api: Api) -> None:
    for code in ("ZZZZ", "nonsense", "%27%20or%201=1--"):
        (await api.get(f"/maps/{code}/partial")).refused(404, "map-not-found")
