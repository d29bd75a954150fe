"""Several services at once: settings together, all or none, given servers."""

from pathlib import Path

import pytest

from genjilib.local.mail import Mail
from genjilib.local.processes import StartFailure
from genjilib.local.sentry import Sentry
from genjilib.local.stack import Stack, embedded


class Broken:
    name = "broken"

    async def start(self) -> None:
        raise StartFailure("broken is broken")

    async def stop(self) -> None: ...

    def environment(self) -> dict[str, str]:
        return {}


async def test_settings_of_all_services_are_handed_out(tmp_path: Path) -> None:
    mail, sentry = Mail(tmp_path / "mail"), Sentry(tmp_path / "sentry")
    lines: list[str] = []
    async with Stack([mail, sentry], progress=lines.append) as stack:
        assert stack.environment() == mail.environment() | sentry.environment()
        assert await mail.messages() == []
    assert (mail.pid, sentry.pid) == (None, None)
    assert {line.split()[0] + line.split()[1] for line in lines} == {"›mail", "›sentry", "✓mail", "✓sentry"}


async def test_one_failure_stops_the_others(tmp_path: Path) -> None:
    mail = Mail(tmp_path / "mail")
    with pytest.raises(StartFailure, match="broken is broken"):
        async with Stack([mail, Broken()]):
            pytest.fail("entered")
    assert mail.pid is None


def test_given_servers_are_used(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgres://db.example/genji", "AMQP_URL": "amqp://u:p@mq.example:5672/v"}
    postgres, rabbitmq, *rest = embedded(tmp_path, environ=given)
    assert postgres.environment() == {"DATABASE_URL": given["DATABASE_URL"]}
    assert rabbitmq.environment() == {
        "AMQP_URL": given["AMQP_URL"],
        "RABBITMQ_MANAGEMENT_URL": "http://u:p@mq.example:15672",
    }
    assert [service.name for service in rest] == ["s3", "mail", "sentry"]
    assert list(tmp_path.iterdir()) == []
