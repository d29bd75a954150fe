"""The API: settings → database → route table → serve."""

import sys

import uvloop

from genjilib.auth import api as auth
from genjilib.auth import rules as keys
from genjilib.completions import api as completions
from genjilib.core import log
from genjilib.core.errors import GenjiError
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.images import api as images
from genjilib.jobs import api as jobs
from genjilib.lootbox import api as lootbox
from genjilib.maps import api as maps
from genjilib.newsfeed import api as newsfeed
from genjilib.notifications import api as notifications
from genjilib.playtests import api as playtests
from genjilib.users import api as users
from genjilib.web.app import create_app
from genjilib.web.server import serve

ROUTES = [
    *auth.routes,
    *users.routes,
    *jobs.routes,
    *notifications.routes,
    *newsfeed.routes,
    *lootbox.routes,
    *images.routes,
    *playtests.routes,
    *maps.routes,
    *completions.routes,
]
"""Every operation of the public API; ``genji show routes`` prints it."""

_BUG = 70
_logger = log.get_logger(__name__)


async def run(settings: Settings) -> None:
    """Serve the API until the process is told to stop."""
    async with Db.open(settings, name="api") as db:
        checks = {"database": db.ready}
        app = create_app(
            settings,
            db,
            ROUTES,
            authenticate=lambda key: keys.authenticate(db, key),
            checks=checks,
            services={"settings": settings},
        )
        await serve(app, settings, checks)


def main() -> int:
    """Read the settings and run; the exit code is 0 after a stop, 2 for wrong settings, 70 for a bug."""
    try:
        settings = Settings.load()
        log.configure("api", level=settings.log_level, json=settings.log_format == "json")
        uvloop.run(run(settings))
    except GenjiError as error:
        sys.stderr.write(f"{error.detail}\n")
        return error.exit_code
    except Exception:
        _logger.critical("the API ended", exc_info=True)
        return _BUG
    return 0


if __name__ == "__main__":
    sys.exit(main())
