"""Every alert fires in a real Prometheus, whose minutes last a fraction of a second."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import web

from genjilib.local.ports import free_port
from genjilib.local.prometheus import RULES, Prometheus
from tests.ops.monitoring import CASES, RULE_LIST

MINUTE = 0.1
"""Seconds that stand for a minute of the rules: one scrape, one step of the series."""


def played(values: str) -> Iterator[str]:
    """The values of a series in promtool's notation, one after the other; the last one stays."""
    last = "0"
    for block in values.split():
        start, step, times = re.fullmatch(r"([\d._]+)(?:\+(\d+))?(?:x(\d+))?", block).groups()
        for number in range(int(times or 0) + 1):
            last = start if start == "_" else str(float(start) + number * int(step or 0))
            yield last
    yield from itertools.repeat(last)


def scaled(text: str) -> str:
    """A rule file whose minutes and hours are short."""

    def short(found: re.Match[str]) -> str:
        minutes = int(found[2]) * {"m": 1, "h": 60}[found[3]]
        # A schedule may be silent for an hour more, which would take too long even so.
        return f"{found[1]}{int(min(minutes, 30) * MINUTE * 1000)}ms"

    return re.sub(r"(\[|for: )(\d+)([mh])", short, text)


@pytest.fixture
async def page() -> AsyncIterator[str]:
    """A page that plays the series of all cases, a step a scrape."""
    shown = {
        series: played(values)
        for case in CASES
        for series, values in case.series.items()
        if "{" in series  # others are there to make something else missing
    }

    async def answer(_: web.Request) -> web.Response:
        now = {series: next(values) for series, values in shown.items()}
        return web.Response(text="".join(f"{name} {value}\n" for name, value in now.items() if value != "_"))

    app = web.Application()
    app.router.add_get("/metrics", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}/metrics"
    await runner.cleanup()


@pytest.fixture
async def prometheus(page: str, tmp_path: Path) -> AsyncIterator[Prometheus]:
    """A server with the project's rules, in a hurry."""
    for file in RULES.glob("*.yml"):
        (tmp_path / file.name).write_text(scaled(file.read_text()))
    interval = f"{int(MINUTE * 1000)}ms"
    server = Prometheus(tmp_path / "server", {"cases": page}, rules=tmp_path, interval=interval)
    await server.start()
    yield server
    await server.stop()


async def test_each_alert_fires(prometheus: Prometheus) -> None:
    names = {rule["alert"] for rule in RULE_LIST}
    fired: set[str] = set()
    try:
        async with asyncio.timeout(60):
            while not names <= fired:
                await asyncio.sleep(MINUTE)
                fired |= await prometheus.firing()
    except TimeoutError:
        assert fired == names
