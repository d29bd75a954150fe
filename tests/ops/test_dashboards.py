"""Every metric of a panel or an alert exists, every metric is on a panel, and Prometheus reads all of it."""

import json
import subprocess
from pathlib import Path

import pytest

from genjilib.local.prometheus import program
from genjilib.ops import dashboards
from tests.ops.conftest import Genji
from tests.ops.monitoring import EXPRESSIONS, PAGES, RULE_LIST, family, metrics_in

FOREIGN = {
    "up",
    "node_filesystem_avail_bytes",
    "node_filesystem_size_bytes",
    "rabbitmq_detailed_queue_consumers",
    "rabbitmq_detailed_queue_messages_ready",
    "rabbitmq_detailed_queue_messages_unacked",
    "rabbitmq_disk_space_available_bytes",
    "rabbitmq_disk_space_available_limit_bytes",
    "rabbitmq_process_resident_memory_bytes",
    "rabbitmq_resident_memory_limit_bytes",
}
"""What others offer: Prometheus, the node exporter, RabbitMQ's plugin."""


@pytest.fixture
def listed(genji: Genji) -> set[str]:
    """The metrics of our own list."""
    return {row["name"] for row in genji("show", "metrics", "--json").json}


def test_the_files_are_what_the_list_says() -> None:
    assert dashboards.pages() == {file: file.read_text() for file in dashboards.FOLDER.glob("*.json")}


def test_every_metric_of_a_panel_or_alert_exists(listed: set[str]) -> None:
    used = EXPRESSIONS | {f"alert {rule['alert']}": rule["expr"] for rule in RULE_LIST}
    missing = {
        (place, name)
        for place, expression in used.items()
        for name in metrics_in(expression)
        if family(name) not in listed | FOREIGN
    }
    assert missing == set()


def test_every_metric_is_on_a_panel(listed: set[str]) -> None:
    shown = {family(name) for expression in EXPRESSIONS.values() for name in metrics_in(expression)}
    assert (listed | FOREIGN) - shown == set()


def test_prometheus_can_read_every_expression(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{n}", "expr": each} for n, each in enumerate(EXPRESSIONS.values())]
    file = tmp_path / "panels.yml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    done = subprocess.run(
        [program("promtool"), "check", "rules", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("uid", sorted(PAGES))
def test_a_page_can_be_provisioned(uid: str) -> None:
    page = PAGES[uid]
    assert (page["uid"], "__inputs" in page) == (uid, False)
    assert [each["name"] for each in page["templating"]["list"]] == ["datasource"]
    titles = [panel["title"] for panel in page["panels"]]
    assert len(titles) == len(set(titles)) >= 9
    places = set()
    for panel in page["panels"]:
        assert panel["datasource"]["uid"] == "${datasource}"
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["description"].endswith(".")
        assert all(target["legendFormat"] for target in panel["targets"])
        places.add((panel["gridPos"]["x"], panel["gridPos"]["y"]))
    assert len(places) == len(titles)


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ('max by (queue) (rate(a_total{b="c d"}[5m])) > 0', {"a_total"}),
        ("time() - max(a) and on (job) b == 1 or absent(c)", {"a", "b", "c"}),
        ("a > 26 * 3600", {"a"}),
    ],
)
def test_the_lint_finds_the_metrics_of_an_expression(expression: str, named: set[str]) -> None:
    assert metrics_in(expression) == named


def test_writing_again_changes_nothing(genji: Genji, tmp_path: Path) -> None:
    folder = str(tmp_path / "pages")
    first = genji("dashboards", "export", "--folder", folder, "--json").json
    again = genji("dashboards", "export", "--folder", folder, "--json").json
    assert ({row["written"] for row in first}, {row["written"] for row in again}) == ({True}, {False})
