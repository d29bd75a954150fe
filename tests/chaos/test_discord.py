"""Discord refuses, fails, is away, and does what it was asked without saying so."""

import asyncio
import time

import pytest

from genjilib.notifications import rules
from genjilib.notifications.types import NotificationCreateRequest
from tests.chaos.ledger import Ledger
from tests.chaos.scene import LONG, MESSAGES, report
from tests.town import Town

COMMANDS = MESSAGES // 100 if LONG else 18
"""Fewer than messages of other rows: Discord allows a bot few a second."""

PEOPLE = ("tracer", "genji", "lucio")
POSTS = "POST /channels/*/messages"


@pytest.mark.row("30")
async def test_whatever_discord_does_each_message_is_posted_once_and_in_order(town: Town) -> None:
    began, ledger = time.monotonic(), Ledger()
    await town.discord.fault("rate_limit", POSTS, seconds=0.3, every=7, times=COMMANDS // 9)
    await town.discord.fault("error", POSTS, every=5, times=COMMANDS // 9)
    await town.discord.fault("lost_reply", POSTS, every=3, times=COMMANDS // 9)
    for n in range(COMMANDS):
        user_id = town.id(PEOPLE[n % len(PEOPLE)])
        new = NotificationCreateRequest(user_id, "verification_approved", "Run accepted", f"{n}.")
        async with town.db.transaction() as tx:
            await rules.notify(tx, new)
        ledger.accepted.add(n)
        if n == COMMANDS // 2:
            await town.discord.outage(60 if LONG else 1)
            struck = time.monotonic()
    settled = asyncio.create_task(town.settled(within=120 + 2 * COMMANDS))
    while not LONG and not settled.done():
        await town.rows(
            "update messages.outbox set run_at = now() returning 1"
        )  # as if five seconds were over
        await asyncio.sleep(0.3)
    await settled
    posted = {who: [int(text.split()[-1][:-1]) for text in await town.texts(f"@{who}")] for who in PEOPLE}
    applied = [n for numbers in posted.values() for n in numbers]
    balance = ledger.balance(applied, [], time.monotonic() - struck)
    report("30", str(balance), time.monotonic() - began)
    assert (balance.lost, balance.double, balance.ghost) == (0, 0, 0)
    assert all(numbers == sorted(numbers) for numbers in posted.values())
    assert await town.ask("select count(*) from messages.dead_letters") == 0
