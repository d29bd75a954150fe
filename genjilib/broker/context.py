"""What the handlers of the worker work with."""

from dataclasses import dataclass

from genjilib.core.settings import Settings
from genjilib.db import Db


@dataclass(frozen=True, slots=True)
class Context:
    """The settings, with the outside services they name, and the database."""

    settings: Settings
    db: Db
