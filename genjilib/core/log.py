"""Structured logs: one JSON object a line, with the id of the request or message that follows an action."""

import logging
import re
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TextIO, cast

import msgspec
import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars
from structlog.stdlib import BoundLogger
from structlog.typing import EventDict, Processor

__all__ = ["bind_contextvars", "bound_contextvars", "clear_contextvars", "configure", "get_logger"]

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}
_SECRET_NAMES = re.compile(
    r"(password|passwd|secret|token|api[_-]?key|authorization|cookie|dsn)", re.IGNORECASE
)
# Bounded, so that a long word of a user costs no time.
_URL_PASSWORD = re.compile(r"(\w{1,20}://[^:/@\s]{0,100}):[^@/\s]{1,500}@")


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
            *shared,
            _written_at_once(handler, last),
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
    match value:
        case str():
            return _URL_PASSWORD.sub(r"\1:***@", value) if "://" in value else value
        case Mapping():
            entries = cast("Mapping[Any, Any]", value).items()
            return {name: "***" if _is_secret(str(name)) else mask(inner) for name, inner in entries}
        case list() | tuple():
            return [mask(inner) for inner in cast("list[Any]", value)]
        case _:
            return value


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return _SECRET_NAMES.search(name) is not None


def _encoded(event: Any, **_: Any) -> str:
    return msgspec.json.encode(event, enc_hook=repr).decode()


def _written_at_once(handler: "logging.StreamHandler[TextIO]", last: Sequence[Processor]) -> Processor:
    """Write lines that ``handler`` alone would get: the standard library's way there takes thrice as long."""
    root = logging.getLogger()

    def write(logger: Any, method: str, event: EventDict) -> EventDict:
        level = _LEVELS.get(method, logging.CRITICAL)
        if any(other is not handler and other.level <= level for other in root.handlers):
            return event
        try:
            line: Any = event
            for process in last:
                line = process(logger, method, line)
            handler.stream.write(f"{line}\n")
        except Exception:
            return event  # logging knows what to do about a line that cannot be written
        raise structlog.DropEvent

    return write


def _name_runner(runner: str) -> Processor:
    def add(_: Any, __: str, event: EventDict) -> EventDict:
        event["runner"] = runner
        return event

    return add
