"""Structured logs: one JSON object a line, with the id of the request or message that follows an action."""

import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, TextIO, cast

import msgspec
import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars
from structlog.stdlib import BoundLogger
from structlog.typing import EventDict, Processor

__all__ = ["bind_contextvars", "bound_contextvars", "clear_contextvars", "configure", "get_logger"]

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_SECRET_NAMES = re.compile(
    r"(password|passwd|secret|token|api[_-]?key|authorization|cookie|dsn)", re.IGNORECASE
)
# Bounded, so that a long word of a user costs no time.
_URL_PASSWORD = re.compile(r"(\w{1,20}://[^:/@\s]{0,100}):[^@/\s]{1,500}@")
_BARE: Final = frozenset({int, float, bool, type(None)})
_NAMES: Final = 1024
_REASONS: Final = frozenset({"exc_info", "exception", "stack_info"})
"""What of a line holds a stack."""


def configure(runner: str, *, level: str = "INFO", json: bool = True) -> None:
    """Send everything, the standard library's loggers included, to standard error in one form.

    ``runner`` names the process in every line. Without ``json`` the lines are coloured text for a terminal.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        _name_runner(runner),
    ]
    last: list[Processor] = (
        [structlog.processors.format_exc_info, mask_secrets, structlog.processors.JSONRenderer(_encoded)]
        if json
        else [mask_secrets, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    )
    handler = logging.StreamHandler(sys.stderr)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *([_written_at_once(handler, runner)] if json else []),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    # Our lines do not say where in the code they come from; finding it out takes logging long.
    logging._srcfile = None  # pyright: ignore  # as logging's own manual says
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # pika reports every connection attempt and every closed socket at INFO and above; ours says it once.
    logging.getLogger("pika").setLevel(logging.CRITICAL)


def get_logger(name: str) -> BoundLogger:
    """Return the logger called ``name``, usually the module's ``__name__``."""
    return structlog.stdlib.get_logger(name)


def mask_secrets(_: Any, __: str, event: EventDict) -> EventDict:
    """Replace values whose names sound like secrets, and passwords inside URLs, by asterisks."""
    return mask(event)


def mask(value: Any) -> Any:
    """Return JSON-like data with secrets replaced by asterisks, however deep they lie."""
    if type(value) in _BARE:
        return value
    match value:
        case str():
            return _URL_PASSWORD.sub(r"\1:***@", value) if "://" in value else value
        case dict() | Mapping():
            entries = cast("Mapping[Any, Any]", value).items()
            return {name: "***" if _secret[name] else mask(inner) for name, inner in entries}
        case list() | tuple():
            return [mask(inner) for inner in cast("list[Any]", value)]
        case _:
            return value


class _Secret(dict[Any, bool]):
    """Whether a name sounds like a secret; those of our lines are looked at once."""

    def __missing__(self, name: Any) -> bool:
        found = _SECRET_NAMES.search(str(name)) is not None
        if len(self) < _NAMES:
            self[name] = found
        return found


_secret = _Secret()


def _encoded(event: Any, **_: Any) -> str:
    return msgspec.json.encode(event, enc_hook=repr).decode()


def _written_at_once(handler: "logging.StreamHandler[TextIO]", runner: str) -> Processor:
    """Write lines without a stack that ``handler`` alone would get, as all that follows would have it.

    The way through structlog's processors and the standard library takes several times as long.
    """
    root = logging.getLogger()

    def write(logger: Any, method: str, event: EventDict) -> EventDict:
        level = _LEVELS.get(method)
        if level is None or not _REASONS.isdisjoint(event):
            return event
        if any(other is not handler and other.level <= level for other in root.handlers):
            return event
        try:
            line = {
                **structlog.contextvars.merge_contextvars(logger, method, dict(event)),
                "level": method,
                "logger": logger.name,
                "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
                "runner": runner,
            }
            handler.stream.write(f"{_encoded(mask(line))}\n")
        except Exception:
            return event  # logging knows what to do about a line that cannot be written
        raise structlog.DropEvent

    return write


def _name_runner(runner: str) -> Processor:
    def add(_: Any, __: str, event: EventDict) -> EventDict:
        event["runner"] = runner
        return event

    return add
