"""The runners' users of the test broker: they have the rights of a deployment."""

from urllib.parse import urlsplit, urlunsplit

import aiohttp

from genjilib.broker import topology

PASSWORD = "only-for-tests"


async def admit(management: str, vhost: str) -> None:
    """Make the queues of a virtual host, and the users with their rights in it."""
    passwords = {"genji_bot": PASSWORD, "genji_worker": PASSWORD}
    made = {**topology.definitions(vhost=vhost), **topology.users(passwords, vhost=vhost)}
    async with aiohttp.ClientSession(raise_for_status=True) as http:
        await http.post(f"{management}/api/definitions", json=made)


def user_url(url: str, name: str) -> str:
    """The address of a broker as the runner called ``name`` is given it."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"genji_{name}:{PASSWORD}@{place}"))
