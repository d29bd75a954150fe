"""Placeholders in Discord: the team adds them and gives what is theirs to whom they stood for."""

from genjilib.users import rules
from tests.town import Town


async def test_the_team_adds_a_placeholder(town: Town) -> None:
    answer = await town.discord.user("sombra").slash("mod edit-user create-fake-user", name="*Hermit*")
    assert answer.message.ephemeral
    user_id = await town.ask("select max(id) from core.users where id < %s", rules.FIRST_OWN_ID)
    assert answer.text == f"\\*Hermit\\* is added with the id `{user_id}`."
    assert await town.ask("select nickname from core.users where id = %s", user_id) == "*Hermit*"
    blank = await town.discord.user("sombra").slash("mod edit-user create-fake-user", name="  ")
    assert "A player needs a name." in blank.text


async def test_a_placeholder_is_linked_once_the_moderator_is_sure(town: Town) -> None:
    placeholder = await rules.create_placeholder(town.db, "Hermit")
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
    placeholder = await rules.create_placeholder(town.db, "Hermit")
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
