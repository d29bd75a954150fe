"""What is asked of Bungie about players, characters and clans, and what of the answers is used."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from html import unescape
from typing import Any, Final, TypeVar

from msgspec import Struct

from genjilib.core import log
from genjilib.core.errors import Later
from genjilib.raids.bungie import PRIVATE, Bungie, Refused
from genjilib.raids.pgcr import RAID

PAGE: Final = 250
"""Activities of a page of a history."""
RECENT: Final = 150
BLIZZARD: Final = 4
"""A platform of which nothing can be asked any more."""
CLAN: Final = 1
MOST_PAGES: Final = 20
"""Pages of a clan's members: a clan has at most 100 members, and a page at least 50."""
TRIES: Final = 4
WAIT: Final = 2.0
"""Seconds before the second try of a question; before the n-th further one, n times as many."""
_FIRST_DLC_BIT: Final = 3
_ANY_PLATFORM: Final = -1
_PVE_AND_PVP: Final = 2
_INVISIBLE: Final = "ㅤ"
"""A filler that counts as a letter and shows nothing; clans put it around their names."""


T = TypeVar("T")
R = TypeVar("R")

_logger = log.get_logger(__name__)


class Asking:
    """The same question about many, a few at once, each tried several times; ``failed`` had no answer."""

    def __init__(self, at_once: int, wait: float = WAIT) -> None:
        """Ask about ``at_once`` at a time; ``wait`` is for what Bungie cannot answer now."""
        self.failed = 0
        self._wait, self._room = wait, asyncio.Semaphore(at_once)

    async def each(self, ask: Callable[[T], Awaitable[R]], about: Iterable[T]) -> list[R | None]:
        """Ask about each; nothing stands for what is refused, or has no answer."""
        return await asyncio.gather(*(self._one(ask, one) for one in about))

    async def _one(self, ask: Callable[[T], Awaitable[R]], about: T) -> R | None:
        async with self._room:
            for attempt in range(1, TRIES + 1):
                try:
                    return await ask(about)
                except Refused:
                    return None
                except Later as error:
                    if attempt == TRIES:
                        _logger.warning("bungie-unanswered", reason=error.detail)
                        break
                    await asyncio.sleep(self._wait * attempt)
        self.failed += 1
        return None


class UserInfo(Struct, rename="camel"):
    """An account, as Bungie names it."""

    membership_id: int
    membership_type: int
    display_name: str | None = None
    bungie_global_display_name: str | None = None
    bungie_global_display_name_code: int | None = None
    applicable_membership_types: tuple[int, ...] = ()


class Character(Struct, rename="camel"):
    """A character of an account."""

    class_hash: int | None = None
    emblem_path: str | None = None
    date_last_played: datetime | None = None


class PlayerTold(Struct, frozen=True):
    """What Bungie says about a player; ``first_seen`` is the oldest of the latest activities."""

    membership_id: int
    membership_type: int
    icon_path: str | None
    display_name: str | None
    bungie_global_display_name: str | None
    bungie_global_display_name_code: str | None
    first_seen: datetime | None
    last_seen: datetime
    is_private: bool


class Profile(Struct, frozen=True):
    """What Bungie tells about an account; platforms of Bungie's numbers, ranks from 1 to 11."""

    platforms: frozenset[int]
    characters: int
    dlcs: int
    seasons: int
    rank: int
    best_rank: int


class Clan(Struct, frozen=True):
    """What a clan calls itself."""

    group_id: int
    name: str
    motto: str
    call_sign: str
    clan_banner_data: dict[str, Any]


class _Profiles(Struct):
    profiles: list[UserInfo] = []


class _Profile(Struct, rename="camel"):
    user_info: UserInfo
    date_last_played: datetime
    character_ids: tuple[str, ...] = ()
    versions_owned: int = 0
    season_hashes: tuple[int, ...] = ()
    current_guardian_rank: int = 0
    lifetime_highest_guardian_rank: int = 0


class _ProfileData(Struct):
    data: _Profile


class _CharactersData(Struct, frozen=True):
    data: dict[str, Character] = {}


class _Account(Struct):
    profile: _ProfileData
    characters: _CharactersData = _CharactersData()


class _CharacterData(Struct):
    data: Character


class _OneCharacter(Struct):
    character: _CharacterData


class _Owned(Struct, rename="camel"):
    character_id: int


class _Stats(Struct):
    characters: list[_Owned] = []


class _Details(Struct, rename="camel"):
    instance_id: int


class _Activity(Struct, rename="camel"):
    period: datetime
    activity_details: _Details


class _Activities(Struct):
    activities: list[_Activity] = []


class _ClanInfo(Struct, frozen=True, rename="camel"):
    clan_callsign: str = ""
    clan_banner_data: dict[str, Any] = {}


class _Group(Struct, rename="camel"):
    group_id: int
    group_type: int
    name: str
    motto: str = ""
    clan_info: _ClanInfo = _ClanInfo()


class _GroupDetail(Struct):
    detail: _Group


class _Membership(Struct):
    group: _Group


class _Memberships(Struct, rename="camel"):
    results: list[_Membership] = []
    are_all_memberships_inactive: dict[str, bool] = {}


class _Member(Struct, rename="camel"):
    destiny_user_info: UserInfo


class _Members(Struct, rename="camel"):
    results: list[_Member] = []
    has_more: bool = False


async def platform_of(bungie: Bungie, membership_id: int) -> int | None:
    """Return the platform of an account; nothing when Bungie links it to none."""
    path = f"/Destiny2/{_ANY_PLATFORM}/Profile/{membership_id}/LinkedProfiles/"
    found = await bungie.get(path, _Profiles, getAllMemberships="true")
    return next((one.membership_type for one in found.profiles if one.membership_id == membership_id), None)


async def player(bungie: Bungie, platform: int, membership_id: int) -> PlayerTold:
    """Ask who a player is, and whether the account lets its history be read."""
    path = f"/Destiny2/{platform}/Profile/{membership_id}/"
    found = await bungie.get(path, _Account, components="100,200")
    info, last_seen = found.profile.data.user_info, found.profile.data.date_last_played
    characters = {
        int(key): one for key, one in found.characters.data.items() if one.date_last_played is not None
    }
    last = max(characters, key=lambda one: (characters[one].date_last_played or last_seen, one), default=None)
    first_seen, private = None, False
    if last is not None:
        try:
            page = await _page(bungie, platform, membership_id, last, mode=_PVE_AND_PVP, count=RECENT, page=0)
            first_seen = min((activity.period for activity in page), default=None)
        except Refused as error:
            if error.error_code != PRIVATE:
                raise
            private = True
    name, code = info.bungie_global_display_name or None, info.bungie_global_display_name_code
    return PlayerTold(
        membership_id=membership_id,
        membership_type=platform,
        icon_path=characters[last].emblem_path if last is not None else None,
        display_name=info.display_name or None,
        bungie_global_display_name=name,
        bungie_global_display_name_code=f"{code:04}" if name and code is not None else None,
        first_seen=first_seen,
        last_seen=last_seen,
        is_private=private,
    )


async def profile(bungie: Bungie, platform: int, membership_id: int) -> Profile:
    """Ask what an account owns and reached."""
    path = f"/Destiny2/{platform}/Profile/{membership_id}/"
    told = (await bungie.get(path, _Account, components=100)).profile.data
    return Profile(
        platforms=frozenset((told.user_info.membership_type, *told.user_info.applicable_membership_types)),
        characters=len(told.character_ids),
        dlcs=(told.versions_owned >> _FIRST_DLC_BIT).bit_count(),
        seasons=len(told.season_hashes),
        rank=told.current_guardian_rank,
        best_rank=told.lifetime_highest_guardian_rank,
    )


async def class_of(bungie: Bungie, platform: int, membership_id: int, character_id: int) -> int | None:
    """Ask for the class of a character."""
    path = f"/Destiny2/{platform}/Profile/{membership_id}/Character/{character_id}/"
    return (await bungie.get(path, _OneCharacter, components=200)).character.data.class_hash


async def raids_of(bungie: Bungie, platform: int, membership_id: int) -> set[int]:
    """Ask for the ids of all raids in a player's history, of all characters, page after page.

    One page that cannot be had is an error: a history with a hole in it was not read.
    """
    path = f"/Destiny2/{platform}/Account/{membership_id}/Stats/"
    stats = await bungie.get(path, _Stats)
    histories = await asyncio.gather(
        *(_history(bungie, platform, membership_id, one.character_id) for one in stats.characters)
    )
    return {instance_id for history in histories for instance_id in history}


async def clan(bungie: Bungie, group_id: int) -> Clan | None:
    """Ask what a clan calls itself; nothing for groups that are no clans."""
    found = (await bungie.get(f"/GroupV2/{group_id}/", _GroupDetail)).detail
    if found.group_type != CLAN:
        return None
    return Clan(
        group_id=group_id,
        name=unescape(found.name).strip(f" \t\n{_INVISIBLE}"),
        motto=unescape(found.motto),
        call_sign=unescape(found.clan_info.clan_callsign),
        clan_banner_data=found.clan_info.clan_banner_data,
    )


async def clans_of(bungie: Bungie, platform: int, membership_id: int) -> set[int]:
    """Ask in which clans a player is, without those that all of the player's accounts have left behind."""
    found = await bungie.get(f"/GroupV2/User/{platform}/{membership_id}/0/1/", _Memberships)
    inactive = found.are_all_memberships_inactive
    groups = [one.group for one in found.results if one.group.group_type == CLAN]
    return {group.group_id for group in groups if not inactive.get(str(group.group_id))}


async def members_of(bungie: Bungie, group_id: int) -> set[int]:
    """Ask for the ids of all members of a clan, page after page."""
    found: set[int] = set()
    for number in range(1, MOST_PAGES + 1):
        page = await bungie.get(f"/GroupV2/{group_id}/Members/", _Members, currentpage=number, memberType=0)
        found |= {member.destiny_user_info.membership_id for member in page.results}
        if not page.has_more:
            break
    return found


async def _history(bungie: Bungie, platform: int, membership_id: int, character_id: int) -> Iterable[int]:
    found: list[int] = []
    page = 0
    while activities := await _page(
        bungie, platform, membership_id, character_id, mode=RAID, count=PAGE, page=page
    ):
        found += (activity.activity_details.instance_id for activity in activities)
        page += 1
    return found


async def _page(
    bungie: Bungie, platform: int, membership_id: int, character_id: int, *, mode: int, count: int, page: int
) -> list[_Activity]:
    path = f"/Destiny2/{platform}/Account/{membership_id}/Character/{character_id}/Stats/Activities/"
    return (await bungie.get(path, _Activities, mode=mode, count=count, page=page)).activities
