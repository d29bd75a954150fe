"""Faults on demand: slow answers, refusals, lost replies and whole outages."""

import time
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

Kind = Literal["slow", "rate_limit", "error", "lost_reply"]
"""`lost_reply` does what was asked and cuts the connection before answering."""


@dataclass(slots=True)
class Fault:
    """Strikes each `every`th request matching `path` ("POST /channels/*/messages"), at most `times` times."""

    kind: Kind
    path: str = "*"
    seconds: float = 1.0
    """slow: the delay; rate_limit: retry_after."""
    every: int = 1
    times: int | None = None
    lasting: float | None = None
    status: int = 500
    everywhere: bool = False
    """rate_limit: whether it is the global limit."""
    began: float = field(default_factory=time.monotonic)
    seen: int = 0
    struck: int = 0

    def strikes(self, method_and_path: str) -> bool:
        """Whether this request is hit; counts it."""
        if not fnmatchcase(method_and_path, self.path) or self.over:
            return False
        self.seen += 1
        if self.seen % self.every:
            return False
        self.struck += 1
        return True

    @property
    def over(self) -> bool:
        """Whether it has struck often or long enough."""
        tired = self.times is not None and self.struck >= self.times
        return tired or (self.lasting is not None and time.monotonic() - self.began > self.lasting)


class Faults:
    """What is wrong with REST and the gateway at the moment."""

    def __init__(self) -> None:
        self.active: list[Fault] = []
        self.down_until = 0.0
        self.refusing = False
        self.deaf = False
        """Heartbeats are not acknowledged."""

    def add(self, fault: Fault) -> Fault:
        """Let one more fault act."""
        self.active.append(fault)
        return fault

    def clear(self) -> None:
        """Be well again."""
        self.active.clear()
        self.down_until = 0.0
        self.deaf = False

    def hit(self, method_and_path: str) -> list[Fault]:
        """The faults that strike this request."""
        self.active = [fault for fault in self.active if not fault.over]
        return [fault for fault in self.active if fault.strikes(method_and_path)]

    @property
    def down(self) -> bool:
        """Whether an outage is on."""
        return time.monotonic() < self.down_until
