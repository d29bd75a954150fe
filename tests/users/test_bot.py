"""Users in Discord: who joins is registered, roles follow what was earned; placeholders for others."""

from collections.abc import Awaitable
from functools import partial

import pytest

from genjilib.completions import moderation
from genjilib.completions.types import CompletionModerateRequest
from genjilib.core.principal import Principal
from genjilib.maps import edit, lifecycle
from genjilib.maps.types import Creator, MapPatchRequest
from genjilib.ops import bot as ops
from genjilib.users import rules
from tests.town import LOCAL, SHOT, VIDEO, Town

EARNED = """
    insert into core.completions (map_id, user_id, time, screenshot, video, verified, verified_by, completion)
    select m.id, %s, 50, %s, %s, true, %s, false from core.maps as m where m.code like 'EASY_'
"""

RANK = {"Jumper", "Jumper +++"}
"""What ten gold runs of easy maps bring."""


def roles(town: Town, who: str) -> set[str]:
    """The names of somebody's roles."""
    guild = town.discord.world.guild
    return {guild.roles[role].name for role in guild.members[town.id(who)].roles}


async def easy_runs(town: Town, who: str, number: int) -> None:
    """Gold runs of so many easy maps, without a word to Discord."""
    for place in range(number):
        await town.map(f"EASY{place}", difficulty="Easy")
    await town.rows(EARNED, town.id(who), SHOT, VIDEO, town.id("sombra"))


@pytest.fixture
def settings(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a command line beside the town's bot."""
    for name, value in {
        "DATABASE_URL": town.url,
        "AMQP_URL": "amqp://127.0.0.1:1",
        "DISCORD_TOKEN": town.discord.token,
        "DISCORD_API_URL": town.discord.api_url,
        "DISCORD_CONFIG": str(LOCAL),
    }.items():
        monkeypatch.setenv(name, value)


async def test_the_team_adds_a_placeholder(town: Town) -> None:
    answer = await town.discord.user("sombra").slash("mod edit-user create-fake-user", name="*Hermit*")
    assert answer.message.ephemeral
    user_id = await town.ask("select max(id) from core.users where id < %s", rules.FIRST_OWN_ID)
    assert answer.text == f"\\*Hermit\\* is added with the id `{user_id}`."
    assert await town.ask("select nickname from core.users where id = %s", user_id) == "*Hermit*"
    blank = await town.discord.user("sombra").slash("mod edit-user create-fake-user", name="  ")
    assert "A player needs a name." in blank.text


async def test_a_placeholder_is_linked_once_the_moderator_is_sure(town: Town) -> None:
    placeholder = await rules.create_placeholder(town.db, "Hermit", by=None)
    await town.rows("update core.users set coins = 7 where id = %s", placeholder)
    nebula, tracer = town.discord.user("nebula"), str(town.id("tracer"))
    offered = await nebula.autocomplete("mod edit-user link-fake-user", "fake", "hermt")
    assert offered[0] == ("Hermit", str(placeholder))
    assert tracer not in [sent for _, sent in offered]
    for button in ("No", "Yes"):
        question = await nebula.slash("mod edit-user link-fake-user", fake=str(placeholder), real="tracer")
        assert "Everything of Hermit becomes Tracer's, and Hermit is removed." in question.text
        assert await town.ask("select count(*) from core.users where id = %s", placeholder) == 1
        await nebula.press(question, button)
    await town.until(lambda: town.ask("select coins = 7 from core.users where id = %s", town.id("tracer")))
    assert await town.ask("select count(*) from core.users where id = %s", placeholder) == 0


async def test_who_may_not_and_what_cannot_be_linked(town: Town) -> None:
    placeholder = await rules.create_placeholder(town.db, "Hermit", by=None)
    pair = {"fake": str(placeholder), "real": "tracer"}
    for who, command, options, sentence in (
        ("tracer", "create-fake-user", {"name": "Hermit"}, "Only the team may do this."),
        ("tracer", "link-fake-user", pair, "Only the team may do this."),
        (
            "sombra",
            "link-fake-user",
            {**pair, "fake": str(town.id("echo"))},
            "Only a fake user can be linked",
        ),
        ("sombra", "link-fake-user", {**pair, "real": str(placeholder)}, "Only a fake user can be"),
        ("sombra", "link-fake-user", {**pair, "real": "3"}, "There is no such player."),
    ):
        answer = await town.discord.user(who).slash(f"mod edit-user {command}", options)
        assert answer.message.ephemeral
        assert sentence in answer.text
    assert await town.ask("select count(*) from core.users where nickname = 'Hermit'") == 1


async def test_the_tenth_easy_run_brings_the_rank_with_its_medal_and_tells_everybody_once(town: Town) -> None:
    await easy_runs(town, "echo", 9)
    await town.map("EASYX", difficulty="Easy")
    run = await town.run("echo", 50, code="EASYX")
    await town.queued(run)
    await town.verify(run)
    await town.settled()
    assert roles(town, "echo") >= {"Ninja", "Jumper", "Jumper +++"}
    news = [text for text in await town.texts("newsfeed") if "Jumper" in text]
    assert len(news) == 1
    assert "Echo: Jumper, Jumper \\+++" in news[0] or "Echo: Jumper, Jumper +++" in news[0]
    told = "select count(*) from notifications.events where event_type = 'skill_role_update'"
    assert await town.ask(told) == 1


async def test_a_correction_by_a_moderator_moves_the_rank_too(town: Town) -> None:
    await easy_runs(town, "echo", 10)
    run, sombra = await town.ask("select max(id) from core.completions"), town.id("sombra")
    for verified in (True, False, True):
        change = CompletionModerateRequest(
            moderated_by=sombra, verified=verified, verification_reason="No.", time=49, time_change_reason="!"
        )
        await moderation.moderate(town.db, run, change)
        await town.settled()
        assert ("Jumper" in roles(town, "echo")) == verified


async def test_what_becomes_of_maps_and_placeholders_moves_the_roles_too(town: Town) -> None:
    await easy_runs(town, "echo", 10)
    hermit = await rules.create_placeholder(town.db, "Hermit", by=None)
    await town.rows("insert into lootbox.xp (user_id, amount) values (%s, 510)", hermit)
    await town.discord.change_user("echo", roles=["Ninja", *RANK])
    cdn, sombra = town.bot.settings.s3_public_url, Principal("member", "Sombra", town.id("sombra"))
    alone, back = ([Creator(town.id(name), True)] for name in ("kuromi", "tracer"))
    creator, placeholder = {"Map Creator"}, {"Initiate"}
    archive = partial(lifecycle.set_archived, town.db, ["EASY0"])
    change = partial(edit.patch, town.db, cdn_url=cdn)
    steps: list[tuple[Awaitable[object], str, set[str], bool]] = [
        (archive(archived=True), "echo", RANK, False),
        (archive(archived=False), "echo", RANK, True),
        (change("EASY0", MapPatchRequest(difficulty="Hell")), "echo", RANK, False),
        (change("EASY0", MapPatchRequest(difficulty="Easy")), "echo", RANK, True),
        (lifecycle.send_to_playtest(town.db, "EASY0", "Easy"), "echo", RANK, False),
        (change("EASY1", MapPatchRequest(creators=back)), "tracer", creator, True),
        (change("EASY1", MapPatchRequest(creators=alone)), "tracer", creator, False),
        (rules.link(town.db, hermit, town.id("tracer"), who=sombra), "tracer", placeholder, True),
    ]
    for number, (step, who, among, held) in enumerate(steps):
        await step
        await town.settled()
        assert roles(town, who) & among == (among if held else set()), number
    news = "select count(*) from public.newsfeed where payload ->> 'type' = 'role'"
    assert await town.ask(news) == 2


async def test_who_joins_is_registered_and_who_comes_back_has_their_roles(town: Town) -> None:
    fresh = await town.discord.new_user("widow")
    await town.until(lambda: town.ask("select nickname from core.users where id = %s", town.id("widow")))
    await easy_runs(town, "echo", 10)
    await town.rows("insert into lootbox.xp (user_id, amount) values (%s, 510)", town.id("echo"))
    echo = town.discord.user("echo")
    await echo.leave()
    await echo.join()

    async def back() -> bool:
        return roles(town, "echo") >= {"Ninja", "Jumper", "Jumper +++", "Initiate"}

    await town.until(back)
    await town.settled()
    assert not [text for text in await town.texts("newsfeed") if "Jumper" in text]
    await town.discord.change_user("echo", nick="Echo Two")
    renamed = "select nickname = 'Echo Two' from core.users where id = %s"
    await town.until(lambda: town.ask(renamed, town.id("echo")))
    await town.discord.change_user("echo", nick=None)
    await fresh.leave()


@pytest.mark.usefixtures("settings")
async def test_the_command_line_puts_roles_right(town: Town) -> None:
    await easy_runs(town, "echo", 10)
    await town.discord.change_user("tracer", roles=["God", "Moderator"])
    before = roles(town, "tracer")
    plan = await ops._roles(yes=False, dry_run=True)
    mine = {row["name"]: (row["added"], row["removed"]) for row in plan}
    assert mine["Echo"] == (["Jumper", "Jumper +++", "Ninja"], [])
    assert mine["Tracer"] == (["Ninja"], ["God"])
    assert roles(town, "tracer") == before
    assert await ops._roles(yes=True, dry_run=False) == plan
    assert roles(town, "tracer") == {"Ninja", "Moderator"}
    assert await ops._roles(yes=True, dry_run=False) == []


@pytest.mark.usefixtures("settings")
async def test_the_command_line_tells_discord_the_commands_once(town: Town) -> None:
    difference = await ops._sync(yes=False, dry_run=True)
    assert "/rank-card" in difference["added"]
    assert await ops._sync(yes=True, dry_run=False) == difference
    assert await ops._sync(yes=True, dry_run=False) == {"added": [], "removed": [], "changed": []}
