"""A private Prometheus that scrapes what it is told to, with the project's rules."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from genjilib.local import CHECKOUT
from genjilib.local.ports import is_free, kept_ports
from genjilib.local.processes import Process, StartFailure

# Debian's package, or the same unpacked into the checkout by infra/setup.
PLACES = (Path("/usr/bin"), CHECKOUT / ".local" / "beside-root" / "usr" / "bin")
RULES = CHECKOUT / "infra" / "prometheus" / "rules"


def program(name: str) -> Path:
    """Path of ``prometheus``, ``promtool`` or ``prometheus-node-exporter``; StartFailure when nowhere."""
    for place in PLACES:
        if (place / name).exists():
            return place / name
    raise StartFailure(f"{name} is not installed: run `make setup`.")


class Prometheus:
    """A server whose data, port and log are in one directory; it forgets all when it is started again.

    ``targets`` are jobs with the URL that they scrape, whose own labels win over Prometheus'. ``rules`` holds
    rule files.
    """

    name = "prometheus"

    def __init__(
        self, directory: Path, targets: Mapping[str, str], *, rules: Path = RULES, interval: str = "5s"
    ) -> None:
        self.directory = directory.resolve()
        self.port = 0
        self._targets, self._rules, self._interval = targets, rules, interval
        self._process: Process | None = None

    @property
    def url(self) -> str:
        """Its page and API."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """What the doctor reads."""
        return {"PROMETHEUS_URL": self.url}

    async def start(self) -> None:
        """Write its configuration, start it and wait until it is ready (≤ 30 s)."""
        self.directory.mkdir(parents=True, exist_ok=True)
        if not self.port or not is_free(self.port):
            self.port = kept_ports(self.directory / "ports.json", self.name)[self.name]
        configuration = self.directory / "prometheus.yml"
        configuration.write_text(json.dumps(self._configuration()))  # JSON is YAML
        shutil.rmtree(self.directory / "data", ignore_errors=True)
        self._process = Process(
            "Prometheus",
            [
                program("prometheus"),
                f"--config.file={configuration}",
                f"--storage.tsdb.path={self.directory / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--log.level=warn",
            ],
            log=self.directory / "log",
        )
        await self._process.start(self._answers, within=30)

    async def stop(self) -> None:
        """End it."""
        if self._process:
            await self._process.stop(within=5)

    async def ask(self, path: str, **query: str) -> Any:
        """Ask its API, such as ``alerts`` or ``query``, and return the data of the answer."""
        async with (
            aiohttp.ClientSession(raise_for_status=True) as http,
            http.get(f"{self.url}/api/v1/{path}", params=query) as answer,
        ):
            return (await answer.json())["data"]

    async def firing(self) -> set[str]:
        """Names of the alerts that fire."""
        found = (await self.ask("alerts"))["alerts"]
        return {alert["labels"]["alertname"] for alert in found if alert["state"] == "firing"}

    def _configuration(self) -> dict[str, Any]:
        return {
            "global": {"scrape_interval": self._interval, "evaluation_interval": self._interval},
            "rule_files": [str(self._rules / "*.yml")],
            "scrape_configs": [_scraped(job, url) for job, url in self._targets.items()],
        }

    async def _answers(self) -> bool:
        try:
            async with aiohttp.ClientSession() as http, http.get(f"{self.url}/-/ready") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False


def _scraped(job: str, url: str) -> dict[str, Any]:
    address, _, rest = url.removeprefix("http://").partition("/")
    path, _, query = rest.partition("?")
    families = [each.partition("=")[2] for each in query.split("&")] if query else []
    return {
        "job_name": job,
        "honor_labels": True,
        "metrics_path": f"/{path}",
        "params": {"family": families} if families else {},
        "static_configs": [{"targets": [address]}],
    }
