"""``genji dashboards``: what Grafana shows, as tables of panels from which its JSON is written."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from genjilib.ops.shell import DryRun, Json, Yes, confirm, show

app = typer.Typer(name="dashboards", help="Grafana's dashboards.", no_args_is_help=True)

FOLDER = Path(__file__).resolve().parents[2] / "infra" / "grafana" / "dashboards"

Kind = Literal["timeseries", "stat", "heatmap"]
Folder = Annotated[Path, typer.Option("--folder", help="Where to write them.")]


@dataclass(frozen=True, slots=True)
class Panel:
    """A question to Prometheus and how its answer is drawn.

    ``unit`` is one of Grafana's ids. Each of ``lines`` is an expression and the legend of its series;
    ``$__rate_interval`` is Grafana's own: the shortest time that holds enough scrapes.
    """

    title: str
    unit: str
    lines: tuple[tuple[str, str], ...]
    meaning: str
    kind: Kind = "timeseries"


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A page of panels; ``uid`` is its address in Grafana and the name of its file."""

    uid: str
    title: str
    panels: tuple[Panel, ...]


def one(
    title: str, unit: str, expression: str, legend: str, meaning: str, kind: Kind = "timeseries"
) -> Panel:
    """Return a panel with one expression."""
    return Panel(title, unit, ((expression, legend),), meaning, kind)


def quantiles(title: str, metric: str, meaning: str, where: str = "") -> Panel:
    """Return a panel with the median and the slowest 5 and 1 in 100 of a histogram of seconds."""
    lines = tuple(
        (f"histogram_quantile({q}, sum by (le) (rate({metric}_bucket{where}[$__rate_interval])))", name)
        for q, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))
    )
    return Panel(title, "s", lines, meaning)


def slowest(title: str, metric: str, labels: str, meaning: str, where: str = "") -> Panel:
    """Return a panel with the ten slowest of a histogram, by its 95th percentile."""
    inner = f"histogram_quantile(0.95, sum by (le, {labels}) (rate({metric}_bucket{where}[5m])))"
    return one(title, "s", f"topk(10, {inner} > 0)", _legend(labels), meaning)


def heatmap(title: str, metric: str, meaning: str) -> Panel:
    """Return a panel that shows how a histogram's values are spread over time."""
    return one(
        title, "s", f"sum by (le) (increase({metric}_bucket[$__rate_interval]))", "{{le}}", meaning, "heatmap"
    )


def memory(job: str) -> Panel:
    """Return a panel with the memory of a runner's processes."""
    where = f'{{job=~"{job}"}}'
    return Panel(
        "Memory",
        "bytes",
        (
            (f"genji_process_resident_memory_bytes{where}", "{{job}} {{instance}}"),
            (f"genji_process_virtual_memory_bytes{where}", "{{job}} {{instance}} address space"),
        ),
        "What the processes hold; a line that only rises is a leak.",
    )


def _legend(labels: str) -> str:
    return " ".join(f"{{{{{label.strip()}}}}}" for label in labels.split(","))


def failed(title: str, metric: str, where: str, legend: str, meaning: str) -> Panel:
    """Return a panel with the share of a histogram's cases that ``where`` picks."""
    picked, every = (f"sum(rate({metric}_count{each}[$__rate_interval]))" for each in (where, ""))
    return one(title, "percentunit", f"{picked} / {every}", legend, meaning)


_HTTP = "genji_http_request_seconds"
_API = Dashboard(
    "genji-api",
    "Genji: API",
    (
        one(
            "Requests",
            "reqps",
            f"sum by (status) (rate({_HTTP}_count[$__rate_interval]))",
            "{{status}}",
            "Answers a second by status.",
        ),
        failed(
            "Failed requests",
            _HTTP,
            '{status=~"5.."}',
            "5xx",
            "Share of requests answered with 5xx: 500 is a bug, 503 a service that is away.",
        ),
        quantiles("Duration", _HTTP, "From the first byte of a request to the last of its answer."),
        heatmap("Duration, spread", _HTTP, "How many requests took how long."),
        slowest("Slowest routes", _HTTP, "method, route", "By the 95th percentile of the last 5 minutes."),
        one(
            "Most asked routes",
            "reqps",
            f"topk(10, sum by (method, route) (rate({_HTTP}_count[$__rate_interval])))",
            "{{method}} {{route}}",
            "Where the load comes from.",
        ),
        one(
            "Failing routes",
            "reqps",
            f'topk(10, sum by (route, status) (rate({_HTTP}_count{{status=~"5.."}}[$__rate_interval])) > 0)',
            "{{status}} {{route}}",
            "Which routes answer 5xx.",
        ),
        one(
            "In flight",
            "short",
            "sum by (instance) (genji_http_requests_in_flight)",
            "{{instance}}",
            "Requests being answered at this moment.",
        ),
        one(
            "Targets up",
            "short",
            "sum by (job) (up)",
            "{{job}}",
            "Processes that Prometheus reaches.",
            "stat",
        ),
        one(
            "Dependencies",
            "bool_yes_no",
            "min by (job, dependency) (genji_dependency_up)",
            "{{job}} → {{dependency}}",
            "Whether each runner reaches what it needs.",
            "stat",
        ),
        one(
            "Processor",
            "percentunit",
            "sum by (job, instance) (rate(genji_process_cpu_seconds_total[$__rate_interval]))",
            "{{job}} {{instance}}",
            "Share of one core; a runner uses no more than one.",
        ),
        memory("api|worker|crawler"),
        one(
            "Open files",
            "percentunit",
            "max by (job, instance) (genji_process_open_fds / genji_process_max_fds)",
            "{{job}} {{instance}}",
            "Share of the files and sockets that a process may have open.",
        ),
        one(
            "Up since",
            "s",
            "time() - max by (job, instance) (genji_process_start_time_seconds)",
            "{{job}} {{instance}}",
            "Falls to 0 at each start.",
        ),
    ),
)

_MESSAGE, _AGE = "genji_message_seconds", "genji_message_age_seconds"
_QUEUES = Dashboard(
    "genji-queues",
    "Genji: queues",
    (
        one(
            "Oldest message in the outbox",
            "s",
            "max(genji_outbox_oldest_seconds)",
            "oldest",
            "The figure that matters: it rises as soon as nothing is published any more.",
        ),
        one(
            "Outbox",
            "short",
            "max(genji_outbox_waiting_messages)",
            "waiting",
            "Messages due and not published.",
        ),
        one(
            "Published",
            "ops",
            "sum by (queue) (rate(genji_outbox_published_total[$__rate_interval]))",
            "{{queue}}",
            "Messages a second that RabbitMQ confirmed.",
        ),
        slowest(
            "Age at handling", _AGE, "queue", "From the commit to the start of the handling, 95th percentile."
        ),
        slowest("Time to handle", _MESSAGE, "queue", "Of a message, 95th percentile."),
        one(
            "Handled",
            "ops",
            f"sum by (queue, outcome) (rate({_MESSAGE}_count[$__rate_interval])) > 0",
            "{{queue}} {{outcome}}",
            "applied, retry (counted), again (not the message's fault) or dead.",
        ),
        one(
            "Dead letters that wait",
            "short",
            "max by (queue, error) (genji_dead_letters_waiting_messages)",
            "{{queue}} {{error}}",
            "Until somebody replays or discards them: ./cli.py dlq list.",
        ),
        one(
            "New dead letters in an hour",
            "short",
            "sum by (queue, error) (increase(genji_dead_letters_total[1h])) > 0",
            "{{queue}} {{error}}",
            "By the slug of their error.",
        ),
        one(
            "Breakers",
            "bool_on_off",
            "max by (queue) (genji_breaker_open)",
            "{{queue}}",
            "On while most messages of a queue fail, so that it is only probed.",
            "stat",
        ),
        Panel(
            "Depth",
            "short",
            (
                ("max by (queue) (rabbitmq_detailed_queue_messages_ready) > 0", "{{queue}}"),
                ("max by (queue) (rabbitmq_detailed_queue_messages_unacked) > 0", "{{queue}} in hand"),
            ),
            "Messages in RabbitMQ.",
        ),
        one(
            "Consumers",
            "short",
            'max by (queue) (rabbitmq_detailed_queue_consumers{queue!~".*[.]dlq"})',
            "{{queue}}",
            "Of the raids' queues there are none without a key of Bungie's API.",
        ),
        one(
            "Refused by RabbitMQ",
            "ops",
            "sum by (queue, reason) (rate(genji_outbox_refused_total[$__rate_interval])) > 0",
            "{{queue}} {{reason}}",
            "unroutable: there is no such queue; refused: it is full.",
        ),
        one(
            "Duplicates dropped",
            "ops",
            "sum by (queue) (rate(genji_messages_duplicate_total[$__rate_interval])) > 0",
            "{{queue}}",
            "Deliveries whose effect was there already: normal after restarts.",
        ),
        Panel(
            "Connection to RabbitMQ",
            "bool_yes_no",
            (
                ('min by (job) (genji_broker_connected{job=~"worker|bot"})', "{{job}} connected"),
                ('max by (job) (genji_broker_blocked{job=~"worker|bot"})', "{{job}} blocked"),
            ),
            "Blocked means that RabbitMQ lacks memory or disk.",
            "stat",
        ),
        Panel(
            "RabbitMQ's memory and disk",
            "bytes",
            (
                ("rabbitmq_process_resident_memory_bytes", "memory"),
                ("rabbitmq_resident_memory_limit_bytes", "memory alarm from"),
                ("rabbitmq_disk_space_available_bytes", "disk free"),
                ("rabbitmq_disk_space_available_limit_bytes", "disk alarm below"),
            ),
            "Beyond the alarms it refuses messages; they wait in the outbox.",
        ),
    ),
)

_TALK = "genji_discord_interaction_seconds"
_BOT = Dashboard(
    "genji-bot",
    "Genji: bot",
    (
        one(
            "Discord",
            "bool_yes_no",
            'min(genji_dependency_up{job="bot", dependency="discord"})',
            "connected",
            "Whether the bot is connected to Discord's gateway.",
            "stat",
        ),
        one(
            "Interactions",
            "ops",
            f"sum by (outcome) (rate({_TALK}_count[$__rate_interval]))",
            "{{outcome}}",
            "Commands, buttons, selects and forms: ok, refused with a sentence, or failed by a bug.",
        ),
        failed(
            "Failed interactions",
            _TALK,
            '{outcome="failed"}',
            "failed",
            "People saw a reference id, which the log and Sentry know.",
        ),
        quantiles("Duration", _TALK, "Discord gives up after 3 s, so the bot defers by itself before that."),
        heatmap("Duration, spread", _TALK, "How many interactions took how long."),
        slowest("Slowest interactions", _TALK, "interaction", "95th percentile of the last 5 minutes."),
        one(
            "Failing interactions",
            "ops",
            f'topk(10, sum by (interaction) (rate({_TALK}_count{{outcome="failed"}}[$__rate_interval])) > 0)',
            "{{interaction}}",
            "Which of them meet bugs.",
        ),
        one(
            "Posts",
            "ops",
            f'sum by (queue, outcome) (rate({_MESSAGE}_count{{job="bot"}}[$__rate_interval])) > 0',
            "{{queue}} {{outcome}}",
            "Messages whose effect is seen in Discord.",
        ),
        slowest(
            "Delay of posts", _AGE, "queue", "From the commit to the handling by the bot.", '{job="bot"}'
        ),
        memory("bot"),
    ),
)

_QUERY = "genji_query_seconds"
_POSTGRESQL = Dashboard(
    "genji-postgresql",
    "Genji: PostgreSQL",
    (
        Panel(
            "Connections",
            "short",
            (
                ("max by (state) (genji_postgres_connections)", "{{state}}"),
                ("max(genji_postgres_connections_limit)", "limit"),
            ),
            "Sessions of the whole server.",
        ),
        one(
            "Waiting for locks",
            "short",
            "max(genji_postgres_lock_waits)",
            "sessions",
            "The runbook tells how to find who holds it (PostgresLocks).",
        ),
        one(
            "Oldest transaction",
            "s",
            "max(genji_postgres_oldest_transaction_seconds)",
            "age",
            "Nothing that died since then can be vacuumed.",
        ),
        one(
            "Transactions",
            "ops",
            "max by (outcome) (rate(genji_postgres_transactions_total[$__rate_interval]))",
            "{{outcome}}",
            "As PostgreSQL counts them.",
        ),
        one(
            "Read from memory",
            "percentunit",
            'max(rate(genji_postgres_blocks_total{source="memory"}[$__rate_interval]))'
            " / sum(max by (source) (rate(genji_postgres_blocks_total[$__rate_interval])))",
            "blocks",
            "Share of blocks found in PostgreSQL's own memory; below 95 % for long, shared_buffers is small.",
        ),
        one(
            "Rows",
            "ops",
            "max by (action) (rate(genji_postgres_rows_total[$__rate_interval]))",
            "{{action}}",
            "Fetched by indexes, and written.",
        ),
        one("Size", "bytes", "max(genji_postgres_size_bytes)", "database", "On disk, with indexes."),
        Panel(
            "Vacuum",
            "percentunit",
            (
                ("max(genji_postgres_dead_rows_ratio)", "dead rows"),
                ("max(genji_postgres_transaction_ids_ratio)", "transaction ids used"),
            ),
            "Both fall when autovacuum gets through.",
        ),
        Panel(
            "Deadlocks, temporary files",
            "short",
            (
                ("max(increase(genji_postgres_deadlocks_total[1h]))", "deadlocks in an hour"),
                (
                    "max(rate(genji_postgres_temporary_bytes_total[$__rate_interval]))",
                    "temporary bytes a second",
                ),
            ),
            "Temporary files mean sorts that did not fit into work_mem.",
        ),
        one(
            "Where the time goes",
            "percentunit",
            f"topk(10, sum by (query) (rate({_QUERY}_sum[$__rate_interval])))",
            "{{query}}",
            "Seconds a second spent in a query file, all runners together.",
        ),
        one(
            "Most run queries",
            "ops",
            f"topk(10, sum by (query) (rate({_QUERY}_count[$__rate_interval])))",
            "{{query}}",
            "maps.search is sql/queries/maps/search.sql.",
        ),
        slowest("Slowest queries", _QUERY, "query", "95th percentile of the last 5 minutes."),
        one(
            "Refused statements",
            "ops",
            "sum by (query, sqlstate) (rate(genji_query_errors_total[$__rate_interval])) > 0",
            "{{query}} {{sqlstate}}",
            "23… are constraints at work, 40… are tried again; 42…, 53… and XX… want a person.",
        ),
        quantiles(
            "Wait for a connection", "genji_pool_wait_seconds", "Long waits: raise DATABASE_POOL_SIZE."
        ),
        Panel(
            "Shared reading connections",
            "short",
            (
                ("sum by (job) (genji_pipelines_open)", "{{job}} connections"),
                ("sum by (job) (genji_reads_in_flight)", "{{job}} statements under way"),
            ),
            "The pipelines of DATABASE_PIPELINES.",
        ),
        one(
            "Since the last success",
            "s",
            "time() - max by (schedule) (genji_schedule_last_success_seconds > 0)",
            "{{schedule}}",
            "Of backups, their proof, cleaning and the other schedules.",
        ),
        one(
            "Disk free",
            "percentunit",
            'min by (mountpoint) (node_filesystem_avail_bytes{fstype!~"tmpfs|overlay|squashfs|ramfs"}'
            " / node_filesystem_size_bytes)",
            "{{mountpoint}}",
            "Of the machine that the node exporter runs on.",
        ),
    ),
)

_BUNGIE, _LAG = "genji_bungie_request_seconds", "genji_crawler_lag_seconds"
_RAIDS = Dashboard(
    "genji-raids",
    "Genji: raids",
    (
        quantiles("Lag", _LAG, "From the end of an activity to the crawler's having its report."),
        one(
            "Pace",
            "ops",
            "max(deriv(genji_crawler_position[5m]))",
            "ids a second",
            "How fast the crawler walks; 0 means that it stands.",
        ),
        one(
            "Position",
            "none",
            "max(genji_crawler_position)",
            "id",
            "A restarted crawler begins here.",
            "stat",
        ),
        one("Workers", "short", "max(genji_crawler_workers)", "at once", "Reports asked for at once."),
        one(
            "Answers",
            "ops",
            "sum by (result) (rate(genji_crawler_results_total[$__rate_interval]))",
            "{{result}}",
            "What asking for reports came to.",
        ),
        one(
            "Tries",
            "ops",
            "sum by (attempt) (rate(genji_crawler_results_total[$__rate_interval]))",
            "{{attempt}}",
            "First tries, further ones, and ids that were missed before.",
        ),
        one(
            "Raids of now",
            "ops",
            "sum by (activity, version) (rate(genji_raids_stored_total[$__rate_interval])) > 0",
            "{{activity}} {{version}}",
            "Instances that were stored within five hours of their end.",
        ),
        one(
            "Completed",
            "percentunit",
            'sum by (activity) (rate(genji_raids_stored_total{completed="true"}[1h]))'
            " / sum by (activity) (rate(genji_raids_stored_total[1h]))",
            "{{activity}}",
            "Share of the raids of now that were completed, over an hour.",
        ),
        one(
            "Floodgates",
            "none",
            "max(genji_floodgates_position)",
            "id",
            "The hidden report that Bungie showed last; the status route tells how many wait.",
            "stat",
        ),
        one(
            "Requests to Bungie",
            "reqps",
            f"sum by (host, outcome) (rate({_BUNGIE}_count[$__rate_interval]))",
            "{{host}} {{outcome}}",
            "answered is 200, refused another status, failed no answer.",
        ),
        slowest("Bungie's answers", _BUNGIE, "host", "95th percentile of the last 5 minutes."),
        slowest(
            "Wait for permission", "genji_bungie_wait_seconds", "host", "BUNGIE_RATE and BUNGIE_STATS_RATE."
        ),
        one(
            "Depth of the raids' queues",
            "short",
            'max by (queue) (rabbitmq_detailed_queue_messages_ready{queue=~"raid[.].*", queue!~".*[.]dlq"})',
            "{{queue}}",
            "Messages in RabbitMQ.",
        ),
        one(
            "Handled",
            "ops",
            f'sum by (queue, outcome) (rate({_MESSAGE}_count{{queue=~"raid[.].*"}}[$__rate_interval])) > 0',
            "{{queue}} {{outcome}}",
            "Messages of the raids.",
        ),
    ),
)

DASHBOARDS = (_API, _QUEUES, _BOT, _POSTGRESQL, _RAIDS)


@app.command()
def export(folder: Folder = FOLDER, json: Json = False, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Write the dashboards as Grafana provisions them."""
    texts = {folder / f"{each.uid}.json": written(each) for each in DASHBOARDS}
    changed = [file for file, text in texts.items() if not file.exists() or file.read_text() != text]
    what = f"files to write in {folder}"
    go = confirm(len(changed), what, yes=yes, dry_run=dry_run, harmless=True)
    if go:
        folder.mkdir(parents=True, exist_ok=True)
        for file in changed:
            file.write_text(texts[file])
    rows = [{"file": str(file), "written": go and file in changed} for file in texts]
    show(rows, ("file", "written"), json=json)


def written(dashboard: Dashboard) -> str:
    """Return the text of a dashboard's file."""
    import json

    panels = [_panel(number, panel) for number, panel in enumerate(dashboard.panels)]
    source = {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
    page = {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "tags": ["genji"],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "utc",
        "graphTooltip": 1,
        "templating": {"list": [source]},
        "links": [{"title": "Genji", "type": "dashboards", "tags": ["genji"], "asDropdown": True}],
        "panels": panels,
    }
    return json.dumps(page, indent=1, ensure_ascii=False) + "\n"


_COLUMNS, _HEIGHT = 3, 8
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    width = 24 // _COLUMNS
    row, column = divmod(number, _COLUMNS)
    targets = [
        {
            "refId": chr(ord("A") + index),
            "datasource": _SOURCE,
            "expr": expression,
            "legendFormat": legend,
            "format": "heatmap" if panel.kind == "heatmap" else "time_series",
        }
        for index, (expression, legend) in enumerate(panel.lines)
    ]
    defaults: dict[str, Any] = {"unit": panel.unit}
    if panel.kind == "timeseries":
        defaults |= {"min": 0, "custom": {"fillOpacity": 10, "showPoints": "never"}}
    return {
        "id": number + 1,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.meaning,
        "datasource": _SOURCE,
        "gridPos": {"h": _HEIGHT, "w": width, "x": column * width, "y": row * _HEIGHT},
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": _OPTIONS[panel.kind],
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
