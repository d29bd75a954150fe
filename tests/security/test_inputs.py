"""Fields that are not the caller's, letters that look alike, and texts made to keep a pattern busy."""

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator

import pytest

import genjilib
from tests.api import Api

FORGED = {
    "coins": 9999,
    "is_mod": True,
    "verified": True,
    "verified_by": 1,
    "message_id": 5,
    "official": True,
    "is_superuser": True,
    "xp": 9999,
    "wr_xp_check": True,
}
"""What only the product itself decides; the contract lets clients send more than it reads."""


async def test_what_only_the_product_decides_is_not_read_from_a_body(api: Api) -> None:
    made = await api.post("/users", {"id": 10**17, "global_name": "A", "nickname": "A"} | FORGED)
    assert made.status == 201
    assert (await api.patch(f"/users/{10**17}", {"nickname": "B"} | FORGED)).status < 300
    assert api.rows("select nickname, coins, is_mod from core.users where id = 10 ^ 17") == [("B", 0, False)]
    map_id = api.add_map()
    body = {"code": "AAAA", "user_id": 10**17, "time": 9, "screenshot": "https://a.example/s", "video": None}
    assert (await api.post("/completions", body | FORGED)).status == 201
    run = "select verified, verified_by, message_id, wr_xp_check from core.completions where map_id = %s"
    assert api.rows(run, map_id) == [(False, None, None, False)]
    assert api.xp(10**17) == 0


@pytest.mark.parametrize("code", ["АAAA", "ＡAAA", "aAAA", "AAA\u0391", "AAAA\n", "AAA\u200b", "AAA١"])
async def test_a_code_of_signs_that_look_like_ascii_is_refused(api: Api, code: str) -> None:
    user_id = api.add_user()
    api.add_map()
    body = {"code": code, "user_id": user_id, "time": 9, "screenshot": "https://a.example/s", "video": None}
    await api.refuses(api.post("/completions", body), 400, "validation-failed")


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every pattern that a module of the product keeps, but for those that read our own SQL files."""
    for module in pkgutil.walk_packages(genjilib.__path__, "genjilib."):
        if not module.name.startswith(("genjilib.db", "genjilib.local", "genjilib.ops", "genjilib.queries")):
            for name, value in vars(importlib.import_module(module.name)).items():
                found = getattr(value, "__self__", value)
                if isinstance(found, re.Pattern) and isinstance(found.pattern, str):
                    yield f"{module.name}.{name}", found


PATTERNS = dict(patterns())
UNITS = (
    "a",
    "a.",
    "a-",
    "a@",
    "@a.",
    "1",
    "1:",
    "0.",
    " ",
    "\n",
    "_",
    "*",
    "<",
    "://",
    "a:",
    "\\",
    "é",
    "A1",
    "-1",
)


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_takes_long_over_a_text_made_for_it(name: str) -> None:
    pattern = PATTERNS[name]
    for unit in UNITS:
        text = (unit * 5000)[:5000] + "\x01"
        start = time.thread_time()
        for use in (pattern.search, pattern.fullmatch):
            use(text)
        # Linear work on so short a text takes far below this; quadratic or worse takes seconds.
        assert time.thread_time() - start < 0.2, unit


def test_the_patterns_of_the_product_are_found() -> None:
    assert {"genjilib.auth.rules._EMAIL", "genjilib.chat.look._MARKDOWN"} <= PATTERNS.keys()


async def test_a_body_of_very_many_keys_is_read_and_forgotten(api: Api) -> None:
    user_id = api.add_user()
    many = "".join(f',"k{n}":{n}' for n in range(60_000))
    body = f'{{"nickname":"B"{many}}}'
    headers = {"Content-Type": "application/json"}
    start = time.thread_time()
    done = await api.ask("PATCH", f"/users/{user_id}", data=body, headers=headers)
    assert (done.status, time.thread_time() - start < 2) == (200, True)
    nested = "{" + f'"nickname":{{"a":1{many}}}' + "}"
    refused = await api.ask("PATCH", f"/users/{user_id}", data=nested, headers=headers)
    refused.refused(400, "validation-failed")
    assert len(refused.raw) < 1000
