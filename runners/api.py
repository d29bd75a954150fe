"""The API: settings → database → route table → serve."""

import asyncio
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
from genjilib.web import create_app, serve

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
