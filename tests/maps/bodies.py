"""What the tests of maps share."""

from tests import contract
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
