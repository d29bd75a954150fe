"""The ordinary part of the evening: people, a map, a sign-up, runs, verdicts."""

import re
from io import BytesIO

import aiohttp
from PIL import Image, ImageDraw

from genjilib.local.demo.stage import Stage
from genjilib.local.discord.options import Wrong
from genjilib.local.discord.seen import File, SeenMessage

CODE = "GENJ1"
PLAYERS = ("kuromi", "genji", "tracer", "lucio")


def screenshot(text: str) -> bytes:
    """Draw a picture that stands for the screenshot of a run."""
    picture = Image.new("RGB", (640, 360), "#1f2233")
    ImageDraw.Draw(picture).text((40, 150), text, fill="#8be9fd", font_size=48)
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


async def people(stage: Stage) -> None:
    """Create players and a moderator."""
    stage.begin("Players and a moderator are created")
    world = await stage.system.discord.describe()
    stage.ids |= {name: int(world["users"][name]) for name in (*PLAYERS, "sombra")}
    for name in (*PLAYERS, "sombra"):
        body = {"id": stage.ids[name], "global_name": name, "nickname": name.title()}
        await stage.call("POST", "/users", body, status=201)
    names = {"usernames": [{"username": "Genji#1234", "is_primary": True}, {"username": "GenjiAlt"}]}
    await stage.call("PUT", f"/users/{stage.ids['genji']}/overwatch", names)
    users = await stage.call("GET", "/users")
    wanted = [user for user in users if user["id"] in stage.ids.values()]
    stage.table(
        [(u["id"], u["coalesced_name"], u["overwatch_usernames"]) for u in wanted], "id", "name", "plays as"
    )
    stage.check("five users exist", len(wanted) == 5, wanted)
    double = {"id": stage.ids["genji"], "global_name": "x", "nickname": "x"}
    refused = await stage.call("POST", "/users", double, status=409)
    stage.check(f"the same id again is refused: “{refused['error']}”", True)


async def submit_map(stage: Stage) -> None:
    """Submit a map; its playtest is opened in Discord and accepted by the moderator."""
    stage.begin("A map is submitted, tried and accepted")
    new = {
        "code": CODE,
        "map_name": "Hanamura",
        "category": "Classic",
        "creators": [
            {"id": stage.ids["kuromi"], "is_primary": True},
            {"id": stage.ids["lucio"], "is_primary": False},
        ],
        "checkpoints": 24,
        "difficulty": "Hard +",
        "mechanics": ["Bhop", "Edge Climb"],
        "medals": {"gold": 60, "silver": 75, "bronze": 90},
        "title": "Blossoms in the wind",
    }
    created = await stage.call("POST", "/maps", new, status=201)
    await stage.job(created["job_status"], "the bot opened the playtest (job succeeded)")
    threads = await stage.system.discord.threads("playtest")
    stage.table([(t["name"], ", ".join(t["tags"])) for t in threads], "thread in the forum", "tags")
    thread = int(threads[0]["id"])
    verdict = {"difficulty": "Very Hard", "verifier_id": stage.ids["sombra"]}
    job = await stage.call("POST", f"/maps/playtests/{thread}/force_accept", verdict, status=202)
    await stage.job(job, "the moderator's decision reached the thread")
    (found,) = await stage.call("GET", "/maps", params={"code": CODE})
    stage.table(
        [(found["code"], found["map_name"], found["difficulty"], found["playtesting"], found["mechanics"])],
        *("code", "map", "difficulty", "playtest", "mechanics"),
    )
    stage.check(
        "the map is approved and visible", found["playtesting"] == "Approved" and not found["hidden"], found
    )
    news = await stage.system.discord.wait_for_message("newsfeed", f"New map {CODE}", within=20)
    stage.check("the newsfeed shows the new map", CODE in news.text)
    await stage.until("the creator got a direct message", lambda: _direct(stage, "kuromi", "accepted"))


async def sign_up(stage: Stage) -> None:
    """Sign up by e-mail and follow the link of the mail."""
    stage.begin("Somebody signs up by e-mail")
    account = {"email": "hana@example.org", "password": "M.E.K.A. 2026 go", "username": "hana"}
    await stage.call("POST", "/auth/register", account, status=201)
    mails = await stage.until(
        "the worker sent the mail through Resend's client", stage.system.service("mail").messages
    )
    stage.table([(m["to"], m["subject"]) for m in mails], "to", "subject")
    found = re.search(r"verify-email\?token=([\w-]+)", str(mails[0]))
    stage.check("the mail holds a link with a token", found is not None, mails[0])
    assert found is not None
    body = {"token": found[1]}
    verified = await stage.call("POST", "/auth/verify-email", body)
    stage.check("the link verifies the address", verified["user"]["email_verified"], verified)
    again = await stage.call("POST", "/auth/verify-email", body, status=400)
    stage.check(f"the link works once: “{again['error']}”", True)


async def runs(stage: Stage) -> None:
    """Submit runs over HTTP and by slash command."""
    stage.begin("Runs are submitted, over HTTP and in Discord")
    for player, time in (("genji", 58.31), ("tracer", 66.6)):
        await submit_run(stage, stage.ids[player], time, player)
    lucio = stage.system.discord.user("lucio")
    picture = File("run.png", screenshot(f"{CODE} 1:11.05"))
    options = {"code": CODE.lower(), "time": "1:11.05", "screenshot": picture, "quality": 5}
    question = await lucio.slash("submit-completion", options, video="https://videos.example/lucio")
    stage.check(
        "the bot asks before it submits, in the player's language", "提交" in question.text, question.text
    )
    await lucio.press(question, question.message.buttons[0].label, within=10)
    rows: list[tuple[object, ...]] = []
    for player in ("genji", "tracer", "lucio"):
        message = await queue_message(stage, player.title())
        rows.append((player, message.text.splitlines()[0], [button.label for button in message.buttons]))
    stage.table(rows, "player", "message in the verification queue", "buttons")
    stage.check("three runs wait in the queue", len(rows) == 3, rows)
    slower = {**_run(stage.ids["genji"], 59.0), "screenshot": "https://pictures.example/a.png"}
    refused = await stage.call("POST", "/completions", slower, status=400)
    stage.check(f"a slower run is refused: “{refused['error']}”", True)


async def verdicts(stage: Stage) -> None:
    """Judge the runs with the buttons of the queue."""
    stage.begin("The moderator judges them")
    sombra, outsider = stage.system.discord.user("sombra"), stage.system.discord.user("tracer")
    first = await queue_message(stage, "Genji")
    refusal = None
    try:
        await outsider.press(first, "Accept")
    except Wrong as wrong:
        refusal = wrong
    stage.check(f"only the team can press there: “{refusal}”", refusal is not None)
    await sombra.press(first, "Accept", within=15)
    await sombra.press(await queue_message(stage, "Lucio"), "Accept", within=15)
    form = await sombra.press(await queue_message(stage, "Tracer"), "Reject")
    await sombra.submit_modal(form, {form.form.labels[0]: "The timer cannot be read."}, within=15)
    await stage.until("the queue is empty again", lambda: _queue_is_empty(stage))
    await stage.until("the winner got a direct message", lambda: _direct(stage, "genji", "was accepted"))
    await stage.until("the loser was told why", lambda: _direct(stage, "tracer", "The timer cannot be read"))
    await stage.system.discord.wait_for_message("newsfeed", f"Record on {CODE}", within=20)
    stage.check("the newsfeed shows the record", True)
    shown = await stage.system.discord.wait_for_message("completions", "58.31", within=20)
    stage.check("the run is shown among the completions", shown.author == "Genji Shimada", shown.author)
    xp = await stage.system.discord.wait_for_message("xp", "World Record", within=20)
    stage.check("the XP of a world record is announced", "50" in xp.text, xp.text)
    board = await stage.call("GET", f"/completions/{CODE}")
    stage.table(
        [(r["rank"], r["name"], r["time"], r["medal"], r["upvotes"]) for r in board],
        *("rank", "player", "seconds", "medal", "upvotes"),
    )
    ranks = [(r["rank"], r["name"], r["medal"]) for r in board]
    stage.check(
        "the leaderboard ranks them with medals",
        ranks == [(1, "Genji#1234", "Gold"), (2, "Lucio", "Silver")],
        ranks,
    )
    again = {"verified_by": stage.ids["sombra"], "verified": True, "reason": None}
    refused = await stage.call("PUT", f"/completions/{board[0]['id']}/verification", again, status=409)
    stage.check(f"a second verdict is refused: “{refused['error']}”", True)


async def submit_run(stage: Stage, user_id: int, time: float, name: str, *, code: str = CODE) -> int:
    """Upload a screenshot, submit a run with it over HTTP, and return the run's id."""
    form = aiohttp.FormData()
    form.add_field("data", screenshot(f"{name} {time}"), filename="run.png", content_type="image/png")
    address = await stage.call("POST", "/utilities/image", status=201, data=form)
    body = {**_run(user_id, time), "code": code, "screenshot": address}
    return int((await stage.call("POST", "/completions", body, status=201))["completion_id"])


async def queue_message(stage: Stage, player: str) -> SeenMessage:
    """Return the message about a player's run in the verification queue."""
    return await stage.system.discord.wait_for_message("verification-queue", player, within=20)


def _run(user_id: int, time: float) -> dict[str, object]:
    return {"code": CODE, "user_id": user_id, "time": time, "video": "https://videos.example/run"}


async def _direct(stage: Stage, name: str, text: str) -> bool:
    return any(text in message.text for message in await stage.system.discord.messages(f"@{name}"))


async def _queue_is_empty(stage: Stage) -> bool:
    return not await stage.system.discord.messages("verification-queue")


STEPS = (people, submit_map, sign_up, runs, verdicts)
"""The evening in its order."""
