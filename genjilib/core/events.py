"""The base of every message body: a frozen struct that knows its queue."""

from typing import ClassVar

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened and that a consumer acts on; the fields are the JSON body of the message.

    A subclass names its ``queue``. ``version`` rises when a field changes meaning or goes away; consumers
    keep messages of versions they do not know as dead letters, so they can be replayed after an upgrade.
    """

    queue: ClassVar[str]
    version: ClassVar[int] = 1

    def order_key(self) -> str | None:
        """Return what messages must stay in order by, such as a map code; ``None`` when order is free."""
        return None
