"""Each alert fires when it should and not before, says what it should, and has a section in the runbook."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from genjilib.local.prometheus import RULES, program
from genjilib.ops.schedule import SCHEDULES
from tests.ops.conftest import ROOT
from tests.ops.monitoring import CASES, RULE_LIST, Case

NAMES = sorted({rule["alert"] for rule in RULE_LIST})


def rule_of(case: Case) -> dict[str, Any]:
    found = [rule for rule in RULE_LIST if rule["alert"] == case.alert]
    return next((one for one in found if one["labels"].items() >= {**case.labels}.items()), found[0])


def promtool_tests(case: Case) -> list[dict[str, Any]]:
    """The alert at its time, before it has lasted long enough, and where all is well."""
    rule = rule_of(case)
    said = {
        "exp_labels": {**rule["labels"], **case.labels},
        "exp_annotations": {"summary": case.summary, "runbook": rule["annotations"]["runbook"]},
    }
    quick = "for" not in rule
    return [
        {
            "name": f"{case.alert} {case.labels} {name}",
            "interval": f"{case.step}m",
            "input_series": [{"series": series, "values": values} for series, values in series.items()],
            "alert_rule_test": [
                {"eval_time": f"{at}m", "alertname": case.alert, "exp_alerts": expected}
                for at, expected in moments
            ],
        }
        for name, series, moments in (
            ("fires", case.series, [(case.at, [said]), *([] if quick else [(0, [])])]),
            ("is silent", case.quiet, [(case.at, [])]),
        )
    ]


def test_each_alert_fires_when_it_should_and_not_otherwise(tmp_path: Path) -> None:
    files = []
    for number, case in enumerate(CASES):
        # Its own rule alone: some fire because others' series are missing.
        rules = tmp_path / f"{number}.rules.yml"
        rules.write_text(json.dumps({"groups": [{"name": "g", "rules": [rule_of(case)]}]}))
        file = tmp_path / f"{number}.yml"
        file.write_text(
            json.dumps(
                {
                    "rule_files": [str(rules)],
                    "evaluation_interval": f"{case.step}m",
                    "tests": promtool_tests(case),
                }
            )
        )
        files.append(file)
    done = subprocess.run(
        [program("promtool"), "test", "rules", *files], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_are_valid_and_each_has_a_case() -> None:
    checked = subprocess.run(
        [program("promtool"), "check", "config", RULES.parent / "prometheus.yml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert {case.alert for case in CASES} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_alert_has_a_severity_a_summary_and_a_section_of_the_runbook(name: str) -> None:
    sections = re.findall(r"^### (\w+)$", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE)
    assert name in sections
    for rule in RULE_LIST:
        if rule["alert"] == name:
            assert rule["labels"]["severity"] in ("critical", "warning")
            assert rule["annotations"]["summary"].endswith(".")
            assert rule["annotations"]["runbook"] == f"docs/operations.md#{name.lower()}"


def test_the_runbook_has_sections_of_alerts_only() -> None:
    alerts = (ROOT / "docs" / "operations.md").read_text().partition("\n## Alerts\n")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^### (\w+)$", alerts, re.MULTILINE)) == NAMES


def test_the_silence_of_every_schedule_is_an_alert() -> None:
    watched = {rule["labels"].get("schedule") for rule in RULE_LIST if rule["alert"] == "ScheduleSilent"}
    assert watched == {each.name for each in SCHEDULES} | {"clean"}
