"""Maps as routes and events speak of them."""

from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal

from msgspec import Meta, Struct

from genjilib.core.events import Event
from genjilib.core.values import Difficulty, MapCode, PlaytestStatus, Url, UserId
from genjilib.queries.jobs import JobStatusResponse

MapCategory = Literal["Classic", "Increasing Difficulty", "Other"]
Mechanic = Literal[
    "Edge Climb",
    "Bhop",
    "Crouch Edge",
    "Save Climb",
    "High Edge",
    "Bhop First",
    "Distance Edge",
    "Quick Climb",
    "Slide",
    "Stall",
    "Dash",
    "Ultimate",
    "Emote Save Bhop",
    "Death Bhop",
    "Triple Jump",
    "Multi Climb",
    "Vertical Multi Climb",
    "Create Bhop",
    "Standing Create Bhop",
    "Save Double",
]
Restriction = Literal[
    "Bhop",
    "Dash Start",
    "Triple Jump",
    "Emote Save Bhop",
    "Death Bhop",
    "Multi Climb",
    "Create Bhop",
    "Standing Create Bhop",
    "Wall Climb",
    "Double Jump",
]
Tag = Literal["Other Heroes", "XP Based", "Custom Grav/Speed", "Aim Parkour"]

MAX_CREATORS: Final = 3


class Creator(Struct):
    """Somebody who made a map; one creator of a map is the primary one."""

    id: UserId
    is_primary: bool


class CreatorFull(Creator):
    """A creator with the name it is shown under."""

    name: str


class MedalsResponse(Struct):
    """The times in seconds that earn a medal; gold is the fastest."""

    gold: Annotated[float, Meta(gt=0, lt=100_000_000)]
    silver: Annotated[float, Meta(gt=0, lt=100_000_000)]
    bronze: Annotated[float, Meta(gt=0, lt=100_000_000)]


class MapPlaytestResponse(Struct):
    """The open playtest of a map."""

    thread_id: int
    vote_average: float | None
    vote_count: int | None
    voters: list[int] | None
    verification_id: int | None
    initial_difficulty: float
    completed: bool


class MapCreateRequest(Struct):
    """A map to add. ``archived`` is accepted and ignored: a new map never is."""

    code: MapCode
    map_name: Annotated[str, Meta(max_length=100)]
    category: MapCategory
    creators: Annotated[list[Creator], Meta(min_length=1, max_length=MAX_CREATORS)]
    checkpoints: Annotated[int, Meta(gt=0, le=100_000)]
    difficulty: Difficulty
    official: bool = True
    hidden: bool = True
    playtesting: PlaytestStatus = "In Progress"
    archived: bool = False
    mechanics: list[Mechanic] = []
    restrictions: list[Restriction] = []
    tags: list[Tag] = []
    description: Annotated[str, Meta(max_length=4000)] | None = None
    medals: MedalsResponse | None = None
    guide_url: Url | None = None
    title: Annotated[str, Meta(max_length=50)] | None = None
    custom_banner: Url | None = None


class MapResponse(Struct):
    """A map with all that is shown of it.

    ``time`` is the asking user's best in seconds; ``total_results`` counts the maps on all pages.
    """

    id: int
    code: MapCode
    map_name: str
    category: MapCategory
    creators: list[CreatorFull]
    checkpoints: int
    difficulty: Difficulty
    official: bool
    playtesting: PlaytestStatus
    archived: bool
    hidden: bool
    created_at: datetime
    updated_at: datetime
    ratings: float | None
    playtest: MapPlaytestResponse | None
    guides: list[str] | None = None
    raw_difficulty: float | None = None
    mechanics: list[Mechanic] = []
    restrictions: list[Restriction] = []
    tags: list[Tag] = []
    description: str | None = None
    medals: MedalsResponse | None = None
    title: str | None = None
    map_banner: str | None = ""
    time: float | None = None
    total_results: int | None = None
    linked_code: str | None = None


class MapCreationJobResponse(Struct):
    """The new map, and the job that opens its playtest when it has one."""

    job_status: JobStatusResponse | None
    data: MapResponse


class PlaytestCreatedEvent(Event, frozen=True, kw_only=True):
    """A map waits for its playtest thread."""

    queue: ClassVar[str] = "api.playtest.create"
    code: MapCode
    playtest_id: int

    def order_key(self) -> str:
        """Keep one map's messages in order."""
        return f"map:{self.code}"
