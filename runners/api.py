"""The API: settings → database → route table → serve."""

import gc
import sys

from genjilib.auth import api as auth
from genjilib.auth import keys
from genjilib.autocomplete import api as autocomplete
from genjilib.change_requests import api as change_requests
from genjilib.community import api as community
from genjilib.completions import api as completions
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.images import api as images
from genjilib.jobs import api as jobs
from genjilib.lootbox import api as lootbox
from genjilib.map_edits import api as map_edits
from genjilib.maps import api as maps
from genjilib.newsfeed import api as newsfeed
from genjilib.notifications import api as notifications
from genjilib.playtests import api as playtests
from genjilib.raids import api as raids
from genjilib.rank_card import api as rank_card
from genjilib.users import api as users
from genjilib.utilities import api as utilities
from genjilib.web.app import create_app
from genjilib.web.idempotency import Repeats
from genjilib.web.server import serve
from runners.start import start

ROUTES = [
    *auth.routes,
    *users.routes,
    *jobs.routes,
    *notifications.routes,
    *newsfeed.routes,
    *lootbox.routes,
    *images.routes,
    *utilities.routes,
    *autocomplete.routes,
    *change_requests.routes,
    *playtests.routes,
    *map_edits.routes,
    *maps.routes,
    *completions.routes,
    *rank_card.routes,
    *community.routes,
    *raids.routes,
]
"""Every operation of the public API; ``genji show routes`` prints it."""


async def run(settings: Settings) -> None:
    """Serve the API until the process is told to stop."""
    async with Db.open(settings, name="api", replica=True) as db:
        checks = {"database": db.ready}
        app = create_app(
            settings,
            db,
            ROUTES,
            authenticate=keys.KnownKeys(db),
            checks=checks,
            services={"settings": settings},
            repeats=Repeats(db, settings.token_secret.get_secret_value()),
        )
        # What is loaded stays: garbage is looked for among the rest only, and no request waits long for it.
        gc.freeze()
        await serve(app, settings, checks)


if __name__ == "__main__":
    sys.exit(start("api", run))
