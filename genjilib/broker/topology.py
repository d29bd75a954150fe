"""Every queue in one table: who consumes it, whether its order matters, and how RabbitMQ is told."""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from genjilib.core.errors import Invalid

Runner = Literal["bot", "worker"]
Arguments = dict[str, str | int | bool]

BODY_LIMIT = 1_048_576
"""Largest body of a message, bytes."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A quorum queue, its consuming runner, the domain whose ``types`` hold its event, and its limits.

    ``ordered`` queues deliver to one consumer at a time; another takes over when it goes away. From
    ``max_bytes`` on RabbitMQ refuses more messages; they then wait in the outbox. After ``delivery_limit``
    deliveries without an answer it gives a message up; high, for lost connections count too.
    """

    name: str
    runner: Runner
    domain: str
    ordered: bool = False
    max_bytes: int = 1_073_741_824
    delivery_limit: int = 20

    @property
    def dead(self) -> str:
        """Name of the queue for messages that RabbitMQ gives up; it is drained into ``dead_letters``."""
        return f"{self.name}.dlq"

    def arguments(self) -> Arguments:
        """Return what the queue is declared with; all of it holds on RabbitMQ 3.10 and 4."""
        found: Arguments = {
            "x-queue-type": "quorum",
            "x-delivery-limit": self.delivery_limit,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": self.dead,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
            "x-max-length-bytes": self.max_bytes,
        }
        return {**found, "x-single-active-consumer": True} if self.ordered else found

    def declarations(self) -> list[tuple[str, Arguments]]:
        """Return names and arguments of the dead queue and of the queue itself."""
        return [(self.dead, DEAD_ARGUMENTS), (self.name, self.arguments())]


DEAD_ARGUMENTS: Arguments = {"x-queue-type": "classic"}
"""Dead queues are classic: looking at a quorum queue counts as a delivery and would empty it in the end."""

QUEUES: tuple[Queue, ...] = (
    Queue("api.completion.submission", "bot", "completions", ordered=True),
    Queue("api.completion.verification", "bot", "completions", ordered=True),
    Queue("api.completion.verification.delete", "bot", "completions", ordered=True),
    Queue("api.completion.autoverification.failed", "bot", "completions", ordered=True),
    Queue("api.completion.upvote", "bot", "completions", ordered=True),
    Queue("api.playtest.create", "bot", "maps", ordered=True),
    Queue("api.playtest.vote.cast", "bot", "playtests", ordered=True),
    Queue("api.playtest.vote.remove", "bot", "playtests", ordered=True),
    Queue("api.playtest.approve", "bot", "playtests", ordered=True),
    Queue("api.playtest.force_accept", "bot", "playtests", ordered=True),
    Queue("api.playtest.force_deny", "bot", "playtests", ordered=True),
    Queue("api.playtest.reset", "bot", "playtests", ordered=True),
    Queue("api.map_edit.created", "bot", "map_edits", ordered=True),
    Queue("api.map_edit.resolved", "bot", "map_edits", ordered=True),
    Queue("api.newsfeed.create", "bot", "newsfeed", ordered=True),
    Queue("api.notification.delivery", "bot", "notifications", ordered=True),
    Queue("api.xp.grant", "bot", "lootbox", ordered=True),
    Queue("api.user.roles", "bot", "users", ordered=True),
    Queue("api.mail.delivery", "worker", "auth"),
    Queue("api.completion.autoverification", "worker", "completions"),
    Queue("api.image.process", "worker", "images"),
    Queue("raid.activity_history.crawl", "worker", "raids"),
    Queue("raid.character.fill", "worker", "raids"),
    Queue("raid.clan.crawl", "worker", "raids"),
    Queue("raid.player.crawl", "worker", "raids"),
    Queue("raid.pgcr.exists", "worker", "raids"),
    Queue("raid.pgcr.store", "worker", "raids"),
    Queue("raid.pgcr.blocked", "worker", "raids"),
    Queue("raid.pgcr.cheat_check", "worker", "raids"),
    Queue("raid.pgcr.clickhouse", "worker", "raids"),
)


def find(name: str, queues: Sequence[Queue] = QUEUES) -> Queue:
    """Return the queue called ``name``; raise ``Invalid`` with the known names when there is none."""
    for queue in queues:
        if queue.name == name:
            return queue
    raise Invalid(f"There is no queue {name}. Known: {', '.join(q.name for q in queues)}.", code="no-queue")


def definitions(queues: Sequence[Queue] = QUEUES, vhost: str = "/") -> dict[str, list[dict[str, object]]]:
    """Return the table as RabbitMQ definitions, ready for ``rabbitmqctl import_definitions``."""

    def entry(name: str, arguments: Arguments) -> dict[str, object]:
        return {"name": name, "vhost": vhost, "durable": True, "auto_delete": False, "arguments": arguments}

    entries = [entry(*one) for queue in queues for one in queue.declarations()]
    return {"vhosts": [{"name": vhost}], "queues": entries, "exchanges": [], "bindings": []}


def users(
    passwords: Mapping[str, str], queues: Sequence[Queue] = QUEUES, vhost: str = "/"
) -> dict[str, list[dict[str, object]]]:
    """Return the definitions of the users ``genji_bot`` and ``genji_worker``, who may do their work only.

    The bot reads its queues. The worker publishes, reads its own queues and all dead ones, and declares what
    is missing. Nobody else needs RabbitMQ: what others send waits in the outbox. ``passwords`` are by user.
    """
    bots = [queue for queue in queues if queue.runner == "bot"]
    workers = [queue.name for queue in queues if queue.runner == "worker"]
    dead = [queue.dead for queue in queues]
    rights = {
        "genji_bot": {
            "configure": _any(name for queue in bots for name in (queue.name, queue.dead)),
            "write": "",
            "read": _any(queue.name for queue in bots),
        },
        "genji_worker": {
            "configure": _any([*(queue.name for queue in queues), *dead]),
            "write": "^amq\\.default$",
            "read": _any([*workers, *dead]),
        },
    }
    return {
        "users": [
            {
                "name": name,
                "password_hash": _hashed(passwords[name]),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": [],
            }
            for name in rights
        ],
        "permissions": [{"user": name, "vhost": vhost, **patterns} for name, patterns in rights.items()],
    }


def _any(names: Iterable[str]) -> str:
    return f"^({'|'.join(re.escape(name) for name in sorted(names))})$"


def _hashed(password: str) -> str:
    """Return a password as RabbitMQ keeps it: four random bytes, and SHA-256 of them with the password."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
