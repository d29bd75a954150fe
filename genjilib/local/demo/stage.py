"""What the steps of the demo share: the system, an HTTP client, checks that count, tables people can read."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar

import aiohttp
from rich.console import Console
from rich.table import Table

from genjilib.local.system import System
from genjilib.ops import tables

T = TypeVar("T")


class StepFailed(Exception):
    """A check did not hold; the message says which and why."""


@dataclass
class Stage:
    """One evening: what happened so far, and who is there."""

    system: System
    http: aiohttp.ClientSession
    console: Console
    checked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    step: str = ""
    ids: dict[str, int] = field(default_factory=dict[str, int])
    """Discord ids of the people, by name."""

    def begin(self, title: str) -> None:
        """Print the title of a step."""
        self.step = title
        self.console.print(f"\n[bold]{len({step for step, _ in self.checked}) + 1}. {title}[/bold]")

    def check(self, claim: str, holds: bool, found: object = None) -> None:
        """Count a check; raise ``StepFailed`` with what was found when it does not hold."""
        if not holds:
            raise StepFailed(f"step “{self.step}”: {claim} — found: {found!r}")
        self.checked.append((self.step, claim))
        self.console.print(f"   [green]✓[/green] {claim}")

    def table(self, rows: Sequence[Sequence[object]], *columns: str) -> None:
        """Print rows under headings."""
        table = Table(*columns, box=None, padding=(0, 2), header_style="dim")
        for row in rows:
            table.add_row(*("" if value is None else tables.text("", value) for value in row))
        self.console.print(table)

    async def call(
        self, method: str, path: str, body: Any = None, *, status: int = 200, **options: Any
    ) -> Any:
        """Call the API with the superuser's key; anything but ``status`` fails the step."""
        if body is not None:
            options["json"] = body
        async with self.http.request(method, f"{self.system.api_url}/api/v3{path}", **options) as answer:
            text = await answer.text()
            if answer.status != status:
                raise StepFailed(f"step “{self.step}”: {method} {path} answered {answer.status}: {text}")
            return json.loads(text) if answer.content_type.endswith("json") else text

    async def until(
        self, claim: str, look: Callable[[], Awaitable[T]], *, within: float = 20, every: float = 0.1
    ) -> T:
        """Look again and again until something true is found; counts as a check."""
        deadline = monotonic() + within
        while not (found := await look()):
            if monotonic() > deadline:
                raise StepFailed(
                    f"step “{self.step}”: {claim} — not within {within:.0f} s, last seen {found!r}"
                )
            await asyncio.sleep(every)
        self.check(claim, True)
        return found

    async def job(self, job: dict[str, Any], what: str) -> None:
        """Wait until a job has succeeded."""

        async def look() -> bool:
            state = await self.call("GET", f"/internal/jobs/{job['id']}")
            if state["status"] == "failed":
                raise StepFailed(f"step “{self.step}”: {what} — the job failed: {state}")
            return state["status"] == "succeeded"

        await self.until(what, look)

    async def command(self, *arguments: str) -> Any:
        """Run ``./cli.py … --json`` and return what it printed."""
        return json.loads(await self.system.command(*arguments, "--json"))
