"""Nobody waits for a second connection while holding one: a full pool is slow, and never stands still."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from time import perf_counter

import pytest
from aiohttp import ClientSession

from tests.api import Answer, Api, api_on
from tests.completions.acts import submit, verify
from tests.playtests.acts import add_voter, opened, vote

POOL = 10
AT_ONCE = 16
"""Of each of the four kinds: 64 together."""


@pytest.fixture
async def narrow(database_url: str) -> AsyncIterator[Api]:
    """The API with the pool of a small deployment."""
    async with api_on(database_url, database_pool_size=POOL, database_pipelines=2) as served:
        yield served


async def test_64_verdicts_runs_votes_and_reads_at_once_all_get_their_answer(narrow: Api) -> None:
    api = narrow
    moderator = api.add_user("Sombra")
    map_id = api.add_map("AAAA", medals=(30, 40, 50))
    await opened(api, api.add_user("Kuromi"))
    players = [api.add_user() for _ in range(AT_ONCE)]
    waiting = [api.add_run(user_id, map_id, 60 - n) for n, user_id in enumerate(players)]
    others = [api.add_user() for _ in range(AT_ONCE)]
    voters = [add_voter(api) for _ in range(AT_ONCE)]
    asked: list[Awaitable[Answer]] = []
    for n in range(AT_ONCE):
        asked += [
            verify(api, waiting[n], moderator),
            submit(api, others[n], 70 + n),
            vote(api, voters[n], n / 10),
            api.get("/completions/AAAA") if n % 2 else api.get("/maps"),
        ]

    async def timed(act: Awaitable[Answer]) -> tuple[int, float]:
        started = perf_counter()
        answer = await act
        return answer.status, perf_counter() - started

    async def health() -> list[float]:
        """How long the health check took, again and again."""
        took: list[float] = []
        async with ClientSession() as http:
            while not done.is_set():
                started = perf_counter()
                async with http.get(f"{api.base}/healthcheck") as answer:
                    assert (answer.status, await answer.json()) == (200, True)
                took.append(perf_counter() - started)
        return took

    done = asyncio.Event()
    async with asyncio.timeout(30):
        checking = asyncio.create_task(health())
        found = await asyncio.gather(*map(timed, asked))
        done.set()
        checks = await checking
    assert [status for status, _ in found] == [200, 201, 202, 200] * AT_ONCE
    # Bounded: far below what all of them would take one after the other on a machine that does much else.
    assert max(seconds for _, seconds in found) < 15
    assert checks
    assert max(checks) < 5
    assert (
        api.value("select count(*) from core.completions where verified and map_id = %s", map_id) == AT_ONCE
    )
    assert api.value("select count(*) from playtests.votes") == AT_ONCE
    assert {tuple(api.notified(user_id)) for user_id in players} == {("verification_approved", "xp_gain")}
