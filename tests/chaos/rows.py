"""The matrix: every failure with its strike and what has to hold; a test somewhere here carries out each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One failure: what happens, how it is brought about, what was promised."""

    number: str
    failure: str
    strike: str
    promise: str


_ONCE = "lost 0, double 0"

ROWS = [
    Row("1", "The worker is killed before its commit", "SIGKILL at the sight of `COMMIT`", _ONCE),
    Row("2", "The worker is killed after its commit, before its ack", "SIGKILL at `basic.ack`", _ONCE),
    Row("3", "A commit is in doubt", "the answer to `COMMIT` is swallowed, the connection reset",
        f"{_ONCE}; neither acknowledged nor dead"),
    Row("4", "The worker is killed in the middle of batches", "SIGKILL at random moments",
        f"{_ONCE}, dead 0: nobody innocent reaches the delivery limit"),
    Row("5", "The API is killed after its commit, before its answer", "SIGKILL at the answer to `COMMIT`",
        f"{_ONCE}; the client asks again with its `Idempotency-Key` and gets the first answer"),
    Row("6", "The publisher dies between commit and publish", "SIGKILL right after the commit",
        f"{_ONCE}; another relay sends within 5 s"),
    Row("7", "The relay dies after publishing, before marking", "confirms are held, then SIGKILL",
        f"{_ONCE}; at least one duplicate on the wire, dropped by the inbox"),
    Row("8", "Two relays, then ten", "start them", "lost 0; no duplicate on the wire"),
    Row("9", "An earlier outbox row is committed late", "two transactions, the first commits last", "lost 0"),
    Row("10", "RabbitMQ restarts, and dies", "`stop_app`, SIGKILL", _ONCE),
    Row("11", "RabbitMQ is down for long", "stopped, 5 min by hand",
        "the API accepts as fast as before (p99 × 1.2 + 50 ms); the outbox tells its age; lost 0"),
    Row("12", "The network goes silent between worker and RabbitMQ", "nothing is passed on, nothing reset",
        f"noticed within two heartbeats and 10 s; {_ONCE}"),
    Row("13", "Resets, latency, a narrow line", "a storm of RST, then 200 ms to and fro at 1 Mbit/s",
        f"{_ONCE}; as fast as before afterwards"),
    Row("14", "PostgreSQL restarts, and dies", "fast, immediate, SIGKILL",
        f"{_ONCE}, nothing dead; at work again within 5 s; the API answers 503 with Retry-After, never 500"),
    Row("15", "PostgreSQL fails over", "a synchronous standby is promoted; by hand an asynchronous one too",
        f"{_ONCE}; asynchronous: what was not shipped is lost, rows and messages alike"),
    Row("16", "Every message is delivered three times", "published thrice with the same id, shuffled", _ONCE),
    Row("17a", "Poison", "1 % are not JSON, another type, of an unknown version, or over 1 MB",
        "exactly those are dead, with their reason; the rest is applied, nobody restarts"),
    Row("17b", "A handler always raises", "one message", "dead after five tries, all of them recorded"),
    Row("17c", "A handler kills its process", "SIGKILL by the handler, 400 messages prefetched",
        "dead 1, nobody innocent; at most two deaths more than the delivery limit"),
    Row("17d", "A handler hangs", "one message sleeps for ever",
        "stopped at its time limit, tried again, then dead; others flow"),
    Row("18", "A consumer is slow", "each message takes longer than two heartbeats",
        "the connection is kept, nothing delivered again"),
    Row("19", "Memory alarm, disk alarm", "`rabbitmqctl`",
        "told within 5 s; consuming and the API go on, messages wait; lost 0"),
    Row("20", "A disk is full", "of PostgreSQL, of RabbitMQ, of the backups (tmpfs)",
        f"the API answers 503 or accepts; {_ONCE} once there is room; no half backup is listed"),
    Row("21", "Clocks are wrong and jump", "1 h ahead, 1 h behind, 10 min back (libfaketime)",
        f"{_ONCE}; retries and expiry follow the database's clock"),
    Row("22", "Messages overtake each other", "shuffled within 1,000",
        f"{_ONCE}; what handlers show is what there is"),
    Row("23", "Two releases at once",
        "two trees of the code, one a version and a migration ahead, at work together; there and back",
        "they wait as `unknown-version` and are replayed by the release that knows them; lost 0"),
    Row("24", "The topology drifts",
        "queue deleted; declared with other arguments; dead queue deleted, by hand while RabbitMQ needs it",
        "start refuses with a sentence; messages without a queue stay in the outbox, those RabbitMQ gives up"
        " in it until they are dead letters with their reason; lost 0"),
    Row("25", "The database comes back from a backup", "`backup create`, more work, `backup restore`",
        f"{_ONCE} of what the backup and RabbitMQ hold; dead letters of then are replayed"),
    Row("26", "A replay is killed half way", "SIGKILL, then two at once, RabbitMQ away meanwhile",
        "each dead letter replayed once, the audit complete"),
    Row("27", "A bad deploy", "every message raises",
        "the breaker opens, at most 200 dead; the rest is applied after the fix"),
    Row("28", "Rolling restarts", "SIGTERM to workers and APIs under load",
        f"{_ONCE}; each exits in time, no request fails, no more is delivered again than was fetched"),
    Row("29", "Many consumers reconnect at once", "SIGKILL of RabbitMQ",
        "spread over seconds; none gives up"),
    Row("30", "Discord refuses, fails, is away", "429, 500, lost replies, an outage",
        "posted once, each person's messages in order"),
    Row("32", "RabbitMQ ends a consumer that is too slow", "`consumer_timeout` of 1 s",
        "double 0; by hand one that is never answered: a dead letter with its reason"),
    Row("33", "Dead letters are looked at 1,000 times", "list, count, show", "none changes"),
    Row("34", "All of it, at random", "strikes of ten kinds, drawn by Hypothesis; 200 runs by hand",
        "the ledger holds"),
    Row("35", "The leader of a cluster dies", "SIGKILL of the one of three nodes that leads, twice", _ONCE),
]  # fmt: skip

FIND = {row.number: row for row in ROWS}
