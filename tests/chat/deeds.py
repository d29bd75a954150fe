"""Everything that can be done with the bot, as people do it, each thing about a map of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from discord import ui

from genjilib.chat.views import posted
from genjilib.local.discord import Answer, Person, SeenMessage
from genjilib.map_edits import rules as edits
from genjilib.map_edits.types import MapEditCreateRequest
from genjilib.maps import links
from genjilib.maps.types import LinkMapsCreateRequest
from genjilib.playtests import rules as playtests
from genjilib.users import rules as users
from runners.bot import COGS
from tests.town import SHOT, VIDEO, Town, picture

QUEUE, SHOWN = "verification-queue", "completions"
STAFF_ONLY = "Only the team may do this."
CREATORS_ONLY = "Only creators of the map may do this."
CLOCK = {"What is it?": ["Cheating"], "What makes you think so?": "Two clocks."}
WISH = {"What kind of change?": "Map geometry", "What shall be changed?": "The wall"}

Seen = Answer | SeenMessage


@dataclass
class Stage:
    """Where one deed is done: a map with this code, and what the deed needs of it."""

    town: Town
    code: str
    lost: bool = False
    """Whether the rights of whoever acts are lost before the last step."""
    gate: Callable[[], Awaitable[None]] | None = None
    """What happens before the last step."""

    async def last_step(self) -> None:
        """Wait for what happens before the last step."""
        if self.gate is not None:
            await self.gate()

    def of(self, name: str) -> str:
        """A name that no other deed uses."""
        return f"{name} {self.code}"

    async def message(self, channel: str) -> SeenMessage:
        """The message of a channel that is about the map."""
        found = [one for one in await self.town.messages(channel) if self.code in one.text]
        assert found, f"nothing about {self.code} in {channel}"
        return found[-1]

    async def first(self, channel: str) -> SeenMessage:
        """The first message of the thread that is about the map."""
        return (await self.town.messages(await self.thread(channel)))[0]

    async def thread(self, channel: str) -> str:
        """The thread that is about the map."""
        return next(one["id"] for one in await self.town.discord.threads(channel) if self.code in one["name"])

    async def sure(self, person: Person, question: Answer) -> Answer:
        """Say yes, and see what comes of it."""
        await self.last_step()
        pressed = await person.press(question, "Yes")
        answer = pressed
        if self.lost:
            await person.press(question, "No")
        elif not pressed.messages:
            answer = await person.follow(question)
            while len(answer.messages) == len(question.messages):
                answer = await person.follow(answer)
        return answer


# What a deed needs


async def need_map(stage: Stage) -> None:
    """A map that takes runs, with a guide of Kuromi's; as if it had always been there, so nobody is told."""
    await stage.town.rows(
        "with new as (insert into core.maps"
        " (code, map_name, category, checkpoints, difficulty, raw_difficulty, playtesting, hidden)"
        " values (%s, 'Hanamura', 'Classic', 24, 'Hard +', 5.6, 'Approved', false) returning id),"
        " medals as (insert into maps.medals select id, 60, 75, 90 from new),"
        " guides as (insert into maps.guides (map_id, user_id, url) select id, %s, %s from new)"
        " insert into maps.creators (map_id, user_id, is_primary)"
        " select new.id, c.id, c.is_primary from new, (values (%s, true), (%s, false)) as c (id, is_primary)",
        *(stage.code, stage.town.id("kuromi"), VIDEO, stage.town.id("kuromi"), stage.town.id("lucio")),
    )


async def need_run(stage: Stage) -> None:
    """A run of Tracer's that waits for its verdict."""
    await need_map(stage)
    await stage.town.run("tracer", 60, code=stage.code)


async def need_suspect(stage: Stage) -> None:
    """A run of Genji's, who is known for two clocks."""
    await need_map(stage)
    await stage.town.rows(
        "with old as (insert into core.completions (map_id, user_id, time, screenshot, verified, legacy)"
        " select id, %s, 900, 'shot', true, true from core.maps where code = %s returning id, user_id)"
        " insert into users.suspicious_flags (user_id, completion_id, context, flag_type, flagged_by)"
        " select user_id, id, 'Two clocks.', 'Cheating', %s from old",
        *(stage.town.id("genji"), stage.code, stage.town.id("nebula")),
    )
    await stage.town.run("genji", 60, code=stage.code)


async def need_shown(stage: Stage) -> None:
    """A run of Tracer's that Nebula accepted."""
    await need_map(stage)
    await stage.town.verify(await stage.town.run("tracer", 60, code=stage.code), by="nebula")


async def need_verified(stage: Stage) -> None:
    """A run of Tracer's that counts, as if it always had."""
    await need_map(stage)
    await stage.town.rows(
        "insert into core.completions (map_id, user_id, time, screenshot, video, verified)"
        " select id, %s, 60, %s, %s, true from core.maps where code = %s",
        *(stage.town.id("tracer"), SHOT, VIDEO, stage.code),
    )


async def need_flagged(stage: Stage) -> None:
    """A run of Tracer's that counts and was flagged."""
    await need_verified(stage)
    await stage.town.rows(
        "insert into users.suspicious_flags (user_id, completion_id, context, flag_type, flagged_by)"
        " select c.user_id, c.id, 'Two clocks.', 'Cheating', %s"
        " from core.completions as c join core.maps as m on m.id = c.map_id where m.code = %s",
        *(stage.town.id("nebula"), stage.code),
    )


async def need_edit(stage: Stage) -> None:
    """A proposal to change the map."""
    await need_map(stage)
    await edits.create(
        stage.town.db, MapEditCreateRequest(stage.code, "So", stage.town.id("echo"), checkpoints=7)
    )


async def need_playtest(stage: Stage) -> None:
    """A map that is tried, and that Tracer has done."""
    await stage.town.map(stage.code, playtesting="In Progress", hidden=True)
    await stage.town.rows(
        "insert into core.completions (map_id, user_id, time, screenshot, verified)"
        " select id, %s, 10, %s, true from core.maps where code = %s",
        *(stage.town.id("tracer"), SHOT, stage.code),
    )


async def need_hermit(stage: Stage) -> None:
    """A player who is not here."""
    await users.create_placeholder(stage.town.db, stage.of("Hermit"), by=None)


async def allow_finalizing(stage: Stage) -> None:
    """Leave to finalize without votes."""
    await decided("Let creators finalize with few votes, or no longer")(
        stage, stage.town.discord.user("nebula")
    )


async def cast_vote(stage: Stage) -> None:
    """A vote of Tracer's."""
    await playtests.vote(stage.town.db, int(await stage.thread("playtest")), stage.town.id("tracer"), 5)


async def finalize_it(stage: Stage) -> None:
    """A playtest in the verification queue."""
    await allow_finalizing(stage)
    await stage.town.discord.user("kuromi").press(await stage.first("playtest"), "Finalize")


async def ask_for_change(stage: Stage) -> None:
    """A request to change the map."""
    echo = stage.town.discord.user("echo")
    await echo.submit_modal(await echo.slash("change-request", code=stage.code), WISH)


async def type_page(stage: Stage, command: str, channel: str) -> SeenMessage:
    """A page of the bot's in a channel."""
    return await answered(stage, stage.town.discord.user("nebula"), channel, f"${command}")


async def answered(stage: Stage, person: Person, channel: str, text: str) -> SeenMessage:
    """What the bot writes in a channel upon what somebody types."""
    said = await person.say(channel, text)
    return await stage.town.discord.wait_for_message(channel, of_a_bot, after=said)


def of_a_bot(message: SeenMessage) -> bool:
    """Whether a bot wrote it."""
    return bool(message.raw["author"].get("bot"))


async def link_codes(stage: Stage) -> None:
    """A second code of the map."""
    await links.link(stage.town.db, LinkMapsCreateRequest(stage.code, f"C{stage.code}"), by=None)


async def write_letter(stage: Stage) -> None:
    """A letter of Echo's."""
    await do_letter(stage, stage.town.discord.user("echo"))


# What is done


def command(name: str, /, **options: Any) -> "Do":
    """Use a command; ``{code}`` in an option is the map's code."""

    async def do(stage: Stage, person: Person, **given: Any) -> Seen:
        return await person.slash(name, filled(stage, {**options, **given}))

    return do


def asked(name: str, /, **options: Any) -> "Do":
    """Use a command that asks once more."""

    async def do(stage: Stage, person: Person, **given: Any) -> Seen:
        question = await person.slash(name, filled(stage, {**options, **given}))
        return await stage.sure(person, question) if question.message.buttons else question

    return do


def filled(stage: Stage, options: dict[str, Any]) -> dict[str, Any]:
    """Options for this map."""
    return {
        key: value.format(code=stage.code, hermit=stage.of("Hermit")) if isinstance(value, str) else value
        for key, value in options.items()
        if value is not None
    }


def press(find: Callable[[Stage], Awaitable[SeenMessage]], label: str) -> "Do":
    """Press a button of a message."""

    async def do(stage: Stage, person: Person, **_: Any) -> Seen:
        shown = await find(stage)
        await stage.last_step()
        return await person.press(shown, label)

    return do


def fill_in(find: Callable[[Stage], Awaitable[SeenMessage]], label: str, **values: Any) -> "Do":
    """Press a button and fill in its form; for the names of fields see ``fields``."""

    async def do(stage: Stage, person: Person, **given: Any) -> Seen:
        form = await person.opened(await person.press(await find(stage), label))
        if form.modal is None:
            return form
        await stage.last_step()
        return await person.submit_modal(form, fields({**values, **given}))

    return do


def fields(values: dict[str, Any]) -> dict[str, Any]:
    """Values by the labels of their fields: ``_`` is a space, ``__`` a question mark."""
    return {key.replace("__", "?").replace("_", " "): value for key, value in values.items()}


def typed(text: str, channel: str) -> "Do":
    """Type a command."""

    async def do(stage: Stage, person: Person, *, arguments: str = "", **_: Any) -> Seen:
        return await answered(stage, person, channel, f"${text} {arguments}".strip())

    return do


def on(channel: str) -> Callable[[Stage], Awaitable[SeenMessage]]:
    """The message of a channel about the map."""

    async def find(stage: Stage) -> SeenMessage:
        return await stage.message(channel)

    return find


def at(forum: str) -> Callable[[Stage], Awaitable[SeenMessage]]:
    """The first message of the thread about the map."""

    async def find(stage: Stage) -> SeenMessage:
        return await stage.first(forum)

    return find


def page(text: str, channel: str) -> Callable[[Stage], Awaitable[SeenMessage]]:
    """A page that Nebula has the bot post."""

    async def find(stage: Stage) -> SeenMessage:
        return await type_page(stage, text, channel)

    return find


def turned(name: str) -> "Do":
    """Turn the pages of a command, in both directions."""

    async def do(stage: Stage, person: Person, **given: Any) -> Seen:
        shown = await person.slash(name)
        return await turn(person, shown, given) if shown.message.buttons else shown

    return do


async def turn(person: Person, shown: Answer, given: dict[str, Any]) -> Answer:
    """Turn pages with each of the buttons."""
    for label in ("›", "‹", "»", "«"):
        shown = await person.press(shown, label)
    jump = next(one.label for one in shown.message.buttons if "/" in one.label)
    form = await person.press(shown, jump)
    return await person.submit_modal(form, {"Page": "2", **given})


async def do_settings(stage: Stage, person: Person, **given: Any) -> Seen:
    """Choose, and change names."""
    shown = await person.slash("settings")
    await person.select(shown, "Ping when you gain XP")
    form = await person.press(shown, "Overwatch names")
    return await person.submit_modal(form, {"Name 1": stage.of("N"), **given})


async def do_ask(stage: Stage, person: Person, **given: Any) -> Seen:
    """Ask for a change of a map that has a request already."""
    shown = await person.slash("change-request", code=stage.code)
    form = await person.opened(shown)
    await stage.last_step()
    return await person.submit_modal(form, {**WISH, **given})


async def do_submit_map(stage: Stage, person: Person, **given: Any) -> Seen:
    """Fill in the form, and say yes."""
    options = {"code": stage.code, "map_name": "Hanamura", "checkpoints": 12, "category": "Classic", **given}
    form = await person.opened(await person.slash("submit-map", options))
    if form.modal is None:
        return form
    return await stage.sure(person, await person.submit_modal(form, {"Difficulty": "Hard"}))


async def do_submit_run(stage: Stage, person: Person, **given: Any) -> Seen:
    """Say yes."""
    options = {"code": stage.code, "time": "58.31", "screenshot": picture(), "quality": 5, "video": VIDEO}
    question = await person.slash("submit-completion", {**options, **given})
    return await stage.sure(person, question) if len(question.message.buttons) == 2 else question


def edited(name: str, *more: str) -> "Do":
    """Change texts and facts in an editor, and finish."""

    async def do(stage: Stage, person: Person, **given: Any) -> Seen:
        shown = await person.slash(name, code=stage.code)
        if not shown.message.buttons:
            return shown
        for form in ("Texts", "Contents", *more):
            await person.submit_modal(await person.press(shown, form), {})
        form = await person.press(shown, "Facts")
        told = await person.submit_modal(form, {"Checkpoints": "30", **given})
        if told.messages:
            return told
        await stage.last_step()
        done = await person.opened(await person.press(shown, "Done"))
        if done.modal is None:
            return done if "did not work" in done.text else await person.follow(done)
        answer = await person.submit_modal(done, {"Why shall the map be changed?": "So."})
        return await person.follow(answer)

    return do


def corrected(label: str, values: dict[str, Any] | None = None, first: str | None = None) -> "Do":
    """Correct the only run of the map: with a button, and in its form."""

    async def do(stage: Stage, person: Person, **given: Any) -> Seen:
        code = given.pop("code", stage.code)
        shown = await person.slash("mod edit-record manage", code=code)
        if values is None or not shown.message.buttons:
            await stage.last_step()
            return await person.press(shown, label) if shown.message.buttons else shown
        form = await person.opened(await person.press(shown, label))
        await stage.last_step()
        if stage.lost:
            await person.press(shown, label)
        return await person.submit_modal(form, {**values, **given})

    return do


async def do_flag(stage: Stage, person: Person, **given: Any) -> Seen:
    """Flag the run of a message."""
    menu = await person.context_menu("Mark Suspicious", await stage.message(SHOWN), in_=SHOWN)
    form = await person.opened(menu)
    if form.modal is None:
        return form
    await stage.last_step()
    return await person.submit_modal(form, {**CLOCK, **given})


async def do_repair(stage: Stage, person: Person, **given: Any) -> Seen:
    """Have a message drawn anew."""
    target, where = await stage.message(SHOWN), SHOWN
    if given:
        target, where = await person.say("general", "Look!"), "general"
    return await person.context_menu("Repair View", target, in_=where)


async def do_letter(stage: Stage, person: Person, **given: Any) -> Seen:
    """Write to the team."""
    page = await type_page(stage, "setup_tickets", "modmail")
    form = await person.opened(await person.press(page, "Write to the team"))
    values = {"What is it about?": stage.code, "What would you like to say?": "Help"}
    return await person.submit_modal(form, {**values, **given})


async def do_solved(stage: Stage, person: Person, **given: Any) -> Seen:
    """Close the letter where it is, or try elsewhere."""
    if given:
        return await typed("solved", "general")(stage, person)
    return await person.say(await stage.thread("modmail"), "$solved")


def decided(what: str, **more: Any) -> "Do":
    """Decide about a playtest in the form."""

    async def do(stage: Stage, person: Person, **given: Any) -> Seen:
        form = await person.opened(await person.press(await stage.first("playtest"), "Moderate"))
        if form.modal is None:
            return form
        values = fields({"What_shall_happen__": what, **more, **given})
        if what != "Approve":
            await stage.last_step()
            return await person.submit_modal(form, values)
        question = await person.submit_modal(form, values)
        return await stage.sure(person, question) if len(question.message.buttons) == 2 else question

    return do


async def do_decline(stage: Stage, person: Person, **_: Any) -> Seen:
    """Think better of it."""
    options = {"code": stage.code, "url": "https://v.example/4"}
    return await person.press(await person.slash("submit-guide", options), "No")


def gone(action: str, key: str) -> "Do":
    """Press a lasting button about something that is not there, or not any more."""

    async def do(stage: Stage, person: Person, **_: Any) -> Seen:
        return await person.press(await forged(stage, action, key), "Press")

    return do


async def forged(stage: Stage, action: str, key: str) -> int:
    """Put a lasting button where everybody can press it; its message's id."""
    button = next(one for cog in COGS for one in cog.buttons if one.action == action)
    channel = stage.town.bot.get_partial_messageable(stage.town.discord.world.channel_id("general"))
    return (await channel.send(view=posted(ui.ActionRow[Any](button(key, "Press"))))).id


async def do_flag_nothing(stage: Stage, person: Person, **_: Any) -> Seen:
    """Flag a message that shows no run."""
    return await person.context_menu("Mark Suspicious", await person.say("general", "Look!"))


def unfinished(name: str, form: str = "", **values: Any) -> "Do":
    """Fill in one form of an editor, and finish with a blank reason."""

    async def do(stage: Stage, person: Person, **_: Any) -> Seen:
        shown = await person.slash(name, code=stage.code)
        if form:
            opening = await person.press(shown, form)
            told = await person.submit_modal(opening, fields(values))
            if told.messages:
                return told
        done = await person.opened(await person.press(shown, "Done"))
        if done.modal is None:
            return done
        return await person.submit_modal(done, {"Why shall the map be changed?": " "})

    return do


async def do_upvote_twice(stage: Stage, person: Person, **_: Any) -> Seen:
    """Upvote a run, and once more."""
    shown = await stage.message(SHOWN)
    await person.press(shown, shown.buttons[0].custom_id or "")
    return await person.press(shown, shown.buttons[0].custom_id or "")


async def do_purge(stage: Stage, person: Person, **given: Any) -> Seen:
    """Delete the last messages of a channel; what stays is the one before them."""
    kept = await person.say("dlq-alerts", "gone")
    if given or person.name != "nebula":
        return await answered(stage, person, "dlq-alerts", f"$purge {given.get('count', 2)}")
    await person.say("dlq-alerts", "$purge 1")
    await stage.town.discord.wait_until("dlq-alerts", lambda left: kept.id not in {one.id for one in left})
    return kept


async def do_wait(stage: Stage, person: Person, **_: Any) -> Seen:
    """Mark a playtest as one that waits."""
    shown = await stage.message(QUEUE)
    await stage.last_step()
    return await person.press(shown, shown.buttons[0].label)


Do = Callable[..., Awaitable[Seen]]
Need = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, eq=False)
class Deed:
    """One thing that can be done, who does it, and what follows."""

    name: str
    do: Do
    says: str
    """What whoever may do it is told."""
    need: Need | None = need_map
    then: Need | None = None
    """What else it needs, to be done in Discord once the first is there."""
    who: str = "sombra"
    other: str = "hanzo"
    """Who does it at the same moment."""
    not_: str | None = "tracer"
    """Who may not; nobody where everybody may."""
    refusal: str = STAFF_ONLY
    keeps: str | None = None
    """The action that is kept of it."""
    bad: tuple[dict[str, Any], str] | None = None
    """What is wrong in it, and the sentence about that."""
    twice: Literal["one", "both"] | None = None
    """Whether two who do it at once do it once, or each of them."""
    late: str = ""
    """What the slower of two is told, where there is one."""
    loses: bool = False
    """Whether rights can be lost before its last step."""


ANYBODY: dict[str, Any] = {"who": "tracer", "not_": None}
MAKERS: dict[str, Any] = {"who": "kuromi", "other": "lucio", "not_": "echo", "refusal": CREATORS_ONLY}
ADMINS: dict[str, Any] = {"who": "nebula", "not_": "sombra", "need": None}
FASTER = "was faster"
BAD_CODE = ({"code": "no!"}, "A map code has four to six letters or digits.")
NO_MAP = ({"code": "ZZZZ9"}, "There is no map with the code")
NOBODY = ({"user": "77"}, "There is no such player.")
ENDED = "This playtest is over already."

DEEDS = (
    # Everybody's commands.
    Deed("completions", command("completions", code="{code}"), "Leaderboard of", bad=BAD_CODE, **ANYBODY),
    Deed(
        "user-completions", command("user-completions", user="genji"), "Runs of Genji", bad=NOBODY, **ANYBODY
    ),
    Deed("world-records", command("world-records", user="genji"), "World records", bad=NOBODY, **ANYBODY),
    Deed("view-guides", command("view-guides", code="{code}"), VIDEO, bad=NO_MAP, **ANYBODY),
    Deed(
        "map-search",
        turned("map-search"),
        "2 / ",
        bad=({"Page": "99999"}, "There is no such page."),
        **ANYBODY,
    ),
    Deed(
        "map-search by name",
        command("map-search", code="{code}"),
        "Hanamura",
        bad=BAD_CODE,
        **ANYBODY,
    ),
    Deed(
        "地图搜索",
        command("地图搜索", 地图代码="{code}"),
        "地图",
        bad=({"地图代码": "no!"}, BAD_CODE[1]),
        **ANYBODY,
    ),
    Deed("rank-card", command("rank-card"), "Rank card of", **ANYBODY),
    Deed("settings", do_settings, "N D", bad=({"Name 2": "A", "Name 3": "A"}, "The same name"), **ANYBODY),
    Deed(
        "change-request",
        do_ask,
        "has a thread",
        bad=({"What shall be changed?": " "}, "A request says"),
        **ANYBODY,
    ),
    Deed("change-request again", do_ask, "has a thread", then=ask_for_change, **ANYBODY),
    Deed(
        "edit-request",
        edited("edit-request"),
        "are shown to the team",
        bad=({"Checkpoints": "many"}, "The number of checkpoints is a number."),
        **ANYBODY,
    ),
    Deed(
        "submit-completion", do_submit_run, "58.31", bad=({"time": "soon"}, "That is not a time."), **ANYBODY
    ),
    Deed(
        "submit-guide",
        asked("submit-guide", code="{code}", url="https://v.example/2"),
        "Your guide to",
        bad=({"url": "my video"}, "That is not a link."),
        **ANYBODY,
    ),
    Deed("submit-guide, no", do_decline, "Are you sure?", **ANYBODY),
    Deed(
        "submit-map", do_submit_map, "is submitted", None, bad=({"gold": "60"}, "all three medals"), **ANYBODY
    ),
    # The team's commands.
    Deed(
        "xp grant",
        command("xp grant", user="tracer", amount=10, reason="{code}"),
        "got 10 XP and has",  # Tracer's settings rename him meanwhile
        keeps="lootbox.grant_xp",
        bad=NOBODY,
        twice="both",
    ),
    Deed(
        "view-flagged-submissions", command("view-flagged-submissions", user="genji"), "Flags of", bad=NOBODY
    ),
    Deed(
        "mod edit-user create-fake-user",
        command("mod edit-user create-fake-user", name="New {code}"),
        "is added with the id",
        need=None,
        keeps="users.create_placeholder",
        bad=({"name": "  "}, "A player needs a name."),
        twice="both",
    ),
    Deed(
        "mod edit-user link-fake-user",
        asked("mod edit-user link-fake-user", fake="{hermit}", real="echo"),
        "is Echo's now.",
        need=need_hermit,
        keeps="users.link_placeholder",
        bad=({"real": "3"}, "There is no such player."),
        twice="one",
        late="did not work",
        loses=True,
    ),
    Deed(
        "mod map edit",
        edited("mod map edit", "Status"),
        "is changed.",
        keeps="maps.moderate",
        bad=({"Checkpoints": "many"}, "The number of checkpoints is a number."),
        twice="both",
        loses=True,
    ),
    Deed(
        "mod map edit-status",
        asked("mod map edit-status", code="{code}", archived=True),
        "is changed.",
        keeps="maps.moderate",
        bad=({"archived": None}, "Nothing is to be changed."),
        twice="both",
        loses=True,
    ),
    Deed(
        "mod map edit-creators",
        asked("mod map edit-creators", code="{code}", primary="genji"),
        "is changed.",
        keeps="maps.moderate",
        bad=({"primary": "77"}, "There is no such player."),
        twice="both",
        loses=True,
    ),
    Deed(
        "mod map edit-guides",
        command("mod map edit-guides", code="{code}", user="kuromi", url="https://v.example/3"),
        "is changed.",
        keeps="maps.edit_guide",
        bad=({"url": "my video"}, "That is not a link."),
        twice="both",
    ),
    Deed(
        "mod map edit-guides, removing",
        asked("mod map edit-guides", code="{code}", user="kuromi"),
        "is changed.",
        keeps="maps.remove_guide",
        bad=({"user": "hanzo"}, ""),
        twice="one",
        late="There is no such guide",
        loses=True,
    ),
    Deed(
        "mod map link-codes",
        asked("mod map link-codes", official_code="{code}", unofficial_code="C{code}"),
        "The codes are linked.",
        keeps="maps.link_codes",
        bad=({"unofficial_code": "no!"}, BAD_CODE[1]),
        twice="one",
        late="did not work",
        loses=True,
    ),
    Deed(
        "mod map unlink-codes",
        asked(
            "mod map unlink-codes", official_code="{code}", unofficial_code="C{code}", reason="They differ"
        ),
        "The codes are no longer linked.",
        then=link_codes,
        keeps="maps.unlink_codes",
        bad=({"official_code": "no!"}, BAD_CODE[1]),
        twice="one",
        late="did not work",
        loses=True,
    ),
    Deed(
        "mod edit-record manage, pages",
        turned("mod edit-record manage"),
        "2 / ",
        bad=({"Page": "99999"}, "There is no such page."),
    ),
    Deed(
        "mod edit-record manage, time",
        corrected("Change time", {"Time": "50", "Why?": "The clock."}),
        "50.00",
        need=need_verified,
        keeps="completions.moderate",
        bad=({"Time": "soon"}, "That is not a time."),
        twice="both",
        loses=True,
    ),
    Deed(
        "mod edit-record manage, unverify",
        corrected("Unverify", {"Why?": "Not yours."}),
        "Not verified",
        need=need_verified,
        keeps="completions.moderate",
        bad=({"Why?": " "}, "A reason is needed."),
        twice="one",
        late="Not verified",
        loses=True,
    ),
    Deed(
        "mod edit-record manage, verify",
        corrected("Verify"),
        "Verified",
        need=need_run,
        keeps="completions.moderate",
        twice="one",
        late="Verified",
        loses=True,
        bad=({"code": "no!"}, BAD_CODE[1]),
    ),
    Deed(
        "mod edit-record manage, flag",
        corrected("Mark suspicious", CLOCK),
        "Flagged",
        need=need_verified,
        keeps="completions.moderate",
        bad=({"What makes you think so?": " "}, "A reason is needed."),
        twice="both",
        loses=True,
    ),
    Deed(
        "mod edit-record manage, unflag",
        corrected("Unmark suspicious"),
        "Verified",
        need=need_flagged,
        keeps="completions.moderate",
        twice="one",
        late="Verified",
        loses=True,
    ),
    # Menus.
    Deed(
        "Mark Suspicious",
        do_flag,
        "The run is flagged.",
        need=need_shown,
        keeps="completions.flag",
        bad=({"What makes you think so?": " "}, "A reason is needed."),
        twice="both",
        loses=True,
    ),
    Deed(
        "Repair View",
        do_repair,
        "The message is as it should be.",
        need=need_shown,
        bad=({"elsewhere": True}, "Only messages that show"),
        twice="both",
    ),
    # What administrators type.
    Deed(
        "sync",
        typed("sync", "admin"),
        "commands were told",
        bad=({"arguments": "everything"}, "One of the options cannot be read."),
        **ADMINS,
    ),
    Deed("cleanuppt", typed("cleanuppt", "completion-submissions"), "over were deleted.", **ADMINS),
    Deed("test", typed("test", "map-submissions"), "Database", **ADMINS),
    Deed("completioninfo", typed("completioninfo", "information"), "Submitting runs", **ADMINS),
    Deed("mapsubmissioninfo", typed("mapsubmissioninfo", "updates"), "Submitting maps", **ADMINS),
    Deed("roleselect", typed("roleselect", "help"), "Choose your roles", **ADMINS),
    Deed("setup_tickets", typed("setup_tickets", "modmail"), "Letters to the team", **ADMINS),
    Deed("purge", do_purge, "gone", bad=({"count": "many"}, "One of the options cannot be read."), **ADMINS),
    Deed(
        "solved",
        do_solved,
        "$solved",
        need=None,
        then=write_letter,
        who="echo",
        not_=None,
        bad=({"elsewhere": True}, "This is said in the thread of a letter."),
    ),
    # Buttons of the team.
    Deed(
        "completions:accept",
        press(on(QUEUE), "Accept"),
        "The run is accepted.",
        need=need_run,
        keeps="completions.accept",
        twice="one",
        late=FASTER,
    ),
    Deed(
        "completions:reject",
        fill_in(on(QUEUE), "Reject", Why_is_it_rejected__="Blurred."),
        "The run is rejected.",
        need=need_run,
        keeps="completions.reject",
        bad=({"Why_is_it_rejected__": " "}, "A reason is needed."),
        twice="one",
        late=FASTER,
        loses=True,
    ),
    Deed("completions:flags", press(on(QUEUE), "Flags of the player"), "Two clocks.", need=need_suspect),
    Deed(
        "map_edits:accept",
        press(on(QUEUE), "Accept"),
        "The edit is accepted.",
        need=need_edit,
        keeps="map_edits.accept",
        twice="one",
        late=FASTER,
    ),
    Deed(
        "map_edits:accept_and_try",
        press(on(QUEUE), "Accept and playtest"),
        "The edit is accepted.",
        need=need_edit,
        keeps="map_edits.accept",
        twice="one",
        late=FASTER,
    ),
    Deed(
        "map_edits:reject",
        fill_in(on(QUEUE), "Reject", Why_is_it_rejected__="No."),
        "The edit is rejected.",
        need=need_edit,
        keeps="map_edits.reject",
        bad=({"Why_is_it_rejected__": " "}, "A reason is needed."),
        twice="one",
        late=FASTER,
        loses=True,
    ),
    Deed(
        "change_requests:close",
        press(at("change-requests"), "Close (team)"),
        "The request is closed.",
        then=ask_for_change,
        keeps="change_requests.close",
    ),
    Deed(
        "community:close",
        press(at("modmail"), "Close"),
        "The letter is closed.",
        need=None,
        then=write_letter,
    ),
    Deed("playtests:wait", do_wait, "Take the mark away", need=need_playtest, then=finalize_it, twice="both"),
    Deed(
        "playtests:moderate, approve",
        decided("Approve"),
        "It is decided.",
        need=need_playtest,
        then=cast_vote,
        keeps="playtests.approve",
        twice="one",
        late=ENDED,
        loses=True,
    ),
    Deed(
        "playtests:moderate, accept",
        decided("Force accept", **{"Difficulty, to force accept": "Hell"}),
        "It is decided.",
        need=need_playtest,
        keeps="playtests.force_accept",
        bad=({"Difficulty, to force accept": []}, "A difficulty is needed for this."),
        twice="one",
        late=ENDED,
        loses=True,
    ),
    Deed(
        "playtests:moderate, deny",
        decided("Force deny", Why__="Too short"),
        "It is decided.",
        need=need_playtest,
        keeps="playtests.force_deny",
        bad=({"Why?": " "}, "A reason is needed."),
        twice="one",
        late=ENDED,
        loses=True,
    ),
    Deed(
        "playtests:moderate, start over",
        decided("Start over: remove votes and runs"),
        "It is decided.",
        need=need_playtest,
        keeps="playtests.reset",
        twice="both",
        loses=True,
    ),
    Deed(
        "playtests:moderate, votes",
        decided("Remove all votes"),
        "It is decided.",
        need=need_playtest,
        then=cast_vote,
        keeps="playtests.clear_votes",
        twice="both",
        loses=True,
    ),
    Deed(
        "playtests:moderate, finalizing",
        decided("Let creators finalize with few votes, or no longer"),
        "It is decided.",
        need=need_playtest,
        keeps="playtests.allow_finalizing",
        loses=True,
    ),
    # Buttons of creators and of everybody.
    Deed(
        "playtests:finalize",
        press(at("playtest"), "Finalize"),
        "The team was asked for the verdict.",
        need=need_playtest,
        then=allow_finalizing,
        **{**MAKERS, "twice": "one", "late": "The map waits for its verdict already."},
    ),
    Deed(
        "playtests:ask",
        fill_in(at("playtest"), "Ask the team", What_do_you_want__="Deletion of the map", Tell_more="Please"),
        "The team was called.",
        need=need_playtest,
        bad=({"Tell_more": " "}, "A wish says what is wanted."),
        **MAKERS,
    ),
    *(
        Deed(
            f"change_requests:{name}",
            press(at("change-requests"), label),
            "The team was called.",
            then=ask_for_change,
            **MAKERS,
        )
        for name, label in (
            ("confirm", "The change is made"),
            ("deny", "Nothing will be changed"),
            ("archive", "Archive the map instead"),
        )
    ),
    Deed(
        "playtests:vote",
        fill_in(at("playtest"), "Vote", Difficulty="Hard"),
        "Your vote: Hard.",
        need=need_playtest,
        who="tracer",
        not_="kuromi",
        refusal="Creators do not vote on their own map.",
    ),
    Deed(
        "playtests:unvote",
        press(at("playtest"), "Remove vote"),
        "is taken back",
        need_playtest,
        cast_vote,
        **ANYBODY,
    ),
    Deed("upvote:submission", press(on(SHOWN), "Upvotes: 0"), "Upvotes: 1", need_shown, **ANYBODY),
    Deed(
        "community:question",
        press(page("completioninfo", "information"), "How do I submit a run?"),
        "`/submit",
        None,
        **ANYBODY,
    ),
    Deed("community:role", press(page("roleselect", "help"), "Europe"), "the role", None, **ANYBODY),
    Deed(
        "community:write",
        do_letter,
        "has a thread",
        None,
        bad=({"What would you like to say?": " "}, "A letter has"),
        **ANYBODY,
    ),
)

NO_RUN, NO_EDIT = "This run does not exist any more.", "This edit does not exist any more."
NO_REQUEST, NO_PLAYTEST = "There is no such request.", "Playtest not found."
OVER = "This is over."

MISTAKES = (
    Deed("change-request", command("change-request", code="ZZZZ9"), NO_MAP[1], None, **ANYBODY),
    Deed("edit-request", command("edit-request", code="ZZZZ9"), NO_MAP[1], None, **ANYBODY),
    Deed("edit-request, nothing", unfinished("edit-request"), "Nothing is to be changed.", **ANYBODY),
    Deed(
        "edit-request, no reason",
        unfinished("edit-request", "Facts", Checkpoints="31"),
        "An edit needs a reason.",
        **ANYBODY,
    ),
    Deed("mod map edit", command("mod map edit", code="ZZZZ9"), NO_MAP[1], None),
    Deed("mod map edit, nothing", unfinished("mod map edit"), "Nothing is to be changed."),
    Deed(
        "mod map edit, rating",
        unfinished("mod map edit", "Status", Give_every_rating_this_value="9"),
        "A rating is a number from 1 to 6.",
    ),
    Deed("Mark Suspicious", do_flag_nothing, "Only messages that show a run can be flagged.", None),
    Deed(
        "playtests:vote",
        fill_in(at("playtest"), "Vote", Difficulty="Hard"),
        "Only players with a verified run",
        need_playtest,
        who="hanzo",
    ),
    Deed("upvote:submission", do_upvote_twice, "This run has your upvote already.", need_shown, **ANYBODY),
    *(
        Deed(f"{action}, gone", gone(action, key), sentence, None, who=who)
        for action, key, sentence, who in (
            ("completions:accept", "999999", NO_RUN, "sombra"),
            ("map_edits:accept", "999999", NO_EDIT, "sombra"),
            ("map_edits:accept_and_try", "999999", NO_EDIT, "sombra"),
            ("change_requests:close", "ZZZZ9", NO_REQUEST, "sombra"),
            ("change_requests:confirm", "ZZZZ9", NO_REQUEST, "kuromi"),
            ("change_requests:deny", "ZZZZ9", NO_REQUEST, "kuromi"),
            ("change_requests:archive", "ZZZZ9", NO_REQUEST, "kuromi"),
            ("community:close", "1", "This letter is closed already.", "sombra"),
            ("community:question", "info-old", OVER, "tracer"),
            ("community:role", "1", OVER, "tracer"),
            ("playtests:wait", "1:open", NO_PLAYTEST, "sombra"),
            ("playtests:finalize", "ZZZZ9", NO_PLAYTEST, "kuromi"),
            ("playtests:ask", "ZZZZ9", NO_PLAYTEST, "kuromi"),
            ("playtests:unvote", "ZZZZ9", "You have no vote here.", "tracer"),
        )
    ),
)
"""What goes wrong beside the ``bad`` of ``DEEDS``; ``says`` is the sentence about it."""
