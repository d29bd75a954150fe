"""Discord in trouble: whatever it does, each message is there once in the end, and in its order."""

import pytest

from tests.town import Town

POST = "POST /channels/*/messages"
QUEUE = "verification-queue"


@pytest.fixture(autouse=True)
async def map_(town: Town) -> None:
    """The map that the runs are of."""
    await town.map()


async def judge_all(town: Town, count: int = 4) -> None:
    """Submit and accept runs of several players, one after the other."""
    for number, player in enumerate(("tracer", "genji", "kuromi", "hanzo")[:count]):
        run = await town.run(player, 50 + number)
        await town.verify(run)


async def assert_once(town: Town, count: int = 4) -> None:
    """Every accepted run is shown once, and none is left in the queue."""
    await town.settled(within=40)
    assert await town.texts(QUEUE) == []
    shown = [text.splitlines()[1] for text in await town.texts("completions")]
    assert shown == [f"**Player** {name}" for name in ("Tracer", "Genji", "Kuromi", "Hanzo")[:count]]
    assert await town.ask("select count(*) from messages.dead_letters") == 0
    assert await town.ask("select count(*) from core.completions where message_id is null") == 0


async def test_errors_for_three_seconds(town: Town) -> None:
    await town.discord.fault("error", POST, lasting=3)
    await judge_all(town)
    await assert_once(town)


async def test_being_asked_to_slow_down(town: Town) -> None:
    await town.discord.fault("rate_limit", POST, seconds=0.5, times=3)
    await judge_all(town)
    await assert_once(town)


async def test_replies_that_are_lost_after_the_message_was_posted(town: Town) -> None:
    await town.discord.fault("lost_reply", POST, times=2)
    await judge_all(town, 2)
    await assert_once(town, 2)


async def test_an_outage_of_five_seconds(town: Town) -> None:
    await town.run("lucio", 70)
    await town.discord.outage(5)
    await judge_all(town, 2)
    await town.settled(within=40)
    assert len(await town.texts(QUEUE)) == 1
    shown = [text.splitlines()[1] for text in await town.texts("completions")]
    assert shown == ["**Player** Tracer", "**Player** Genji"]
    # One after the other in each conversation too.
    assert len(await town.texts("@tracer")) == len(set(await town.texts("@tracer")))
