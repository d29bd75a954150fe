"""Every metric: its name, labels and meaning, in one list.

Labels take values from closed lists only (routes, queues, queries, outcomes), never ids or names of users.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(namespace="genji", registry=REGISTRY)

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

DEPENDENCY_UP = Gauge(
    "genji_dependency_up",
    "1 while a service that the runner needs answers; it is asked at every scrape.",
    ("dependency",),
    registry=REGISTRY,
)
HTTP_SECONDS = Histogram(
    "genji_http_request_seconds",
    "Time from the first byte of a request to the last of its answer.",
    ("method", "route", "status"),
    buckets=_SECONDS,
    registry=REGISTRY,
)
HTTP_IN_FLIGHT = Gauge("genji_http_requests_in_flight", "Requests being answered now.", registry=REGISTRY)
QUERY_SECONDS = Histogram(
    "genji_query_seconds",
    "Time from sending a statement to having its rows, waiting for a connection excluded.",
    ("query",),
    buckets=_SECONDS,
    registry=REGISTRY,
)
QUERY_ERRORS = Counter(
    "genji_query_errors_total",
    "Statements that PostgreSQL refused, by SQLSTATE.",
    ("query", "sqlstate"),
    registry=REGISTRY,
)
PIPELINES_OPEN = Gauge("genji_pipelines_open", "Connections shared by reads that are up.", registry=REGISTRY)
READS_IN_FLIGHT = Gauge(
    "genji_reads_in_flight", "Statements on shared connections that wait for answers.", registry=REGISTRY
)
POOL_WAIT_SECONDS = Histogram(
    "genji_pool_wait_seconds",
    "Time spent waiting for a pooled connection.",
    buckets=_SECONDS,
    registry=REGISTRY,
)
MESSAGE_SECONDS = Histogram(
    "genji_message_seconds",
    "Time to handle a message.",
    ("queue", "outcome"),
    buckets=_SECONDS,
    registry=REGISTRY,
)
MESSAGE_AGE_SECONDS = Histogram(
    "genji_message_age_seconds",
    "Time from a message's commit to the start of its handling.",
    ("queue",),
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200),
    registry=REGISTRY,
)
MESSAGES_DUPLICATE = Counter(
    "genji_messages_duplicate_total",
    "Deliveries dropped because their effect was there already.",
    ("queue",),
    registry=REGISTRY,
)
OUTBOX_PUBLISHED = Counter(
    "genji_outbox_published_total", "Messages that the broker confirmed.", ("queue",), registry=REGISTRY
)
OUTBOX_REFUSED = Counter(
    "genji_outbox_refused_total",
    "Messages that RabbitMQ had no place for: no such queue, or it is full. They wait and are tried again.",
    ("queue", "reason"),
    registry=REGISTRY,
)
OUTBOX_WAITING = Gauge(
    "genji_outbox_waiting_messages", "Messages due and not yet published.", registry=REGISTRY
)
OUTBOX_OLDEST_SECONDS = Gauge(
    "genji_outbox_oldest_seconds",
    "Age of the oldest message that is due and not yet published.",
    registry=REGISTRY,
)
DEAD_LETTERS = Counter(
    "genji_dead_letters_total",
    "Messages given up, by the slug of their error.",
    ("queue", "error"),
    registry=REGISTRY,
)
DEAD_LETTERS_WAITING = Gauge(
    "genji_dead_letters_waiting_messages",
    "Messages given up that nobody has replayed or discarded yet.",
    ("queue", "error"),
    registry=REGISTRY,
)
BREAKER_OPEN = Gauge(
    "genji_breaker_open",
    "1 while a queue is only probed, because most of its messages failed.",
    ("queue",),
    registry=REGISTRY,
)
BROKER_CONNECTED = Gauge(
    "genji_broker_connected", "1 while the connection to RabbitMQ is up.", registry=REGISTRY
)
BROKER_BLOCKED = Gauge(
    "genji_broker_blocked",
    "1 while RabbitMQ refuses publishing because of a memory or disk alarm.",
    registry=REGISTRY,
)
POSTGRES_CONNECTIONS = Gauge(
    "genji_postgres_connections",
    "Sessions of clients by what they do; others than ours only where the worker may see them.",
    ("state",),
    registry=REGISTRY,
)
POSTGRES_CONNECTIONS_LIMIT = Gauge(
    "genji_postgres_connections_limit", "Sessions that PostgreSQL admits.", registry=REGISTRY
)
POSTGRES_LOCK_WAITS = Gauge(
    "genji_postgres_lock_waits", "Sessions that wait for a lock of another.", registry=REGISTRY
)
POSTGRES_OLDEST_TRANSACTION_SECONDS = Gauge(
    "genji_postgres_oldest_transaction_seconds",
    "Age of the oldest open transaction; nothing that died since then can be vacuumed.",
    registry=REGISTRY,
)
POSTGRES_SIZE = Gauge("genji_postgres_size_bytes", "Size of the database on disk.", registry=REGISTRY)
POSTGRES_DEAD_ROWS = Gauge(
    "genji_postgres_dead_rows_ratio", "Share of rows that wait to be vacuumed.", registry=REGISTRY
)
POSTGRES_TRANSACTION_IDS = Gauge(
    "genji_postgres_transaction_ids_ratio",
    "Share of transaction ids used since the last freeze; at 1 PostgreSQL stops writing.",
    registry=REGISTRY,
)
POSTGRES_TRANSACTIONS = Counter(
    "genji_postgres_transactions_total",
    "Transactions by how they ended, as PostgreSQL counts them.",
    ("outcome",),
    registry=REGISTRY,
)
POSTGRES_BLOCKS = Counter(
    "genji_postgres_blocks_total",
    "Blocks of 8 kB that were read from PostgreSQL's memory or from outside it.",
    ("source",),
    registry=REGISTRY,
)
POSTGRES_ROWS = Counter(
    "genji_postgres_rows_total", "Rows that were fetched or written.", ("action",), registry=REGISTRY
)
POSTGRES_DEADLOCKS = Counter(
    "genji_postgres_deadlocks_total", "Deadlocks that PostgreSQL ended.", registry=REGISTRY
)
POSTGRES_TEMPORARY_BYTES = Counter(
    "genji_postgres_temporary_bytes_total",
    "Bytes written to temporary files by sorts and joins that had too little memory.",
    registry=REGISTRY,
)
SCHEDULE_LAST_SUCCESS = Gauge(
    "genji_schedule_last_success_seconds",
    "When a schedule last succeeded, in seconds since 1970; cron's come by the node exporter's text files.",
    ("schedule",),
    registry=REGISTRY,
)
SCHEDULE_DURATION = Gauge(
    "genji_schedule_duration_seconds",
    "How long the last success of a schedule of cron's took.",
    ("schedule",),
    registry=REGISTRY,
)
BACKUP_SIZE = Gauge("genji_backup_size_bytes", "Size of the newest backup.", registry=REGISTRY)
DISCORD_SECONDS = Histogram(
    "genji_discord_interaction_seconds",
    "Time to answer a command, button, select or form.",
    ("interaction", "outcome"),
    buckets=_SECONDS,
    registry=REGISTRY,
)
BUNGIE_SECONDS = Histogram(
    "genji_bungie_request_seconds",
    "Time from asking Bungie to having the answer, waiting for permission excluded.",
    ("host", "outcome"),
    buckets=(0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.5, 0.75, 1, 1.5, 2, 5, 15),
    registry=REGISTRY,
)
BUNGIE_WAIT_SECONDS = Histogram(
    "genji_bungie_wait_seconds",
    "Time spent waiting until another request to Bungie was permitted.",
    ("host",),
    buckets=_SECONDS,
    registry=REGISTRY,
)
CRAWLER_WORKERS = Gauge(
    "genji_crawler_workers", "Reports that are asked for at once in this period.", registry=REGISTRY
)
CRAWLER_POSITION = Gauge(
    "genji_crawler_position", "Id that a restarted crawler would begin with.", registry=REGISTRY
)
CRAWLER_RESULTS = Counter(
    "genji_crawler_results_total",
    "Answers to questions for reports: the first try, a later one, or one of those that were missed before.",
    ("result", "attempt"),
    registry=REGISTRY,
)
RAIDS_STORED = Counter(
    "genji_raids_stored_total",
    "New instances that ended in the last five hours, by the paths of activity and version.",
    ("activity", "version", "completed"),
    registry=REGISTRY,
)
FLOODGATES_POSITION = Gauge(
    "genji_floodgates_position", "Id of the hidden report that Bungie showed last.", registry=REGISTRY
)
CRAWLER_LAG_SECONDS = Histogram(
    "genji_crawler_lag_seconds",
    "Time from the end of an activity to the crawler's having its report.",
    buckets=(5, 15, 25, 30, 35, 40, 45, 60, 90, 300, 1800, 14400, 86400, 259200),
    registry=REGISTRY,
)
