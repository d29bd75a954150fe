"""Error reports and traces for Sentry: what is logged as an error goes there once, without secrets."""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from pydantic import SecretStr

from genjilib.core.log import get_contextvars, mask
from genjilib.core.settings import Settings

TAGS = ("request_id", "reference", "queue", "message_id", "query", "interaction", "route", "caller", "error")
"""What a log line carries that reports are searched by; the rest of the line is in their context ``log``."""

SHORTEST_SECRET = 6
"""Length from which on a setting's value is taken out of every text; shorter ones are words like others."""

# Our keys, our tokens (32 random bytes) and mail addresses, which exceptions may quote; bounded, for texts
# may be anybody's.
_SHAPES = re.compile(
    r"genji_[\w-]{16,200}"
    r"|(?<![\w-])(?=[\w-]{0,42}\d)(?=[\w-]{0,42}[A-Z])[\w-]{43}(?![\w-])"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
)

_share = 0.0


def configure(settings: Settings, *, runner: str) -> None:
    """Report errors and traces of this process; without a DSN nothing leaves it."""
    global _share
    dsn = settings.sentry_dsn.get_secret_value()
    if not dsn:
        return
    import sentry_sdk
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.dedupe import DedupeIntegration

    _share = settings.sentry_traces_sample_rate
    known = _secrets(settings)

    def scrub(event: Any, _: Any) -> Any:
        return _scrubbed(mask(event), known)

    sentry_sdk.init(
        dsn=dsn,
        environment=settings.app_environment,
        release=settings.release,
        # Which traces are sent is decided by ``traced``.
        traces_sample_rate=1.0 if _share else None,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=scrub,
        before_send_transaction=scrub,
        # Those that Sentry chooses by itself would report an exception again, with the request's headers.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[AtexitIntegration(callback=_wait_silently), DedupeIntegration()],
    )
    sentry_sdk.set_tag("runner", runner)
    logging.getLogger().addHandler(_Reporter(logging.ERROR))


def traced(
    operation: str, name: str, seconds: float, *, failed: bool = False, parent: str | None = None
) -> None:
    """Report a piece of work that has just ended as a part of its trace, if that is among those sent.

    The trace is that of the log's context, or ``parent``: the ``traceparent`` of what caused the work. The
    decision follows from the trace's id, so that a trace is sent as a whole, from the request to Discord, or
    not at all.
    """
    if not _share:
        return
    given = parent or get_contextvars().get("traceparent")
    trace, span = _ids(given)
    if trace is None or int(trace[-8:], 16) >= _share * 2**32:
        return
    import sentry_sdk

    ended = datetime.now(UTC)
    ids: Any = {"parent_span_id" if parent else "span_id": span}
    transaction = sentry_sdk.start_transaction(
        op=operation,
        name=name,
        source="custom",
        trace_id=trace,
        sampled=True,
        start_timestamp=ended - timedelta(seconds=seconds),
        **ids,
    )
    transaction.set_status("internal_error" if failed else "ok")
    transaction.finish(end_timestamp=ended)


def _wait_silently(_: int, __: float) -> None:
    """Say nothing while the last reports are sent at the end of the process."""


class _Reporter(logging.Handler):
    """Reports what is logged: lines of ours are dictionaries, those of libraries text."""

    def emit(self, record: logging.LogRecord) -> None:
        """Report a line, with its exception where it has one."""
        import sentry_sdk

        if record.name.startswith(("sentry_sdk", "urllib3")):
            return  # a report that cannot be sent would cause the next
        line: dict[str, Any] = (
            cast("dict[str, Any]", record.msg)
            if isinstance(record.msg, dict)
            else {"event": record.getMessage(), **get_contextvars()}
        )
        rest = {
            name: str(value)
            for name, value in line.items()
            if name not in (*TAGS, "exc_info", "traceparent", "timestamp", "level", "logger", "runner")
        }
        about: dict[str, Any] = {
            "level": "fatal" if record.levelno >= logging.CRITICAL else "error",
            "tags": {"logger": record.name, **{name: str(line[name]) for name in TAGS if line.get(name)}},
            "contexts": {"log": rest},
        }
        trace, span = _ids(line.get("traceparent"))
        if trace is not None:
            about["contexts"]["trace"] = {"trace_id": trace, "span_id": span}
        error: Any = line.get("exc_info") or record.exc_info
        if error:
            sentry_sdk.capture_exception(None if error is True else error, **about)
        else:
            # Without a stack to group by: what was said, and about which queue and error.
            about["fingerprint"] = [
                record.name,
                str(line["event"]),
                *map(str, map(line.get, ("queue", "error"))),
            ]
            sentry_sdk.capture_message(str(line["event"]), **about)


def _ids(traceparent: Any) -> tuple[str | None, str | None]:
    parts = traceparent.split("-") if isinstance(traceparent, str) else []
    return (parts[1], parts[2]) if len(parts) == 4 else (None, None)


def _secrets(settings: Settings) -> re.Pattern[str] | None:
    """Return a pattern of all that the secret settings hold, long ones first."""
    found = {text for text in _parts_of(settings) if len(text) >= SHORTEST_SECRET}
    words = sorted(found, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words))) if words else None


def _parts_of(settings: Settings) -> Iterator[str]:
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            text = value.get_secret_value()
            yield from text.split(",")
            if "://" in text and (password := urlsplit(text).password):
                yield password


def _scrubbed(value: Any, known: re.Pattern[str] | None) -> Any:
    """Return JSON-like data without what ``known`` or the shape of a secret matches."""
    match value:
        case str():
            text = known.sub("***", value) if known else value
            return _SHAPES.sub("***", text)
        case dict():
            entries = cast("dict[Any, Any]", value).items()
            return {name: _scrubbed(inner, known) for name, inner in entries}
        case list():
            return [_scrubbed(inner, known) for inner in cast("list[Any]", value)]
        case _:
            return value
