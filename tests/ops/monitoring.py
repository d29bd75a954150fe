"""The rules and dashboards as data, and what must be true for each alert to fire or to be silent."""

import json
import re
from dataclasses import dataclass
from typing import Any

import yaml

from genjilib.local.prometheus import RULES
from genjilib.ops.dashboards import FOLDER

Series = dict[str, str]

RULE_LIST: list[dict[str, Any]] = [
    rule
    for file in sorted(RULES.glob("*.yml"))
    for group in yaml.safe_load(file.read_text())["groups"]
    for rule in group["rules"]
]
PAGES: dict[str, dict[str, Any]] = {file.stem: json.loads(file.read_text()) for file in FOLDER.glob("*.json")}
EXPRESSIONS = {
    f"{uid}: {panel['title']}: {target['refId']}": target["expr"].replace("$__rate_interval", "5m")
    for uid, page in PAGES.items()
    for panel in page["panels"]
    for target in panel["targets"]
}

_WORDS = {"by", "on", "and", "or", "unless", "without", "bool", "group_left"}


def metrics_in(expression: str) -> set[str]:
    """The metrics that an expression of PromQL names."""
    bare = re.sub(r'"[^"]*"', "", expression)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", bare)
    bare = re.sub(r"\b(by|on|without)\s*\([^)]*\)", "", bare)
    names = re.findall(r"(?<![\w.])([a-zA-Z_]\w*)\b(?!\s*\()", bare)
    return set(names) - _WORDS


def family(name: str) -> str:
    """The name that the list of metrics has for a series."""
    return re.sub(r"_(bucket|sum|count)$", "", name) if name.startswith("genji_") else name


@dataclass(frozen=True)
class Case:
    """What makes an alert fire within ``at`` minutes, what it then says, and what leaves it silent."""

    alert: str
    series: Series
    summary: str
    labels: dict[str, str]
    quiet: Series
    at: int = 30
    step: int = 1
    """Minutes between two values of a series, and two looks at the rules."""


def _buckets(metric: str, slow: int, labels: str = "", *, low: str, high: str) -> Series:
    """A histogram of 60 a minute, of which ``slow`` lie between ``low`` and ``high`` seconds."""
    return {
        f'{metric}_bucket{{le="{low}"{labels}}}': f"0+{60 - slow}x60",
        f'{metric}_bucket{{le="{high}"{labels}}}': "0+60x60",
        f'{metric}_bucket{{le="+Inf"{labels}}}': "0+60x60",
    }


def _dependency(alert: str, dependency: str, summary: str) -> Case:
    series = f'genji_dependency_up{{dependency="{dependency}",job="bot",instance="b:1"}}'
    labels = {"dependency": dependency, "job": "bot", "instance": "b:1"}
    return Case(alert, {series: "0x60"}, summary, labels, {series: "1x60"})


def _schedule(name: str, patience: int) -> Case:
    """``patience`` in hours; promtool's clock begins in 1970, when everything succeeded."""
    series = f'genji_schedule_last_success_seconds{{schedule="{name}",instance="n:1"}}'
    return Case(
        "ScheduleSilent",
        {series: f"0x{patience + 4}"},
        f"The schedule {name} has not succeeded for too long.",
        {"schedule": name},
        {series: f"{patience * 3600}x{patience + 4}"},
        at=(patience + 3) * 60,
        step=60,
    )


def _quotient(alert: str, metric: str, bad: str, good: str, summary: str, labels: dict[str, str]) -> Case:
    def series(share: int) -> Series:
        return {f"{metric}{{{bad}}}": f"0+{share}x60", f"{metric}{{{good}}}": f"0+{100 - share}x60"}

    return Case(alert, series(25), summary, labels, series(1))


_RUNNER = {"job": "bot", "instance": "b:1"}
_ON_RUNNER = '{job="bot",instance="b:1"}'
_QUEUE = "api.xp.grant"
_OF_QUEUE = f'queue="{_QUEUE}"'

CASES = [
    Case(
        "RunnerDown",
        {f"up{_ON_RUNNER}": "0x60"},
        "bot at b:1 does not answer.",
        _RUNNER,
        {f"up{_ON_RUNNER}": "1x60", 'up{job="node",instance="n:1"}': "0x60"},
    ),
    Case(
        "RunnerRestarts",
        {f"genji_process_start_time_seconds{_ON_RUNNER}": "1x10 2x5 3x5 4x60"},
        "bot at b:1 was started 3 times in half an hour.",
        _RUNNER,
        {f"genji_process_start_time_seconds{_ON_RUNNER}": "1x10 2x60"},
    ),
    _dependency("DatabaseAway", "database", "bot does not reach PostgreSQL."),
    _dependency("BrokerAway", "broker", "bot does not reach RabbitMQ."),
    _dependency("DiscordAway", "discord", "bot is not connected to Discord."),
    Case(
        "FilesRunOut",
        {f"genji_process_open_fds{_ON_RUNNER}": "900x60", f"genji_process_max_fds{_ON_RUNNER}": "1000x60"},
        "bot has 90% of its files and sockets open.",
        _RUNNER,
        {f"genji_process_open_fds{_ON_RUNNER}": "90x60", f"genji_process_max_fds{_ON_RUNNER}": "1000x60"},
    ),
    Case(
        "DiskFull",
        {
            'node_filesystem_avail_bytes{instance="n:1",mountpoint="/",fstype="ext4"}': "5x60",
            'node_filesystem_size_bytes{instance="n:1",mountpoint="/",fstype="ext4"}': "100x60",
        },
        "5% of / is free.",
        {"instance": "n:1", "mountpoint": "/"},
        {
            'node_filesystem_avail_bytes{instance="n:1",mountpoint="/run",fstype="tmpfs"}': "5x60",
            'node_filesystem_size_bytes{instance="n:1",mountpoint="/run",fstype="tmpfs"}': "100x60",
        },
    ),
    _quotient(
        "ApiFails",
        "genji_http_request_seconds_count",
        'status="500"',
        'status="200"',
        "25% of requests are answered with 5xx.",
        {},
    ),
    Case(
        "ApiSlow",
        _buckets("genji_http_request_seconds", 60, low="1", high="2.5"),
        "The slowest 5 % of requests take 2.425s or more.",
        {},
        _buckets("genji_http_request_seconds", 2, low="1", high="2.5"),
    ),
    Case(
        "OutboxStuck",
        {
            'genji_outbox_oldest_seconds{job="worker"}': "90x60",
            'genji_outbox_oldest_seconds{job="api"}': "0x60",
        },
        "A message waits to be published for 1m 30s.",
        {},
        {'genji_outbox_oldest_seconds{job="worker"}': "5x60"},
    ),
    Case(
        "OutboxRefused",
        {f'genji_outbox_refused_total{{{_OF_QUEUE},reason="unroutable"}}': "0+1x60"},
        "RabbitMQ takes no messages for api.xp.grant (unroutable).",
        {"queue": _QUEUE, "reason": "unroutable"},
        {f'genji_outbox_refused_total{{{_OF_QUEUE},reason="unroutable"}}': "3x60"},
    ),
    Case(
        "DeadLetters",
        {f'genji_dead_letters_waiting_messages{{{_OF_QUEUE},error="poison",job="worker"}}': "2x60"},
        "2 messages of api.xp.grant are dead: poison.",
        {"queue": _QUEUE, "error": "poison"},
        {f'genji_dead_letters_waiting_messages{{{_OF_QUEUE},error="poison",job="worker"}}': "2x2 _x60"},
    ),
    Case(
        "BreakerOpen",
        {f'genji_breaker_open{{{_OF_QUEUE},job="bot"}}': "1x60"},
        "Most messages of api.xp.grant fail; it is only probed.",
        {"queue": _QUEUE},
        {f'genji_breaker_open{{{_OF_QUEUE},job="bot"}}': "0x60"},
    ),
    Case(
        "MessagesLate",
        _buckets("genji_message_age_seconds", 60, f",{_OF_QUEUE}", low="60", high="300"),
        "Messages of api.xp.grant are handled 3m 0s late.",
        {"queue": _QUEUE},
        _buckets("genji_message_age_seconds", 60, ',queue="raid.pgcr.store"', low="60", high="300"),
    ),
    Case(
        "QueueForsaken",
        {
            f"rabbitmq_detailed_queue_messages_ready{{{_OF_QUEUE}}}": "4x60",
            f"rabbitmq_detailed_queue_consumers{{{_OF_QUEUE}}}": "0x60",
        },
        "Nobody consumes api.xp.grant, where 4 messages wait.",
        {"queue": _QUEUE},
        {
            f"rabbitmq_detailed_queue_messages_ready{{{_OF_QUEUE}}}": "4x60",
            f"rabbitmq_detailed_queue_consumers{{{_OF_QUEUE}}}": "1x60",
        },
    ),
    Case(
        "BrokerBlocked",
        {f"genji_broker_blocked{_ON_RUNNER}": "1x60"},
        "RabbitMQ refuses messages of bot: too little memory or disk.",
        {"job": "bot"},
        {f"genji_broker_blocked{_ON_RUNNER}": "0x60"},
    ),
    _quotient(
        "InteractionsFail",
        "genji_discord_interaction_seconds_count",
        'outcome="failed"',
        'outcome="ok"',
        "25% of what people do in Discord meets a bug.",
        {},
    ),
    Case(
        "InteractionsSlow",
        _buckets("genji_discord_interaction_seconds", 60, low="5", high="10"),
        "The slowest 5 % of answers in Discord take 9.75s or more.",
        {},
        _buckets("genji_discord_interaction_seconds", 2, low="5", high="10"),
    ),
    Case(
        "PostgresConnections",
        {
            'genji_postgres_connections{state="idle",job="worker"}': "80x60",
            'genji_postgres_connections{state="active",job="worker"}': "10x60",
            'genji_postgres_connections_limit{job="worker"}': "100x60",
        },
        "90% of PostgreSQL's connections are taken.",
        {},
        {
            'genji_postgres_connections{state="idle",job="worker"}': "50x60",
            'genji_postgres_connections_limit{job="worker"}': "100x60",
        },
    ),
    Case(
        "PostgresLocks",
        {'genji_postgres_lock_waits{job="worker"}': "2x60"},
        "2 sessions wait for a lock.",
        {},
        {'genji_postgres_lock_waits{job="worker"}': "2 0 2 0 2 0 0x60"},
    ),
    Case(
        "PostgresLongTransaction",
        {'genji_postgres_oldest_transaction_seconds{job="worker"}': "3600x60"},
        "A transaction is open for 1h 0m 0s.",
        {},
        {'genji_postgres_oldest_transaction_seconds{job="worker"}': "60x60"},
    ),
    Case(
        "PostgresVacuum",
        {'genji_postgres_transaction_ids_ratio{job="worker"}': "0.6x60"},
        "60% of the transaction ids are used up.",
        {},
        {'genji_postgres_transaction_ids_ratio{job="worker"}': "0.1x60"},
    ),
    Case(
        "StatementsRefused",
        {'genji_query_errors_total{query="maps.search",sqlstate="42703"}': "0+1x60"},
        "PostgreSQL refuses maps.search with 42703.",
        {"query": "maps.search", "sqlstate": "42703"},
        {'genji_query_errors_total{query="users.create",sqlstate="23505"}': "0+1x60"},
    ),
    Case(
        "PoolExhausted",
        _buckets("genji_pool_wait_seconds", 60, ',job="api"', low="0.5", high="1"),
        "api waits 975ms for a connection.",
        {"job": "api"},
        _buckets("genji_pool_wait_seconds", 2, ',job="api"', low="0.5", high="1"),
    ),
    *(_schedule(name, 26) for name in ("backup", "verify", "prune")),
    _schedule("clean", 3),
    _schedule("histories", 8 * 24),
    Case(
        "ScheduleSilent",
        {"up": "1x100"},
        "The schedule backup has not succeeded for too long.",
        {"schedule": "backup"},
        {'genji_schedule_last_success_seconds{schedule="backup"}': "0x100"},
        at=90,
    ),
    Case(
        "CrawlerStands",
        {
            'genji_crawler_position{job="crawler",instance="c:1"}': "7x60",
            'up{job="crawler",instance="c:1"}': "1x60",
        },
        "The crawler has not moved for a quarter of an hour.",
        {"job": "crawler", "instance": "c:1"},
        {
            'genji_crawler_position{job="api",instance="a:1"}': "0x60",
            'genji_crawler_position{job="crawler",instance="c:1"}': "7+1x60",
            'up{job="crawler",instance="c:1"}': "1x60",
        },
    ),
    Case(
        "CrawlerLags",
        _buckets("genji_crawler_lag_seconds", 60, low="300", high="1800"),
        "Reports are read 17m 30s after their activity.",
        {},
        _buckets("genji_crawler_lag_seconds", 2, low="300", high="1800"),
    ),
    _quotient(
        "BungieFails",
        "genji_bungie_request_seconds_count",
        'host="www",outcome="failed"',
        'host="www",outcome="answered"',
        "25% of the requests to Bungie (www) get no answer.",
        {"host": "www"},
    ),
]
