"""``Idempotency-Key``: a repeated request has no second effect, and gets the first one's answer.

The header is that of draft-ietf-httpapi-idempotency-key-header-07.
"""

import hashlib
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from genjilib import queries
from genjilib.core.errors import Conflict, GenjiError, Invalid, Later
from genjilib.core.principal import Principal
from genjilib.db import Db, Tx
from genjilib.db.statement import AnyStatement, Text
from genjilib.queries.web import FindAnswerRow
from genjilib.web.exchange import Answer, Request
from genjilib.web.problems import Refusal, problem_of, respond
from genjilib.web.routes import Route

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
"""Header of an answer that was given before."""

METHODS: Final = ("POST", "PUT", "PATCH")
LONGEST: Final = 255
"""The most characters of a key."""

# The draft's string in quotes, or what many clients send: the same without them.
_KEY = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])+)"|([!#-~]+)').fullmatch


class Repeats:
    """Answers of requests that carry a key, kept in the transaction of what the request did.

    A handler that refuses has its refusal kept as well, with whatever it wrote down before, such as an
    attempt to log in. After a failure that a later try may heal nothing is kept and nothing was done.
    """

    def __init__(self, db: Db, secret: str) -> None:
        """Keep answers in ``db``; requests, which may hold passwords, only as hashes under ``secret``."""
        self._db = db
        self._secret = hashlib.sha256(secret.encode()).digest()

    async def answer(
        self,
        request: Request,
        route: Route,
        who: Principal,
        sent: bytes,
        run: Callable[[Db], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """Return what ``run`` answers, or what it answered to the same request before.

        ``run`` gets the database as it is inside the transaction. Raises ``Invalid`` for a malformed key,
        ``Conflict`` while the first request is being answered, a refusal with 422 for another request.
        """
        key = _key(request.headers.getall(HEADER))
        id_ = self._hash(request.headers["X-API-KEY"].encode(), key.encode())
        asked = self._hash(request.method.encode(), request.path_qs.encode(), sent)
        refusal: GenjiError | None = None
        async with self._db.transaction() as tx:
            if not await queries.web.lock(tx, id=id_):
                raise Conflict(f"A request with this {HEADER} is being answered.", code="in-progress")
            if (found := await queries.web.find_answer(tx, id=id_)) is not None:
                return _repeated(found, asked, route)
            try:
                response = await run(Within(tx))
            except Later:
                raise
            except GenjiError as error:
                refusal = error
                response = respond(*problem_of(error, request.request_id))
            assert isinstance(response, web.Response)
            assert response.body is None or isinstance(response.body, bytes)
            await queries.web.keep_answer(
                tx,
                id=id_,
                request=asked,
                operation=route.name,
                caller=who.name,
                status=response.status,
                content_type=response.headers.get("Content-Type"),
                body=None if route.secret and refusal is None else response.body,
            )
        if refusal is not None:
            raise refusal
        return response

    def _hash(self, *parts: bytes) -> bytes:
        found = hashlib.blake2b(key=self._secret, digest_size=32)
        for part in parts:
            found.update(len(part).to_bytes(8) + part)
        return found.digest()


class Within(Db):
    """The database as a handler sees it inside a transaction: what it does alone is undone alone."""

    def __init__(self, tx: Tx) -> None:
        """Run everything in ``tx``."""
        self._tx = tx

    async def execute(self, statement: AnyStatement, text: Text, parameters: list[bytes | None]):
        """Run one statement; when it fails, the transaction goes on without it."""
        async with self._tx.savepoint() as tx:
            return await tx.execute(statement, text, parameters)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Tx]:
        """Open a part of the transaction that is undone when an exception leaves it."""
        async with self._tx.savepoint() as tx:
            yield tx


def _key(given: list[str]) -> str:
    found = _KEY(given[0]) if len(given) == 1 else None
    key = found and (found[1] or found[2])
    if not key or len(key) > LONGEST:
        raise Invalid(
            f"{HEADER} is one string of 1 to {LONGEST} printable ASCII characters.",
            code="bad-idempotency-key",
        )
    return key


def _repeated(found: FindAnswerRow, asked: bytes, route: Route) -> Answer:
    if found.request != asked:
        raise Refusal(422, f"This {HEADER} was used for another request.")
    if route.secret and found.status < 300:
        raise Conflict("This was done; its answer holds a secret and is not kept.", code="answer-not-kept")
    headers = {REPLAYED: "true"}
    if found.content_type is not None:
        headers["Content-Type"] = found.content_type
    return Answer(found.status, found.body, headers)
