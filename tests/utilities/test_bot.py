"""Which commands of the bot are used is kept with their options."""

from tests.town import CODE, Town

KEPT = "select command_name, user_id, namespace from public.analytics"


async def test_a_slash_command_is_kept_with_its_options(town: Town) -> None:
    await town.map()
    await town.discord.user("tracer").slash("mod map edit-status", code=CODE, hidden=True)
    await town.until(lambda: town.rows(KEPT))
    assert await town.rows(KEPT) == [
        ("mod map edit-status", town.id("tracer"), {"code": CODE, "hidden": True})
    ]
