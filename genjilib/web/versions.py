"""Versions of what a route shows: ``ETag``, ``If-None-Match`` and ``If-Match``, as in RFC 9110 §13."""

import inspect
import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from aiohttp import web

from genjilib.core.json import written
from genjilib.db import Db
from genjilib.web.idempotency import Within
from genjilib.web.problems import Refusal
from genjilib.web.routes import BadRoute, Route, Shown

# A proxy that compresses an answer makes its tag weak, or adds the coding's name; the client sends that back.
_TAG = re.compile(r'(W/)?"([0-9a-f]{32})(?:-[a-z]+)?"')


def tag_of(body: bytes, look: bytes = b"") -> str:
    """Return the tag of an answer, without quotes; pictures of ``body`` differ by their ``look``."""
    return blake2b(body, digest_size=16, key=look).hexdigest()


def is_known(request: web.Request, tag: str) -> bool:
    """Tell whether the client has this version already."""
    given = request.headers.getall("If-None-Match", None)
    if given is None:
        return False
    known = ",".join(given)
    return known.strip() == "*" or any(found == tag for _, found in _TAG.findall(known))


def wanted_versions(request: web.Request) -> set[str] | None:
    """Return the tags of which one must be that of the present version; ``None`` when any version will do."""
    given = request.headers.getall("If-Match", None)
    if given is None or (wanted := ",".join(given)).strip() == "*":
        return None
    return {tag for weak, tag in _TAG.findall(wanted) if not weak}


class Guard:
    """Lets a request change only the version that its sender has seen."""

    def __init__(self, route: Route, shown: Shown, services: Mapping[str, object]) -> None:
        """Look at the handler that shows it; raise ``BadRoute`` where it takes more than the path tells."""
        self._route, self._shown = route, shown
        self._takes = list(inspect.signature(shown.handler).parameters)
        self._services = services
        if missing := set(self._takes) - services.keys() - route.parameters.keys():
            raise BadRoute(f"{route}: {shown.handler.__name__} takes {', '.join(sorted(missing))} as well")

    async def call(self, given: Mapping[str, Any], wanted: set[str]) -> Any:
        """Call the route's handler unless the present version is none of ``wanted``: then it is a 412.

        Looking and changing are one transaction, in which nobody else changes what is shown.
        """
        path = {name: given[name] for name in self._route.parameters}
        db: Db = given["db"]
        async with db.transaction() as tx:
            await self._shown.lock(tx, **path)
            within = {**self._services, **path, "db": Within(tx)}
            found: object = await self._shown.handler(**{name: within[name] for name in self._takes})
            if tag_of(written(found)) not in wanted:
                raise Refusal(412, "It was changed meanwhile; read it again.")
            return await self._route.handler(**{**given, "db": within["db"]})
