"""Callers who ask the same at the same time share an answer that was made after all of them asked."""

import asyncio
from typing import Any

import pytest

from genjilib.web.together import Together


class Shop:
    """A handler that answers when it is told to, with what was true when it began."""

    def __init__(self) -> None:
        self.stock = 0
        self.began: list[int] = []
        self.open: list[asyncio.Event] = []
        self.shared = Together(self.show)

    async def show(self, kind: str) -> list[object]:
        seen, closed = self.stock, asyncio.Event()
        self.began.append(seen)
        self.open.append(closed)
        await closed.wait()
        if kind == "broken":
            raise ValueError(kind)
        return [kind, seen]

    def ask(self, kind: str = "toys") -> "asyncio.Task[Any]":
        return asyncio.create_task(self.shared.call((kind,), {"kind": kind}))

    async def runs(self, number: int) -> None:
        """Wait until so many runs have begun."""
        while len(self.began) < number:
            await asyncio.sleep(0)


async def turns() -> None:
    """Let all go on that can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_who_asks_while_an_answer_is_made_shares_the_next_which_shows_what_came_meanwhile() -> None:
    shop = Shop()
    first = [shop.ask(), shop.ask()]
    await shop.runs(1)
    shop.stock = 1
    others = [shop.ask() for _ in range(5)]
    await turns()
    assert shop.began == [0]
    shop.stock = 2
    others.append(shop.ask())
    shop.open[0].set()
    assert await asyncio.gather(*first) == [["toys", 0]] * 2
    await shop.runs(2)
    late = shop.ask()
    shop.open[1].set()
    found = await asyncio.gather(*others)
    assert found == [["toys", 2]] * 6
    assert all(each is found[0] for each in found)
    await shop.runs(3)
    shop.open[2].set()
    assert await late == ["toys", 2]
    assert shop.began == [0, 2, 2]


async def test_who_asks_for_something_else_does_not_wait() -> None:
    shop = Shop()
    toys, books = shop.ask(), shop.ask("books")
    await shop.runs(2)
    shop.open[1].set()
    assert await books == ["books", 0]
    shop.open[0].set()
    assert await toys == ["toys", 0]


async def test_a_caller_who_goes_away_takes_nobodys_answer_along() -> None:
    shop = Shop()
    gone, stays = shop.ask(), shop.ask()
    await shop.runs(1)
    gone.cancel()
    waiting = shop.ask()
    await turns()
    waiting.cancel()
    shop.open[0].set()
    assert await stays == ["toys", 0]
    await shop.runs(2)
    shop.open[1].set()
    for task in (gone, waiting):
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_failure_is_told_to_all_who_share_it_and_to_nobody_after_them() -> None:
    shop = Shop()
    tasks = [shop.ask("broken"), shop.ask("broken")]
    await shop.runs(1)
    after = shop.ask("broken")
    shop.open[0].set()
    for task in tasks:
        with pytest.raises(ValueError, match="broken"):
            await task
    await shop.runs(2)
    after.cancel()
    shop.open[1].set()
    await turns()
    again = shop.ask()
    await shop.runs(3)
    shop.open[2].set()
    assert await again == ["toys", 0]
