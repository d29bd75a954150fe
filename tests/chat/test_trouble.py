"""Discord in trouble, for everything the bot posts: it is there once in the end, and in its map's order.

The clock is scaled: tries that are minutes apart are hundredths of a second apart here, so that two seconds
of an outage stand for more than its minute. `make test-outage` has Discord be away for SECONDS of them.
"""

import os
from typing import Any

import pytest

from genjilib.broker import outbox
from genjilib.broker.topology import QUEUES
from genjilib.completions import rules as completions
from genjilib.completions.types import FailedAutoverifyEvent, UpvoteCreateRequest
from genjilib.map_edits import rules as edits
from genjilib.map_edits.types import MapEditCreateRequest, MapEditResolveRequest
from genjilib.ocr import Extracted
from genjilib.playtests import rules as playtests
from genjilib.playtests.types import PlaytestForceDenyRequest, PlaytestResetRequest
from tests.town import SHOT, Town

OUTAGE = float(os.environ.get("OUTAGE", "1.5"))
"""Seconds."""

POST = "POST /channels/*/messages"
TRIED = ("TRY1", "TRY2", "TRY3", "TRY4")
TROUBLE: dict[str, dict[str, Any]] = {
    "errors": {"kind": "error", "path": POST, "lasting": 1},
    "limits": {"kind": "rate_limit", "path": POST, "seconds": 0.2, "times": 6},
    "lost replies": {"kind": "lost_reply", "path": POST, "every": 4, "times": 4},
}


async def prepare(town: Town) -> dict[str, int]:
    """A map with a shown run of nine upvotes and two waiting ones, four playtests, an edit; the ids."""
    await town.map("DONE1")
    for code in TRIED:
        await town.map(code, playtesting="In Progress", hidden=True)
    shown = await town.run("genji", 70, code="DONE1")
    await town.verify(shown)
    ids = {"waiting": await town.run("tracer", 60, code="DONE1")}
    await town.run("kuromi", 65, code="DONE1")
    ids["edit"] = await propose(town, "DONE1")
    await town.settled()
    ids["message"] = await town.ask("select message_id from core.completions where id = %s", shown)
    await town.rows(
        "with nine as (insert into core.users (id, nickname, global_name)"
        " select n, 'p', 'p' from generate_series(1, 9) as n returning id)"
        " insert into completions.upvotes (user_id, message_id) select id, %s from nine",
        ids["message"],
    )
    await town.rows(
        "insert into core.completions (map_id, user_id, time, screenshot, verified)"
        " select m.id, u.id, 10, 'shot', true from core.maps as m, core.users as u"
        " where m.code like 'TRY_' and u.nickname in ('Echo', 'Tracer')"
    )
    found = "select m.code, p.thread_id from playtests.meta as p join core.maps as m on m.id = p.map_id"
    return {**ids, **dict(await town.rows(found))}


async def propose(town: Town, code: str) -> int:
    """Propose to change a map."""
    wish = MapEditCreateRequest(code, "Because", town.id("echo"), checkpoints=7)
    return (await edits.create(town.db, wish)).id


async def act(town: Town, ids: dict[str, int]) -> None:
    """Do what makes every queue of the bot carry something."""
    db, sombra, cdn_url = town.db, town.id("sombra"), town.bot.settings.s3_public_url
    await town.run("lucio", 80, code="DONE1")
    await town.verify(ids["waiting"])
    await town.run("kuromi", 64, code="DONE1")
    await completions.upvote(db, UpvoteCreateRequest(town.id("echo"), ids["message"]))
    read = Extracted(None, None, None, {}, {})
    claim = {"submitted_code": "DONE1", "submitted_time": 60, "submitted_user_names": ["Tracer"]}
    await outbox.emit(
        db,
        FailedAutoverifyEvent(
            **claim,
            **{"user_id": town.id("tracer"), "extracted": read, "screenshot": SHOT},
            **{"code_match": False, "time_match": False, "user_match": False},
        ),
    )
    for who, difficulty in (("echo", 3.0), ("tracer", 9.0)):
        await playtests.vote(db, ids["TRY1"], town.id(who), difficulty)
    await playtests.unvote(db, ids["TRY1"], town.id("echo"))
    await playtests.approve(db, ids["TRY1"], sombra, cdn_url=cdn_url)
    await playtests.force_accept(db, ids["TRY2"], "Hell", sombra, cdn_url=cdn_url)
    await playtests.force_deny(db, ids["TRY3"], PlaytestForceDenyRequest(sombra, "Too short"))
    await playtests.reset(db, ids["TRY4"], PlaytestResetRequest(sombra, "Again", True, True))
    await town.map("NEW1", playtesting="In Progress", hidden=True)
    verdict = MapEditResolveRequest(accepted=False, resolved_by=sombra, rejection_reason="No.")
    await edits.resolve(db, ids["edit"], verdict, cdn_url=cdn_url)
    await propose(town, "DONE1")


EXPECTED: dict[str, list[str]] = {
    "completions": ["DONE1 in 1:10.00", "DONE1 in 1:00.00"],
    "upvotes": [""],
    "verification-queue": ["DONE1 in 1:04.00", "DONE1 in 1:20.00", "Edit of DONE1"],
    "newsfeed": ["New map DONE1", "Record on DONE1", "Record on DONE1", "New map TRY1", "New map TRY2"],
    "xp": ["Map mastery", *["XP"] * 7],
    "dlq-alerts": ["DONE1: the screenshot shows something else"],
    "TRY1": ["Echo voted Medium.", "Tracer voted Extreme +.", "Echo took the vote back.", "Playtest closed"],
    "TRY2": ["Playtest closed"],
    "TRY3": ["Playtest closed"],
    "TRY4": ["@here The playtest starts over."],
}
"""First lines of what is to be read in each channel, those of a map in the order in which it happened."""

ORDERED = {"verification-queue": str, "xp": str, "newsfeed": lambda line: line.split()[-1]}
"""Where messages of different maps, or that have nothing to do with each other, come in any order."""


async def seen(town: Town, ids: dict[str, int]) -> dict[str, list[str]]:
    """What is to be read in all channels."""
    found = dict[str, list[str]]()
    for name in EXPECTED:
        # A thread begins with its card and the call for the creator.
        texts = (await town.texts(str(ids[name])))[2:] if name in ids else await town.texts(name)
        first = [text.partition("\n")[0].removeprefix("### ") for text in texts]
        found[name] = sorted(first, key=ORDERED.get(name)) if name in ORDERED else first
    return found


@pytest.mark.parametrize("trouble", [*TROUBLE, "an outage"])
async def test_everything_is_posted_once_and_in_order_whatever_discord_does(town: Town, trouble: str) -> None:
    ids = await prepare(town)
    if trouble == "an outage":
        await town.discord.outage(OUTAGE)
    else:
        await town.discord.fault(**TROUBLE[trouble])
    await act(town, ids)
    await town.settled(within=60 + OUTAGE)
    assert await town.ask("select count(*) from messages.dead_letters") == 0
    carried = {queue for (queue,) in await town.rows("select distinct queue from messages.sent")}
    assert carried == {queue.name for queue in QUEUES if queue.runner == "bot"}
    assert await seen(town, ids) == EXPECTED
    assert len(await town.discord.threads("playtest")) == len(TRIED) + 1
    delivered = "select count(*) from notifications.delivery_log where status = 'delivered' and channel = %s"
    people = ("kuromi", "lucio", "tracer", "genji")
    letters = [text for name in people for text in await town.texts(f"@{name}")]
    assert len(letters) == await town.ask(delivered, "discord_dm")
