"""Addresses that users give are shown and handed on, never asked; and nobody writes a line of our logs."""

import ast
import json
import logging
from pathlib import Path

import pytest

from genjilib.core import log

ROOT = Path(__file__).parents[2] / "genjilib"
CLIENTS = (
    "aiohttp.ClientSession",
    "urllib.request",
    "http.client",
    "requests",
    "httpx",
    "boto3",
    "resend",
    "socket",
)
ASKING = {
    "mail.py": "RESEND_API_URL",
    "ocr.py": "OCR_URL, without following redirects; the screenshot's address is text in the question",
    "raids/alerts.py": "RAID_ALERTS_URL",
    "raids/bungie.py": "BUNGIE_URL and BUNGIE_STATS_URL",
    "raids/clickhouse.py": "CLICKHOUSE_URL",
    "storage.py": "S3_ENDPOINT_URL",
}
"""Who asks other servers, and which: all of them are settings. The bot asks Discord through its library."""


def asks(path: Path) -> bool:
    """Whether a file uses a client of some protocol."""
    text = path.read_text()
    if not any(client.rpartition(".")[2] in text for client in CLIENTS):
        return False
    tree = ast.parse(text)
    names = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{each.name}" for each in node.names} | {node.module or ""}
    return any(name == client or name.startswith(f"{client}.") for name in names for client in CLIENTS)


def test_only_these_ask_other_servers() -> None:
    rooms = ("local/", "ops/", "broker/")  # tools of the operator, and the broker that a setting names
    found = {str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py") if asks(path)}
    assert {name for name in found if not name.startswith(rooms)} == set(ASKING)


@pytest.mark.parametrize(
    "text", ["a\r\nb: forged", "\x1b[31mred\x1b[0m", "\u2028next", 'x", "level": "error', "\x00\x08"]
)
def test_what_a_user_writes_stays_inside_its_field_of_one_line(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = logging.getLogger().handlers
    try:
        log.configure("tests")
        log.get_logger("forged").info("answered", path=text)
        log.get_logger("forged").info(text)
    finally:
        logging.getLogger().handlers = before
    lines = capsys.readouterr().err.removesuffix("\n").split("\n")
    written = [json.loads(line) for line in lines]
    assert [line["level"] for line in written] == ["info", "info"]
    assert (written[0]["path"], written[1]["event"]) == (text, text)
    assert not any(sign in line for line in lines for sign in "\x1b\x00\x08")
