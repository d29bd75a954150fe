"""Every command, menu, button, select and form, found in the running bot, in every way that it can be used.

What there is comes from the bot itself: its commands, its lasting buttons, its forms, and whatever can be
pressed in the messages it shows while everything is done. What was reached comes from its own count of
interactions. So a new command or button fails these tests until ``deeds`` does it in each way, or ``WHY_NOT``
says why it cannot be.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any

import pytest
from discord import app_commands, ui
from discord.ext import commands

from genjilib.broker.client import Broker
from genjilib.chat import interactions, look
from genjilib.chat.client import GenjiBot
from genjilib.chat.forms import Form
from genjilib.chat.views import Layout
from genjilib.local.discord import Answer, SimulatedDiscord
from genjilib.local.s3 import S3
from runners.bot import COGS
from tests.chat.deeds import (
    DEEDS,
    MISTAKES,
    QUEUE,
    SHOWN,
    STAFF_ONLY,
    Deed,
    Seen,
    Stage,
    ask_for_change,
    do_ask,
    forged,
)
from tests.support import Clones
from tests.town import PATIENT, QUICK, Town, connected, database, settings_for

READS = "only shows something"
TAKES_NOTHING = "nothing is typed or chosen in it"
ANYBODY = "everybody may use it"
OWNERS = "only its owner sees it; that it refuses others is tests/chat/test_views.py's"
COLLECTS = "collects what its Done does, and that asks"
OWN = "everybody does it for themselves"
DRAWS = "posts a page"

PAGING = {f"Pages: {one}" for one in ("«", "‹", "n / n", "›", "»")}
RECORD_PAGING = {f"Records: {one[7:]}" for one in PAGING}
RECORD_ACTS = {
    f"Records: {one}" for one in ("Change time", "Verify", "Unverify", "Mark suspicious", "Unmark suspicious")
}
EDITOR = {f"Editor: {one}" for one in ("Facts", "Contents", "Texts", "Done")}
TEAM_EDITOR = {f"TeamEditor: {one}" for one in ("Facts", "Contents", "Texts", "Status")}


class Watch:
    """What was used in the bot and how it ended, and what could be pressed in what it showed."""

    def __init__(self) -> None:
        self.used = Counter[tuple[str, str]]()
        self.shown = set[str]()

    def names(self, outcome: str) -> set[str]:
        """What ended in this way at least once."""
        return {name for name, ended in self.used if ended == outcome}


def item_of(view: ui.LayoutView, item: ui.Item[Any]) -> str | None:
    """The name of what can be pressed in a message that ends; nothing for texts and links."""
    if isinstance(item, ui.Button):
        label = item.label if item.url is None else None
    else:
        label = item.placeholder if isinstance(item, ui.Select) else None
    kind = type(view).__name__.lstrip("_")
    return (
        f"{kind}: {re.sub(r'[0-9]+ / [0-9]+', 'n / n', label)}"
        if label and kind != "FormOffer"
        else label and kind
    )


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Watch what is used while the test runs."""
    watch = Watch()
    end, check, look_at = interactions.Answer.end, Layout.interaction_check, look.check

    def ended(answer: interactions.Answer, task: asyncio.Task[Any]) -> None:
        end(answer, task)
        found: Any = answer.interaction.extras
        watch.used[found.get("item", answer.name.lstrip("_")), answer.outcome] += 1

    async def checked(view: Layout, interaction: interactions.Interaction) -> bool:
        data: Any = interaction.data
        for item in view.walk_children():
            if isinstance(item, ui.Button | ui.Select) and item.custom_id == data["custom_id"]:
                interaction.extras["item"] = item_of(view, item)
        return await check(view, interaction)

    def looked_at(view: ui.LayoutView) -> None:
        if isinstance(view, Layout):
            watch.shown |= {name for item in view.walk_children() if (name := item_of(view, item))}
        look_at(view)

    monkeypatch.setattr(interactions.Answer, "end", ended)
    monkeypatch.setattr(Layout, "interaction_check", checked)
    monkeypatch.setattr(look, "check", looked_at)
    return watch


def listen(bot: GenjiBot, watch: Watch) -> None:
    """Watch what is typed, too."""

    async def done(context: Any) -> None:
        watch.used[f"${context.command.name}", "ok"] += 1

    async def failed(context: Any, _: Exception) -> None:
        if context.command is not None:
            watch.used[f"${context.command.name}", "refused"] += 1

    bot.add_listener(done, "on_command_completion")
    bot.add_listener(failed, "on_command_error")


def forms(kind: type[Form] = Form) -> Iterator[str]:
    """All forms of the bot."""
    for one in kind.__subclasses__():
        if one.__module__.startswith("genjilib."):
            yield one.__name__.lstrip("_")
        yield from forms(one)


def lasting() -> set[str]:
    """All buttons that last."""
    return {button.action for cog in COGS for button in cog.buttons}


def registry(bot: GenjiBot, watch: Watch) -> set[str]:
    """Everything there is."""
    guild = bot.get_guild(bot.config.guild)
    leaves = {
        one.qualified_name
        for one in bot.tree.walk_commands(guild=guild)
        if isinstance(one, app_commands.Command)
    }
    menus = {one.name for cog in COGS for one in cog.menus}
    typed = {f"${one.name}" for one in bot.commands if isinstance(one, commands.Command)}
    return leaves | menus | typed | lasting() | set(forms()) | watch.shown


WHY_NOT: dict[str, dict[str, Iterable[str]]] = {
    "refused": {
        ANYBODY: {
            *(
                "change-request",
                "completions",
                "edit-request",
                "map-search",
                "rank-card",
                "settings",
                "$solved",
            ),
            *(
                "submit-completion",
                "submit-guide",
                "submit-map",
                "user-completions",
                "view-guides",
                "world-records",
            ),
            *("地图搜索", "community:question", "community:role", "community:write", "upvote:submission"),
            *("playtests:unvote", "Ask", "Details", "Jump", "Letter", "Names", "Why", "Fields", "Ballot"),
        },
        OWNERS: {
            *PAGING,
            *EDITOR,
            "SettingsView: Choose what you are told of",
            "SettingsView: Overwatch names",
        },
        "only its owner sees it; the team's questions ask again": {"Question: No", "FormOffer"},
        "turns pages of what its command was allowed to show": RECORD_PAGING,
        COLLECTS: {*TEAM_EDITOR, "Status"},
        "its button refuses who may not": {"Wish"},
    },
    "bad": {
        TAKES_NOTHING: {
            *("$completioninfo", "$mapsubmissioninfo", "$roleselect", "$setup_tickets", "rank-card"),
            *("$cleanuppt", "$test"),
            *("settings", "Question: Yes", "Question: No", "FormOffer", "completions:flags"),
            *PAGING,
            *RECORD_PAGING,
        },
        "opens a form, which is done wrongly": {
            *("completions:reject", "map_edits:reject", "playtests:moderate", "playtests:vote"),
            *("community:write", "SettingsView: Overwatch names"),
            *(name for name in EDITOR | TEAM_EDITOR if not name.endswith("Done")),
            *RECORD_ACTS,
        },
        "what can be chosen is right": {"Details", "SettingsView: Choose what you are told of"},
    },
    "twice": {
        READS: {
            *("completions", "user-completions", "world-records", "view-guides", "map-search", "地图搜索"),
            *("$test", "rank-card", "view-flagged-submissions", "completions:flags", "community:question"),
            *("Jump", *RECORD_PAGING),
        },
        OWN: {
            *("settings", "Names", "submit-completion", "submit-guide", "submit-map", "Details", "Why"),
            *("edit-request", "change-request", "Ask", "community:role", "community:write", "Letter"),
            *("upvote:submission", "playtests:vote", "Ballot", "playtests:unvote", "FormOffer"),
            "Question: No",
        },
        "each answer of a creator is told": {
            *("change_requests:archive", "change_requests:confirm", "change_requests:deny", "playtests:ask"),
            "Wish",
        },
        "who is faster archives the thread; that one closes it is tests/change_requests/test_bot.py's": {
            "change_requests:close"
        },
        "doing it twice is doing it once": {
            *("community:close", "$solved", "$sync", "$purge", "$cleanuppt"),
        },
        DRAWS: {"$completioninfo", "$mapsubmissioninfo", "$roleselect", "$setup_tickets"},
    },
}


async def prepared(town: Town, deeds: Iterable[Deed]) -> dict[Deed, Stage]:
    """What each of the deeds needs, everything at once."""
    chosen = list(deeds)
    made = {deed: Stage(town, f"D{place:03}") for place, deed in enumerate(chosen, 111)}
    for deed in chosen:
        if deed.need is not None:
            await deed.need(made[deed])
    await town.settled()
    await asyncio.gather(*(deed.then(made[deed]) for deed in chosen if deed.then is not None))
    await town.settled()
    return made


async def at_once(*works: Awaitable[Any], most: int = 8) -> list[Any]:
    """What comes of things of which some are done at once; all of their failures are told."""
    places = asyncio.Semaphore(most)

    async def placed(work: Awaitable[Seen]) -> Seen:
        async with places:
            return await work

    found = await asyncio.gather(*map(placed, works), return_exceptions=True)
    failed = [one for one in found if isinstance(one, BaseException)]
    if failed:
        raise BaseExceptionGroup("not everything worked", failed)
    return [one for one in found if not isinstance(one, BaseException)]


async def do(stage: Stage, deed: Deed, who: str, **given: Any) -> Seen:
    """Do something, with its name in what goes wrong."""
    try:
        async with asyncio.timeout(240):
            return await deed.do(stage, stage.town.discord.user(who), **given)
    except Exception as error:
        error.add_note(f"{deed.name} by {who}")
        raise


def lacking(deeds: Sequence[Deed], seen: Sequence[Seen], sentence: str | None = None) -> dict[str, str]:
    """What is read where it does not say what it should."""
    pairs = zip(deeds, seen, strict=True)
    return {deed.name: one.text for deed, one in pairs if (sentence or deed.says) not in one.text}


async def kept(town: Town) -> Counter[str]:
    """How often what was kept of the team's doings."""
    return Counter(
        action
        for (action,) in await town.rows(
            "select action from audit.entries where actor_id <> %s", town.id("nebula")
        )
    )


async def test_everything_is_done_by_who_may_and_kept(town: Town, pictures: S3, watch: Watch) -> None:
    listen(town.bot, watch)
    made = await prepared(town, DEEDS)
    seen = await at_once(*(do(made[deed], deed, deed.who) for deed in DEEDS))
    assert lacking(DEEDS, seen) == {}
    await settle(town)
    missing = sorted(registry(town.bot, watch) - watch.names("ok"))
    assert not missing, f"{missing}; {sorted(map(str, watch.used.items()))}"
    assert await kept(town) == Counter(deed.keeps for deed in DEEDS if deed.keeps)
    assert await town.ask("select count(*) from messages.dead_letters") == 0


async def everything(town: Town) -> list[Any]:
    """All rows of all tables in a few numbers, but for the count of the commands that were used."""
    names = await town.rows(
        "select format('%I.%I', schemaname, tablename) from pg_tables"
        " where schemaname not in ('pg_catalog', 'information_schema') and tablename <> 'analytics'"
    )
    counts = " union all ".join(
        f"select '{name}', count(*), sum(hashtext(t::text)) from {name} as t" for (name,) in names
    )
    return sorted(await town.rows(counts))


async def settle(town: Town) -> None:
    """Wait until nothing is on its way and no handler at work."""
    await town.settled()

    async def idle() -> bool:
        return not town.bot.running and not town.bot._kept

    await town.until(idle)


def assert_reached(town: Town, watch: Watch, way: str, reached: set[str]) -> None:
    """Everything was reached in this way but what ``WHY_NOT`` explains, and nothing else is explained."""
    explained = {name for names in WHY_NOT[way].values() for name in names}
    missing = sorted(registry(town.bot, watch) - reached - explained)
    assert not missing, f"not done, and nobody says why: {missing}"
    # A form is offered where the bot is late, such as on a busy machine.
    assert not explained & reached - {"FormOffer"}, f"done, and explained: {sorted(explained & reached)}"


async def refused(stage: Stage, deed: Deed) -> Seen:
    """What somebody is told who may not; the team's buttons are put where everybody can press them."""
    assert deed.not_ is not None
    name = deed.name.partition(",")[0]
    if deed.refusal != STAFF_ONLY or name not in lasting():
        return await do(stage, deed, deed.not_)
    message_id = await forged(stage, name, "1")
    return await stage.town.discord.user(deed.not_).press(message_id, "Press")


async def test_who_may_not_is_refused_even_when_the_right_is_lost_in_between(
    town: Town, pictures: S3, watch: Watch
) -> None:
    listen(town.bot, watch)
    deeds = [deed for deed in DEEDS if deed.not_ is not None]
    made = await prepared(town, deeds)
    before = await everything(town)
    seen = await at_once(*(refused(made[deed], deed) for deed in deeds))
    pairs = zip(deeds, seen, strict=True)
    assert {deed.name: one.text for deed, one in pairs if deed.refusal not in one.text} == {}
    assert all(one.message.ephemeral for one in seen if isinstance(one, Answer))
    losing = [deed for deed in deeds if deed.loses]
    gate = asyncio.Barrier(len(losing) + 1)
    for deed in losing:
        made[deed].gate, made[deed].lost = _through(gate), True
    acting = asyncio.gather(*(do(made[deed], deed, deed.who) for deed in losing))
    async with asyncio.timeout(240):
        async with gate:
            await town.discord.change_user("sombra", roles=["Jumper"])
    lost = await acting
    assert lacking(losing, lost, STAFF_ONLY) == {}
    await settle(town)
    assert await everything(town) == before
    assert_reached(town, watch, "refused", watch.names("refused"))


def _through(gate: asyncio.Barrier) -> Callable[[], Awaitable[None]]:
    """Wait until all are at the gate, and once more until it is opened."""

    async def wait() -> None:
        async with gate:
            pass

    return wait


async def test_what_is_wrong_is_told_and_nothing_is_decided(town: Town, pictures: S3, watch: Watch) -> None:
    listen(town.bot, watch)
    deeds = [(deed, *deed.bad) for deed in DEEDS if deed.bad is not None]
    deeds += [(deed, dict[str, Any](), deed.says) for deed in MISTAKES]
    made = await prepared(town, [deed for deed, *_ in deeds])
    seen = await at_once(*(do(made[deed], deed, deed.who, **given) for deed, given, _ in deeds))
    expected = zip(deeds, seen, strict=True)
    wrong = {deed.name: one.text for (deed, _, said), one in expected if said not in one.text}
    assert wrong == {}
    await settle(town)
    assert await kept(town) == Counter()
    assert_reached(town, watch, "bad", watch.names("refused"))


async def test_of_two_who_do_it_at_once_one_decides(town: Town, pictures: S3, watch: Watch) -> None:
    await town.discord.change_user("lucio", locale="en-US")
    deeds = [deed for deed in DEEDS if deed.twice is not None]
    made = await prepared(town, deeds)

    async def pair(deed: Deed) -> list[Seen]:
        if deed.loses:
            made[deed].gate = _through(asyncio.Barrier(2))
        return await at_once(*(do(made[deed], deed, who) for who in (deed.who, deed.other)))

    pairs = await at_once(*map(pair, deeds), most=4)
    for deed, seen in zip(deeds, pairs, strict=True):
        texts = [one.text for one in seen]
        done = [text for text in texts if deed.says in text]
        least = 2 if deed.twice == "both" else 1
        most = 1 if deed.twice == "one" and deed.keeps and deed.late != deed.says else 2
        assert least <= len(done) <= most, (deed.name, texts)
        assert all(deed.late in text for text in texts if text not in done), (deed.name, texts)
    await settle(town)
    counts = Counter({deed.keeps: 0 for deed in deeds if deed.keeps})
    for deed in deeds:
        if deed.keeps:
            counts[deed.keeps] += 2 if deed.twice == "both" else 1
    assert await kept(town) == counts
    twice = {
        name
        for name in registry(town.bot, watch)
        if sum(n for (one, _), n in watch.used.items() if one == name) > 1
    }
    assert_reached(town, watch, "twice", twice)


async def test_buttons_answer_after_a_restart_and_what_was_begun_says_that_it_is_over(
    clones: Clones, amqp_url: str, watch: Watch
) -> None:
    url = clones.take()
    pressed = [deed for deed in DEEDS if deed.name.partition(",")[0] in lasting()]
    begun = [deed for deed in DEEDS if deed.loses]
    async with SimulatedDiscord(limits=PATIENT) as discord:
        settings = settings_for(discord, url, amqp_url=amqp_url)
        async with (
            database(settings) as db,
            Broker(amqp_url, name="tests", timing=QUICK) as broker,
        ):
            async with connected(settings, db) as bot:
                there = Town(discord, bot, db, url)
                await there.everybody()
                async with there.carrying(broker):
                    made = await prepared(there, dict.fromkeys([*pressed, *begun]))
                gate = asyncio.Barrier(len(begun) + 1)
                for deed in begun:
                    made[deed].gate = _through(gate)
                acting = asyncio.gather(
                    *(do(made[deed], deed, deed.who) for deed in begun), return_exceptions=True
                )
                async with asyncio.timeout(240):
                    while gate.n_waiting < len(begun):
                        await asyncio.sleep(0.02)
            async with connected(settings, db) as bot:
                there.bot = bot
                async with gate:
                    pass
                for deed, seen in zip(begun, await acting, strict=True):
                    # A question is disabled when the bot ends: it cannot be pressed any more.
                    said = f"{seen} {getattr(seen, 'text', '')}"
                    assert "This is over." in said or "is disabled" in said, (deed.name, said)
                for deed in begun:
                    made[deed].gate = None
                watch.used.clear()
                seen = await at_once(*(do(made[deed], deed, deed.who) for deed in pressed))
    assert lacking(pressed, seen) == {}
    assert lasting() - watch.names("ok") == set()
    clones.give_back(url)


async def test_everything_is_done_once_while_discord_is_slow_and_refuses(town: Town, pictures: S3) -> None:
    made = await prepared(town, DEEDS)
    await town.discord.fault("slow", every=5, seconds=0.2)
    await town.discord.fault("rate_limit", every=11, seconds=0.1)
    await town.discord.fault("error", every=23)
    seen = await at_once(*(do(made[deed], deed, deed.who) for deed in DEEDS), most=30)
    assert lacking(DEEDS, seen) == {}
    await town.discord.heal()
    await settle(town)
    assert await kept(town) == Counter(deed.keeps for deed in DEEDS if deed.keeps)
    assert await town.ask("select count(*) from messages.dead_letters") == 0
    playtests = [one["name"] for one in await town.discord.threads("playtest")]
    assert len(set(playtests)) == len(playtests)
    asked = [deed for deed in DEEDS for work in (deed.then, deed.do) if work in (ask_for_change, do_ask)]
    assert len(await town.discord.threads("change-requests")) == len(asked)
    for channel in (QUEUE, SHOWN):
        texts = await town.texts(channel)
        assert len(set(texts)) == len(texts)
