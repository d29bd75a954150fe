"""A post-game carnage report as Bungie sends it: only the fields that are used, decoded straight from bytes.

No key is sure to be there. A missing statistic is 0; a missing sign of a fresh start is ``None``.
Numbers arrive as ``12.0`` and ids as strings; both become integers, exactly.
"""

from datetime import datetime
from typing import Final

import msgspec


class _Wire(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """What all parts share: names in camel case, immutable, never part of a reference cycle."""


class Basic(_Wire, frozen=True):
    """The inner half of a statistic."""

    value: int = 0


class Stat(_Wire, frozen=True):
    """A statistic: its number, without the text shown to people."""

    basic: Basic = Basic()


ZERO: Final = Stat()
UNKNOWN: Final = Stat(Basic(-1))


class UserInfo(_Wire, frozen=True):
    """Who played, as Bungie knows them at the time of the request."""

    membership_id: int
    membership_type: int = 0
    display_name: str | None = None
    icon_path: str | None = None
    bungie_global_display_name: str | None = None
    bungie_global_display_name_code: int | None = None


class EntryPlayer(_Wire, frozen=True):
    """The player of an entry, and the class and emblem of the character."""

    destiny_user_info: UserInfo
    class_hash: int = 0
    emblem_hash: int = 0


class Values(_Wire, frozen=True):
    """The statistics of an entry; some describe the whole activity and stand in each entry."""

    player_count: Stat = UNKNOWN
    activity_duration_seconds: Stat = ZERO
    completion_reason: Stat = ZERO
    team_score: Stat = ZERO
    completed: Stat = ZERO
    score: Stat = ZERO
    kills: Stat = ZERO
    deaths: Stat = ZERO
    assists: Stat = ZERO
    start_seconds: Stat = ZERO
    time_played_seconds: Stat = ZERO


class WeaponValues(_Wire, frozen=True):
    """The statistics of a weapon in the hands of one character."""

    unique_weapon_kills: Stat = ZERO
    unique_weapon_precision_kills: Stat = ZERO


class EntryWeapon(_Wire, frozen=True):
    """A weapon that killed something."""

    reference_id: int
    values: WeaponValues = WeaponValues()


class ExtendedValues(_Wire, frozen=True):
    """The statistics that not every mode has."""

    precision_kills: Stat = ZERO
    weapon_kills_super: Stat = ZERO
    weapon_kills_grenade: Stat = ZERO
    weapon_kills_melee: Stat = ZERO


class Extended(_Wire, frozen=True):
    """The second part of an entry; old reports have none, or one without weapons."""

    values: ExtendedValues = ExtendedValues()
    weapons: tuple[EntryWeapon, ...] | None = None


class Entry(_Wire, frozen=True):
    """One character's part in the activity."""

    character_id: int
    player: EntryPlayer
    values: Values = Values()
    extended: Extended | None = None


class ActivityDetails(_Wire, frozen=True):
    """Which activity it was."""

    instance_id: int
    director_activity_hash: int = 0
    mode: int = 0
    membership_type: int = 0


class Report(_Wire, frozen=True):
    """A post-game carnage report."""

    period: datetime
    activity_details: ActivityDetails
    entries: tuple[Entry, ...] = ()
    starting_phase_index: int | None = None
    activity_was_started_from_beginning: bool | None = None
    selected_skull_hashes: tuple[int, ...] | None = None


decode: Final = msgspec.json.Decoder(Report, strict=False).decode
"""Read a report from its bytes (without the envelope); raise ``msgspec.MsgspecError`` when it is none."""
