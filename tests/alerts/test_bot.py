"""Dead letters are told to the team: each kind once, and again when it comes back."""

import asyncio

from genjilib.alerts import bot as alerts
from genjilib.broker import dlq
from genjilib.broker.dlq import Filter
from tests.town import Town

CHANNEL = "dlq-alerts"


async def bury(town: Town, count: int, error: str, queue: str = "api.xp.grant") -> None:
    """Write dead letters."""
    await town.ask(
        "with buried as (insert into messages.dead_letters"
        " (message_id, queue, body, error, detail, attempts)"
        " select gen_random_uuid(), %s, '{}', %s, 'No *such* row.', 1 from generate_series(1, %s)"
        " returning id) select count(*) from buried",
        queue,
        error,
        count,
    )


async def test_each_kind_is_told_once(town: Town) -> None:
    before = len(await town.texts(CHANNEL))
    await bury(town, 30, "lookup")
    await bury(town, 1, "lookup", "api.newsfeed.create")
    await bury(town, 5, "key")
    await alerts.tell(town.bot)
    told = (await town.texts(CHANNEL))[before:]
    assert [text.partition("\n")[0] for text in told] == [
        "### A dead letter of api.newsfeed.create",
        "### 5 dead letters of api.xp.grant",
        "### 30 dead letters of api.xp.grant",
    ]
    assert "No \\*such\\* row." in told[2]
    assert "`./cli.py dlq list --queue api.xp.grant --error lookup`" in told[2]
    await bury(town, 100, "lookup")
    await alerts.tell(town.bot)
    assert (await town.texts(CHANNEL))[before:] == told


async def test_a_kind_that_comes_back_is_told_again(town: Town) -> None:
    before = len(await town.texts(CHANNEL))
    for times in (1, 2):
        await bury(town, 2, "again")
        await alerts.tell(town.bot)
        await bury(town, 1, "again")
        await alerts.tell(town.bot)
        assert len(await town.texts(CHANNEL)) == before + times
        await dlq.discard(town.db, Filter(), "tests", "seen")


async def test_a_bot_that_died_after_telling_does_not_tell_twice(town: Town) -> None:
    before = len(await town.texts(CHANNEL))
    await bury(town, 2, "died")
    await alerts.tell(town.bot)
    await town.ask("with gone as (delete from messages.alerts returning queue) select count(*) from gone")
    await alerts.tell(town.bot)
    assert len(await town.texts(CHANNEL)) == before + 1


async def test_the_bot_looks_by_itself(town: Town) -> None:
    before = len(await town.texts(CHANNEL))
    async with alerts.watching(town.bot, every=0.05):
        await bury(town, 2, "watched")
        async with asyncio.timeout(60):
            while len(await town.texts(CHANNEL)) == before:
                await asyncio.sleep(0.02)
    assert len(await town.texts(CHANNEL)) == before + 1
