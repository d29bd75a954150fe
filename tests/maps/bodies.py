"""What the tests of maps share."""

from tests import contract, rows
from tests.api import Api


def body(creator_id: int, code: str = "GENJ1", **changes: object) -> dict[str, object]:
    """A map to add, with all that is required."""
    return {
        "code": code,
        "map_name": "Hanamura",
        "category": "Classic",
        "creators": [{"id": creator_id, "is_primary": True}],
        "checkpoints": 24,
        "difficulty": "Hard +",
        **changes,
    }


async def submitted(
    api: Api, creator_id: int, code: str = "GENJ1", **changes: object
) -> contract.MapCreationJobResponse:
    """Add a map."""
    answer = await api.post("/maps", body(creator_id, code, **changes))
    return answer.read(contract.MapCreationJobResponse, status=201)


def add_playtest(api: Api, map_id: int, thread_id: int | None = 77, **columns: object) -> int:
    """A playtest of a map, open unless ``completed`` says otherwise."""
    values = {"map_id": map_id, "thread_id": thread_id, "initial_difficulty": 5}
    return rows.add(api.sql, "playtests.meta", "id", **values | columns)


def news(api: Api) -> list[dict[str, object]]:
    """The payloads of the newsfeed, oldest first."""
    return [payload for (payload,) in api.rows("select payload from public.newsfeed order by id")]
