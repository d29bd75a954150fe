"""The answers of the contract, told independently of the product: every field is there and no other.

``rank``-like fields that the contract lets be null are ``| None``. ``message_id`` of a run may be null where
the contract says int: a verified run has none until the bot has posted it.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

Code = Annotated[str, Meta(pattern="^[A-Z0-9]{4,6}$")]
Medal = Literal["Gold", "Silver", "Bronze"]
Difficulty = Annotated[
    str, Meta(pattern=r"^((Easy|Medium|Hard|Very Hard|Extreme)( [-+])?|Hell)$", description="The 16 labels.")
]


class Exact(Struct, forbid_unknown_fields=True):
    """An answer with these fields and no others."""


class AuthUserPublic(Exact):
    id: int
    email: str
    username: str
    email_verified: bool


class AuthUserVerify(AuthUserPublic):
    is_mod: bool


class AuthUserResponse(AuthUserVerify):
    coins: int


class LoginResponse(Exact):
    user: AuthUserResponse


class RegisterResponse(Exact):
    user: AuthUserPublic
    verification_email_sent: bool


class VerifyEmailResponse(Exact):
    message: str
    user: AuthUserVerify


class UserResponse(Exact):
    id: int
    global_name: str | None
    nickname: str | None
    overwatch_usernames: list[str] | None
    coalesced_name: str | None
    coins: int


class OverwatchUsernamesResponse(Exact):
    user_id: int
    primary: str | None
    secondary: str | None
    tertiary: str | None


class JobStatusResponse(Exact):
    id: UUID
    status: Literal["processing", "succeeded", "failed", "timeout", "queued"]
    error_code: str | None
    error_msg: str | None


class NotificationEventResponse(Exact):
    id: int
    user_id: int
    event_type: str
    title: str
    body: str
    metadata: dict[str, Any] | None
    created_at: datetime
    read_at: datetime | None
    dismissed_at: datetime | None


class NotificationUnreadCountResponse(Exact):
    count: int


class NotificationPreferencesResponse(Exact):
    event_type: str
    channels: dict[Literal["discord_dm", "discord_ping", "web"], bool]


class ShouldDeliverResponse(Exact):
    should_deliver: bool


class ChangeRequestResponse(Exact):
    thread_id: int
    user_id: int
    code: Code
    content: str
    change_request_type: Literal[
        "Difficulty Change", "Map Geometry", "Map Edit Required", "Framework/Workshop", "Other"
    ]
    creator_mentions: str | None
    alerted: bool
    resolved: bool


class StaleChangeRequestResponse(Exact):
    thread_id: int
    user_id: int
    creator_mentions: str


class LogClicksDebug(Exact):
    id: int | None
    map_id: int | None
    user_id: int | None
    source: str | None
    user_agent: str | None
    ip_hash: str | None
    inserted_at: datetime
    day_bucket: int


class NewsfeedEvent(Exact):
    id: int
    timestamp: datetime
    payload: dict[str, Any]
    event_type: str
    total_results: int | None


class PublishNewsfeedJobResponse(Exact):
    job_status: JobStatusResponse
    newsfeed_id: int


class XpGrantResponse(Exact):
    previous_amount: int
    new_amount: int


KeyType = Literal["Classic", "Winter", "Summer", "Halloween", "Spring", "Autumn"]


class RewardTypeResponse(Exact):
    name: str
    key_type: KeyType
    rarity: str
    type: str
    duplicate: bool
    coin_amount: int
    url: str | None


class LootboxKeyTypeResponse(Exact):
    name: str


class UserRewardResponse(Exact):
    user_id: int
    earned_at: datetime
    name: str
    type: str
    rarity: str
    medal: str | None
    url: str | None


class UserLootboxKeyAmountResponse(Exact):
    key_type: KeyType
    amount: int


class XpSummaryResponse(Exact):
    xp: int
    raw_tier: int
    normalized_tier: int
    prestige_level: int
    current_main_tier_name: str
    current_sub_tier_name: str
    current_full_tier_name: str
    next_main_tier_name: str
    next_sub_tier_name: str
    next_full_tier_name: str
    next_sub_tier_xp_required: int
    next_sub_tier_xp_total: int
    next_main_tier_xp_required: int
    next_main_tier_xp_total: int


class TierChangeResponse(Exact):
    old_xp: int
    new_xp: int
    old_main_tier_name: str
    new_main_tier_name: str
    old_sub_tier_name: str
    new_sub_tier_name: str
    old_prestige_level: int
    new_prestige_level: int
    rank_change_type: str | None
    prestige_change: bool


Rank = Literal["Ninja", "Jumper", "Skilled", "Pro", "Master", "Grandmaster", "God"]
DifficultyTop = Literal["Easy", "Medium", "Hard", "Very Hard", "Extreme", "Hell"]


class RankDetailResponse(Exact):
    difficulty: DifficultyTop
    completions: int
    gold: int
    silver: int
    bronze: int
    rank_met: bool
    gold_rank_met: bool
    silver_rank_met: bool
    bronze_rank_met: bool


class CommunityLeaderboardResponse(Exact):
    user_id: int
    nickname: str | None
    xp_amount: int
    raw_tier: int
    normalized_tier: int
    prestige_level: int
    tier_name: str
    wr_count: int
    map_count: int
    playtest_count: int
    discord_tag: str
    skill_rank: Rank
    skill_score: float
    skill_tier: int
    skill_percentile: float
    skill_tier_name: str
    total_results: int


class BackgroundResponse(Exact):
    name: str | None
    url: str


class AvatarResponse(Exact):
    skin: str | None
    pose: str | None
    url: str


class RankCardBadgeSettings(Exact):
    badge_name1: str | None
    badge_name2: str | None
    badge_name3: str | None
    badge_name4: str | None
    badge_name5: str | None
    badge_name6: str | None
    badge_type1: str | None
    badge_type2: str | None
    badge_type3: str | None
    badge_type4: str | None
    badge_type5: str | None
    badge_type6: str | None
    badge_url1: str | None
    badge_url2: str | None
    badge_url3: str | None
    badge_url4: str | None
    badge_url5: str | None
    badge_url6: str | None


class RankCardDifficultiesData(Exact):
    completed: int
    gold: int
    silver: int
    bronze: int
    total: int


class RankCardResponse(Exact):
    rank_name: Rank
    nickname: str
    background: str
    total_maps_created: int
    total_playtests: int
    world_records: int
    difficulties: dict[DifficultyTop, RankCardDifficultiesData]
    avatar_skin: str
    avatar_pose: str
    badges: RankCardBadgeSettings
    xp: int
    community_rank: str
    prestige_level: int
    skill_score: float
    skill_tier: int
    skill_percentile: float
    skill_tier_name: str
    background_url: str
    rank_url: str
    avatar_url: str


class TierAmount(Exact):
    tier: str
    amount: int


class MapCompletionStatisticsResponse(Exact):
    min: float | None
    max: float | None
    avg: float | None


class MapPerDifficultyStatisticsResponse(Exact):
    difficulty: DifficultyTop
    amount: int


class PopularMapsStatisticsResponse(Exact):
    code: Code
    completions: int
    quality: float
    difficulty: DifficultyTop
    ranking: int


class TopCreatorsResponse(Exact):
    map_count: int
    name: str
    average_quality: float


class MapCountsResponse(Exact):
    map_name: str
    amount: int


class MapRecordProgressionResponse(Exact):
    time: float
    inserted_at: datetime


class TimePlayedPerRankResponse(Exact):
    total_seconds: float
    difficulty: DifficultyTop


class PlaytestResponse(Exact):
    id: int
    thread_id: int | None
    code: Code
    verification_id: int | None
    initial_difficulty: float
    created_at: datetime
    updated_at: datetime
    completed: bool
    thread_creation_status: Literal["pending", "processing", "success", "failed"] | None
    thread_creation_failure_reason: str | None
    thread_creation_last_attempt_at: datetime | None


class MapEditResponse(Exact):
    id: int
    map_id: int
    code: Code
    proposed_changes: dict[str, Any]
    reason: str
    created_by: int
    created_at: datetime
    message_id: int | None
    resolved_at: datetime | None
    accepted: bool | None
    resolved_by: int | None
    rejection_reason: str | None


class MapEditFieldChange(Exact):
    field: str
    old_value: str
    new_value: str


class MapEditSubmissionResponse(Exact):
    id: int
    code: Code
    map_name: str
    difficulty: Difficulty
    changes: list[MapEditFieldChange]
    reason: str
    submitter_name: str
    submitter_id: int
    created_at: datetime
    message_id: int | None


class PendingMapEditResponse(Exact):
    id: int
    code: Code
    message_id: int | None


class PlaytestVoteWithUser(Exact):
    user_id: int
    name: str
    difficulty: float


class PlaytestVotesResponse(Exact):
    votes: list[PlaytestVoteWithUser]
    average: float | None


class MapPartialResponse(Exact):
    map_id: int
    code: Code
    difficulty: Difficulty
    creator_name: str
    map_name: str
    checkpoints: int


class CreatorFull(Exact):
    id: int
    is_primary: bool
    name: str


class MedalsResponse(Exact):
    gold: float
    silver: float
    bronze: float


class MapPlaytestResponse(Exact):
    thread_id: int
    vote_average: float | None
    vote_count: int | None
    voters: list[int] | None
    verification_id: int | None
    initial_difficulty: float
    completed: bool


class MapResponse(Exact):
    id: int
    code: Code
    map_name: str
    category: Literal["Classic", "Increasing Difficulty", "Other"]
    creators: list[CreatorFull]
    checkpoints: Annotated[int, Meta(gt=0)]
    difficulty: Difficulty
    official: bool
    playtesting: Literal["Approved", "In Progress", "Rejected"]
    archived: bool
    hidden: bool
    created_at: datetime
    updated_at: datetime
    ratings: float | None
    playtest: MapPlaytestResponse | None
    guides: list[str] | None
    raw_difficulty: Annotated[float, Meta(ge=0, le=10)] | None
    mechanics: list[str]
    restrictions: list[str]
    tags: list[str]
    description: str | None
    medals: MedalsResponse | None
    title: str | None
    map_banner: str | None
    time: float | None
    total_results: int | None
    linked_code: Code | None


class MapCreationJobResponse(Exact):
    job_status: JobStatusResponse | None
    data: MapResponse


class CompletionSubmissionJobResponse(Exact):
    job_status: JobStatusResponse | None
    completion_id: int


class CompletionResponse(Exact):
    code: Code
    user_id: int
    name: str
    also_known_as: str | None
    time: float
    screenshot: str
    video: str | None
    completion: bool
    verified: bool
    rank: int | None
    medal: Medal | None
    map_name: str
    difficulty: Difficulty
    message_id: int | None
    legacy: bool
    legacy_medal: Medal | None
    suspicious: bool
    total_results: int | None
    upvotes: int
    id: int | None


class CompletionSubmissionResponse(Exact):
    id: int
    user_id: int
    time: float
    screenshot: str
    video: str | None
    verified: bool
    completion: bool
    inserted_at: datetime
    code: Code
    difficulty: Difficulty
    map_name: str
    hypothetical_rank: int | None
    hypothetical_medal: Medal | None
    name: str
    also_known_as: str
    verified_by: int | None
    verification_id: int | None
    message_id: int | None
    suspicious: bool


class PendingVerificationResponse(Exact):
    id: int
    verification_id: int


class DashboardCompletionResponse(Exact):
    code: Code
    user_id: int
    name: str
    also_known_as: str | None
    time: float
    screenshot: str
    video: str | None
    completion: bool
    rank: int | None
    medal: Medal | None
    map_name: str
    difficulty: Difficulty
    message_id: int | None
    reason: str | None
    status: Literal["Pending", "Verified", "Rejected"]
    total_results: int | None
    upvotes: int
    id: int | None


class SuspiciousCompletionResponse(Exact):
    id: int
    user_id: int
    context: str
    flag_type: Literal["Cheating", "Scripting"]
    message_id: int | None
    verification_id: int | None
    flagged_by: int


class UpvoteSubmissionJobResponse(Exact):
    job_status: JobStatusResponse | None
    upvotes: int | None


class GuideResponse(Exact):
    url: str
    user_id: int


class GuideFullResponse(GuideResponse):
    usernames: list[str]


class MapMasteryResponse(Exact):
    map_name: str
    amount: int
    level: str | None
    icon_url: str | None


class MapMasteryCreateResponse(Exact):
    map_name: str
    medal: str
    operation_status: Literal["inserted", "updated"]


class TrendingMapResponse(Exact):
    code: Code
    map_name: str
    clicks: int
    completions: int
    upvotes: int
    momentum: float
    trend_score: float
