"""The simulation as a process of its own, driven over HTTP, and its page."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
from discord import ui

from genjilib.local.discord import ControlClient, File, SimulatedDiscord, Wrong, standard_world
from tests.local.discord.bots import Bot, Start, command, point_at, running
from tests.web.browser import browsing


def with_submission(bot: Bot) -> None:
    @command(bot, "submit")
    async def submit(interaction: discord.Interaction[Any], code: str, shot: discord.Attachment) -> None:
        await interaction.response.send_message(f"{code} {len(await shot.read())}")


async def test_process_prints_its_settings_and_is_driven_over_http() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "genjilib.local.discord", "--seed", "7", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    settings = json.loads(await process.stdout.readline())
    assert settings["channels"]["verification_queue"] == standard_world(7).channel_id("verification-queue")
    await point_at(settings["api_url"])
    bot = Bot(with_submission)
    async with ControlClient(settings["control_url"]) as control:
        async with running(bot, settings["token"]):
            await control.wait_for_bot()
            await bot.tree.sync()
            kuromi = control.user("kuromi")
            answer = await kuromi.slash("/submit", code="ABC", shot=File("s.png", b"1234"))
            assert answer.text == "ABC 4"
            assert (await control.wait_for_message("general", "ABC")).id == answer.message.id
            with pytest.raises(Wrong, match="no command 'other'"):
                await kuromi.slash("/other")
            with pytest.raises(Wrong, match="no user 'nobody'"):
                await control.user("nobody").say("general", "x")
        assert (await control.describe())["guild"] == settings["guild"]
    process.terminate()
    assert await process.wait() == 0


async def test_world_has_stable_real_looking_ids() -> None:
    first, again, other = (
        standard_world(1).describe(),
        standard_world(1).describe(),
        standard_world(2).describe(),
    )
    assert first == again
    assert first["guild"] != other["guild"]
    ids = [first["guild"], *first["channels"].values(), *first["roles"].values(), *first["users"].values()]
    assert all(one > 10**17 for one in ids)
    assert len(set(ids)) == len(ids) - 1, "only the everyone role has the guild's id"


async def test_page_view_and_events_are_served(server: SimulatedDiscord) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(server.page_url) as response:
            assert "<title>" in await response.text()
        async with session.post(server.control_url + "/_control/view", json={"user": "kuromi"}) as response:
            view = await response.json()
            assert "admin" not in [one.get("name") for one in view["channels"]]
        async with session.get(server.control_url + "/_control/events") as response:
            await server.user("kuromi").say("general", "hello")
            line = await response.content.readline()
            assert json.loads(line.removeprefix(b"data: "))["event"] == "MESSAGE_CREATE"


class Why(ui.Modal, title="Why?"):
    """Asks something of who used a menu."""

    reason: ui.TextInput["Why"] = ui.TextInput(label="Reason")

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        await interaction.response.send_message(f"because {self.reason.value}")


def with_menu(bot: Bot) -> None:
    @bot.tree.context_menu(name="Judge")
    async def judge(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await interaction.response.send_modal(Why())


async def test_a_developer_can_use_the_page(start: Start, server: SimulatedDiscord, tmp_path: Path) -> None:
    await start(with_menu)
    await server.user("kuromi").say("general", r"**bold** and \*plain\*")
    async with asyncio.timeout(100), browsing(tmp_path, server.page_url) as tab:
        await tab.until("document.querySelector('.menus')")
        assert await tab.run("document.querySelector('.body').innerHTML.trim()") == "<b>bold</b> and *plain*"
        await tab.run(
            "(() => { const menu = document.querySelector('.menus'); menu.value = 'Judge';"
            " menu.dispatchEvent(new Event('change', {bubbles: true})) })()"
        )
        await tab.until("document.querySelector('dialog[open] textarea, dialog[open] input')")
        await tab.run("document.querySelector('dialog input').value = 'of *this*'")
        await tab.run("document.querySelector('dialog form').requestSubmit()")
        await tab.until(
            "[...document.querySelectorAll('.body')].pop().innerHTML.includes('because of <i>this</i>')"
        )
        assert not await tab.run("!!document.querySelector('dialog[open]')")
        assert tab.complaints == []
