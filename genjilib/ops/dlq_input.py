"""What people type at ``genji dlq``: filters, times, rates and changes of a body."""

import os
import shlex
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from genjilib.broker.dlq import Filter


def chosen(
    ids: list[int] | None,
    queue: str | None,
    kind: str | None,
    error: str | None,
    older: str | None,
    newer: str | None,
    where: list[str] | None,
    *,
    everything: bool = True,
    state: str = "dead",
) -> "Filter":
    """Return the filter that the options mean; without any of them ``everything`` must be said."""
    from genjilib.broker.dlq import Filter
    from genjilib.broker.topology import QUEUES, find

    if queue is not None:
        find(queue)
    kinds = [one.name.removeprefix("api.") for one in QUEUES]
    if kind is not None and kind.removeprefix("api.") not in kinds:
        raise typer.BadParameter(f"there is no type '{kind}'; known: {', '.join(kinds)}", param_hint="--type")
    if not (everything or ids or queue or kind or error or older or newer or where):
        raise typer.BadParameter("say which: numbers, filters, or --all")
    if state not in ("dead", "replayed", "discarded", "applied", "any"):
        raise typer.BadParameter(f"there is no state '{state}'", param_hint="--state")
    return Filter(
        ids=tuple(ids) if ids else None,
        queue=queue,
        type=kind,
        error=error,
        state=None if state == "any" else state,
        died_before=_ago(older),
        died_after=_ago(newer),
        where=dict(_pair(text) for text in where) if where else None,
    )


def _ago(text: str | None) -> "datetime | None":
    """Return the moment that lies ``text`` (``2h``) back."""
    import re
    from datetime import timedelta

    from genjilib.core.clock import now

    if text is None:
        return None
    units = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
    found = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if found is None:
        raise typer.BadParameter(f"'{text}' is no time such as 30s, 15m, 2h or 7d")
    return now() - timedelta(**{units[found[2]]: int(found[1])})


def per_second(text: str | None) -> float | None:
    """Return messages a second of ``50/s``, ``600/m`` or ``1000/h``."""
    import re

    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,6})(?:/([smh]))?", text)
    if found is None or int(found[1]) == 0:
        raise typer.BadParameter(f"'{text}' is no rate such as 50/s", param_hint="--rate")
    return int(found[1]) / {"s": 1, "m": 60, "h": 3600}[found[2] or "s"]


def _pair(text: str) -> tuple[str, str]:
    path, sign, value = text.partition("=")
    if not (path and sign):
        raise typer.BadParameter(f"'{text}' is no path=value")
    return path, value


def changer(changes: list[str]) -> Callable[[bytes], bytes]:
    """Return what turns the old body into the new one: the changes, or without any the person's editor.

    The editor opens once for a body: what was made of it there is the answer from then on.
    """
    pairs = [_pair(text) for text in changes]
    return (lambda body: _changed(body, pairs)) if pairs else cache(_edited)


def _changed(body: bytes, pairs: list[tuple[str, str]]) -> bytes:
    import msgspec

    from genjilib.core.errors import Invalid

    try:
        tree = msgspec.json.decode(body)
        for path, value in pairs:
            _set(tree, path.split("."), value)
    except (msgspec.DecodeError, LookupError, ValueError, TypeError) as error:
        raise Invalid(f"The body has no such place: {error}.") from None
    return msgspec.json.encode(tree)


def _edited(body: bytes) -> bytes:
    import subprocess

    from genjilib.core.errors import Invalid

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "body.json"
        path.write_bytes(body)
        command = [*shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"), str(path)]
        if subprocess.run(command, check=False).returncode != 0 or path.read_bytes() == body:
            raise Invalid("Nothing was changed.")
        return path.read_bytes()


def _set(tree: Any, path: list[str], text: str) -> None:
    import msgspec

    for name in path[:-1]:
        tree = tree[_step(tree, name)]
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        value = text
    tree[_step(tree, path[-1])] = value


def _step(tree: Any, name: str) -> Any:
    """Return the key or index that ``name`` is in ``tree``."""
    return int(name) if isinstance(tree, list) else name
