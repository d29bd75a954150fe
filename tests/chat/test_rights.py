"""Who may: every command, menu and button is in one of these lists, and the team's refuse everybody else."""

from typing import Any

import pytest
from discord import app_commands, ui
from discord.ext import commands

from genjilib.chat.views import posted
from genjilib.local.discord import Answer, SeenMessage
from runners.bot import COGS
from tests.town import CODE, VIDEO, Town

TEAM: dict[str, dict[str, Any]] = {
    "mod edit-record manage": {},
    "mod edit-user create-fake-user": {"name": "Hermit"},
    "mod edit-user link-fake-user": {"fake": "Hermit", "real": "genji"},
    "mod map edit": {"code": CODE},
    "mod map edit-creators": {"code": CODE, "primary": "genji"},
    "mod map edit-guides": {"code": CODE, "user": "kuromi"},
    "mod map edit-status": {"code": CODE, "archived": True},
    "mod map link-codes": {"official_code": CODE, "unofficial_code": "CHINA1"},
    "mod map unlink-codes": {"official_code": CODE, "unofficial_code": "CHINA1", "reason": "Wrong"},
    "view-flagged-submissions": {"user": "genji"},
    "xp grant": {"user": "tracer", "amount": 1000},
}
"""Commands of the team with options that would do something."""

EVERYBODY = {
    *("change-request", "completions", "edit-request", "map-search", "rank-card", "settings"),
    *("submit-completion", "submit-guide", "submit-map", "user-completions", "view-guides"),
    *("world-records", "地图搜索"),
}
TEAM_MENUS = {"Mark Suspicious", "Repair View"}
TEAM_TYPES = {"completioninfo", "mapsubmissioninfo", "roleselect", "setup_tickets", "sync", "purge 2"}
EVERYBODY_TYPES = {"solved"}
TEAM_BUTTONS = {
    *("change_requests:close", "community:close"),
    *("completions:accept", "completions:flags", "completions:reject"),
    *("map_edits:accept", "map_edits:accept_and_try", "map_edits:reject"),
    *("playtests:moderate", "playtests:wait"),
}
EVERYBODY_BUTTONS = {
    *("change_requests:archive", "change_requests:confirm", "change_requests:deny"),
    *("community:question", "community:role", "community:write"),
    *("playtests:ask", "playtests:finalize", "playtests:unvote", "playtests:vote"),
    "upvote:submission",
}
"""Buttons for players; some are for creators of the map alone, which their own tests hold."""

REFUSAL = "Only the team may do this."


def test_every_command_menu_and_button_is_in_one_of_the_lists() -> None:
    leaves = [
        found
        for cog in COGS
        for one in cog.__cog_app_commands__
        for found in (one.walk_commands() if isinstance(one, app_commands.Group) else [one])
        if isinstance(found, app_commands.Command)
    ]
    assert {one.qualified_name for one in leaves} == TEAM.keys() | EVERYBODY
    assert {menu.name for cog in COGS for menu in cog.menus} == TEAM_MENUS
    typed = {one.name for cog in COGS for one in cog.__cog_commands__ if isinstance(one, commands.Command)}
    assert typed == {one.split()[0] for one in TEAM_TYPES} | EVERYBODY_TYPES
    assert {button.action for cog in COGS for button in cog.buttons} == TEAM_BUTTONS | EVERYBODY_BUTTONS


@pytest.fixture
async def queued(town: Town) -> SeenMessage:
    """A run in the queue, in a town where much could be changed; its message."""
    await town.map(guide_url=VIDEO)
    await town.rows("insert into core.users (id, nickname, global_name) values (7, 'Hermit', 'Hermit')")
    return await town.queued(await town.run())


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


async def attempts(town: Town, who: str, queued: SeenMessage) -> list[tuple[str, Answer | SeenMessage]]:
    """What somebody gets who uses everything that is the team's."""
    person, answers = town.discord.user(who), list[tuple[str, Answer | SeenMessage]]()
    for command, options in TEAM.items():
        answers.append((command, await person.slash(command, options)))
    shown = await person.say("general", "Look!")
    for menu in sorted(TEAM_MENUS):
        answers.append((menu, await person.context_menu(menu, shown)))
    key = queued.buttons[0].custom_id.partition(":")[2].partition(":")[2] if queued.buttons else ""
    general = town.bot.get_partial_messageable(shown.channel_id)
    for button in (button for cog in COGS for button in cog.buttons if button.action in TEAM_BUTTONS):
        message = await general.send(view=posted(ui.ActionRow[Any](button(key, "Press"))))
        answers.append((button.action, await person.press(message.id, "Press")))
    for text in sorted(TEAM_TYPES):
        said = await person.say("general", f"${text}")
        answers.append((text, await town.discord.wait_for_message("general", after=said)))
    return answers


async def test_who_is_not_of_the_team_is_refused_in_private_and_nothing_is_written(
    town: Town, queued: SeenMessage
) -> None:
    await town.settled()
    before = await everything(town)
    for what, answer in await attempts(town, "tracer", queued):
        message = answer.message if isinstance(answer, Answer) else answer
        assert REFUSAL in message.text, what
        assert isinstance(answer, SeenMessage) or message.ephemeral, what
    await town.settled()
    assert await everything(town) == before


async def test_a_right_that_is_lost_while_a_form_is_open_is_lost(town: Town, queued: SeenMessage) -> None:
    sombra = town.discord.user("sombra")
    reject = await sombra.press(queued, "Reject")
    flag = await sombra.context_menu("Mark Suspicious", queued, in_="verification-queue")
    await town.discord.change_user("sombra", roles=["Jumper"])
    await town.settled()
    before = await everything(town)
    for form, values in (
        (reject, {"Why is it rejected?": "No."}),
        (flag, {"What is it?": ["Cheating"], "What makes you think so?": "Two clocks."}),
    ):
        refused = await sombra.submit_modal(form, values)
        assert (refused.message.ephemeral, REFUSAL in refused.text) == (True, True)
    assert await everything(town) == before
