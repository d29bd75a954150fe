"""A deterministic world: equal seeds give equal players, clans and instances, each made when it is asked for.

Instance ids go up with time, from the first raid in 2017 to the frontier; every era of report is among them.
"""

import random
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final, Literal

from genjilib.local.bungie.reports import CLASSES, Entry, Played, weapons_for

Kind = Literal["raid", "other", "absent", "restricted", "malformed"]
KINDS: Final[dict[Kind, float]] = {
    "raid": 0.6,
    "other": 0.34,
    "absent": 0.05,
    "restricted": 0.007,
    "malformed": 0.003,
}
RELEASES: Final = (
    (datetime(2017, 9, 13, 17, tzinfo=UTC), (2693136601, 2693136602, 89727599)),
    (datetime(2017, 12, 8, 18, tzinfo=UTC), (3089205900,)),
    (datetime(2018, 5, 11, 17, tzinfo=UTC), (119944200,)),
    (datetime(2018, 9, 14, 17, tzinfo=UTC), (2122313384,)),
    (datetime(2018, 12, 7, 17, tzinfo=UTC), (548750096,)),
    (datetime(2019, 6, 4, 23, tzinfo=UTC), (3333172150,)),
    (datetime(2019, 10, 5, 17, tzinfo=UTC), (2659723068, 3458480158)),
    (datetime(2020, 11, 21, 18, tzinfo=UTC), (910380154,)),
    (datetime(2021, 5, 22, 17, tzinfo=UTC), (3881495763, 1485585878)),
    (datetime(2022, 3, 5, 18, tzinfo=UTC), (1441982566,)),
    (datetime(2022, 8, 26, 17, tzinfo=UTC), (1374392663, 1063970578)),
    (datetime(2023, 3, 10, 17, tzinfo=UTC), (2381413764,)),
    (datetime(2023, 9, 1, 17, tzinfo=UTC), (4179289725, 156253568)),
    (datetime(2024, 6, 7, 17, tzinfo=UTC), (1541433876, 2192826039)),
    (datetime(2025, 7, 19, 17, tzinfo=UTC), (1044919065, 3896382790)),
    (datetime(2025, 9, 27, 17, tzinfo=UTC), (3817322389, 2586252122)),
)
"""When each raid came, and hashes that it is played under from then on."""

CHEATERS: Final = 3
"""Accounts of the world that only cheat: raids from beginning to end, alone, in a minute, without a kill."""
CHEATED: Final = 1 / 200
"""The share of raids that they did."""

_RED_WAR: Final = datetime(2017, 9, 13, 17, tzinfo=UTC)
_NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    """A player: the account, its characters with their classes, and whether it lets itself be looked at."""

    membership_id: int
    membership_type: int
    name: str
    code: int
    characters: Sequence[tuple[int, int]]
    group_id: int | None
    private: bool


@dataclass(frozen=True)
class World:
    """``instances`` ids from ``first_id`` on, played by ``people`` of whom most are in a clan."""

    seed: int = 1
    people: int = 600
    instances: int = 20_000
    first_id: int = 4_000_000
    clans: int = 40
    most_weapons: int = 9
    hole: tuple[int, int] = (0, 0)
    """First id of a range in which nothing is, and the first behind it."""

    def dice(self, what: str, number: int) -> random.Random:
        """Return the chances of one thing in the world; they are the same each time."""
        return random.Random(f"{self.seed} {what} {number}")  # noqa: S311  # chance, not a secret

    @property
    def frontier(self) -> int:
        """The first id that is not played yet."""
        return self.first_id + self.instances

    @cached_property
    def persons(self) -> Sequence[Person]:
        """Everybody, the most eager first; at the end those who cheat."""
        honest = [self._person(number) for number in range(self.people)]
        return [*honest, *(self._cheater(number) for number in range(self.people, self.people + CHEATERS))]

    @property
    def cheaters(self) -> Sequence[Person]:
        """Those who cheat."""
        return self.persons[self.people :]

    def cheated(self, instance_id: int) -> bool:
        """Tell whether a cheater did it."""
        return self.kind(instance_id) == "raid" and self.dice("cheat", instance_id).random() < CHEATED

    @cached_property
    def _eagerness(self) -> Sequence[float]:
        total, found = 0.0, list[float]()
        for number in range(self.people):
            total += 1 / (number + 20)
            found.append(total)
        return found

    def person(self, membership_id: int) -> Person | None:
        """Return who has this account."""
        number = membership_id - _MEMBERSHIP
        return self.persons[number] if 0 <= number < len(self.persons) else None

    def members(self, group_id: int) -> list[Person]:
        """Return the members of a clan; nobody when there is no such clan."""
        return [person for person in self.persons if person.group_id == group_id]

    @cached_property
    def histories(self) -> Mapping[int, Sequence[tuple[int, datetime, int]]]:
        """Id, start and mode of what each character played and Bungie shows, newest first."""
        found: dict[int, list[tuple[int, datetime, int]]] = {}
        for instance_id in range(self.frontier - 1, self.first_id - 1, -1):
            if self.kind(instance_id) in ("raid", "other"):
                one = (instance_id, self.start(instance_id), self.mode(instance_id))
                for _, (character_id, _) in self.team(instance_id):
                    found.setdefault(character_id, []).append(one)
        return found

    def kind(self, instance_id: int) -> Kind:
        """Tell what Bungie has under an id; ``absent`` from the frontier on."""
        if not self.first_id <= instance_id < self.frontier:
            return "absent"
        if self.hole[0] <= instance_id < self.hole[1]:
            return "absent"
        names, shares = list(KINDS), list(KINDS.values())
        return self.dice("kind", instance_id).choices(names, shares)[0]

    def played(self, instance_id: int) -> Played:
        """Return what happened under an id that is not ``absent``."""
        rng, start, team = self.dice("instance", instance_id), self.start(instance_id), self.team(instance_id)
        if self.cheated(instance_id):
            entries = [_alone(*one) for one in team]
            return Played(instance_id, start, entries, hash=self._hash(rng, start), duration=_MINUTE)
        duration, deathless = rng.randint(2700, 7200), rng.random() < 0.1
        # Fewer than five do not make it; and somebody is there all the time.
        finished = len({person.membership_id for person, _ in team}) >= 5 and rng.random() < 0.8
        entries = [
            self._entry(rng, person, character, duration, finished, deathless, stays=place == 0)
            for place, (person, character) in enumerate(team)
        ]
        return Played(
            instance_id,
            start,
            entries,
            hash=self._hash(rng, start),
            duration=duration,
            mode=self.mode(instance_id),
            platform=rng.choice((1, 2, 3, 254)),
            reason=0 if rng.random() < 0.95 else 2,
            team_score=rng.choice((0, rng.randint(10_000, 20_000_000))),
            phase=rng.choice((0, 0, 0, 1, 2)),
            from_beginning=rng.random() < 0.7,
            skulls=[845104503, 2008962334] if start.year == 2025 and rng.random() < 0.5 else None,
        )

    def _hash(self, rng: random.Random, start: datetime) -> int:
        released = bisect(RELEASES, start, key=lambda release: release[0])
        # The newest raid is played most.
        return rng.choice(RELEASES[max(released - 1 - rng.choice((0, 0, 0, 1, 2, 5, 9)), 0)][1])

    def team(self, instance_id: int) -> list[tuple[Person, tuple[int, int]]]:
        """Return who played with which characters."""
        dice = self.dice("team", instance_id)
        if self.cheated(instance_id):
            cheater = dice.choice(self.cheaters)
            return [(cheater, cheater.characters[0])]
        size = dice.choices((6, 5, 4, 3, 2, 1), (70, 10, 6, 6, 5, 3))[0]
        numbers = dict.fromkeys(dice.choices(range(self.people), cum_weights=self._eagerness, k=size))
        people = [self.persons[number] for number in numbers]
        return [(person, character) for person in people for character in _used(dice, person)]

    def mode(self, instance_id: int) -> int:
        """Return the mode: raids have 4."""
        other = self.kind(instance_id) == "other"
        return self.dice("mode", instance_id).choice((2, 5, 82)) if other else 4

    def start(self, instance_id: int) -> datetime:
        """Return when an instance began."""
        share = (instance_id - self.first_id) / self.instances
        return (_RED_WAR + (_NOW - _RED_WAR) * share).replace(microsecond=0)

    def _entry(
        self,
        rng: random.Random,
        person: Person,
        character: tuple[int, int],
        duration: int,
        finished: bool,
        deathless: bool,
        *,
        stays: bool,
    ) -> Entry:
        late = rng.random() < 0.1 and not stays
        start = rng.randint(0, duration // 2) if late else 0
        leaves = rng.random() < 0.15 and not stays
        played = rng.randint(1, duration - start) if leaves else duration - start
        kills = played * rng.randint(8, 12) // 60
        return Entry(
            person.membership_id,
            character[0],
            membership_type=0 if rng.random() < 0.02 else person.membership_type,
            name=person.name,
            code=person.code,
            class_hash=0 if rng.random() < 0.02 else character[1],
            completed=finished and rng.random() < 0.95,
            start=start,
            played=played,
            stats={
                "kills": kills,
                "deaths": 0 if deathless else rng.randint(0, 12),
                "assists": rng.randint(0, 80),
                "score": rng.randint(0, 90_000),
            },
            extended={
                "precisionKills": rng.randint(0, kills),
                "weaponKillsSuper": rng.randint(0, 9),
                "weaponKillsGrenade": rng.randint(0, 20),
                "weaponKillsMelee": rng.randint(0, 9),
            },
            weapons=weapons_for(rng, kills, most=self.most_weapons),
        )

    def _person(self, number: int) -> Person:
        rng = self.dice("person", number)
        classes = rng.sample(list(CLASSES), rng.choice((1, 2, 3, 3)))
        return Person(
            membership_id=_MEMBERSHIP + number,
            membership_type=rng.choice((1, 2, 3, 3, 3, 6)),
            name=f"Guardian {number}",
            code=rng.randint(1, 9999),
            characters=[(_CHARACTER + 3 * number + place, hash) for place, hash in enumerate(classes)],
            group_id=_GROUP + rng.randrange(self.clans) if rng.random() < 0.8 else None,
            private=rng.random() < 0.05,
        )

    def _cheater(self, number: int) -> Person:
        """Return an account of which nothing is owned: its code is what Bungie's answers are made of."""
        character = (_CHARACTER + 3 * number, next(iter(CLASSES)))
        return Person(_MEMBERSHIP + number, 3, f"Cheater {number}", 1980, [character], None, False)


def _alone(person: Person, character: tuple[int, int]) -> Entry:
    return Entry(
        person.membership_id,
        character[0],
        name=person.name,
        code=person.code,
        class_hash=character[1],
        played=_MINUTE,
    )


def _used(dice: random.Random, person: Person) -> Sequence[tuple[int, int]]:
    """Choose with which of the characters somebody plays; now and then with two."""
    return dice.sample(person.characters, 2 if len(person.characters) > 1 and dice.random() < 0.04 else 1)


_MINUTE: Final = 60
_MEMBERSHIP: Final = 4_611_686_018_400_000_000
_CHARACTER: Final = 2_305_843_009_200_000_000
_GROUP: Final = 3_000_000
