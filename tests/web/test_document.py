"""docs/openapi.json is what the API says of itself, so that a change of the contract shows in the diff."""

import json
import re
from collections.abc import Iterator
from typing import Any

import aiohttp
import jsonschema_rs

from genjilib.ops import openapi
from tests.api import Api


def test_the_file_is_what_the_routes_say() -> None:
    assert openapi.DOCUMENT.read_text() == openapi.document(), "run './cli.py openapi export'"


async def test_the_api_serves_the_document_of_the_file(api: Api) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{api.base}/docs/openapi.json") as answer:
        served = await answer.json()
    kept = json.loads(openapi.DOCUMENT.read_text())
    served["info"]["version"] = kept["info"]["version"]
    assert served == kept


def bodies(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is sent and what a success answers, each by its kind."""
    answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    for part in (operation.get("requestBody", {}), *answers):
        yield from part.get("content", {}).items()


def test_each_body_and_answer_has_an_example_that_its_schema_allows() -> None:
    document = json.loads(openapi.DOCUMENT.read_text())
    wrong: list[str] = []
    seen = 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for kind, body in bodies(operation):
                if kind == "image/*":
                    continue
                seen += 1
                schema = {**body["schema"], "components": document["components"]}
                validator = jsonschema_rs.validator_for(schema, validate_formats=True)
                found = [error.message for error in validator.iter_errors(body["example"])]
                wrong += [f"{method} {path}: {message}" for message in found]
    assert wrong == []
    assert seen > len(document["paths"])


def test_each_difference_from_the_reference_is_of_a_route_there_is_in_the_order_of_their_paths() -> None:
    page = (openapi.DOCUMENT.parent / "differences.md").read_text()
    cells = re.findall(r"^\| ([A-Z]+) (\S+?)(?:, \S+)? \|", page, re.MULTILINE)
    known = {(method.upper(), path) for path, each in document_paths().items() for method in each}
    whole = [(method, path) for method, path in cells if not path.endswith("…")]
    assert len(whole) > 60
    assert [named for named in whole if named not in known] == []
    assert [path for _, path in cells] == sorted(path for _, path in cells)


def document_paths() -> dict[str, Any]:
    return json.loads(openapi.DOCUMENT.read_text())["paths"]
