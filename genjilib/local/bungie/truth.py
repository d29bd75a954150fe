"""What the tables have to hold: a world's instances, played again in the order of time and by the book."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from genjilib.local.bungie.reports import report
from genjilib.local.bungie.world import RELEASES, World
from genjilib.queries.raids import Subject, SubjectsPlayers
from genjilib.raids import cheat_tables, pgcr
from genjilib.raids.types import Character, Instance, Player, Weapon

Rows = list[tuple[Any, ...]]

RAIDS = {hash: raid for raid, (_, hashes) in enumerate(RELEASES, 1) for hash in hashes}
"""Which raid a hash is; raids count from 1 in the order of their releases."""


@dataclass
class Best:
    """A player's totals in one raid; ``fastest`` is duration, end and id of the best whole one."""

    clears: int = 0
    fresh: int = 0
    sherpas: int = 0
    time: int = 0
    fastest: tuple[int, datetime, int] | None = None


class Truth:
    """Everything that was played under some ids of a world."""

    def __init__(self, world: World, ids: Iterable[int]) -> None:
        """Read the reports of ``ids``, all of which are raids."""
        self.world = world
        self.instances = [_instance(world, instance_id) for instance_id in sorted(ids)]
        self.seats: Rows = []
        """Instance, player, whether finished, seconds, sherpas, and whether it is a first clear."""
        self.best: defaultdict[tuple[int, int], Best] = defaultdict(Best)
        """By player and raid."""
        self._replay()

    @property
    def characters(self) -> list[tuple[Instance, Player, Character]]:
        """All characters, each with the instance and the player."""
        return [(i, p, c) for i in self.instances for p in i.players for c in p.characters]

    @property
    def weapons(self) -> list[tuple[Instance, Character, Weapon]]:
        """All weapons that were used, each with the instance and the character."""
        return [(i, c, w) for i, _, c in self.characters for w in c.weapons]

    def totals(self, current: Collection[int]) -> Rows:
        """Return player, clears, fresh ones, sherpas, seconds, and best times in ``current`` raids."""
        players: defaultdict[int, list[tuple[int, Best]]] = defaultdict(list)
        for (member, raid), best in self.best.items():
            players[member].append((raid, best))
        return [
            (
                member,
                *(
                    sum(getattr(best, name) for _, best in raids)
                    for name in ("clears", "fresh", "sherpas", "time")
                ),
                _sum_of_best(dict(raids), current),
            )
            for member, raids in sorted(players.items())
        ]

    def excused(self, instance_id: int) -> bool:
        """Whether it was played while the game was broken."""
        one = _instance(self.world, instance_id)
        return any(one.date_started < w.end and one.date_completed > w.begin for w in cheat_tables.GLITCHED)

    def subjects(self, versions: Mapping[int, int]) -> Iterable[Subject]:
        """Return what cheat checks are to look at; ``versions`` are those of hashes."""
        first = {seat[:2] for seat in self.seats if seat[5]}
        for one in self.instances:
            raid = RAIDS[one.hash]
            players = [_part(p, (one.instance_id, p.membership_id) in first) for p in one.players]
            yield Subject(
                instance_id=one.instance_id,
                activity_id=raid,
                version_id=versions[one.hash],
                completed=one.completed,
                fresh=one.fresh,
                flawless=one.flawless,
                player_count=one.player_count,
                duration=one.duration,
                date_started=one.date_started,
                date_completed=one.date_completed,
                days=(one.date_completed - RELEASES[raid - 1][0]) / timedelta(days=1),
                players=sorted(players, key=lambda player: player.membership_id),
                activity="",
                splash_path="",
            )

    def teams(self, versions: Mapping[int, int], listed: Collection[int]) -> Rows:
        """Return raid, version, place and id of the first thousand teams; those ``listed`` do not count.

        Nor do guided games.
        """
        places: Counter[tuple[int, int]] = Counter()
        found: Rows = []
        for one in sorted(self.instances, key=lambda one: (one.date_completed, one.instance_id)):
            board = RAIDS[one.hash], versions[one.hash]
            counts = one.completed and one.instance_id not in listed and board[1] != cheat_tables.GUIDED
            if counts and places[board] < 1000:
                places[board] += 1
                found.append((*board, places[board], one.instance_id))
        return sorted(found)

    def _replay(self) -> None:
        cleared: set[tuple[int, int]] = set()
        for one in sorted(self.instances, key=lambda one: (one.date_completed, one.instance_id)):
            raid = RAIDS[one.hash]
            finished = {player.membership_id for player in one.players if player.finished}
            new = {member for member in finished if (member, raid) not in cleared}
            for player in one.players:
                member, best = player.membership_id, self.best[player.membership_id, raid]
                sherpas = len(new) if member in finished - new else 0
                best.clears += player.finished
                best.sherpas += sherpas
                best.time += player.time_played_seconds
                if player.finished and one.fresh:
                    best.fresh += 1
                    run = (one.duration, one.date_completed, one.instance_id)
                    best.fastest = min(best.fastest or run, run)
                seat = (player.finished, player.time_played_seconds, sherpas, member in new)
                self.seats.append((one.instance_id, member, *seat))
            cleared |= {(member, raid) for member in new}
        self.seats.sort()


def _instance(world: World, instance_id: int) -> Instance:
    found = pgcr.process(msgspec.json.encode(report(world.played(instance_id))))
    assert isinstance(found, Instance)
    return found


def _sum_of_best(raids: Mapping[int, Best], current: Collection[int]) -> int | None:
    fastest = [raids[raid].fastest for raid in current if raid in raids]
    runs = [run[0] for run in fastest if run is not None]
    return sum(runs) if len(runs) == len(current) else None


def _part(player: Player, first_clear: bool) -> SubjectsPlayers:
    kills: Counter[int] = Counter()
    for weapon in (w for c in player.characters for w in c.weapons):
        kills[weapon.weapon_hash] += weapon.kills
    return SubjectsPlayers(
        membership_id=player.membership_id,
        finished=player.finished,
        first_clear=first_clear,
        seconds=player.time_played_seconds,
        longest=max(c.time_played_seconds for c in player.characters),
        kills=_sum(player.characters, "kills"),
        super_kills=_sum(player.characters, "super_kills"),
        grenade_kills=_sum(player.characters, "grenade_kills"),
        melee_kills=_sum(player.characters, "melee_kills"),
        heavy_kills=0,  # no manifest was read: nobody knows which weapons are heavy
        weapon_kills=sorted(kills.values(), reverse=True),
    )


def _sum(characters: Sequence[Character], name: str) -> int:
    return sum(getattr(one, name) for one in characters)
