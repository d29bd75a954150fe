"""An embedded ClickHouse: one process owns the engine (chdb) and speaks the server's HTTP protocol.

Of the protocol there is what this project uses: statements in ``query`` or in the body, rows behind an
``insert``, ``param_…`` and ``default_format``. Other settings stand in the statement.
"""

import argparse
import asyncio
import importlib
import re
from pathlib import Path
from typing import Any

from aiohttp import web

from genjilib.local.service import HttpServer

BODY_LIMIT = 256 * 1024 * 1024
CODE = re.compile(r"Code: (\d+)\.")


class ClickHouse(HttpServer):
    """The engine's process; what is in its folder stays from one start to the next."""

    def __init__(self, directory: Path) -> None:
        super().__init__(
            "clickhouse", directory, "genjilib.local.clickhouse", str(directory.resolve() / "data")
        )

    def environment(self) -> dict[str, str]:
        """What the worker and the command line read."""
        return {"CLICKHOUSE_URL": self.url}


class Engine:
    """The engine, asked one statement after the other, for it belongs to one thread at a time."""

    def __init__(self, directory: Path) -> None:
        sessions: Any = importlib.import_module("chdb.session")  # untyped; 0.6 s, and a process of its own
        self._session = sessions.Session(str(directory))
        self._turn = asyncio.Lock()

    async def ask(self, text: str, form: str, parameters: dict[str, str]) -> bytes:
        """Run a statement; raise what the engine raises."""
        async with self._turn:
            return await asyncio.to_thread(self._ask, text, form, parameters)

    def _ask(self, text: str, form: str, parameters: dict[str, str]) -> bytes:
        return self._session.query(text, form, params=parameters).bytes()


def application(engine: Any) -> web.Application:
    """The server as an aiohttp application."""
    app = web.Application(client_max_size=BODY_LIMIT)

    async def ask(request: web.Request) -> web.Response:
        given, body = dict(request.query), (await request.read()).decode()
        text = given.pop("query", "")
        parameters = {key[6:]: given.pop(key) for key in list(given) if key.startswith("param_")}
        form = given.pop("default_format", "TabSeparated")
        given.pop("database", None)
        if given:
            return web.Response(
                status=400, text=f"Here settings stand in the statement: {', '.join(given)}.\n"
            )
        try:
            found = await engine.ask("\n".join(filter(None, (text, body))), form, parameters)
        except Exception as error:
            code = CODE.search(str(error))
            headers = {"X-ClickHouse-Exception-Code": code[1] if code else "1002"}
            return web.Response(status=500, text=f"{error}\n", headers=headers)
        return web.Response(body=found)

    async def ping(_: web.Request) -> web.Response:
        return web.Response(text="Ok.\n")

    app.router.add_post("/", ask)
    app.router.add_get("/", ping)
    app.router.add_get("/ping", ping)
    return app


def main() -> None:
    """Serve on 127.0.0.1 until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    given.directory.mkdir(parents=True, exist_ok=True)

    async def serve() -> web.Application:
        return application(Engine(given.directory))

    web.run_app(serve(), host="127.0.0.1", port=given.port, print=None)


if __name__ == "__main__":
    main()
