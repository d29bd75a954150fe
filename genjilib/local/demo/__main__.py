"""Plays the demo: starts the system in a temporary folder, runs every step, tells what was checked."""

import asyncio
import shutil
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from time import monotonic

import aiohttp
from rich.console import Console

from genjilib.local.demo import evening, trouble
from genjilib.local.demo.stage import Stage
from genjilib.local.system import System

STEPS = (
    *evening.STEPS,
    trouble.crashes,
    trouble.poison,
    trouble.backup,
)


async def play(directory: Path, console: Console) -> None:
    """Run every step; the first that fails ends the demo."""
    began = monotonic()
    console.print("[bold]The system starts[/bold]")
    async with System(directory, progress=lambda line: console.print(f"   {line}")) as system:
        console.print(f"   API {system.api_url}/docs   Discord {system.discord_server.url}")
        headers = {"X-API-KEY": system.key}
        async with aiohttp.ClientSession(headers=headers) as http:
            stage = Stage(system, http, console)
            for step in STEPS:
                await step(stage)
        console.print("\n[bold]Everything is stopped again[/bold]")
    counts = Counter(step for step, _ in stage.checked)
    console.print("\n[bold]What was checked[/bold]")
    stage.table([(step, count) for step, count in counts.items()], "step", "checks")
    console.print(f"[green]{sum(counts.values())} checks held[/green] in {monotonic() - began:.0f} s")


def main() -> int:
    """Return 0 only if every check held; Ctrl-C stops everything that was started."""
    console = Console(highlight=False, soft_wrap=True)
    directory = Path(tempfile.mkdtemp(prefix="genji-demo-"))
    # Set for Ctrl-C too: what a script starts with `&` inherits that it is to be ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        asyncio.run(play(directory, console))
    except Exception as problem:  # told to people, whatever it is
        console.print(f"\n[red]The demo failed:[/red] {type(problem).__name__}: {problem}", markup=True)
        console.print(f"The logs are in {directory}")
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped.")
        shutil.rmtree(directory, ignore_errors=True)
        return 130
    shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
