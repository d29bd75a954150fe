"""HTTP routes that count the use of bot and website."""

from genjilib import queries
from genjilib.core.errors import NotFound
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.queries.utilities import LogClicksDebug
from genjilib.utilities import rules
from genjilib.utilities.types import LogCreateRequest, MapClickCreateRequest
from genjilib.web.routes import get, post


async def log_command(db: Db, body: LogCreateRequest) -> None:
    """Note that a user gave a command to the bot."""
    await rules.log_command(db, body)


async def log_click(db: Db, settings: Settings, body: MapClickCreateRequest) -> None:
    """Count a look at a map, one a day for each address; of the address only a hash is kept."""
    await rules.log_click(db, settings, body)


async def list_clicks(db: Db) -> list[LogClicksDebug]:
    """Return the last 100 looks at maps, newest first."""
    return await queries.utilities.clicks(db)


routes = [
    post("/api/v3/utilities/log", log_command, status=204),
    post("/api/v3/utilities/log-map-click", log_click, status=204, errors=[NotFound]),
    get("/api/v3/utilities/log-map-click", list_clicks),
]
