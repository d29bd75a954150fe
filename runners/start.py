"""How every runner starts: settings, logs, error reports, the event loop, and an exit code at the end."""

import sys
from collections.abc import Awaitable, Callable

import uvloop

from genjilib.core import log, reports
from genjilib.core.errors import GenjiError
from genjilib.core.settings import Settings

BUG = 70
"""Exit code of a runner that ended by a defect (sysexits: EX_SOFTWARE)."""

_logger = log.get_logger(__name__)


def start(name: str, run: Callable[[Settings], Awaitable[None]]) -> int:
    """Run a runner until it is stopped; 0 after a stop, 2 wrong settings, 75 try later, 70 a defect."""
    # Before the settings are known too: structlog's own default prints local variables, secrets among them.
    log.configure(name)
    try:
        settings = Settings.load()
        log.configure(name, level=settings.log_level, json=settings.log_format == "json")
        reports.configure(settings, runner=name)
        uvloop.run(_awaited(run, settings))
    except GenjiError as error:
        sys.stderr.write(f"{error.detail}\n")
        return error.exit_code
    except Exception:
        _logger.critical("runner-ended", exc_info=True)
        return BUG
    return 0


async def _awaited(run: Callable[[Settings], Awaitable[None]], settings: Settings) -> None:
    await run(settings)
