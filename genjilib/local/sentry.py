"""A catcher for Sentry's envelopes: what the runners report is kept as JSON at /items."""

import argparse
import json
from pathlib import Path
from typing import Any

from aiohttp import web

from genjilib.local.service import HttpServer

Item = dict[str, Any]
items: web.AppKey[list[Item]] = web.AppKey("items", list)


class Sentry(HttpServer):
    """The catcher process, and what it caught."""

    def __init__(self, directory: Path) -> None:
        super().__init__("sentry", directory, "genjilib.local.sentry")

    def environment(self) -> dict[str, str]:
        """What sentry-sdk and the runners read."""
        return {"SENTRY_DSN": f"http://local@127.0.0.1:{self.port}/1"}

    async def items(self, kind: str | None = None) -> list[Item]:
        """What was reported, oldest first: `type` (event, transaction, session …) and `payload`."""
        caught: list[Item] = await self.request("GET", "/items")
        return [item for item in caught if kind in (None, item["type"])]

    async def clear(self) -> None:
        """Forget all items."""
        await self.request("DELETE", "/items")


def application() -> web.Application:
    """The catcher as an aiohttp application; aiohttp itself undoes gzip (and brotli where installed)."""
    app = web.Application(client_max_size=20 * 1024 * 1024)
    app[items] = []
    app.router.add_post("/api/{project}/envelope/", envelope)
    app.router.add_get("/items", list_items)
    app.router.add_delete("/items", clear)
    app.router.add_get("/", page)
    return app


async def envelope(request: web.Request) -> web.Response:
    """POST /api/PROJECT/envelope/."""
    if "sentry_key" not in request.headers.get("X-Sentry-Auth", "") and "sentry_key" not in request.query:
        return web.json_response({"detail": "missing authorization information"}, status=401)
    try:
        header, found = parse(await request.read())
    except (ValueError, KeyError):
        return web.json_response({"detail": "invalid envelope"}, status=400)
    request.app[items].extend(found)
    return web.json_response({"id": header.get("event_id")})


def parse(body: bytes) -> tuple[Item, list[Item]]:
    """An envelope's header and items: lines of JSON, each item's header giving the length of its payload."""
    first, _, rest = body.partition(b"\n")
    found: list[Item] = []
    while rest.strip():
        head, _, rest = rest.partition(b"\n")
        header: Item = json.loads(head)
        length = header.get("length", len(rest.partition(b"\n")[0]))
        payload, rest = rest[:length], rest[length:].removeprefix(b"\n")
        found.append({"type": header["type"], "payload": decode(payload)})
    return json.loads(first), found


def decode(payload: bytes) -> Any:
    """JSON where it is JSON; attachments as text."""
    try:
        return json.loads(payload)
    except ValueError:
        return payload.decode(errors="replace")


async def list_items(request: web.Request) -> web.Response:
    """GET /items: all that was caught."""
    return web.json_response(request.app[items])


async def clear(request: web.Request) -> web.Response:
    """DELETE /items."""
    request.app[items].clear()
    return web.Response(status=204)


async def page(request: web.Request) -> web.Response:
    """GET /: the caught items as text for people, newest first."""
    text = "\n\n".join(json.dumps(item, indent=2) for item in reversed(request.app[items]))
    return web.Response(text=text or "Nothing was reported yet.")


def main() -> None:
    """Serve on 127.0.0.1 until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    web.run_app(application(), host="127.0.0.1", port=parser.parse_args().port, print=None)


if __name__ == "__main__":
    main()
