"""Checks of RabbitMQ."""

import asyncio
from urllib.parse import urlsplit

from genjilib.broker import mend
from genjilib.broker.client import Broker
from genjilib.broker.topology import QUEUES
from genjilib.core.settings import Settings
from genjilib.ops.checks.finding import Finding
from genjilib.ops.shell import PROGRAM

PATIENCE = 5.0
"""Seconds that it gets to answer."""


async def check_broker(settings: Settings) -> list[Finding]:
    """Look at RabbitMQ: reachable, not blocked, and with every queue as the table of queues says."""
    away = Finding("rabbitmq", "wrong", "does not answer", "start RabbitMQ, or correct AMQP_URL")
    if not await _listens(settings.amqp_url.get_secret_value()):
        return [away]
    async with Broker.open(settings, name="doctor") as broker:
        try:
            await asyncio.wait_for(broker.publishable.wait(), PATIENCE)
        except TimeoutError:
            said, mend_ = "refuses messages: too little memory or disk", "rabbitmq-diagnostics alarms"
            return [Finding("rabbitmq", "wrong", said, mend_) if broker.blocked else away]
        drifts = await mend.find(broker)
    wrong = [Finding("rabbitmq", "wrong", _drift(drift), f"{PROGRAM} topology mend") for drift in drifts]
    return wrong or [Finding("rabbitmq", "ok", f"all {len(QUEUES)} queues are there")]


async def _listens(url: str) -> bool:
    """Whether anybody takes connections there: where nobody does, nobody has to be waited for."""
    parts = urlsplit(url)
    port = parts.port or (5671 if parts.scheme == "amqps" else 5672)
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(parts.hostname, port), PATIENCE)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


def _drift(drift: mend.Drift) -> str:
    if drift.kind == "missing":
        return f"there is no queue {drift.name}"
    return f"{drift.name} has other arguments than its table says, and {drift.messages} messages"
