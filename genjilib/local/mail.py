"""A catcher that speaks Resend's HTTP API: mail is kept, not sent; JSON at /messages, a page at /."""

import argparse
import html
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from genjilib.local.service import HttpServer

API_KEY = "re_local"
Message = dict[str, Any]
messages: web.AppKey[list[Message]] = web.AppKey("messages", list)
answered: web.AppKey[dict[str | None, tuple[bytes, Message]]] = web.AppKey("answered", dict)


class Mail(HttpServer):
    """The catcher process, and what it caught."""

    def __init__(self, directory: Path) -> None:
        super().__init__("mail", directory, "genjilib.local.mail")

    def environment(self) -> dict[str, str]:
        """What the resend package and the runners read."""
        return {"RESEND_API_URL": self.url, "RESEND_API_KEY": API_KEY}

    async def messages(self) -> list[Message]:
        """All caught mail, oldest first: Resend's fields with `id`, `created_at` and `idempotency_key`."""
        return await self.request("GET", "/messages")

    async def clear(self) -> None:
        """Forget all mail and idempotency keys."""
        await self.request("DELETE", "/messages")


def application() -> web.Application:
    """The catcher as an aiohttp application."""
    app = web.Application(middlewares=[authenticated])
    app[messages], app[answered] = [], {}
    app.router.add_post("/emails", send)
    app.router.add_post("/emails/batch", send_batch)
    app.router.add_get("/emails/{id}", get)
    app.router.add_get("/messages", list_messages)
    app.router.add_delete("/messages", clear)
    app.router.add_get("/", page)
    return app


@web.middleware
async def authenticated(request: web.Request, handler: Any) -> web.StreamResponse:
    """Refuse API calls as Resend does: 401 without a key, 403 with a key that is not one."""
    if not request.path.startswith("/emails"):
        return await handler(request)
    key = request.headers.get("Authorization", "").removeprefix("Bearer").strip()
    if not key:
        return problem(401, "missing_api_key", "Missing API key in the authorization header.")
    if not key.startswith("re_"):
        return problem(403, "invalid_api_key", "API key is invalid.")
    return await handler(request)


async def send(request: web.Request) -> web.Response:
    """POST /emails."""
    return await once(request, lambda ids: {"id": ids[0]})


async def send_batch(request: web.Request) -> web.Response:
    """POST /emails/batch: all of up to 100 mails, or none."""
    return await once(request, lambda ids: {"data": [{"id": each} for each in ids]})


async def once(request: web.Request, shape: Callable[[list[str]], Message]) -> web.Response:
    """Keep the mails of a valid body; the same Idempotency-Key gets the first answer again, or 409."""
    body = await request.read()
    key = request.headers.get("Idempotency-Key")
    if key in request.app[answered]:
        before, answer = request.app[answered][key]
        if before == body:
            return web.json_response(answer)
        return problem(
            409, "invalid_idempotent_request", "This idempotency key was used with another payload."
        )
    try:
        mails = parse(body)
    except ValueError as wrong:
        return problem(422, "validation_error", str(wrong))
    answer = shape([keep(request, mail) for mail in mails])
    if key:
        request.app[answered][key] = (body, answer)
    return web.json_response(answer)


def parse(body: bytes) -> list[Message]:
    """The mails of a body; raise ValueError with what is wrong."""
    batch = body.lstrip().startswith(b"[")
    mails = (
        msgspec.json.decode(body, type=list[Message]) if batch else [msgspec.json.decode(body, type=Message)]
    )
    if not 0 < len(mails) <= 100:
        raise ValueError("A batch holds 1 to 100 emails.")
    for mail in mails:
        for field in ("from", "to", "subject"):
            if not mail.get(field):
                raise ValueError(f"Missing `{field}` field.")
        msgspec.convert(mail["to"], str | list[str])
    return mails


def keep(request: web.Request, mail: Message) -> str:
    """Store one mail; return its id."""
    number = str(uuid.uuid4())
    now = datetime.now(UTC).isoformat()
    to: Any = [mail["to"]] if isinstance(mail["to"], str) else mail["to"]
    stored = {"id": number, "created_at": now, "idempotency_key": request.headers.get("Idempotency-Key")}
    request.app[messages].append(stored | mail | {"to": to})
    return number


async def get(request: web.Request) -> web.Response:
    """GET /emails/ID, as Resend answers for a delivered mail."""
    for mail in request.app[messages]:
        if mail["id"] == request.match_info["id"]:
            return web.json_response({"object": "email", "last_event": "delivered", **mail})
    return problem(404, "not_found", "Email not found.")


async def list_messages(request: web.Request) -> web.Response:
    """GET /messages: all that was caught."""
    return web.json_response(request.app[messages])


async def clear(request: web.Request) -> web.Response:
    """DELETE /messages."""
    request.app[messages].clear()
    request.app[answered].clear()
    return web.Response(status=204)


async def page(request: web.Request) -> web.Response:
    """GET /: the caught mail for people, newest first; each mail's own HTML cannot run scripts."""
    rows = "".join(row(mail) for mail in reversed(request.app[messages]))
    body = f"<!doctype html><meta charset=utf-8><title>Mail</title><h1>Caught mail</h1>{rows or 'None yet.'}"
    return web.Response(text=body, content_type="text/html")


def row(mail: Message) -> str:
    """One mail as HTML."""
    title = f"{mail['created_at'][:19]} → {', '.join(mail['to'])}: {mail['subject']}"
    framed = (
        f'<iframe sandbox srcdoc="{html.escape(mail.get("html") or "")}" width="100%" height="400"></iframe>'
    )
    text = f"<pre>{html.escape(mail.get('text') or '')}</pre>"
    return f"<details><summary>{html.escape(title)}</summary>{text}{framed}</details>"


def problem(status: int, name: str, message: str) -> web.Response:
    """An error in Resend's shape."""
    return web.json_response({"statusCode": status, "name": name, "message": message}, status=status)


def main() -> None:
    """Serve on 127.0.0.1 until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    web.run_app(application(), host="127.0.0.1", port=parser.parse_args().port, print=None)


if __name__ == "__main__":
    main()
