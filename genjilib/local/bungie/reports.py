"""Post-game carnage reports in Bungie's words, with all that the real ones carry: about 5 KB a player."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from genjilib.local.discord.jsons import Json

CLASSES = {671679327: "Hunter", 2271682572: "Warlock", 3655393761: "Titan"}
OTHER_VALUES = (
    *("averageScorePerKill", "averageScorePerLife", "efficiency", "killsDeathsRatio", "killsDeathsAssists"),
    *("opponentsDefeated", "team", "standing", "fireteamId", "remainingTimeAfterQuitSeconds"),
)
OTHER_EXTENDED = (
    *("weaponKillsAbility", "weaponBestType", "allMedalsEarned", "orbsGathered", "precisionRate"),
    *("longestKillSpree", "longestSingleLife", "resurrectionsPerformed", "resurrectionsReceived", "suicides"),
    *("medalRaidBoss", "medalRaidEncounter", "medalRaidKey", "medalAbility", "medalPrecision", "medalMulti"),
    *("medalStreak", "medalWeaponAuto", "medalWeaponFusion", "medalWeaponHand", "medalWeaponSword"),
)


@dataclass(frozen=True)
class Weapon:
    """Kills of a character with a weapon."""

    hash: int
    kills: int
    precision_kills: int = 0


@dataclass(frozen=True)
class Entry:
    """One character in an instance."""

    membership_id: int
    character_id: int
    membership_type: int = 3
    name: str = "Guardian"
    code: int | None = 7
    class_hash: int = 671679327
    emblem_hash: int = 1538938257
    completed: bool = True
    start: int = 0
    played: int = 1800
    stats: Mapping[str, int] = field(default_factory=dict[str, int])
    extended: Mapping[str, int] = field(default_factory=dict[str, int])
    weapons: Sequence[Weapon] = ()


@dataclass(frozen=True)
class Played:
    """An instance as it happened, from which its report is written."""

    instance_id: int
    start: datetime
    entries: Sequence[Entry]
    hash: int = 3881495763
    duration: int = 1800
    mode: int = 4
    platform: int = 254
    reason: int = 0
    team_score: int = 0
    phase: int | None = 0
    from_beginning: bool | None = True
    skulls: Sequence[int] | None = None


def report(played: Played) -> Json:
    """The report of an instance, without the envelope."""
    return {
        "period": played.start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **({} if played.phase is None else {"startingPhaseIndex": played.phase}),
        **(
            {}
            if played.from_beginning is None
            else {"activityWasStartedFromBeginning": played.from_beginning}
        ),
        **({} if played.skulls is None else {"selectedSkullHashes": list(played.skulls)}),
        "activityDetails": {
            "referenceId": played.hash,
            "directorActivityHash": played.hash,
            "instanceId": str(played.instance_id),
            "mode": played.mode,
            "modes": [played.mode, 7],
            "isPrivate": False,
            "membershipType": played.platform,
        },
        "entries": [_entry(played, entry) for entry in played.entries],
        "teams": [],
    }


def envelope(response: Any, *, throttle: int = 0) -> Json:
    """Bungie's answer around what was asked for."""
    return {
        "Response": response,
        "ErrorCode": 1,
        "ThrottleSeconds": throttle,
        "ErrorStatus": "Success",
        "Message": "Ok",
        "MessageData": {},
    }


def refusal(code: int, status: str, message: str) -> Json:
    """Bungie's answer when there is nothing to answer with."""
    found = envelope(None) | {"ErrorCode": code, "ErrorStatus": status, "Message": message}
    del found["Response"]
    return found


def weapons_for(rng: random.Random, kills: int, most: int = 9) -> list[Weapon]:
    """Share ``kills`` among a few weapons."""
    hashes = rng.sample(range(1_000_000_000, 1_000_000_400), rng.randint(1, most))
    cuts = sorted(rng.randint(0, kills) for _ in hashes[1:])
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, kills], strict=True)]
    return [Weapon(h, n, rng.randint(0, n)) for h, n in zip(hashes, parts, strict=True) if n]


def _entry(played: Played, entry: Entry) -> Json:
    values = {
        "playerCount": len(played.entries),
        "activityDurationSeconds": played.duration,
        "completionReason": played.reason,
        "teamScore": played.team_score,
        "completed": int(entry.completed),
        "startSeconds": entry.start,
        "timePlayedSeconds": entry.played,
        **entry.stats,
    }
    kills = entry.stats.get("kills", 0)
    return {
        "standing": int(not entry.completed),
        "score": _stat(entry.stats.get("score", 0)),
        "player": _player(entry),
        "characterId": str(entry.character_id),
        "values": _VALUES | {name: _stat(value) for name, value in values.items()},
        "extended": {
            "weapons": [_weapon(weapon, kills) for weapon in entry.weapons],
            "values": _EXTENDED | {name: _stat(value) for name, value in entry.extended.items()},
        },
    }


def _player(entry: Entry) -> Json:
    return {
        "destinyUserInfo": {
            "iconPath": f"/common/destiny2_content/icons/{entry.emblem_hash:032x}.jpg",
            "crossSaveOverride": 0,
            "applicableMembershipTypes": [entry.membership_type],
            "isPublic": True,
            "membershipType": entry.membership_type,
            "membershipId": str(entry.membership_id),
            "displayName": entry.name,
            "bungieGlobalDisplayName": entry.name if entry.code is not None else "",
            **({} if entry.code is None else {"bungieGlobalDisplayNameCode": entry.code}),
        },
        "characterClass": CLASSES.get(entry.class_hash),
        "classHash": entry.class_hash,
        "raceHash": 3887404748,
        "genderHash": 3111576190,
        "characterLevel": 50,
        "lightLevel": 1810,
        "emblemHash": entry.emblem_hash,
    }


def _weapon(weapon: Weapon, kills: int) -> Json:
    share = weapon.precision_kills / weapon.kills if weapon.kills else 0.0
    return {
        "referenceId": weapon.hash,
        "values": {
            "uniqueWeaponKills": _stat(weapon.kills),
            "uniqueWeaponPrecisionKills": _stat(weapon.precision_kills),
            "uniqueWeaponKillsPrecisionKills": {
                "basic": {"value": share, "displayValue": f"{share:.0%}"},
            },
        },
    }


@lru_cache(maxsize=4096)  # shared: nobody changes the inside of a report
def _stat(value: int) -> Json:
    return {"basic": {"value": float(value), "displayValue": str(value)}}


_VALUES: Final = dict.fromkeys(OTHER_VALUES, _stat(0))
_EXTENDED: Final = dict.fromkeys(OTHER_EXTENDED, _stat(0))
