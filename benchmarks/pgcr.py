"""Report processing on one core: reports a second, and their ratio to bare decoding of the same bytes.

Run ``python -m benchmarks.pgcr [reports]``. The reports have six players and about 30 KB each.
"""

import json
import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

import msgspec

from genjilib.local.bungie.reports import Entry, Played, report, weapons_for
from genjilib.raids import pgcr, wire

ROUNDS = 5


def main(count: int) -> None:
    """Measure three ways of reading the same bytes, alternating, and print the medians."""
    bodies = [body(n) for n in range(count)]
    ways: dict[str, Callable[[bytes], Any]] = {
        "into plain objects": msgspec.json.Decoder().decode,
        "into typed structs": wire.decode,
        "processed": pgcr.process,
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            times[name].append(timed(way, bodies))
    rates = {name: count / median(taken) for name, taken in times.items()}
    print(f"{sum(map(len, bodies)) / count / 1000:.1f} KB a report")
    for name, rate in rates.items():
        print(f"{name:20} {rate:8,.0f}/s  {rate / rates['into plain objects']:5.2f} × plain decoding")
    print(f"processed : typed decoding = {rates['processed'] / rates['into typed structs']:.2f}")


def timed(way: Callable[[bytes], Any], bodies: list[bytes]) -> float:
    """Seconds for all bodies."""
    started = perf_counter()
    for raw in bodies:
        way(raw)
    return perf_counter() - started


def body(number: int) -> bytes:
    """A report of six players, each with one character and some weapons."""
    rng = random.Random(number)
    entries = [
        Entry(
            4611686018400000000 + rng.randrange(10**8),
            2305843009200000000 + rng.randrange(10**8),
            name=f"Guardian {place}",
            stats={"kills": (kills := rng.randint(20, 200)), "deaths": rng.randint(0, 9), "assists": 40},
            extended={"precisionKills": kills // 2, "weaponKillsSuper": 3},
            weapons=weapons_for(rng, kills, most=12),
        )
        for place in range(6)
    ]
    start = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    return json.dumps(report(Played(number, start, entries)), separators=(",", ":")).encode()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
