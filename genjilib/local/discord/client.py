"""A driver for a simulated Discord that runs in another process."""

from types import TracebackType
from typing import Self

import aiohttp

from genjilib.local.discord.jsons import Json
from genjilib.local.discord.options import Wrong
from genjilib.local.discord.people import NoResponse, TimedOut
from genjilib.local.discord.person import Driver

_ERRORS: dict[str, type[Exception]] = {"NoResponse": NoResponse, "TimedOut": TimedOut}


class ControlClient(Driver):
    """`async with ControlClient(control_url) as discord:` does all a Driver does, over HTTP."""

    def __init__(self, url: str) -> None:
        super().__init__(self._post)
        self._url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session:
            await self._session.close()

    async def _post(self, action: str, body: Json) -> Json:
        assert self._session is not None
        async with self._session.post(f"{self._url}/_control/{action}", json=body) as response:
            answered: Json = await response.json(content_type=None)
        if response.status >= 400:
            raise _ERRORS.get(str(answered.get("error")), Wrong)(answered.get("message"))
        return answered
