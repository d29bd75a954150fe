"""Run a simulated Discord as a process: `python -m genjilib.local.discord --port 4001`."""

import argparse
import asyncio
import json
import signal
import sys

from genjilib.local.discord.server import SimulatedDiscord
from genjilib.local.discord.standard import standard_world
from genjilib.local.discord.state import Limits


async def run(port: int, control_port: int, seed: int, clock: float) -> None:
    """Serve until asked to stop; the settings are printed as one line of JSON once it answers."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    server = SimulatedDiscord(
        standard_world(seed), limits=Limits().scaled(clock), port=port, control_port=control_port
    )
    async with server as discord:
        sys.stdout.write(json.dumps(discord.settings()) + "\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m genjilib.local.discord", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="for bots and browsers; 0: any free one")
    parser.add_argument(
        "--control-port", type=int, default=0, help="for ControlClient; answers in an outage too"
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same ids")
    parser.add_argument("--clock", type=float, default=1.0, help="factor on every deadline and rate limit")
    given = parser.parse_args()
    asyncio.run(run(given.port, given.control_port, given.seed, given.clock))


if __name__ == "__main__":
    main()
