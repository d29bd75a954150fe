"""/rank-card: everybody's own card as a picture, seen by nobody else."""

from tests.town import Town


async def test_a_player_sees_their_card(town: Town) -> None:
    answer = await town.discord.user("tracer").slash("rank-card")
    assert answer.message.ephemeral
    assert answer.text == "### Rank card of Tracer"
    (file,) = answer.message.raw["attachments"]
    assert (file["filename"], file["content_type"]) == ("rank-card.png", "image/png")
    await town.rows("delete from core.users where id = %s", town.id("echo"))
    stranger = await town.discord.user("echo").slash("rank-card")
    assert "You are not registered in this community yet." in stranger.text
