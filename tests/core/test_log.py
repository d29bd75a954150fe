"""Log lines are JSON, one each, and keep secrets to themselves."""

import json
import subprocess
import sys
import time
from textwrap import dedent

import pytest

from genjilib.core.log import mask_secrets


def written(script: str) -> list[dict[str, object]]:
    """The lines that a process with configured logs writes, each as JSON."""
    text = "import logging\nfrom genjilib.core import log\nlog.configure('tests')\n" + dedent(script)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert "hunter2" not in done.stderr
    return [json.loads(line) for line in done.stderr.splitlines()]


def masked(**event: object) -> dict[str, object]:
    return dict(mask_secrets(None, "info", event))


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "Passwd",
        "token",
        "api_key",
        "X-API-KEY",
        "apikey",
        "Authorization",
        "cookie",
        "client_secret",
        "sentry_dsn",
    ],
)
def test_what_is_named_like_a_secret_is_hidden(name: str) -> None:
    assert masked(**{name: "hunter2"}) == {name: "***"}
    assert masked(request={"headers": [{name: "hunter2"}]}) == {"request": {"headers": [{name: "***"}]}}


def test_other_values_stay() -> None:
    event = {"event": "answered", "status": 200, "ms": 1.5, "code": None, "key": "x", "ids": [1, "2"]}
    assert masked(**event) == event


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://genji:hunter2@db/genji", "postgresql://genji:***@db/genji"),
        ("amqps://a:hunter2@b, then amqp://:hunter2@d", "amqps://a:***@b, then amqp://:***@d"),
        ("no password: https://a.example/x?y=z", "no password: https://a.example/x?y=z"),
        ("https://a.example:443/x@y", "https://a.example:443/x@y"),
    ],
)
def test_passwords_inside_addresses_are_hidden(text: str, shown: str) -> None:
    assert masked(event=text) == {"event": shown}
    assert masked(errors=[{"detail": text}]) == {"errors": [{"detail": shown}]}


@pytest.mark.parametrize("unit", ["x", "://", "a://", "a://b:", "a://b:c", "://:@", " a:"])
def test_long_words_cost_time_in_proportion(unit: str) -> None:
    def seconds(length: int) -> float:
        text = f"://{unit * (length // len(unit))}"
        started = time.process_time()
        masked(event=text)
        return time.process_time() - started

    short = min(seconds(20_000) for _ in range(5))
    long = min(seconds(200_000) for _ in range(3))
    assert long < 40 * short + 0.05


def test_a_line_is_json_with_runner_level_and_bound_ids() -> None:
    first, second = written("""
        with log.bound_contextvars(request_id="r1"):
            log.get_logger("some.place").warning("it happened", token="hunter2", name="a\\nb\\x1b[31m")
        logging.getLogger("library").error("went to postgresql://genji:hunter2@db")
        logging.getLogger("pika").error("noise")
        log.get_logger("some.place").debug("too much")
    """)
    assert str(first.pop("timestamp")).endswith("Z")
    assert first == {
        "event": "it happened",
        "level": "warning",
        "logger": "some.place",
        "runner": "tests",
        "request_id": "r1",
        "token": "***",
        "name": "a\nb\x1b[31m",
    }
    assert (second["event"], second["logger"]) == ("went to postgresql://genji:***@db", "library")


def test_a_line_is_the_same_whether_somebody_else_listens_or_not() -> None:
    direct, chained = written("""
        with log.bound_contextvars(request_id="r1", token="hunter2"):
            for listener in ([], [logging.StreamHandler(open("/dev/null", "w"))]):
                logging.getLogger().handlers += listener
                log.get_logger("a.place").error("at %s", url="amqp://g:hunter2@mq", who={"dsn": "hunter2"})
    """)
    assert len(str(direct.pop("timestamp"))) == len(str(chained.pop("timestamp"))) == 27
    assert direct == chained


def test_lines_of_a_turn_are_all_written_in_their_order_though_the_process_ends_in_it() -> None:
    lines = written("""
        import asyncio, sys
        async def say():
            for event in ("one", "two"):
                log.get_logger("a.place").info(event)
            logging.getLogger("library").error("three")
            log.get_logger("a.place").info("four")
            sys.exit(0)
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(say())
        finally:
            loop.close()
    """)
    assert [line["event"] for line in lines] == ["one", "two", "three", "four"]


def test_a_traceback_is_one_line_without_secrets() -> None:
    (line,) = written("""
        try:
            raise ValueError("cannot reach amqp://genji:hunter2@mq/genji")
        except ValueError:
            log.get_logger("some.place").exception("failed")
    """)
    assert "ValueError: cannot reach amqp://genji:***@mq/genji" in str(line["exception"])
