"""The roles of the runners in a private server; their passwords are the owner's own."""

from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg

from genjilib.ops import grants


async def grant(url: str) -> None:
    """Give the roles their rights in the database at ``url``, which names the owner and its password."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await grants.apply(connection, dict.fromkeys(grants.ROLES.values(), _password(url)))


def role_url(url: str, name: str) -> str:
    """Return ``url`` as the runner called ``name`` is given it."""
    parts = urlsplit(url)
    who = f"{grants.ROLES[name]}:{quote(_password(url), safe='')}"
    return urlunsplit(parts._replace(netloc=f"{who}@{parts.netloc.rpartition('@')[2]}"))


def _password(url: str) -> str:
    return unquote(urlsplit(url).password or "") or "trusted"
