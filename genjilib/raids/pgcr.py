"""Report processing: from the bytes of a post-game carnage report to an instance, by rules alone.

Nothing here knows a clock, a database or a network; equal bytes give equal instances.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from genjilib.raids import wire
from genjilib.raids.types import Character, Instance, NonRaid, Player, Weapon
from genjilib.raids.wire import Entry, Report

RAID: Final = 4
"""The mode of raids."""

BEYOND_LIGHT: Final = datetime(2020, 11, 10, 17, tzinfo=UTC)
WITCH_QUEEN: Final = datetime(2022, 2, 22, 17, tzinfo=UTC)
HAUNTED: Final = datetime(2022, 5, 24, 17, tzinfo=UTC)
"""Releases at which the meaning of the signs of a fresh start changed."""

_LEVIATHAN: Final = frozenset(
    {
        *(2693136600, 2693136601, 2693136602, 2693136603, 2693136604, 2693136605),
        *(89727599, 287649202, 1699948563, 1875726950, 3916343513, 4039317196),
        *(417231112, 508802457, 757116822, 771164842, 1685065161, 1800508819),
        *(2449714930, 3446541099, 4206123728, 3912437239, 3879860661, 3857338478),
    }
)
_SCOURGE: Final = frozenset({548750096, 2812525063})
_FIRST_PHASES: Final = dict.fromkeys(_LEVIATHAN, (0, 2)) | dict.fromkeys(_SCOURGE, (0, 1))
"""Phases that begin a raid, where it is not phase 0 alone."""


class BadFormat(Exception):
    """A report that contradicts itself or lacks what no rule can replace."""


def process(raw: bytes | msgspec.Raw) -> Instance | NonRaid:
    """Apply the rules to the bytes of a report (without Bungie's envelope); raise ``BadFormat``."""
    try:
        report = wire.decode(raw)
    except msgspec.MsgspecError as error:
        raise BadFormat(str(error)) from error
    return process_report(report)


def process_report(report: Report) -> Instance | NonRaid:
    """Apply the rules to a decoded report; raise ``BadFormat``."""
    try:
        if report.activity_details.mode == RAID:
            return _instance(report)
        return NonRaid(report.activity_details.instance_id, _start(report) + _length(report))
    except OverflowError as error:
        raise BadFormat(f"a time out of range: {error}") from error


def _instance(report: Report) -> Instance:
    _check(report)
    details, first = report.activity_details, report.entries[0].values
    start, duration = _start(report), first.activity_duration_seconds.basic.value
    reason = first.completion_reason.basic.value
    players = tuple(_player(entries, start, duration, reason) for entries in _by_member(report.entries))
    completed = any(player.finished for player in players)
    deathless = all(entry.values.deaths.basic.value == 0 for entry in report.entries)
    fresh = _fresh(report, start, deathless)
    return Instance(
        instance_id=details.instance_id,
        hash=details.director_activity_hash,
        platform_type=details.membership_type,
        date_started=start,
        date_completed=start + timedelta(seconds=duration),
        duration=duration,
        score=first.team_score.basic.value,
        completed=completed,
        fresh=fresh,
        flawless=fresh if completed and deathless else False,
        skull_hashes=tuple(dict.fromkeys(skull for skull in report.selected_skull_hashes or () if skull)),
        players=players,
    )


def _check(report: Report) -> None:
    """Refuse reports that were cut short or never played."""
    if not report.entries:
        raise BadFormat("the report has no entries")
    expected = report.entries[0].values.player_count.basic.value
    if expected >= 0 and len(report.entries) != expected:
        raise BadFormat(f"{len(report.entries)} entries where the first speaks of {expected}")
    durations = [entry.values.activity_duration_seconds.basic.value for entry in report.entries]
    if not any(durations):
        raise BadFormat("nobody played")
    if durations[0] < 0:
        raise BadFormat("the duration is negative")
    characters = {(e.player.destiny_user_info.membership_id, e.character_id) for e in report.entries}
    if len(characters) != len(report.entries):
        raise BadFormat("a character stands in the report twice")


def _start(report: Report) -> datetime:
    if report.period.tzinfo is None:
        raise BadFormat("the period has no time zone")
    return report.period.astimezone(UTC).replace(microsecond=0)  # moments are kept in whole seconds


def _length(report: Report) -> timedelta:
    first = report.entries[0].values.activity_duration_seconds.basic.value if report.entries else 0
    return timedelta(seconds=first)


def _by_member(entries: Iterable[Entry]) -> Iterable[Sequence[Entry]]:
    members: dict[int, list[Entry]] = {}
    for entry in entries:
        members.setdefault(entry.player.destiny_user_info.membership_id, []).append(entry)
    return members.values()


def _fresh(report: Report, start: datetime, deathless: bool) -> bool | None:
    """Whether the team began at the beginning, by the sign of the era; ``None`` where there is none.

    Between Beyond Light and The Witch Queen reports carried no sign. Then, until season 17, a flag that is
    not set proves a late start only when nobody died.
    """
    flag, phase = report.activity_was_started_from_beginning, report.starting_phase_index
    if start >= HAUNTED:
        return flag
    if start >= WITCH_QUEEN:
        return flag if flag or deathless else None
    if start >= BEYOND_LIGHT or phase is None:
        return None
    return phase in _FIRST_PHASES.get(report.activity_details.director_activity_hash, (0,))


def _player(entries: Sequence[Entry], start: datetime, duration: int, reason: int) -> Player:
    info = entries[0].player.destiny_user_info
    characters = tuple(_character(entry) for entry in entries)
    first = characters[0]
    name, code = info.bungie_global_display_name or None, info.bungie_global_display_name_code
    return Player(
        membership_id=info.membership_id,
        membership_type=info.membership_type or None,
        icon_path=info.icon_path or None,
        display_name=info.display_name or None,
        bungie_global_display_name=name,
        bungie_global_display_name_code=f"{code:04}" if name and code is not None else None,
        first_seen=start,
        last_seen=start + timedelta(seconds=first.start_seconds + first.time_played_seconds),
        finished=reason == 0 and any(character.completed for character in characters),
        time_played_seconds=time_played(
            ((c.start_seconds, c.start_seconds + c.time_played_seconds) for c in characters), duration
        ),
        characters=characters,
    )


def time_played(spans: Iterable[tuple[int, int]], duration: int) -> int:
    """Count the seconds 0 … ``duration``, both included, that lie in one of the half-open ``spans``.

    The last second counts for whoever outlasts the instance: totals stored so far were counted that way.
    """
    played = reached = 0
    for begin, end in sorted(spans):
        begin, end = max(begin, reached), min(end, duration + 1)
        if end > begin:
            played += end - begin
            reached = end
    return played


def _character(entry: Entry) -> Character:
    values, extended = entry.values, entry.extended or wire.Extended()
    more = extended.values
    return Character(
        character_id=entry.character_id,
        class_hash=entry.player.class_hash or None,
        emblem_hash=entry.player.emblem_hash or None,
        completed=values.completed.basic.value == 1,
        score=values.score.basic.value,
        kills=values.kills.basic.value,
        assists=values.assists.basic.value,
        deaths=values.deaths.basic.value,
        precision_kills=more.precision_kills.basic.value,
        super_kills=more.weapon_kills_super.basic.value,
        grenade_kills=more.weapon_kills_grenade.basic.value,
        melee_kills=more.weapon_kills_melee.basic.value,
        time_played_seconds=max(values.time_played_seconds.basic.value, 0),
        start_seconds=max(values.start_seconds.basic.value, 0),
        weapons=_weapons(extended.weapons or ()),
    )


def _weapons(entries: Sequence[wire.EntryWeapon]) -> tuple[Weapon, ...]:
    """One row a weapon: a weapon that is listed twice had its kills in two rows."""
    weapons: dict[int, Weapon] = {}
    for entry in entries:
        kills = entry.values.unique_weapon_kills.basic.value
        precision = entry.values.unique_weapon_precision_kills.basic.value
        if (seen := weapons.get(entry.reference_id)) is not None:
            kills, precision = kills + seen.kills, precision + seen.precision_kills
        weapons[entry.reference_id] = Weapon(entry.reference_id, kills, precision)
    return tuple(weapons.values())
