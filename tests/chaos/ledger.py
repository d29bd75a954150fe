"""The ledger of a row: what was accepted, and what became of it."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Balance:
    """What became of ``of`` accepted messages; work went on ``seconds`` after the worst strike."""

    lost: int
    double: int
    ghost: int
    dead: int
    of: int
    seconds: float

    def __str__(self) -> str:
        counted = f"lost {self.lost} double {self.double} ghost {self.ghost} dead {self.dead} of {self.of}"
        return f"{counted}; recovered in {self.seconds:.1f} s"


@dataclass
class Ledger:
    """Ids of commands that were accepted, and of those whose answer never came."""

    accepted: set[int] = field(default_factory=set[int])
    doubtful: set[int] = field(default_factory=set[int])

    def balance(self, applied: Collection[int], dead: Collection[int], seconds: float) -> Balance:
        """Compare with the ids whose effect is there, as often as it is, and with those given up.

        A command that was answered has to have its effect once. One without an answer may or may not.
        """
        counts = Counter(applied)
        return Balance(
            lost=len(self.accepted - counts.keys() - set(dead)),
            double=sum(count - 1 for count in counts.values()),
            ghost=len(counts.keys() - self.accepted - self.doubtful),
            dead=len(set(dead)),
            of=len(self.accepted),
            seconds=seconds,
        )
