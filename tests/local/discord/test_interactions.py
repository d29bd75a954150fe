"""Commands, buttons, selects and forms, driven as a person drives them."""

import asyncio
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands, ui

from genjilib.local.discord import File, Limits, NoResponse, Person, SimulatedDiscord, TimedOut, Wrong
from tests.local.discord.bots import Bot, Start, command, point_at, running

Interaction = discord.Interaction[Any]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001000500010d0a2db40000000049454e44ae426082"
)


def every_option(bot: Bot) -> None:
    @command(bot, "all")
    async def all_(
        interaction: Interaction,
        text: app_commands.Range[str, 2, 10],
        number: float,
        whole: app_commands.Range[int, 1, 6],
        yes: bool,
        user: discord.Member,
        role: discord.Role,
        channel: discord.TextChannel,
        anyone: discord.Member | discord.Role,
        file: discord.Attachment,
        choice: app_commands.Choice[int],
        maybe: str | None = None,
    ) -> None:
        content = await file.read()
        seen = (
            text,
            number,
            whole,
            yes,
            user.name,
            role.name,
            channel.name,
            anyone.name,
            len(content),
            maybe,
        )
        await interaction.response.send_message(f"{seen} {choice.value} {file.width}x{file.height}")

    all_.choices = None
    app_commands.choices(choice=[app_commands.Choice(name="One", value=1)])(all_)


EVERYTHING: dict[str, Any] = {
    "text": "hello",
    "number": 1.5,
    "whole": 6,
    "yes": True,
    "user": "genji",
    "role": "Ninja",
    "channel": "general",
    "anyone": "Moderator",
    "file": File("shot.png", PNG),
    "choice": "One",
}


async def test_slash_command_takes_every_kind_of_option(start: Start, kuromi: Person) -> None:
    await start(every_option)
    answer = await kuromi.slash("/all", **EVERYTHING)
    expected = ("hello", 1.5, 6, True, "genji", "Ninja", "general", "Moderator", len(PNG), None)
    assert answer.text == f"{expected} 1 1x1"
    assert answer.message.author == "Genji Shimada"
    assert not answer.message.ephemeral


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"text": "x"}, "between 2 and 10 characters"),
        ({"number": "fast"}, "takes a number"),
        ({"whole": 1.5}, "takes a whole number"),
        ({"whole": 7}, "between 1 and 6"),
        ({"yes": "yes"}, "yes or no"),
        ({"user": "nobody"}, "no user"),
        ({"role": "nothing"}, "no role"),
        ({"channel": "playtest"}, "not of a kind"),
        ({"file": "shot.png"}, "file is needed"),
        ({"choice": "Two"}, "is one of One"),
        ({"other": 1}, "no option 'other'"),
        ({"text": None}, "takes text"),
    ],
)
async def test_what_the_client_would_not_send_is_refused(
    start: Start, kuromi: Person, changed: dict[str, Any], why: str
) -> None:
    await start(every_option)
    with pytest.raises(Wrong, match=why):
        await kuromi.slash("/all", **{**EVERYTHING, **changed})


async def test_unknown_command_and_missing_option_are_refused(start: Start, kuromi: Person) -> None:
    await start(every_option)
    with pytest.raises(Wrong, match="no command 'nothing'; synced are: all"):
        await kuromi.slash("/nothing")
    with pytest.raises(Wrong, match="missing: text, number"):
        await kuromi.slash("/all")


def with_groups(bot: Bot) -> None:
    mod = app_commands.Group(
        name="mod", description="Moderation", default_permissions=discord.Permissions(manage_messages=True)
    )
    inner = app_commands.Group(name="map", description="Maps", parent=mod)

    @inner.command(name="edit", description="Edit a map")
    async def edit(interaction: Interaction, code: str) -> None:
        await interaction.response.send_message(f"editing {code}", ephemeral=True)

    @edit.autocomplete("code")
    async def codes(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        found = [f"{current.upper()}{number}" for number in range(30)]
        return [app_commands.Choice(name=f"Map {code}", value=code) for code in found[:25]]

    bot.tree.add_command(mod)


async def test_sub_commands_autocomplete_and_default_permissions(
    server: SimulatedDiscord, start: Start, kuromi: Person
) -> None:
    await start(with_groups)
    sombra = server.user("sombra")
    choices = await sombra.autocomplete("/mod map edit", "code", "ab")
    assert choices[0] == ("Map AB0", "AB0")
    assert len(choices) == 25
    answer = await sombra.slash("/mod map edit", code="AB0")
    assert answer.text == "editing AB0"
    assert answer.message.ephemeral
    with pytest.raises(Wrong, match="does not see the command"):
        await kuromi.slash("/mod map edit", code="AB0")
    with pytest.raises(Wrong, match="needs a sub-command"):
        await sombra.slash("/mod map")
    assert [one.text for one in await sombra.messages("general")] == ["editing AB0"]
    assert await kuromi.messages("general") == []


def deferring(bot: Bot) -> None:
    @command(bot, "think")
    async def think(interaction: Interaction, hidden: bool) -> None:
        await interaction.response.defer(thinking=True, ephemeral=hidden)
        await asyncio.sleep(0.05)
        await interaction.edit_original_response(content="thought")
        extra = await interaction.followup.send(
            "and more", wait=True, file=discord.File(__file__, "code.txt")
        )
        await extra.edit(content="and changed")
        original = await interaction.original_response()
        assert original.content == "thought"
        third = await interaction.followup.send("going", wait=True)
        await third.delete()

    @command(bot, "first-followup")
    async def first(interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send("takes the place of thinking")

    @command(bot, "silent")
    async def silent(interaction: Interaction) -> None:
        """Never answers."""

    @command(bot, "late")
    async def late(interaction: Interaction) -> None:
        await asyncio.sleep(0.3)
        with pytest.raises(discord.NotFound) as refused:
            await interaction.response.send_message("too late")
        bot.events.append(f"late {refused.value.code}")

    @command(bot, "twice")
    async def twice(interaction: Interaction) -> None:
        await interaction.response.send_message("once")
        async with aiohttp.ClientSession() as session:
            url = f"{discord.http.Route.BASE}/interactions/{interaction.id}/{interaction.token}/callback"
            async with session.post(url, json={"type": 4, "data": {"content": "again"}}) as response:
                bot.events.append(f"twice {response.status} {(await response.json())['code']}")


async def test_deferred_answer_follow_ups_and_their_edits(start: Start, kuromi: Person) -> None:
    await start(deferring)
    answer = await kuromi.slash("/think", hidden=True)
    assert answer.text == "thought"
    assert answer.message.ephemeral
    while answer.effects < 5:
        answer = await kuromi.follow(answer)
    assert [one.content for one in answer.messages] == ["thought", "and changed"]
    async with aiohttp.ClientSession() as session, session.get(answer.message.files[0]) as response:
        assert b"driven as a person drives them" in await response.read()
    with pytest.raises(TimedOut):
        await kuromi.follow(answer, within=0.05)


async def test_first_follow_up_fills_the_waiting_message(start: Start, kuromi: Person) -> None:
    await start(deferring)
    answer = await kuromi.slash("/first-followup")
    assert [(one.text, one.ephemeral) for one in answer.messages] == [("takes the place of thinking", True)]


async def test_deadlines_and_second_answers() -> None:
    async with SimulatedDiscord(limits=Limits(answer_within=0.2, token_life=0.4, rest_window=0.02)) as server:
        await point_at(server.api_url)
        bot = Bot(deferring)
        async with running(bot, server.token):
            await bot.tree.sync()
            kuromi = server.user("kuromi")
            with pytest.raises(NoResponse):
                await kuromi.slash("/silent")
            with pytest.raises(NoResponse):
                await kuromi.slash("/late")
            await bot.hears("late 10062")
            await kuromi.slash("/twice")
            await bot.hears("twice 400 40060")
            it = list(server.state.interactions.values())[-1]
            await asyncio.sleep(0.4)
            hook = discord.Webhook.partial(
                server.world.application.id, it.token, session=aiohttp.ClientSession()
            )
            with pytest.raises(discord.HTTPException) as refused:
                await hook.send("after a quarter of an hour")
            assert (refused.value.status, refused.value.code) == (401, 50027)
            await hook.session.close()


class Panel(ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @ui.button(label="Accept", style=discord.ButtonStyle.green, custom_id="panel:accept")
    async def accept(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        button.disabled = True
        await interaction.response.edit_message(content=f"accepted by {interaction.user.name}", view=self)

    @ui.button(label="Reject", custom_id="panel:reject")
    async def reject(self, interaction: Interaction, _: ui.Button[Any]) -> None:
        await interaction.response.send_modal(Reason())

    @ui.button(label="Later", custom_id="panel:later")
    async def later(self, interaction: Interaction, _: ui.Button[Any]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="edited later")
        await interaction.followup.send("told you", ephemeral=True)


class Reason(ui.Modal, title="Reason"):
    why = ui.Label(text="Why", component=ui.TextInput(min_length=3, max_length=20))
    kind = ui.Label(
        text="Kind",
        component=ui.Select(
            options=[discord.SelectOption(label="Cheat"), discord.SelectOption(label="Slow")]
        ),
    )
    proof = ui.Label(text="Proof", component=ui.FileUpload(required=False, max_values=2))
    who = ui.Label(text="Who", component=ui.UserSelect(required=False))

    async def on_submit(self, interaction: Interaction) -> None:
        proof: Any = self.proof.component
        why: Any = self.why.component
        kind: Any = self.kind.component
        who: Any = self.who.component
        files = [f"{one.filename} {len(await one.read())}" for one in proof.values]
        text = f"{why.value} {kind.values} {files} {[one.name for one in who.values]}"
        await interaction.response.edit_message(content=text, view=None)


def with_panel(bot: Bot) -> None:
    bot.add_view(Panel())

    @command(bot, "panel")
    async def panel(interaction: Interaction) -> None:
        await interaction.response.send_message("decide", view=Panel())


async def test_button_edits_its_message_and_disabled_ones_do_nothing(start: Start, kuromi: Person) -> None:
    await start(with_panel)
    shown = (await kuromi.slash("/panel")).message
    assert [one.label for one in shown.buttons] == ["Accept", "Reject", "Later"]
    after = await kuromi.press(shown, "Accept")
    assert after.message.id == shown.id
    assert after.text.startswith("accepted by kuromi")
    with pytest.raises(Wrong, match="disabled"):
        await kuromi.press(shown, "Accept")
    with pytest.raises(Wrong, match="the message has: 'Accept', 'Reject', 'Later'"):
        await kuromi.press(shown, "Unknown")


async def test_persistent_view_answers_after_a_restart(server: SimulatedDiscord, kuromi: Person) -> None:
    first = Bot(with_panel)
    async with running(first, server.token):
        await first.tree.sync()
        shown = (await kuromi.slash("/panel")).message
    async with running(Bot(with_panel), server.token):
        assert (await kuromi.press(shown, "panel:accept")).text.startswith("accepted by kuromi")


async def test_deferred_update_then_edit_and_hidden_follow_up(server: SimulatedDiscord, start: Start) -> None:
    await start(with_panel)
    kuromi, genji = server.user("kuromi"), server.user("genji")
    shown = (await kuromi.slash("/panel")).message
    answer = await genji.press(shown, "Later")
    assert answer.updated is not None
    assert answer.updated.content == "edited later"
    answer = await genji.follow(answer)
    assert [one.text for one in answer.messages] == ["told you"]
    assert [one.content for one in await kuromi.messages("general")] == ["edited later"]
    assert [one.content for one in await genji.messages("general")] == ["edited later", "told you"]


async def test_modal_with_text_select_files_and_users(start: Start, kuromi: Person) -> None:
    await start(with_panel)
    shown = (await kuromi.slash("/panel")).message
    opened = await kuromi.press(shown, "Reject")
    assert opened.form.title == "Reason"
    assert opened.form.labels == ["Why", "Kind", "Proof", "Who"]
    values = {"Why": "too fast", "Kind": ["Cheat"], "Proof": [File("a.txt", b"abc")], "Who": ["genji"]}
    for wrong, why in (
        ({"Why": "no"}, "between 3 and 20"),
        ({"Why": ""}, "must be filled in"),
        ({"Kind": ["Else"]}, "no choice 'Else'"),
        ({"Kind": []}, "Choose between 1 and 1"),
        ({"Proof": [File("x", b"")] * 3}, "between 0 and 2|between 1 and 2"),
        ({"Nothing": "x"}, "no field 'Nothing'"),
    ):
        with pytest.raises(Wrong, match=why):
            await kuromi.submit_modal(opened, {**values, **wrong})
    after = await kuromi.submit_modal(opened, values)
    assert after.text == "too fast ['Cheat'] ['a.txt 3'] ['genji']"
    assert after.message.id == shown.id


class Board(ui.LayoutView):
    def __init__(self) -> None:
        super().__init__(timeout=None)
        container: ui.Container[Any] = ui.Container(accent_colour=discord.Colour.green())
        container.add_item(ui.TextDisplay("# Board"))
        thumbnail: ui.Thumbnail[Any] = ui.Thumbnail("attachment://map.png")
        container.add_item(ui.Section(ui.TextDisplay("a picture"), accessory=thumbnail))
        container.add_item(ui.Separator())
        container.add_item(ui.MediaGallery(discord.MediaGalleryItem("attachment://map.png")))
        container.add_item(ui.File("attachment://notes.txt"))
        self.add_item(container)
        for select in (ui.UserSelect, ui.RoleSelect, ui.ChannelSelect, ui.MentionableSelect):
            menu: Any = select(placeholder=select.__name__, custom_id=select.__name__, max_values=2)
            menu.callback = self.chosen
            self.add_item(ui.ActionRow(menu))
        words: Any = ui.Select(
            placeholder="Words",
            custom_id="words",
            options=[discord.SelectOption(label=w, value=w[0]) for w in ("Alpha", "Beta")],
        )
        words.callback = self.chosen
        self.add_item(ui.ActionRow(words))

    async def chosen(self, interaction: Interaction) -> None:
        data: Any = interaction.data
        menu: Any = next(
            one for one in self.walk_children() if getattr(one, "custom_id", None) == data["custom_id"]
        )
        names = [getattr(one, "name", one) for one in menu.values]
        await interaction.response.send_message(f"chose {names}", ephemeral=True)


def with_board(bot: Bot) -> None:
    @command(bot, "board")
    async def board(interaction: Interaction) -> None:
        files = [discord.File(_bytes(PNG), "map.png"), discord.File(_bytes(b"notes"), "notes.txt")]
        await interaction.response.send_message(view=Board(), files=files)


def _bytes(content: bytes) -> Any:
    import io

    return io.BytesIO(content)


async def test_layout_view_with_container_media_and_every_select(
    server: SimulatedDiscord, start: Start, kuromi: Person
) -> None:
    await start(with_board)
    shown = (await kuromi.slash("/board")).message
    assert "# Board" in shown.text
    assert len(shown.pictures) == 4
    assert all(url.startswith(server.world.cdn) for url in shown.pictures)
    assert (await kuromi.select(shown, "genji", "echo", which="UserSelect")).text == "chose ['genji', 'echo']"
    assert (await kuromi.select(shown, "Ninja", which="RoleSelect")).text == "chose ['Ninja']"
    assert (await kuromi.select(shown, "help", which="ChannelSelect")).text == "chose ['help']"
    assert (
        await kuromi.select(shown, "genji", "Ninja", which="MentionableSelect")
    ).text == "chose ['genji', 'Ninja']"
    assert (await kuromi.select(shown, "Beta", which="Words")).text == "chose ['B']"
    with pytest.raises(Wrong, match="Choose between 1 and 1, not 2"):
        await kuromi.select(shown, "Alpha", "Beta", which="Words")
    with pytest.raises(Wrong, match="no choice 'Gamma'"):
        await kuromi.select(shown, "Gamma", which="Words")


def with_menus(bot: Bot) -> None:
    async def mark(interaction: Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"marked {message.content!r}", ephemeral=True)

    async def who(interaction: Interaction, user: discord.Member) -> None:
        await interaction.response.send_message(f"{user.display_name} {interaction.locale}", ephemeral=True)

    bot.tree.add_command(app_commands.ContextMenu(name="Mark Suspicious", callback=mark))
    bot.tree.add_command(app_commands.ContextMenu(name="Who Is", callback=who))


async def test_context_menus_of_messages_and_users(server: SimulatedDiscord, start: Start) -> None:
    await start(with_menus)
    lucio = server.user("lucio")
    said = await server.user("genji").say("general", "10 seconds")
    assert (await lucio.context_menu("Mark Suspicious", said)).text == "marked '10 seconds'"
    assert (await lucio.context_menu("Who Is", "kuromi")).text == "Kuromi zh-CN"


async def test_dynamic_items_answer_old_messages(
    server: SimulatedDiscord, start: Start, kuromi: Person
) -> None:
    class Upvote(ui.DynamicItem[ui.Button[Any]], template=r"upvote:(?P<id>\d+)"):
        def __init__(self, number: int) -> None:
            super().__init__(ui.Button(label=f"Up {number}", custom_id=f"upvote:{number}"))
            self.number = number

        @classmethod
        async def from_custom_id(cls, interaction: Interaction, item: Any, match: Any, /) -> Any:
            return cls(int(match["id"]))

        async def callback(self, interaction: Interaction) -> None:
            await interaction.response.send_message(f"+1 for {self.number}", ephemeral=True)

    bot: Bot = await start()
    bot.add_dynamic_items(Upvote)
    view = ui.View(timeout=None)
    view.add_item(Upvote(42))
    channel: Any = bot.get_channel(server.world.channel_id("upvotes"))
    sent = await channel.send("vote", view=view)
    bot._connection._view_store.remove_view(view)
    assert (await kuromi.press(sent.id, "Up 42")).text == "+1 for 42"
