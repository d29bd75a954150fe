"""The crawler: settings → database and Bungie → walk through the reports until told to stop."""

import asyncio
import sys

from genjilib.core.errors import Invalid
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.raids.alerts import Alerts
from genjilib.raids.bungie import Bungie
from genjilib.raids.crawler import Crawler, Waits
from genjilib.web.health import serve_inner
from genjilib.web.server import stop_signal
from runners.start import start


async def run(settings: Settings) -> None:
    """Crawl until the process is told to stop; what is in hand then is asked for again by the next one."""
    if not settings.bungie_api_keys.get_secret_value():
        raise Invalid("The crawler needs a key of Bungie's API: set BUNGIE_API_KEYS.", code="no-bungie-key")
    async with (
        Db.open(settings, name="crawler") as db,
        Bungie.open(settings, db) as bungie,
        Alerts.open(settings) as alerts,
    ):
        inner = await serve_inner(settings, {"database": db.ready})
        waits = Waits.around(settings.crawler_retry_seconds)
        crawler = Crawler(db, bungie, alerts, start_id=settings.crawler_start_id, waits=waits)
        crawling, stop = asyncio.create_task(crawler.run()), asyncio.create_task(stop_signal())
        try:
            await asyncio.wait({crawling, stop}, return_when=asyncio.FIRST_COMPLETED)
            if crawling.done():
                crawling.result()
        finally:
            crawling.cancel()
            await asyncio.wait({crawling}, timeout=settings.shutdown_seconds)
            await inner.close()


if __name__ == "__main__":
    sys.exit(start("crawler", run))
