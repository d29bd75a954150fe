"""``genji dashboards``: Grafana's JSON of the panels that infra/grafana/dashboards.toml lists."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from genjilib.ops.shell import DryRun, Json, Yes, confirm, show

app = typer.Typer(name="dashboards", help="Grafana's dashboards.", no_args_is_help=True)

FOLDER = Path(__file__).resolve().parents[2] / "infra" / "grafana" / "dashboards"

Kind = Literal["timeseries", "stat", "heatmap"]
Folder = Annotated[Path, typer.Option("--folder", help="Where to write them.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A question to Prometheus and how its answer is drawn; the file's head explains the fields."""

    title: str
    meaning: str
    unit: str = "s"
    kind: Literal["timeseries", "stat"] = "timeseries"
    lines: Mapping[str, str] = field(default_factory=dict[str, str])
    quantiles: str = ""
    slowest: str = ""
    by: str = ""
    spread: str = ""
    where: str = ""

    def queries(self) -> Iterator[tuple[str, str]]:
        """Yield the legends and expressions of PromQL."""
        yield from self.lines.items()
        for quantile, legend in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99")) if self.quantiles else ():
            buckets = f"rate({self.quantiles}_bucket{self.where}[$__rate_interval])"
            yield legend, f"histogram_quantile({quantile}, sum by (le) ({buckets}))"
        if self.slowest:
            buckets = f"rate({self.slowest}_bucket{self.where}[5m])"
            legend = " ".join(f"{{{{{label.strip()}}}}}" for label in self.by.split(","))
            yield legend, f"topk(10, histogram_quantile(0.95, sum by (le, {self.by}) ({buckets})) > 0)"
        if self.spread:
            yield "{{le}}", f"sum by (le) (increase({self.spread}_bucket{self.where}[$__rate_interval]))"


def pages(folder: Path = FOLDER) -> dict[Path, str]:
    """Return the files of ``folder`` as Grafana provisions them; a page's uid is its address there."""
    import tomllib

    listed = tomllib.loads(FOLDER.with_suffix(".toml").read_text())
    return {
        folder / f"{uid}.json": _written(uid, page["title"], [Panel(**each) for each in page["panels"]])
        for uid, page in listed.items()
    }


@app.command()
def export(folder: Folder = FOLDER, json: Json = False, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Write the dashboards as Grafana provisions them."""
    texts = pages(folder)
    changed = [file for file, text in texts.items() if not file.exists() or file.read_text() != text]
    what = f"files to write in {folder}"
    go = confirm(len(changed), what, yes=yes, dry_run=dry_run, harmless=True)
    if go:
        folder.mkdir(parents=True, exist_ok=True)
        for file in changed:
            file.write_text(texts[file])
    rows = [{"file": str(file), "written": go and file in changed} for file in texts]
    show(rows, ("file", "written"), json=json)


def _written(uid: str, title: str, panels: list[Panel]) -> str:
    import json

    source = {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
    page = {
        "uid": uid,
        "title": title,
        "tags": ["genji"],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "utc",
        "graphTooltip": 1,
        "templating": {"list": [source]},
        "links": [{"title": "Genji", "type": "dashboards", "tags": ["genji"], "asDropdown": True}],
        "panels": [_panel(number, panel) for number, panel in enumerate(panels)],
    }
    return json.dumps(page, indent=1, ensure_ascii=False) + "\n"


_COLUMNS, _HEIGHT = 3, 8
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    kind: Kind = "heatmap" if panel.spread else panel.kind
    width = 24 // _COLUMNS
    row, column = divmod(number, _COLUMNS)
    targets = [
        {
            "refId": chr(ord("A") + index),
            "datasource": _SOURCE,
            "expr": expression,
            "legendFormat": legend,
            "format": "heatmap" if kind == "heatmap" else "time_series",
        }
        for index, (legend, expression) in enumerate(panel.queries())
    ]
    defaults: dict[str, Any] = {"unit": panel.unit}
    if kind == "timeseries":
        defaults |= {"min": 0, "custom": {"fillOpacity": 10, "showPoints": "never"}}
    return {
        "id": number + 1,
        "type": kind,
        "title": panel.title,
        "description": panel.meaning,
        "datasource": _SOURCE,
        "gridPos": {"h": _HEIGHT, "w": width, "x": column * width, "y": row * _HEIGHT},
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": _OPTIONS[kind],
        "targets": targets,
    }


_OPTIONS: dict[Kind, dict[str, Any]] = {
    "timeseries": {
        "legend": {"displayMode": "list", "placement": "bottom"},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "stat": {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "none", "textMode": "auto"},
    "heatmap": {"calculate": False, "yAxis": {"unit": "s"}, "cellGap": 1},
}
