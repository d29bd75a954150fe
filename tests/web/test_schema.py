"""Whatever is sent, right or wrong, each operation answers as its document says; the seed is fixed."""

import asyncio
import json
import os
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from genjilib.ops.openapi import DOCUMENT
from tests import rows
from tests.api import Api
from tests.rows import add

if TYPE_CHECKING:
    from schemathesis import Case

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "1"))
"""How many requests of each kind an operation gets; `make fuzz` sends more."""

KNOWN = {
    "user_id": 1,
    "code": "AAAA",
    "map_name": "Hanamura",
    "key_type": "Classic",
    "thread_id": 1,
    "record_id": 1,
    "edit_id": 1,
    "event_id": 1,
    "event_type": "rank_up",
    "session_id": "s",
}
"""Values of path parameters by which something is found."""


def known_case(operation: Any) -> dict[str, Any]:
    """What of the path is known."""
    names = {parameter.name for parameter in operation.path_parameters}
    return {name: value for name, value in KNOWN.items() if name in names}


def strategies(operation: Any) -> Iterator[Any]:
    """Right requests, right ones for what is there, and wrong ones."""
    from schemathesis import GenerationMode

    yield operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if known := known_case(operation):
        yield operation.as_strategy(generation_mode=GenerationMode.POSITIVE, path_parameters=known)
    yield operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)


class Sweep:
    """Sends generated requests to a served API and keeps what the document does not say."""

    def __init__(self, base: str, key: str) -> None:
        self.wrong: list[str] = []
        self._base = base
        self._http = requests.Session()
        self._key = key

    def over(self, operation: Any) -> int:
        """Try one operation and return how many requests it got."""
        sent: list[Case] = []
        for strategy in strategies(operation):

            @settings(
                max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
                phases=[Phase.generate], suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(strategy)
            def send(case: "Case") -> None:
                sent.append(case)
                self._send(case)

            try:
                send()
            except Unsatisfiable:
                continue  # nothing can be wrong about an operation that takes nothing
        return len(sent)

    def _send(self, case: "Case") -> None:
        from schemathesis.core.failures import Failure, FailureGroup
        from schemathesis.specs.openapi import checks

        checked = [checks.content_type_conformance, checks.response_schema_conformance]
        (case.headers or {}).pop("If-Match", None)  # no text made up is the present version of anything
        answer = case.call(
            base_url=self._base, session=self._http, headers={"X-API-KEY": self._key}, timeout=20
        )
        declared = case.operation.definition.raw["responses"]
        if answer.status_code == 405 and "allow" in {name.lower() for name in answer.headers}:
            return  # text in the place of a number is the path of another operation
        # A declared 503 is a service that tests do without, such as the place for images.
        if answer.status_code in range(500, 503) or str(answer.status_code) not in declared:
            self._note(case, f"{answer.status_code} {answer.text[:200]}")
            return
        if "prefixItems" in json.dumps(declared):
            return  # schemathesis 4.32 reads fixed pairs as a schema of an older draft
        try:
            case.validate_response(answer, checks=checked)
        except (Failure, FailureGroup) as failure:
            self._note(case, str(getattr(failure, "exceptions", failure))[:600])

    def _note(self, case: "Case", what: str) -> None:
        self.wrong.append(f"{case.as_curl_command()}\n  {what}")


def settle(api: Api) -> None:
    """A little of everything that paths and bodies may name."""
    for user_id in (0, 1, 2, 3):
        rows.add_user(api.sql, user_id, nickname=f"n{user_id}", global_name=f"g{user_id}")
    map_id = api.add_map(medals=(10, 20, 30))
    api.add_map("BBBB", playtesting="In Progress")
    api.add_run(1, map_id, 9, verified=True, message_id=1)
    api.add_run(2, map_id, 19)
    add(api.sql, "playtests.meta", "id", map_id=map_id, thread_id=1, initial_difficulty=5)
    add(api.sql, "lootbox.user_keys", "user_id", user_id=1, key_type="Classic")
    add(api.sql, "users.sessions", "id", id="s", user_id=1, payload="p")


DOCUMENTED = json.loads(DOCUMENT.read_text())
DOMAINS = {operation["tags"][0]: None for path in DOCUMENTED["paths"].values() for operation in path.values()}


@cache
def operations() -> list[Any]:
    """Every operation, read where it is first tested: each worker collects this file, and that takes long."""
    import schemathesis

    return [found.ok() for found in schemathesis.openapi.from_dict(DOCUMENTED).get_all_operations()]


@pytest.mark.parametrize("domain", DOMAINS)
async def test_every_answer_is_one_of_the_document(api: Api, domain: str) -> None:
    settle(api)
    sweep = Sweep(api.base, api.key)
    of_domain = [each for each in operations() if each.definition.raw["tags"][0] == domain]
    for operation in of_domain:
        assert await asyncio.to_thread(sweep.over, operation) > 0, operation.label
    assert not sweep.wrong, "\n".join(sweep.wrong)
