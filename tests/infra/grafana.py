"""Hold the dashboards to Grafana's own models, for `make check-infra`: no unknown field, no unknown choice.

Run ``python -m tests.infra.grafana`` where grafana-foundation-sdk is installed. It reads a page into the
classes of that, which forget what they do not know, and compares what they write with the page.
"""

import inspect
import json
import sys
import typing
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

FOLDER = Path(__file__).parents[2] / "infra/grafana/dashboards"


def forgotten(given: Any, known: Any, place: str = "") -> Iterator[str]:
    """Places of a page that Grafana's models have lost or changed."""
    if isinstance(given, dict) and isinstance(known, dict):
        for name, value in given.items():
            yield from forgotten(value, known.get(name), f"{place}.{name}")
    elif isinstance(given, list) and isinstance(known, list) and len(given) == len(known):
        for number, (one, other) in enumerate(zip(given, known, strict=True)):
            yield from forgotten(one, other, f"{place}[{number}]")
    elif given != known:
        yield f"{place}: {given!r} is {known!r} to Grafana"


def impossible(model: Any, place: str = "") -> Iterator[str]:
    """Places whose value is none of those that Grafana's models list."""
    if isinstance(model, list | dict):
        for name, value in enumerate(model) if isinstance(model, list) else model.items():
            yield from impossible(value, f"{place}[{name}]")
    elif type(model).__module__.startswith("grafana_foundation_sdk"):
        hints = typing.get_type_hints(type(model))
        for name, value in vars(model).items():
            choices = [
                each.value
                for kind in (hints.get(name), *typing.get_args(hints.get(name)))
                if inspect.isclass(kind) and issubclass(kind, Enum)
                for each in kind
            ]
            if choices and value is not None and getattr(value, "value", value) not in choices:
                yield f"{place}.{name}: {value!r} is none of {choices}"
            yield from impossible(value, f"{place}.{name}")


def main() -> None:
    """Print what is wrong with each page; end with 1 when anything is."""
    register_default_plugins()
    wrong = []
    files = sorted(FOLDER.glob("*.json"))
    for file in files:
        page = json.loads(file.read_text())
        model = Dashboard.from_json(page)
        written = json.loads(json.dumps(model, cls=JSONEncoder))
        wrong += [f"{file.name}{each}" for each in (*forgotten(page, written), *impossible(model))]
    print("\n".join(wrong) or f"{len(files)} dashboards are as Grafana's models want them.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
