"""docs/openapi.json is what the API says of itself, so that a change of the contract shows in the diff."""

import json

import aiohttp

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
