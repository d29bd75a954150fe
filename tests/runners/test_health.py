"""The inner port of each runner while its servers come and go."""

from collections.abc import AsyncIterator

import pytest

from genjilib.core.metrics import REGISTRY
from tests.nursery import Runner
from tests.runners.conftest import NAMES, Gate, Servers


@pytest.fixture(scope="module", params=NAMES)
async def runner(request: pytest.FixtureRequest, servers: Servers) -> AsyncIterator[Runner]:
    """A runner that was started before its servers and is ready now, shared by the tests about it."""
    await servers.database.shut()
    await servers.broker.shut()
    started = await servers.start(request.param, ready=False)
    await started.until(503)
    await servers.database.open()
    await servers.broker.open()
    yield started
    assert await started.stop() == 0


async def away_and_back(runner: Runner, gate: Gate, name: str) -> None:
    """Shut a gate and open it; the runner says which server is away, lives on, and is ready again."""
    await gate.shut()
    try:
        report = await runner.until(503)
        assert not report["ready"]
        assert [check for check, state in report["checks"].items() if state != "ok"] == [name]
        assert (await runner.get("livez"))[0] == 200
    finally:
        await gate.open()
    assert (await runner.until(200))["ready"]


async def test_it_waits_for_servers_that_come_later(runner: Runner) -> None:
    assert await runner.get("livez") == (200, "ok")
    report = await runner.until(200)
    assert set(report["checks"].values()) == {"ok"}


async def test_its_metrics_are_those_of_the_list(runner: Runner) -> None:
    status, text = await runner.get("metrics")
    assert status == 200
    shown = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE ")}
    listed = {family.name for family in REGISTRY.collect()}
    counted = {name.removesuffix("_total") for name in shown}
    assert {name for name in counted if not name.endswith("_created")} == listed
    assert all(name.startswith("genji_") for name in listed)


async def test_it_is_not_ready_while_postgresql_is_away(runner: Runner, servers: Servers) -> None:
    await away_and_back(runner, servers.database, "database")


async def test_it_is_not_ready_while_rabbitmq_is_away(runner: Runner, servers: Servers) -> None:
    if runner.name == "api":
        # Messages wait in the outbox: the API needs no broker.
        await servers.broker.shut()
        assert (await runner.get("readyz"))[0] == 200
        await servers.broker.open()
    else:
        await away_and_back(runner, servers.broker, "broker")


async def test_the_bot_is_not_ready_while_discord_is_away(runner: Runner, servers: Servers) -> None:
    await servers.discord.outage(1.0)
    if runner.name == "bot":
        report = await runner.until(503)
        assert [check for check, state in report["checks"].items() if state != "ok"] == ["discord"]
        assert (await runner.get("livez"))[0] == 200
        await runner.until(200)
    else:
        assert (await runner.get("readyz"))[0] == 200


@pytest.mark.parametrize("name", ["worker", "bot"])
async def test_it_can_be_stopped_while_it_waits_for_servers(name: str, servers: Servers) -> None:
    await servers.database.shut()
    await servers.broker.shut()
    try:
        early = await servers.start(name, ready=False)
        assert await early.stop() == 0
    finally:
        await servers.database.open()
        await servers.broker.open()
