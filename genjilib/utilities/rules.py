"""What is kept of the use of bot and website."""

import hashlib
import hmac

from genjilib import queries
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.maps import rules as maps
from genjilib.utilities.types import LogCreateRequest, MapClickCreateRequest


async def log_command(db: Db, given: LogCreateRequest) -> None:
    """Note that a user gave a command to the bot; the same report twice is one."""
    await queries.utilities.log_command(
        db,
        command_name=given.command_name,
        user_id=given.user_id,
        created_at=given.created_at,
        namespace=given.namespace,
    )


async def log_click(db: Db, settings: Settings, click: MapClickCreateRequest) -> None:
    """Count a look at a map, one a day (UTC) for each address; ``NotFound`` for an unknown map or user."""
    known = await queries.utilities.log_click(
        db,
        code=click.code,
        user_id=click.user_id,
        source=click.source,
        ip_hash=hash_address(settings, click.ip_address),
    )
    if not known:
        raise maps.not_found(click.code)


def hash_address(settings: Settings, address: str) -> str:
    """Return what is kept of an address: HMAC-SHA256, hex. Of a plain hash every address could be tried."""
    secret = settings.ip_hash_secret.get_secret_value() or settings.token_secret.get_secret_value()
    return hmac.digest(secret.encode(), address.encode(), hashlib.sha256).hex()
