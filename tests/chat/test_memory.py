"""A bot that lives long keeps nothing of interactions that are over; `make soak-bot` is the long form."""

import gc

import pytest

from genjilib.chat.interactions import Answer
from genjilib.chat.views import Layout
from tests.town import Town

TIMES = 12


def alive(*kinds: type[object]) -> int:
    """How many objects of these kinds there are."""
    gc.collect()
    return sum(isinstance(one, kinds) for one in gc.get_objects())


async def test_nothing_is_left_of_interactions_that_are_over(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Three minutes in which buttons can be pressed are a fifth of a second here.
    monkeypatch.setitem(Layout.__init__.__kwdefaults__ or {}, "timeout", 0.2)
    for number in range(6):  # more than a page
        await town.map(f"GENJ{number}")
    tracer, views = town.discord.user("tracer"), town.bot._connection._view_store._views

    async def live() -> None:
        shown = await tracer.slash("map-search")
        await tracer.autocomplete("completions", "code", "GENJ")
        await tracer.slash("user-completions", user="nobody at all")
        await tracer.slash("settings")
        assert shown.message.ephemeral

    async def idle() -> bool:
        return not town.bot.running and not town.bot._kept and not views

    await live()
    await town.until(idle)
    before = alive(Answer, Layout)
    for _ in range(TIMES):
        await live()

    async def gone() -> bool:
        return await idle() and alive(Answer, Layout) <= before

    await town.until(gone)
