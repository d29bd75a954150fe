"""Cheat checks: how likely somebody cheated in an instance, by what its report says and by rules alone.

Each heuristic is a function from numbers of a report to a probability. Seconds, kills and days throughout.
"""

import math
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from genjilib.queries.raids import Subject
from genjilib.queries.raids import SubjectsPlayers as Part
from genjilib.raids import cheat_tables as tables
from genjilib.raids.alerts import Embed, Limit
from genjilib.raids.cheat_tables import Reason, Team

FLAGGED: Final = 0.05
"""Above it an instance or a player gets a flag."""
LISTED: Final = 0.02
"""Above it a heuristic is a reason of the flag."""
TOLD: Final = Limit(3.0, burst=5)
"""How often people are told of flags at once."""
SPLASH: Final = "https://cdn.raidhub.io/content/splash/{}/tiny.jpg"
"""Where the picture of a raid is; Discord asks for it."""
IMPOSSIBLE: Final = 0.995
FULL_TEAM: Final = 6
CROWD: Final = 50
"""From so many players on, numbers of a report mean something else."""
UNTOLD_SECONDS: Final = 32767
"""The time of characters whose real one Bungie did not keep."""

Terms = dict[Reason, float]
"""Probabilities, each by the reason it would be a flag for."""


class PlayerVerdict(Struct, frozen=True):
    """How likely a player cheated in an instance, and why."""

    instance_id: int
    membership_id: int
    probability: float
    reasons: int


class Verdict(Struct, frozen=True):
    """How likely an instance was cheated in, and why; ``players`` are those worth a flag of their own."""

    instance_id: int
    probability: float
    reasons: int
    players: tuple[PlayerVerdict, ...]

    @property
    def flagged(self) -> bool:
        """Whether the instance itself is worth a flag."""
        return self.probability > FLAGGED

    @property
    def likeliest(self) -> float:
        """The probability that somebody cheated, of the whole instance or of one player."""
        return max((self.probability, *(player.probability for player in self.players)))


def check(subject: Subject) -> Verdict:
    """Judge an instance and everybody in it."""
    if excused(subject):
        return Verdict(subject.instance_id, 0.0, 0, ())
    groups = [fewest_kills(subject), too_fast(subject), dilation(subject), lowman(subject)]
    solo = subject.player_count == 1
    judged = [_judge(subject, player, [] if solo else groups) for player in subject.players]
    together = at_least_two(probability for probability, _ in judged)
    terms = {reason: p for group in groups for reason, p in group.items()}
    terms[Reason.TWO_PLUS_CHEATERS] = together
    probability, reasons = any_of(terms.values()), _listed(terms)
    raid = tables.raid_bit(subject.activity_id)
    if solo and judged:
        # What happened was this one person's doing.
        probability = any_of([probability, judged[0][0]])
        reasons |= judged[0][1] | Reason.SOLO
        judged = [(probability, reasons)]
    players = tuple(
        PlayerVerdict(subject.instance_id, player.membership_id, p, why | raid)
        for player, (p, why) in zip(subject.players, judged, strict=False)
        if p > FLAGGED
    )
    return Verdict(subject.instance_id, probability, reasons | raid, players)


def told(subject: Subject, verdict: Verdict) -> Embed:
    """Return flags as people see them: the redder the likelier, by the root of the probability."""
    lines = [said(verdict.probability, verdict.reasons)] if verdict.flagged else []
    if not verdict.reasons & Reason.SOLO:
        lines += [f"{one.membership_id}: {said(one.probability, one.reasons)}" for one in verdict.players]
    paler = 1 - math.sqrt(min(1.0, verdict.likeliest))
    return Embed(
        title=f"{subject.activity}: {verdict.instance_id}",
        description="\n".join(lines)[:500],
        color=0xFF << 16 | round(0xFF * paler) << 8 | round(0xEF * paler),
        thumbnail={"url": SPLASH.format(subject.splash_path)},
    )


def said(probability: float, reasons: int) -> str:
    """Return a probability and its reasons in words."""
    names = ", ".join((one.name or "").lower() for one in Reason if one & reasons)
    return f"{probability:.1%} ({names})"


def any_of(chances: Iterable[float]) -> float:
    """Return the probability that at least one of independent things is so."""
    return 1 - math.prod(1 - min(1.0, chance) for chance in chances)


def at_least_two(chances: Iterable[float]) -> float:
    """Return the probability that at least two of independent things are so."""
    none, one = 1.0, 0.0
    for chance in chances:
        chance = min(1.0, chance)
        none, one = none * (1 - chance), one * (1 - chance) + none * chance
    return max(0.0, 1 - none - one)


def excused(subject: Subject) -> bool:
    """Whether an instance proves nothing: played while the game was broken, or a raid that can be left so."""
    if any(
        subject.date_started < glitch.end and subject.date_completed > glitch.begin
        for glitch in tables.GLITCHED
    ):
        return True
    return not subject.completed and subject.activity_id in (tables.LAST_WISH, tables.KINGS_FALL)


def lowman(subject: Subject) -> Terms:
    """Judge whether so few people can have finished at that time."""
    if not subject.completed:
        return {}
    fresh = bool(subject.fresh)
    teams = tables.FRESH_TEAMS if fresh else tables.CHECKPOINT_TEAMS
    too_few = Reason.TOO_FEW_PLAYERS_FRESH if fresh else Reason.TOO_FEW_PLAYERS_CHECKPOINT
    row = teams.get((subject.activity_id, subject.version_id)) or teams.get((subject.activity_id, tables.ANY))
    for team in row or ():
        if subject.player_count < team.size:
            return {too_few: IMPOSSIBLE}
        if subject.player_count == team.size:
            return _just_enough(subject, team, too_few)
    return {}


def _just_enough(subject: Subject, team: Team, too_few: Reason) -> Terms:
    if team.windows and not any(window.holds(subject.date_completed) for window in team.windows):
        return {too_few: IMPOSSIBLE}
    terms = {Reason.UNLIKELY_LOWMAN: math.sqrt(team.chance) if subject.flawless else team.chance}
    if not subject.fresh and subject.duration < team.shortest:
        terms[Reason.FAST_LOWMAN_CHECKPOINT] = tables.FAST_CHECKPOINT(subject.duration / team.shortest)
    return terms


def too_fast(subject: Subject) -> Terms:
    """Compare the time of a whole raid with the best of its day, which fewer people do not reach."""
    record = tables.RECORDS.get(subject.activity_id)
    bodies = min(_present(subject), FULL_TEAM)
    if record is None or not subject.completed or not subject.fresh or bodies <= 0:
        return {}
    best = record.after(subject.days) * (FULL_TEAM / bodies) ** 0.2
    return {Reason.TOO_FAST: tables.TIME_RATIO((subject.duration - 25) / best)} if best > 0 else {}


def dilation(subject: Subject) -> Terms:
    """Compare the players' own time with the instance's: somebody was there at every moment."""
    told = all(player.longest != UNTOLD_SECONDS for player in subject.players)
    if subject.duration <= 360 or subject.player_count >= CROWD or not told:
        return {}
    present = _present(subject)
    return {Reason.TIME_DILATION: tables.TIME_DILATION(present)} if present < 1 else {}


def fewest_kills(subject: Subject) -> Terms:
    """Compare all kills with those that no team did without."""
    fewest = tables.FEWEST_KILLS.get(subject.activity_id)
    if fewest is None or not subject.completed:
        return {}
    fresh = bool(subject.fresh)
    needed, kills = fewest[0 if fresh else 1], _kills(subject)
    ratio = (kills + 1) / (needed + 1)
    chance = tables.INSTANCE_KILLS_RATIO(ratio) * tables.INSTANCE_KILLS(needed + 1)
    few = min(fewest[0], 30 if fresh else 12)
    return {Reason.TOTAL_INSTANCE_KILLS: chance ** (0.5 + kills / (2 * few)) if kills < few else chance}


def own(subject: Subject, player: Part) -> Terms:
    """Judge what a player did alone; who was there for less than a minute did nothing to judge."""
    t = player.seconds
    if t < 60:
        return {}
    minutes, weight = t / 60, min(300, t) / 300
    melee_free = max((player.grenade_kills - player.melee_kills) / minutes, 0)
    return {
        Reason.GRENADE_KILLS: weight * tables.GRENADES_PER_MINUTE(melee_free),
        Reason.HEAVY_AMMO: weight * heavy_ammo(player),
        Reason.PLAYER_TOTAL_KILLS: weight * tables.KILLS_PER_MINUTE(player.kills / minutes),
        Reason.SUPER_KILLS: weight * tables.SUPERS_PER_MINUTE(player.super_kills / minutes),
        Reason.WEAPON_DIVERSITY: 0.5 * weight * math.exp(-0.3 * diversity(player)),
        Reason.KILLS_SHARE: kills_share(subject, player),
    }


def heavy_ammo(player: Part) -> float:
    """Judge the share of kills with heavy weapons, whose ammunition does not last."""
    weapons = sum(player.weapon_kills)
    lasting = min(1.25, 5 * player.heavy_kills / player.seconds)
    share = tables.HEAVY_AMMO(lasting * player.heavy_kills / (weapons + 1))
    return share * min(100, weapons) / 100


def diversity(player: Part) -> float:
    """Measure how a player's kills are spread over weapons; the fewer weapons, the smaller."""
    kills, n, total = player.weapon_kills, len(player.weapon_kills), sum(player.weapon_kills)
    if total < 150:
        return 100.0
    if n <= 3:
        spread = (n + 1) * 1200 / player.seconds / (max(total, 800) / 800)
    else:
        average = total / n
        deviation = math.sqrt(sum((one - average) ** 2 for one in kills) / n)
        ordinary = sum(abs(one - average) <= 2 * deviation for one in kills)
        spread = (math.sqrt(average / max(deviation, 1)) + ordinary**1.5) / (max(total, 600) / 600)
    return spread if player.finished else spread**2


def kills_share(subject: Subject, player: Part) -> float:
    """Compare a player's share of all kills with the share of the time."""
    kills, time = _kills(subject), _time(subject)
    if kills <= 20 or time <= 0:
        return 0.0
    expected = math.log(player.seconds / time + 0.05) / math.log(30) + 0.99
    ratio = player.kills / kills / expected
    return tables.SHARE_RATIO(ratio) if ratio > 1 else 0.0


def participation(subject: Subject, player: Part) -> float:
    """Return how much of what the team did was this player's doing; nothing is, of who was alone."""
    if subject.player_count == 1:
        return 0.0
    missing = FULL_TEAM - min(max(subject.player_count, 1), 8)
    curve = tables.Curve(-1.6 - 0.35 * missing, 3 - 0.45 * missing)
    kills, time = _kills(subject), _time(subject)
    pace = (player.kills / (kills + 1)) ** 1.25 / ((player.seconds or 1) / (time + 1))
    return curve(pace * 2.5 * (player.kills + 1) / (kills + 1) * min(player.kills, 50) / 50)


def _judge(subject: Subject, player: Part, groups: Iterable[Terms]) -> tuple[float, int]:
    """Judge a player: by what was his own, and by his part in what the team did (``groups``)."""
    part, alone = participation(subject, player), own(subject, player)
    shared = {reason: part * p for group in groups for reason, p in group.items()}
    chance = any_of([*(part * any_of(group.values()) for group in groups), at_least_two(alone.values())])
    reasons = _listed(alone | shared)
    if not player.finished:
        chance /= tables.NOT_COMPLETED(player.seconds) + 1
    if player.first_clear:
        chance **= 0.8
        reasons |= Reason.FIRST_CLEAR
    return chance, reasons


def _listed(terms: Terms) -> int:
    return sum(reason for reason, chance in terms.items() if chance > LISTED)


def _kills(subject: Subject) -> int:
    return sum(player.kills for player in subject.players)


def _time(subject: Subject) -> int:
    return sum(player.seconds for player in subject.players)


def _present(subject: Subject) -> float:
    """Return how many players were there on average."""
    return _time(subject) / subject.duration if subject.duration > 0 else 0.0
