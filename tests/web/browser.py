"""A real browser, driven by the protocol of its developer tools."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

PROGRAMS = ("chromium-headless-shell", "chromium", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
)


class Tab:
    """An open page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.session: str | None = None
        self.complaints: list[str] = []
        """What the page wrote to its console as an error, and requests that it was not allowed."""

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        await self._socket.send_json(message | ({"sessionId": self.session} if self.session else {}))
        while True:
            came = await self._socket.receive_json()
            if came.get("id") == self._number:
                assert "error" not in came, came
                return came["result"]
            if came.get("method") == "Log.entryAdded" and came["params"]["entry"]["level"] == "error":
                self.complaints.append(came["params"]["entry"]["text"])
            if came.get("method") == "Runtime.exceptionThrown":
                self.complaints.append(str(came["params"]["exceptionDetails"]))

    async def run(self, script: str) -> Any:
        """Return what an expression is in the page."""
        found = await self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def until(self, script: str) -> None:
        """Wait until an expression is true in the page."""
        await self.run(
            f"new Promise(done => {{ const look = () => {script} ? done() : setTimeout(look, 20); look() }})"
        )


@asynccontextmanager
async def browsing(folder: Path, address: str) -> AsyncIterator[Tab]:
    """Open an address in a browser of our own; skips the test where there is none."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("there is no browser here: apt-get install chromium-headless-shell")
    process = await asyncio.create_subprocess_exec(
        *(program, *FLAGS, f"--user-data-dir={folder}", "about:blank"),
        stderr=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        written = folder / "DevToolsActivePort"
        while not (written.exists() and len(lines := written.read_text().splitlines()) == 2):
            assert process.returncode is None
            await asyncio.sleep(0.02)
        tools = f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        async with aiohttp.ClientSession() as http, http.ws_connect(tools, max_msg_size=0) as socket:
            tab = Tab(socket)
            target = await tab.call("Target.createTarget", url="about:blank")
            attached = await tab.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
            tab.session = attached["sessionId"]
            for domain in ("Page", "Runtime", "Log"):
                await tab.call(f"{domain}.enable")
            await tab.call("Page.navigate", url=address)
            yield tab
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
