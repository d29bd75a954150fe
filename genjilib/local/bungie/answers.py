"""What Bungie answers about a world when nothing is wrong: one function a kind of question."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from genjilib.local.bungie.reports import envelope, refusal, report
from genjilib.local.bungie.world import Person, World
from genjilib.local.discord.jsons import Json

Answer = tuple[int, Json]
"""HTTP status and body; Bungie says what is wrong in the body, whatever the status."""

RAID: Final = 4
ALL: Final = 0
PAGE_OF_MEMBERS: Final = 50

UNPLAYED: Final = (404, refusal(1653, "DestinyPGCRNotFound", "The activity was not found."))
HIDDEN: Final = (403, refusal(12, "InsufficientPrivileges", "You are not allowed to see this."))
NO_ACCOUNT: Final = (500, refusal(1601, "DestinyAccountNotFound", "We were unable to find your account."))
NO_CHARACTER: Final = (500, refusal(1620, "DestinyCharacterNotFound", "The character was not found."))
PRIVATE: Final = (500, refusal(1665, "DestinyPrivacyRestriction", "The user has chosen to be private."))
NO_GROUP: Final = (404, refusal(622, "GroupNotFound", "The group was not found."))
NO_CLAN: Final = (404, refusal(686, "ClanNotFound", "The clan was not found."))


def pgcr(world: World, instance_id: int, *, unlocked: bool, frontier: int) -> Answer:
    """Answer with a report: hidden ones until they are unlocked, none at the frontier."""
    kind = world.kind(instance_id)
    if kind == "absent" or instance_id >= frontier:
        return UNPLAYED
    if kind == "restricted" and not unlocked:
        return HIDDEN
    body = report(world.played(instance_id))
    if kind == "malformed":
        body["entries"] = body["entries"][:-1]
    return 200, envelope(body)


def linked_profiles(world: World, path: Mapping[str, str], query: Mapping[str, str]) -> Answer:
    """Answer with the account's platform."""
    person = world.person(int(path["id"]))
    if person is None:
        return NO_ACCOUNT
    return 200, envelope({"profiles": [_user_info(person)], "profilesWithErrors": []})


def profile(world: World, path: Mapping[str, str], query: Mapping[str, str]) -> Answer:
    """Answer with the components 100 (profile) and 200 (characters), as far as they are asked for."""
    if (person := _at(world, path)) is None:
        return NO_ACCOUNT
    components, found = query.get("components", "").split(","), dict[str, Any]()
    if "100" in components:
        found["profile"] = {"data": _profile(world, person), "privacy": 1}
    if "200" in components:
        data = {str(character): _character(world, person, character) for character, _ in person.characters}
        found["characters"] = {"data": data, "privacy": 1}
    return 200, envelope(found)


def character(world: World, path: Mapping[str, str], query: Mapping[str, str]) -> Answer:
    """Answer with a character."""
    if (person := _at(world, path)) is None:
        return NO_ACCOUNT
    wanted = int(path["character"])
    if wanted not in dict(person.characters):
        return NO_CHARACTER
    return 200, envelope({"character": {"data": _character(world, person, wanted), "privacy": 1}})


def account_stats(world: World, path: Mapping[str, str], query: Mapping[str, str]) -> Answer:
    """Answer with all characters of an account."""
    if (person := _at(world, path)) is None:
        return NO_ACCOUNT
    characters = [{"characterId": str(c), "deleted": False} for c, _ in person.characters]
    return 200, envelope({"characters": characters})


def activities(world: World, path: Mapping[str, str], query: Mapping[str, str]) -> Answer:
    """Answer with a page of a character's history; a page behind the last has no activities at all."""
    if (person := _at(world, path)) is None:
        return NO_ACCOUNT
    if person.private:
        return PRIVATE
    mode, count, page = (int(query.get(name, 0)) for name in ("mode", "count", "page"))
    played = world.histories.get(int(path["character"]), ())
    wanted = [one for one in played if mode != RAID or one[2] == RAID]
    found = [_activity(*one) for one in wanted[page * count : (page + 1) * count]]
    return 200, envelope({"activities": found} if found else {})


def group(world: World, path: Mapping[str, str], query: Mapping[str, str]) -> Answer:
    """Answer with a clan."""
    group_id = int(path["group"])
    return (200, envelope({"detail": _group(group_id)})) if world.members(group_id) else NO_GROUP


def members(world: World, path: Mapping[str, str], query: Mapping[str, str]) -> Answer:
    """Answer with a page of a clan's members; pages count from 1."""
    everybody = world.members(int(path["group"]))
    if not everybody:
        return NO_CLAN
    start = (int(query.get("currentpage", 1)) - 1) * PAGE_OF_MEMBERS
    page = everybody[start : start + PAGE_OF_MEMBERS]
    results = [{"groupId": path["group"], "destinyUserInfo": _user_info(person)} for person in page]
    more = start + PAGE_OF_MEMBERS < len(everybody)
    return 200, envelope({"results": results, "totalResults": len(everybody), "hasMore": more})


def groups_of(world: World, path: Mapping[str, str], query: Mapping[str, str]) -> Answer:
    """Answer with the clan of a player, if there is one."""
    if (person := _at(world, path)) is None:
        return NO_ACCOUNT
    ids = [] if person.group_id is None else [person.group_id]
    results = [{"group": _group(one)} for one in ids]
    return 200, envelope({"results": results, "areAllMembershipsInactive": {str(one): False for one in ids}})


def manifest(world: World, path: Mapping[str, str], query: Mapping[str, str]) -> Answer:
    """Answer with the version of the manifest and where its tables are."""
    tables = {name: f"/common/{name}.json" for name in TABLES}
    version = {"version": f"world-{world.seed}", "jsonWorldComponentContentPaths": {"en": tables}}
    return 200, envelope(version)


def _items() -> Json:
    found: Json = {str(number): _item(number, kind) for number, kind in enumerate(KINDS_OF_WEAPONS, WEAPONS)}
    found["7"] = {"hash": 7, "itemType": 2, "displayProperties": _display("A helmet")}
    found["8"] = {"hash": 8, "itemType": 3, "displayProperties": _display("Classified"), "redacted": True}
    return found


def _item(number: int, kind: int) -> Json:
    return {
        "hash": number,
        "itemType": 3,
        "itemSubType": kind,
        "defaultDamageType": (1, 2, 3, 4, 6, 7)[number % 6],
        "displayProperties": _display(f"Weapon {number - WEAPONS}"),
        "inventory": {"tierTypeName": ("Legendary", "Exotic")[number % 2]},
        "equippingBlock": {
            "ammoType": 1 + number % 3,
            "equipmentSlotTypeHash": (1498876634, 2465295065, 953998645)[number % 3],
        },
    }


def _activities() -> Json:
    return {"1044919065": {"difficultyTierCollectionHash": 50}, "5": {"difficultyTierCollectionHash": 51}}


def _tiers() -> Json:
    return {
        "50": {"difficultyTiers": [{"selectableSkullCollectionHashes": [60]}, {}]},
        "51": {"difficultyTiers": [{"selectableSkullCollectionHashes": [61]}]},
    }


def _skulls() -> Json:
    feats = [_skull(845104503, 1), _skull(2008962334, 2), _skull(99, 0)]
    return {
        "60": {"selectableActivitySkulls": feats},
        "61": {"selectableActivitySkulls": [_skull(98, 1)]},
    }


def _skull(skull_hash: int, use: int) -> Json:
    skull = {
        "hash": 1000 + use,
        "skullIdentifierHash": skull_hash,
        "displayProperties": _display(f"Feat: Number {skull_hash}"),
        "displayDescriptionOverrideForNavMode": "Harder",
        "dynamicUse": use,
        "modifierPowerContribution": 10 * use,
    }
    return {"activitySkull": skull}


def _display(name: str) -> Json:
    return {"name": name, "icon": f"/common/{name}.png", "description": f"It is {name}."}


WEAPONS: Final = 1_000_000_000
KINDS_OF_WEAPONS: Final = (6, 7, 8, 9, 10, 11, 12, 13, 14, 17, 18, 22, 23, 24, 25, 31, 33)
TABLES: Final[dict[str, Callable[[], Json]]] = {
    "DestinyInventoryItemDefinition": _items,
    "DestinyActivityDefinition": _activities,
    "DestinyActivityDifficultyTierCollectionDefinition": _tiers,
    "DestinyActivitySelectableSkullCollectionDefinition": _skulls,
}
"""What the manifest has, by the names of its tables."""

Question = Callable[[World, Mapping[str, str], Mapping[str, str]], Answer]

QUESTIONS: Final[dict[str, Question]] = {
    "/Platform/Destiny2/{type}/Profile/{id}/LinkedProfiles/": linked_profiles,
    "/Platform/Destiny2/{type}/Profile/{id}/": profile,
    "/Platform/Destiny2/{type}/Profile/{id}/Character/{character}/": character,
    "/Platform/Destiny2/{type}/Account/{id}/Stats/": account_stats,
    "/Platform/Destiny2/{type}/Account/{id}/Character/{character}/Stats/Activities/": activities,
    "/Platform/GroupV2/User/{type}/{id}/0/1/": groups_of,
    "/Platform/GroupV2/{group}/": group,
    "/Platform/GroupV2/{group}/Members/": members,
    "/Platform/Destiny2/Manifest/": manifest,
}
"""Every question but those about reports and settings, by its path."""


def _at(world: World, path: Mapping[str, str]) -> Person | None:
    """Return the account of a path, if it is on the platform that the path names."""
    person = world.person(int(path["id"]))
    return person if person and person.membership_type == int(path["type"]) else None


def _user_info(person: Person) -> Json:
    return {
        "membershipType": person.membership_type,
        "membershipId": str(person.membership_id),
        "displayName": person.name,
        "iconPath": f"/img/theme/{person.membership_type}.png",
        "isPublic": not person.private,
        "applicableMembershipTypes": [person.membership_type],
        "bungieGlobalDisplayName": person.name,
        "bungieGlobalDisplayNameCode": person.code,
    }


def _profile(world: World, person: Person) -> Json:
    played = [_last(world, character) for character, _ in person.characters]
    rank = 1 + person.code % 11
    return {
        "userInfo": _user_info(person),
        "dateLastPlayed": _text(max(played)),
        "versionsOwned": 2 ** (3 + person.code % 9) - 1,
        "characterIds": [str(character) for character, _ in person.characters],
        "seasonHashes": list(range(person.code % 20)),
        "currentGuardianRank": rank,
        "lifetimeHighestGuardianRank": rank,
    }


def _character(world: World, person: Person, character_id: int) -> Json:
    return {
        "membershipId": str(person.membership_id),
        "membershipType": person.membership_type,
        "characterId": str(character_id),
        "classHash": dict(person.characters)[character_id],
        "emblemPath": f"/common/destiny2_content/icons/{character_id:032x}.jpg",
        "dateLastPlayed": _text(_last(world, character_id)),
    }


def _activity(instance_id: int, start: datetime, mode: int) -> Json:
    return {"period": _text(start), "activityDetails": {"instanceId": str(instance_id), "mode": mode}}


def _group(group_id: int) -> Json:
    return {
        "groupId": str(group_id),
        "groupType": 1,
        "name": f" Fire &amp; Flame {group_id}ㅤ",
        "motto": "We &lt;3 raids",
        "clanInfo": {"clanCallsign": f"F&amp;{group_id % 100}", "clanBannerData": {"decalId": group_id}},
    }


def _last(world: World, character_id: int) -> datetime:
    played = world.histories.get(character_id)
    return played[0][1] if played else datetime(2017, 9, 6, tzinfo=UTC)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
