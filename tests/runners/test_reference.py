"""What broke in Discord is found by its reference: in the bot's log and among Sentry's reports."""

import re

from genjilib.local.sentry import Sentry
from tests.runners.conftest import Servers


async def test_a_reference_finds_log_line_and_report(servers: Servers, sentry: Sentry) -> None:
    town, secret = servers.town, "a video nobody shall see"
    bot = await servers.start("bot", **sentry.environment())
    await town.rows("alter table maps.searchable rename to elsewhere")
    try:
        answer = await town.discord.user("tracer").slash("map-search", creator=secret)
    finally:
        await town.rows("alter table maps.elsewhere rename to searchable")
    found = re.search(r"Reference `(\d+)`", answer.message.text)
    assert found
    assert answer.message.ephemeral
    (line,) = [line for line in bot.lines() if line.get("reference") == found[1]]
    assert (line["level"], line["interaction"]) == ("error", "map-search")

    async def reported() -> list[str]:
        reports = [str(item["payload"]) for item in await sentry.items("event")]
        return [one for one in reports if found[1] in one]

    (report,) = await town.until(reported, within=60)
    assert secret not in report
