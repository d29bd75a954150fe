"""Cheat levels: what flags say about a player beside what the account looks like, and what follows from it.

Levels go from 0, nothing known, over 1 suspicious, 2 moderate, 3 extreme to 4, blacklisted; they only rise.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from genjilib import queries
from genjilib.broker import outbox
from genjilib.core.clock import now
from genjilib.db import Db
from genjilib.queries.raids import Suspect
from genjilib.raids import questions
from genjilib.raids.alerts import Alerts
from genjilib.raids.bungie import Bungie, Refused
from genjilib.raids.cheat_tables import FAMILY, VERSION
from genjilib.raids.questions import WAIT, Asking, Profile
from genjilib.raids.types import CheatCheckEvent, in_parts

EXTREME, BLACKLISTED = 3, 4
AT_ONCE: Final = 15
"""Profiles that are asked for at once."""
STEAM, EPIC = 3, 6
_DAYS: Final = ((7, 0.40), (30, 0.30), (90, 0.20), (365, 0.05))


@dataclass(frozen=True)
class Outcome:
    """What one round did; ``postponed`` are players whose profile could not be had this time."""

    suspects: int
    raised: int
    blacklisted_players: int
    blacklisted_instances: int
    postponed: int


def account_probability(suspect: Suspect, profile: Profile | None, moment: datetime) -> float:
    """Return how likely an account was made to cheat with; a profile nobody may see says nothing."""
    factors = [*(_of_profile(profile) if profile else ()), *_of_play(suspect, moment)]
    return max(0.0, 1 - math.prod(1 - min(1.0, factor) for factor in factors))


def _of_play(suspect: Suspect, moment: datetime) -> Iterable[float]:
    days = (moment - suspect.first_seen).total_seconds() / 86400
    yield next((chance for limit, chance in _DAYS if days < limit), 0.0)
    yield max(0, 50 - suspect.clears) / 250
    yield stars(suspect)
    yield 0.125 if suspect.is_private else 0.0


def stars(suspect: Suspect) -> float:
    """Judge the share of feats among the completed instances of 60 days, the less the more was played."""
    played = max(1, suspect.completed)
    share = max(0.5 * suspect.lowman, 5 * suspect.flawless, 10 * suspect.solo) / played
    return min(0.75, share) / max(1, (suspect.clears - 70) / 70)


def _of_profile(profile: Profile) -> Iterable[float]:
    yield max((_PLATFORMS[one] for one in profile.platforms if one in _PLATFORMS), default=-0.2)
    yield {1: 0.25, 2: 0.15}.get(profile.characters, 0.0)
    yield 0.81 ** (profile.dlcs + 0.5 * profile.seasons) - 0.15
    best = profile.best_rank
    if best <= 5:
        yield 0.3 + (4 - best) * 0.05 if best < 5 else 0.05
    elif profile.rank >= 9:
        yield -0.05 - (best - 9) * 0.1


_PLATFORMS: Final = {STEAM: 0.03, EPIC: 0.06}
"""Where an account costs nothing; a console costs something and lowers the probability."""


def level(a: int, b: int, c: int, d: int, p: float) -> int:
    """Return the cheat level for numbers of flags and the account's probability.

    Flags of the player's own probability of 0.85 count as ``a``, of 0.5 or where the instance has 0.99 also
    as ``b``, of 0.25 or 0.5 also as ``c``, and all as ``d``.
    """
    rules = {
        4: any(a >= n and p >= least for n, least in _BLACKLISTED),
        3: b >= 30 or a >= 6 or (p >= 0.75 and b >= 10),
        2: c >= 30 or b >= 10 or a >= 4 or (p >= 0.60 and c >= 15),
        1: d >= 30 or c >= 5 or b >= 2 or a >= 1,
    }
    return next((one for one, holds in rules.items() if holds), 0)


_BLACKLISTED: Final = ((5, 0.90), (10, 0.70), (25, 0.50), (50, 0.25), (100, 0.0))


async def judge(db: Db, bungie: Bungie, alerts: Alerts, *, wait: float = WAIT) -> Outcome:
    """Raise cheat levels by the flags of 60 days, and keep off the leaderboards what was cheated in.

    It may run as often as one likes: what is known already changes nothing.
    """
    suspects = await queries.raids.suspects(db, family=FAMILY)
    levels, postponed = await _levels(bungie, suspects, wait)
    async with db.transaction() as tx:
        raised = await queries.raids.raise_levels(
            tx, membership_ids=list(levels), levels=list(levels.values())
        )
        again = await queries.raids.instances_of(
            tx,
            level=EXTREME,
            membership_ids=[row.membership_id for row in raised if row.cheat_level >= EXTREME],
            version=VERSION,
        )
        parts = in_parts([row.instance_id for row in again])
        await outbox.emit_all(tx, [CheatCheckEvent(instance_ids=part) for part in parts])
    async with db.transaction() as tx:
        instances = await queries.raids.blacklist_flagged(tx)
        instances += await queries.raids.blacklist_cheaters(tx)
    banned = [row.bungie_name or str(row.membership_id) for row in raised if row.cheat_level == BLACKLISTED]
    if banned:
        alerts.tell("Blacklisted players", ", ".join(banned), "missing")
    return Outcome(len(suspects), len(raised), len(banned), instances, postponed)


async def _levels(bungie: Bungie, suspects: Sequence[Suspect], wait: float) -> tuple[dict[int, int], int]:
    """Return the levels that suspects deserve, and how many could not be judged this time."""
    asking, moment = Asking(AT_ONCE, wait), now()

    async def judge_one(one: Suspect) -> tuple[int, int]:
        chance = account_probability(one, await _profile(bungie, one), moment)
        return one.membership_id, level(one.a, one.b, one.c, one.d, chance)

    judged = await asking.each(judge_one, suspects)
    return dict(one for one in judged if one is not None), asking.failed


async def _profile(bungie: Bungie, suspect: Suspect) -> Profile | None:
    """Ask for an account's profile; nothing where Bungie shows none."""
    if suspect.membership_type is None:
        return None
    try:
        return await questions.profile(bungie, suspect.membership_type, suspect.membership_id)
    except Refused:
        return None
