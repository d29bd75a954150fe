"""The forms of a result: JSON, aligned text, a table on a terminal, a progress bar."""

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

Row = Mapping[str, Any]

_UNITS = ("B", "KB", "MB", "GB", "TB")


def as_json(value: Any) -> str:
    """Return ``value`` as JSON: times in ISO 8601, whatever else is unknown as text."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=_plain)


def plain_table(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """Return aligned columns under a line of names; no trailing spaces."""
    cells = [[_title(name) for name in columns]]
    cells += [[text(name, row.get(name)) for name in columns] for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )


def rich_table(rows: Sequence[Row], columns: Sequence[str]) -> None:
    """Print a table that fits the terminal; without colours where ``NO_COLOR`` asks for it."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        right = all(isinstance(row.get(name), int | float) for row in rows)
        table.add_column(_title(name), justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(text(name, row.get(name))) for name in columns))
    Console().print(table)


def lines(row: Row) -> str:
    """Return one ``name  value`` line for each member."""
    width = max(len(_title(name)) for name in row)
    return "\n".join(f"{_title(name).ljust(width)}  {text(name, value)}" for name, value in row.items())


def text(name: str, value: Any) -> str:
    """Return what a person reads for ``value`` of the column ``name``: one line, safe for a terminal."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.endswith("_bytes"):
        return size(value)
    if name.endswith("_seconds"):
        return f"{value:.1f} s"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(item) for item in value) or "-"  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  # any list
    return _safe(str(value))


def size(count: float) -> str:
    """Return a number of bytes with its unit: ``4.2 MB``."""
    for unit in _UNITS[:-1]:
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} {_UNITS[-1]}"


@contextmanager
def progress_bar(title: str, total: int | None, unit: str) -> Generator[Callable[[int], None]]:
    """Draw a bar of bytes or of another unit on standard error; yields what to call with each advance."""
    from rich import progress
    from rich.console import Console

    columns: list[progress.ProgressColumn] = [
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description}"),
    ]
    if unit == "bytes":
        columns += [progress.DownloadColumn(), progress.TransferSpeedColumn()]
    else:
        columns += [progress.MofNCompleteColumn(), progress.TextColumn(unit)]
    columns += [progress.TimeElapsedColumn()]
    if total:
        columns += [progress.BarColumn(), progress.TimeRemainingColumn()]
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda count: bar.advance(task, count)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  # any set
    return str(value)


def _safe(value: str) -> str:
    """Show control characters instead of sending them: a name must not colour or clear the terminal."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in value)


def _title(name: str) -> str:
    return name.removesuffix("_bytes").removesuffix("_seconds").replace("_", " ")
