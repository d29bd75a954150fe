"""Structured logs: one JSON object a line, with the id of the request or message that follows an action."""

import asyncio
import logging
import re
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, TextIO, cast

import msgspec
import structlog
from structlog.stdlib import BoundLogger
from structlog.typing import EventDict, Processor

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_SECRET_NAMES = re.compile(
    r"(password|passwd|secret|token|api[_-]?key|authorization|cookie|dsn)", re.IGNORECASE
)
# Bounded, so that a long word of a user costs no time.
_URL_PASSWORD = re.compile(r"(\w{1,20}://[^:/@\s]{0,100}):[^@/\s]{1,500}@")
_BARE: Final = frozenset({int, float, bool, type(None), datetime})
_NAMES: Final = 1024
_REASONS: Final = frozenset({"exc_info", "exception", "stack_info"})
"""What of a line holds a stack."""


_context: ContextVar[Mapping[str, Any]] = ContextVar("log_context", default=MappingProxyType({}))


def configure(runner: str, *, level: str = "INFO", json: bool = True) -> None:
    """Send everything, the standard library's loggers included, to standard error in one form.

    ``runner`` names the process in every line. Without ``json`` the lines are coloured text for a terminal.
    """
    shared: list[Processor] = [
        merge_contextvars,
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
    handler = _Lines(sys.stderr, runner) if json else logging.StreamHandler(sys.stderr)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=_Logger if json else structlog.stdlib.BoundLogger,
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
    for other in root.handlers:
        other.flush()
    root.handlers = [handler]
    root.setLevel(level)
    # pika reports every connection attempt and every closed socket at INFO and above; ours says it once.
    logging.getLogger("pika").setLevel(logging.CRITICAL)


def get_contextvars() -> Mapping[str, Any]:
    """Return what the context adds to each line."""
    return _context.get()


def bind_contextvars(**values: Any) -> None:
    """Have each line of this context say ``values`` from now on."""
    _context.set({**_context.get(), **values})


@contextmanager
def bound_contextvars(**values: Any) -> Generator[None]:
    """Have each line of this context say ``values`` while the block runs."""
    before = _context.get()
    _context.set({**before, **values})
    try:
        yield
    finally:
        _context.set(before)


def merge_contextvars(_: Any, __: str, event: EventDict) -> EventDict:
    """Add what the context says and the line itself does not."""
    return {**_context.get(), **event}


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
    if isinstance(value, str):
        return _URL_PASSWORD.sub(r"\1:***@", value) if "://" in value else value
    if isinstance(value, Mapping):
        entries = cast("Mapping[Any, Any]", value).items()
        return {
            name: "***"
            if _secret[name]
            else inner
            if type(inner) in _BARE or (type(inner) is str and "://" not in inner)
            else mask(inner)
            for name, inner in entries
        }
    if isinstance(value, list | tuple):
        return [mask(inner) for inner in cast("list[Any]", value)]
    return value


class _Secret(dict[Any, bool]):
    """Whether a name sounds like a secret; those of our lines are looked at once."""

    def __missing__(self, name: Any) -> bool:
        found = _SECRET_NAMES.search(str(name)) is not None
        if len(self) < _NAMES:
            self[name] = found
        return found


class _NamesSecret(dict[tuple[Any, ...], bool]):
    """Whether one of the names of a line sounds like a secret."""

    def __missing__(self, names: tuple[Any, ...]) -> bool:
        found = any(_secret[name] for name in names)
        if len(self) < _NAMES:
            self[names] = found
        return found


_secret = _Secret()
_names_secret = _NamesSecret()


_encode: Final = msgspec.json.Encoder(enc_hook=repr).encode


def _encoded(event: Any, **_: Any) -> str:
    return _encode(event).decode()


class _Lines(logging.StreamHandler[TextIO]):
    """Writes lines, those of one turn of the event loop together.

    A process that is killed loses those of its last turn, as it does the answers it gave in that turn.
    """

    def __init__(self, stream: TextIO, runner: str) -> None:
        super().__init__(stream)
        self._runner = runner
        self._lines: list[str] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        """The one in whose next turn the lines are written."""

    def take(self, logger: str, level: str, said: EventDict) -> None:
        """Make a line as the way through structlog's processors and logging would make it."""
        line: EventDict = {
            **_context.get(),
            **said,
            "level": level,
            "logger": logger,
            "timestamp": datetime.now(UTC),
            "runner": self._runner,
        }
        text = _encoded(line)
        # What may hold a secret has a name of that sound, a URL in it or other values inside: few lines do.
        if _names_secret[tuple(line)] or "://" in text or "[" in text or "{" in text[1:]:
            text = _encoded(mask(line))
        self.acquire()
        try:
            self._lines.append(text)
            if self._loop is None or not self._loop.is_running():
                try:
                    self._loop = asyncio.get_running_loop()
                except RuntimeError:
                    self.flush()
                else:
                    self._loop.call_soon(self.flush)
        finally:
            self.release()

    def emit(self, record: logging.LogRecord) -> None:
        """Write what came through logging, behind the lines before it."""
        self.flush()
        super().emit(record)

    def flush(self) -> None:
        """Write the lines that wait; where nobody takes them, nobody is left to be told."""
        self.acquire()
        try:
            lines, self._lines, self._loop = self._lines, [], None
            with suppress(OSError, ValueError):
                self.stream.write("\n".join([*lines, ""]))
                self.stream.flush()
        finally:
            self.release()


class _Logger(BoundLogger):
    """Gives lines without a stack straight to ``_Lines`` where nobody else listens.

    The way through structlog's processors and the standard library takes several times as long.
    """

    def _proxy_to_logger(
        self, method_name: str, event: str | None = None, *event_args: str, **event_kw: Any
    ) -> Any:
        level = _LEVELS.get(method_name)
        lines: _Lines | None = None
        if level is not None and not event_args and _REASONS.isdisjoint(event_kw):
            if not self._logger.isEnabledFor(level):
                return
            for handler in logging.root.handlers:
                if isinstance(handler, _Lines):
                    lines = handler
                elif handler.level <= level:
                    lines = None
                    break
        if lines is None:
            super()._proxy_to_logger(method_name, event, *event_args, **event_kw)
            return
        said = {**structlog.get_context(self), **event_kw, "event": event}
        try:
            lines.take(self._logger.name, method_name, said)
        except Exception:  # of a value that has no form in JSON; logging says so
            super()._proxy_to_logger(method_name, event, **event_kw)


def _name_runner(runner: str) -> Processor:
    def add(_: Any, __: str, event: EventDict) -> EventDict:
        event["runner"] = runner
        return event

    return add
