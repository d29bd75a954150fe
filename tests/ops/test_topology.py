"""Queues made as the table says, and the file of definitions."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

from genjilib.broker.client import Broker
from genjilib.broker.topology import QUEUES, definitions
from tests.ops.conftest import Genji


def test_what_is_missing_or_drifted_is_told_and_mended(
    genji: Genji, shared_url: str, fresh_amqp_url: str
) -> None:
    async def drift() -> None:
        async with Broker(fresh_amqp_url, name="test") as broker:
            await broker.declare([replace(QUEUES[0], max_bytes=1), *QUEUES[2:]])

    asyncio.run(drift())
    command = ("topology", "mend", "--json")
    looked = genji(*command, "--dry-run", url=shared_url, AMQP_URL=fresh_amqp_url)
    assert [(row["name"], row["drift"], row["mended"]) for row in looked.json] == [
        (QUEUES[0].name, "other-arguments", False),
        (QUEUES[1].dead, "missing", False),
        (QUEUES[1].name, "missing", False),
    ]
    assert genji(*command, url=shared_url, AMQP_URL=fresh_amqp_url).code == 2
    done = genji(*command, "--yes", url=shared_url, AMQP_URL=fresh_amqp_url)
    assert [row["mended"] for row in done.json] == [True, True, True]
    assert genji(*command, "--yes", url=shared_url, AMQP_URL=fresh_amqp_url).json == []


def test_the_definitions_are_printed_or_written(genji: Genji, tmp_path: Path) -> None:
    assert genji("topology", "export", "--json").json == json.loads(json.dumps(definitions()))
    file = tmp_path / "definitions.json"
    assert genji("topology", "export", "--file", str(file), "--dry-run").code == 0
    assert not file.exists()
    genji("topology", "export", "--file", str(file), "--yes")
    assert json.loads(file.read_text()) == definitions()
