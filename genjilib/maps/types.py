"""Maps as routes and events speak of them."""

from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from genjilib.core.events import Event
from genjilib.core.values import Difficulty, DifficultyTop, MapCode, PlaytestStatus, Url, UserId
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

Presence = Literal["All", "With", "Without"]
SortKey = Literal[
    "difficulty:asc",
    "difficulty:desc",
    "checkpoints:asc",
    "checkpoints:desc",
    "ratings:asc",
    "ratings:desc",
    "map_name:asc",
    "map_name:desc",
    "title:asc",
    "title:desc",
    "code:asc",
    "code:desc",
]
MasteryLevel = Literal[
    "Placeholder", "Rookie", "Explorer", "Trailblazer", "Pathfinder", "Specialist", "Prodigy"
]
Reason = Annotated[str, Meta(max_length=1000)]
MapName = Annotated[str, Meta(max_length=100)]
Checkpoints = Annotated[int, Meta(gt=0, le=100_000)]
Description = Annotated[str, Meta(max_length=4000)]
Title = Annotated[str, Meta(max_length=50)]

MAX_CREATORS: Final = 3

TOP_RANGES: Final[dict[DifficultyTop, tuple[float, float]]] = {
    "Easy": (0, 2.35),
    "Medium": (2.35, 4.12),
    "Hard": (4.12, 5.88),
    "Very Hard": (5.88, 7.65),
    "Extreme": (7.65, 9.41),
    "Hell": (9.41, 10),
}
"""Where each difficulty begins and ends on the scale from 0 to 10; the end belongs to the next one."""


class Creator(Struct):
    """Somebody who made a map; one creator of a map is the primary one."""

    id: UserId
    is_primary: bool


Creators = Annotated[list[Creator], Meta(min_length=1, max_length=MAX_CREATORS)]


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
    map_name: MapName
    category: MapCategory
    creators: Creators
    checkpoints: Checkpoints
    difficulty: Difficulty
    official: bool = True
    hidden: bool = True
    playtesting: PlaytestStatus = "In Progress"
    archived: bool = False
    mechanics: list[Mechanic] = []
    restrictions: list[Restriction] = []
    tags: list[Tag] = []
    description: Description | None = None
    medals: MedalsResponse | None = None
    guide_url: Url | None = None
    title: Title | None = None
    custom_banner: Url | None = None


class MapPatchRequest(Struct):
    """Fields of a map to change; what is left out stays, lists are replaced as a whole."""

    code: MapCode | UnsetType = UNSET
    map_name: MapName | UnsetType = UNSET
    category: MapCategory | UnsetType = UNSET
    creators: Creators | UnsetType = UNSET
    checkpoints: Checkpoints | UnsetType = UNSET
    difficulty: Difficulty | UnsetType = UNSET
    hidden: bool | UnsetType = UNSET
    official: bool | UnsetType = UNSET
    playtesting: PlaytestStatus | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    mechanics: list[Mechanic] | UnsetType | None = UNSET
    restrictions: list[Restriction] | UnsetType | None = UNSET
    tags: list[Tag] | UnsetType | None = UNSET
    description: Description | UnsetType | None = UNSET
    medals: MedalsResponse | UnsetType | None = UNSET
    title: Title | UnsetType | None = UNSET
    custom_banner: Url | UnsetType | None = UNSET


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


class GuideResponse(Struct):
    """A video that shows how a map is played, and whose it is."""

    url: Url
    user_id: UserId


class MapMasteryCreateRequest(Struct):
    """A level of mastery that a player reached on the maps of one name."""

    user_id: UserId
    map_name: MapName
    level: MasteryLevel


class MapMasteryCreateResponse(Struct):
    """A medal that a player did not have before."""

    map_name: str
    medal: str
    operation_status: Literal["inserted", "updated"]


class MapMasteryResponse(Struct):
    """How many maps of one name a player has runs of, and the level and its icon that this earns."""

    map_name: str
    amount: int
    level: str | None = None
    icon_url: str | None = None


class ArchivalStatusPatchRequest(Struct):
    """Maps to put into the archive, or to bring back from it."""

    codes: Annotated[list[MapCode], Meta(min_length=1, max_length=500)]
    status: Literal["Archive", "Unarchived"]


class QualityValueRequest(Struct):
    """What every rating of a map shall be."""

    value: Annotated[int, Meta(ge=1, le=6)]


class SendToPlaytestRequest(Struct):
    """The difficulty that a new playtest of a map begins with."""

    initial_difficulty: Difficulty


class LinkMapsCreateRequest(Struct):
    """The global and the Chinese code of one map."""

    official_code: MapCode
    unofficial_code: MapCode


class UnlinkMapsCreateRequest(LinkMapsCreateRequest):
    """Two codes that are not of one map, and why not."""

    reason: Reason


class PlaytestCreatedEvent(Event, frozen=True, kw_only=True):
    """A map waits for its playtest thread."""

    queue: ClassVar[str] = "api.playtest.create"
    code: MapCode
    playtest_id: int

    def order_key(self) -> str:
        """Keep one map's messages in order."""
        return f"map:{self.code}"
