"""The troubled part of the evening: killed processes, a poisoned message, a backup put to the proof."""

import asyncio
from typing import Any

import psycopg

from genjilib.local.demo.evening import CODE, submit_run
from genjilib.local.demo.stage import Stage

GUESTS = 40


async def crashes(stage: Stage) -> None:
    """Kill the worker and the bot while messages are in flight; nothing is lost, nothing is doubled."""
    stage.begin("Worker and bot are killed in the middle of their work")
    guests = {f"Guest {n:02}": 7 * 10**17 + n for n in range(GUESTS)}
    for name, user_id in guests.items():
        body = {"id": user_id, "global_name": name, "nickname": name}
        await stage.call("POST", "/users", body, status=201)
    submitting = asyncio.create_task(_submit_all(stage, guests))
    await stage.until("messages are in flight", lambda: _some_shown(stage, 3), every=0.02)
    stage.system.kill("worker")
    stage.system.kill("bot")
    stage.check("worker and bot are dead (SIGKILL), submissions go on", True)
    runs = await submitting
    stage.check(f"all {GUESTS} submissions were answered 201", len(runs) == GUESTS)
    waiting = await _unfinished(stage)
    stage.check(f"{waiting} of their messages are in flight, in the outbox or in RabbitMQ", waiting > 0)
    await asyncio.gather(stage.system.start("worker"), stage.system.start("bot"))
    await stage.until("every run reached the queue", lambda: _all_shown(stage, runs), within=60)
    shown = await _shown(stage)
    counts = [sum(name in text for text in shown) for name in guests]
    rows = [("submitted", len(runs)), ("shown in Discord", sum(counts)), ("lost", counts.count(0))]
    stage.table([*rows, ("doubled", sum(count > 1 for count in counts))], "", "runs")
    stage.check("lost 0, doubled 0", all(count == 1 for count in counts), counts)
    await stage.until("no message waits any more", lambda: _nothing_waits(stage))


async def poison(stage: Stage) -> None:
    """Send a message that nobody can handle; find it, repair it, send it again."""
    stage.begin("A poisoned message is found, repaired and replayed")
    text = "The newsfeed survived a poisoned message."
    entry = await _unannounced(stage, text)
    letters = await stage.until(
        "it is among the dead letters", lambda: stage.command("dlq", "list"), every=0.5
    )
    stage.table(
        [(x["id"], x["queue"], x["error"], x["detail"]) for x in letters], "id", "queue", "error", "detail"
    )
    stage.check(
        "with its reason", letters[0]["queue"] == "api.newsfeed.create" and len(letters) == 1, letters
    )
    await stage.command("dlq", "edit", str(letters[0]["id"]), "--set", f"newsfeed_id={entry}", "--yes")
    stage.check("it is repaired: ./cli.py dlq edit", True)
    await stage.command("dlq", "replay", "--all", "--yes")
    stage.check("it is sent again: ./cli.py dlq replay", True)
    await stage.system.discord.wait_for_message("newsfeed", text, within=20)
    stage.check("its effect is there", True)
    left = await stage.command("dlq", "list")
    stage.check("no dead letter is left", left == [], left)


async def backup(stage: Stage) -> None:
    """Back up, restore into a scratch database, compare."""
    stage.begin("A backup is taken, restored and compared")
    folder = str(stage.system.directory / "backups")
    await stage.command("backup", "create", "--folder", folder, "--yes")
    listed = await stage.command("backup", "list", "--folder", folder)
    stage.table([(b["id"], b["size_bytes"], b["rows"]) for b in listed], "backup", "bytes", "rows")
    stage.check("one backup is listed", len(listed) == 1, listed)
    proof = await stage.command("backup", "verify", "--folder", folder, "--yes")
    stage.check(
        "restored into a scratch database, every table has the same rows and hash", bool(proof), proof
    )


async def _submit_all(stage: Stage, guests: dict[str, int]) -> list[int]:
    return [
        await submit_run(stage, user_id, 80 + number / 10, name, code=CODE)
        for number, (name, user_id) in enumerate(guests.items())
    ]


async def _shown(stage: Stage) -> list[str]:
    messages = await stage.system.discord.messages("verification-queue", 100)
    return [message.text for message in messages if "Guest" in message.text]


async def _some_shown(stage: Stage, count: int) -> bool:
    return len(await _shown(stage)) >= count


async def _all_shown(stage: Stage, runs: list[int]) -> bool:
    pending = {row["id"] for row in await stage.call("GET", "/completions/pending")}
    return pending >= set(runs)


async def _waiting(stage: Stage) -> int:
    return int((await _ask(stage, "select count(*) from messages.outbox"))[0])


async def _nothing_waits(stage: Stage) -> bool:
    return await _waiting(stage) == 0


async def _unfinished(stage: Stage) -> int:
    statement = "select count(*) from public.jobs where status in ('queued', 'processing')"
    return int((await _ask(stage, statement))[0])


async def _unannounced(stage: Stage, text: str) -> int:
    """Write a newsfeed entry as a careless hand would, with a message whose body is nonsense."""
    payload = f'{{"type": "announcement", "title": "Good news", "content": "{text}"}}'
    found = await _ask(stage, "insert into public.newsfeed (payload) values (%s) returning id", payload)
    body = '{"newsfeed_id": "the one about the party"}'
    await _ask(stage, "select messages.emit('api.newsfeed.create', %s)", body)
    return int(found[0])


async def _ask(stage: Stage, statement: Any, *values: str) -> tuple[Any, ...]:
    url = stage.system.environment()["DATABASE_URL"]
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        row = await (await connection.execute(statement, values)).fetchone()
    return row or ()
