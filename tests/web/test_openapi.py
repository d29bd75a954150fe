"""The document says what the routes do; the viewer shows it without asking anybody else."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp.test_utils import TestClient

from genjilib.core.errors import REPORTED, Poison
from genjilib.web.openapi import write_openapi
from genjilib.web.routes import BadRoute, get, post

from . import toys
from .test_app import problem


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return msgspec.json.decode(write_openapi(toys.routes, "1.2.3"))


def operation(document: dict[str, Any], path: str, method: str = "get") -> dict[str, Any]:
    return document["paths"][path][method]


def test_every_route_is_in_it(document: dict[str, Any]) -> None:
    found = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert found == {(re.sub(r":(int|str)}", "}", r.path), r.method.lower()) for r in toys.routes}
    assert document["openapi"] == "3.1.0"
    assert document["info"]["version"] == "1.2.3"


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    text = msgspec.json.encode(document).decode()
    for kind, name in set(re.findall(r'"#/components/(\w+)/([^"]+)"', text)):
        assert name in document["components"][kind]


def test_docstrings_become_summary_and_description(document: dict[str, Any]) -> None:
    found = operation(document, "/api/v3/toys")
    assert (found["summary"], found["operationId"], found["tags"]) == (
        "Find toys.",
        "tests.web.search",
        ["tests.web"],
    )
    assert found["description"] == "Filters add up.\n\nNeeds `toys:read`."
    assert operation(document, "/api/v3/toys/amount")["description"] == "Needs a superuser's key."
    assert "additionalProperties" not in document["components"]["schemas"]["Toy"]


def test_parameters_have_types_defaults_and_need(document: dict[str, Any]) -> None:
    found = {each["name"]: each for each in operation(document, "/api/v3/toys")["parameters"]}
    assert found["owner"] == {"name": "owner", "in": "query", "required": True, "schema": {"type": "integer"}}
    assert found["type"]["schema"] == {"enum": ["all", "own"], "default": "all"}
    assert found["type"]["description"] == "Whose."
    assert found["archived"]["schema"] == {"type": "boolean"}
    assert found["medals"]["schema"] == {"type": "array", "items": {"enum": ["Bronze", "Gold", "Silver"]}}
    assert found["page_size"]["schema"]["default"] == 10
    assert "100" in found["page_size"]["description"]
    path = operation(document, "/api/v3/toys/{toy_id}/slots/{slot}", "put")["parameters"]
    assert [(each["name"], each["in"], each["schema"]) for each in path] == [
        ("toy_id", "path", {"type": "integer"}),
        ("slot", "path", {"enum": ["bottom", "top"]}),
        ("Idempotency-Key", "header", {"type": "string", "minLength": 1, "maxLength": 255}),
    ]


def test_bodies_and_answers_have_their_types(document: dict[str, Any]) -> None:
    found = operation(document, "/api/v3/toys", "post")
    toy = {"schema": {"$ref": "#/components/schemas/Toy"}}
    assert found["requestBody"]["required"]
    for content in (found["requestBody"]["content"], found["responses"]["201"]["content"]):
        assert content.keys() == {"application/json"}
        assert content["application/json"]["schema"] == toy["schema"]
        assert content["application/json"]["example"]["creators"] == [{"id": 1, "is_primary": True}]
    form = operation(document, "/api/v3/toys/picture", "post")
    assert list(form["requestBody"]["content"]) == ["multipart/form-data"]
    assert document["components"]["schemas"]["Upload"] == {"type": "string", "format": "binary"}
    assert list(form["responses"]["201"]["content"]) == ["text/plain"]
    ready = operation(document, "/api/v3/toys/ready")["responses"]["200"]["content"]["application/json"]
    assert ready["schema"] == {"type": "array", "items": toy["schema"]}
    assert list(operation(document, "/api/v3/toys/stream")["responses"]["200"]["content"]) == ["image/*"]
    assert operation(document, "/api/v3/toys/{toy_id}", "patch")["responses"]["200"]["content"] == {
        "application/json": {"schema": {"type": "null"}, "example": None}
    }
    assert "content" not in operation(document, "/api/v3/toys/{toy_id}", "delete")["responses"]["204"]


def test_problems_are_declared_where_they_can_happen(document: dict[str, Any]) -> None:
    def statuses(path: str, method: str = "get") -> list[str]:
        return sorted(operation(document, path, method)["responses"])

    assert statuses("/api/v3/toys/open") == ["200", "default"]
    assert statuses("/api/v3/toys/amount") == ["200", "401", "default"]
    gone = ["204", "400", "401", "404", "412", "414", "default"]
    assert statuses("/api/v3/toys/{toy_id}", "delete") == gone
    body = ["408", "409", "412", "413", "422"]
    assert statuses("/api/v3/toys", "post") == ["201", "400", "401", *body, "default"]
    assert statuses("/api/v3/toys/ready") == ["200", "304", "401", "default"]
    failing = operation(document, "/api/v3/toys/fail/{kind}")["responses"]
    assert sorted(failing) == ["200", "400", "401", "404", "409", "414", "429", "default"]
    assert "Retry-After" in failing["429"]["headers"]


def test_keys_and_scopes_are_declared(document: dict[str, Any]) -> None:
    assert operation(document, "/api/v3/toys/open")["security"] == []
    assert operation(document, "/api/v3/toys/{code}")["security"] == [{"ApiKey": ["toys:read", "toys:look"]}]
    assert document["components"]["securitySchemes"]["ApiKey"]["name"] == "X-API-KEY"


def test_two_types_of_one_name_are_refused() -> None:
    one = msgspec.defstruct("Same", [("a", int)])
    two = msgspec.defstruct("Same", [("b", int)])

    async def first(body: one) -> None: ...  # type: ignore[valid-type]

    async def second(body: two) -> None: ...  # type: ignore[valid-type]

    with pytest.raises(BadRoute, match="Same"):
        write_openapi([post("/a", first), post("/b", second)], "1")


def test_a_handler_of_two_paths_has_two_ids() -> None:
    rows = [get("/a", toys.anybody, public=True), get("/b", toys.anybody, public=True)]
    paths = msgspec.json.decode(write_openapi(rows, "1"))["paths"]
    assert [paths[path]["get"]["operationId"] for path in paths] == [
        "tests.web.anybody",
        "tests.web.anybody_2",
    ]


async def test_anybody_may_read_the_document(client: TestClient) -> None:
    async with client.get("/docs/openapi.json", headers={"X-API-KEY": ""}) as answer:
        assert answer.status == 200
        paths = (await answer.json())["paths"]
        tag = answer.headers["ETag"]
    assert "/healthcheck" in paths
    assert not [path for path in paths if path.startswith("/docs")]
    async with client.get("/docs/openapi.json", headers={"If-None-Match": tag}) as answer:
        assert answer.status == 304


async def test_the_viewer_is_served_whole_and_asks_nobody_else(client: TestClient) -> None:
    async with client.get("/docs", headers={"X-API-KEY": ""}) as answer:
        page = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(sources) == 5
    for source in sources:
        async with client.get(source) as answer:
            assert answer.status == 200, source
            assert len(await answer.read()) > 100
    for other in ("README.md", "..%2Fapp.py", "start.js%00", "%2Fetc%2Fpasswd"):
        async with client.get(f"/docs/viewer/{other}") as answer:
            assert answer.status in (400, 404)


def test_the_viewers_licence_is_kept_beside_it() -> None:
    folder = Path("genjilib/web/viewer")
    assert "Apache License" in (folder / "LICENSE").read_text()
    assert (folder / "swagger-ui-bundle.js.LICENSE.txt").exists()


async def test_the_type_of_a_problem_leads_to_its_explanation(client: TestClient) -> None:
    async with client.get("/docs/problems") as answer:
        page = await answer.text()
    for kind in REPORTED:
        assert (f'id="{kind.slug}"' in page) is (kind is not Poison)
    for path, method in (("/api/v3/toys/fail/broken", "GET"), ("/api/v3/toys/amount", "POST")):
        kind = (await problem(client, method, path))["type"].partition("#")[2]
        assert f'id="{kind}"' in page
