"""Speed of the API's hot routes, as shares of what bare aiohttp with psycopg's own pool reaches meanwhile.

``make bench-api`` runs it. Three servers take turns on one database, ``benchmarks/data.py``, in rounds, so
that what else the machine does hits all of them:

* ``limit``: bare aiohttp and ``select 1`` through psycopg's pool, the most that the ordinary way can reach;
* ``ordinary``: our routes with the same statements, but each through psycopg's pool and cursor, rows made
  into objects and these into JSON;
* ``ours``: ``runners/api.py`` as it is.

Each line shows the medians of a route: requests a second, times in ms, CPU time of the API and of PostgreSQL
for a request, and the shares. A bar is the least share of the limit at 16 connections that we want.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import msgspec
import psutil
import psycopg
import psycopg_pool
from aiohttp import web
from psycopg.types.json import Jsonb

from benchmarks import data
from benchmarks.tuned import tune
from genjilib.auth import keys
from genjilib.db import Db
from genjilib.local.ports import free_port
from genjilib.local.postgres import Postgres
from genjilib.local.scratch import migrate

HERE = Path(__file__).parent
CONNECTIONS = (1, 16, 64)
SLOWEST = 50.0
"""The p99 in ms that no route may pass at 16 connections."""
MIXES = 3.0
"""How many times the CPU time of the default a sort or a mix of filters may take."""
FLAT = 1.3
"""How many times the CPU time a route may take with ten times the runs."""

Request = tuple[str, str, Any]


@dataclass(frozen=True)
class Hot:
    """A hot route: what is asked, the bar of its share, and the route it is a variant of."""

    name: str
    requests: Callable[["World"], list[Request]]
    bar: float | None = None
    like: str | None = None
    ordinary: bool = True
    """Whether the ordinary way is measured too."""
    slow: str = ""
    """Why the slowest hundredth may take longer than ``SLOWEST``."""
    grows: str = ""
    """Why it may take more than ``FLAT`` with ten times the runs."""


class World:
    """What there is to ask for in the filled database."""

    def __init__(self, url: str) -> None:
        """Read codes and ids, each in a fixed mixed order."""
        self.url = url
        with psycopg.connect(url) as connection:

            def column(text: str) -> list[Any]:
                found = [row[0] for row in connection.execute(text.encode()).fetchall()]
                random.Random(1).shuffle(found)
                return found

            with_runs = """
                select m.code from core.maps as m join core.completions as c on c.map_id = m.id group by m.id
            """
            self.users = column("select id from core.users where id > 100000 order by id")
            # Those whose runs fill a page: else an answer with ten times the runs would be longer too.
            self.players = column(
                "select user_id from completions.current group by 1 having count(*) >= 10 order by 1"
            )
            self.usual = column(f"{with_runs} having count(*) <= 500 order by m.id limit 200")
            self.small = column(f"{with_runs} having count(*) between 45 and 55 order by m.id")
            self.largest = column(f"{with_runs} order by count(*) desc limit 1")
            self.names = column("select name from maps.names order by name")
            self.codes = column("select code from core.maps order by id")
            self._open = column("select code from core.maps where not archived order by id")
            taken = connection.execute(
                "select c.user_id, m.code from core.completions as c join core.maps as m on m.id = c.map_id"
            )
            self._free = self._pairs(set(taken.fetchall()))

    def _pairs(self, taken: set[tuple[Any, ...]]) -> Iterator[tuple[int, str]]:
        """Yield players with maps on which they have no run."""
        chosen = random.Random(2)
        while True:
            pair = chosen.choice(self.users), chosen.choice(self._open)
            if pair not in taken:
                taken.add(pair)
                yield pair

    def submissions(self) -> list[Request]:
        """Return runs that nobody has submitted yet, as many as were ever needed in a round."""
        shown = {"screenshot": "https://cdn.example/s.png", "video": "https://video.example/v"}
        return [
            ("POST", "/api/v3/completions", {"code": code, "user_id": user_id, "time": 50.5, **shown})
            for user_id, code in islice(self._free, 4000)
        ]

    def verdicts(self) -> list[Request]:
        """Return verdicts on runs that are added for them."""
        users, codes = zip(*islice(self._free, 3000), strict=True)
        with psycopg.connect(self.url) as connection:
            connection.execute("set session_replication_role = replica")
            found = connection.execute(
                """
                insert into core.completions (map_id, user_id, time, screenshot, video, inserted_at)
                select
                  m.id, p.user_id, 30 + random() * 400, 'https://cdn.example/s', 'https://video.example/v',
                  clock_timestamp()
                from unnest(%s::bigint[], %s::text[]) as p (user_id, code)
                join core.maps as m on m.code = p.code
                returning id
                """,
                [list(users), list(codes)],
            ).fetchall()
        body = {"verified_by": self.users[0], "verified": True, "reason": None}
        return [("PUT", f"/api/v3/completions/{id_}/verification", body) for (id_,) in found]


def _gets(*paths: str) -> Callable[[World], list[Request]]:
    return lambda _: [("GET", path, None) for path in paths]


def _each(path: str, of: Callable[[World], list[Any]]) -> Callable[[World], list[Request]]:
    return lambda world: [("GET", path.format(each), None) for each in of(world)]


MAPS, RUNS = "/api/v3/maps", "/api/v3/completions"
BOARD, STATISTICS = "/api/v3/community/leaderboard", "/api/v3/community/statistics"
COMPLETE = "/api/v3/utilities/autocomplete"
MANY = (
    "official=true&archived=false&hidden=false&difficulty_range_min=Easy&difficulty_range_max=Hard"
    "&minimum_quality=3&medal_filter=With&category=Classic"
)
ROUTES = [
    Hot("user", _each("/api/v3/users/{}", lambda w: w.users), 1.90),
    Hot(
        "autocomplete", _each(COMPLETE + "/names?search={}&limit=5", lambda w: [n[:3] for n in w.names]), 1.10
    ),
    Hot("map search", _gets(MAPS), 0.60),
    Hot("map search, filtered", _gets(f"{MAPS}?difficulty_exact=Hard&mechanics=Bhop"), 0.85),
    Hot("map leaderboard", _each(RUNS + "/{}", lambda w: w.usual), 0.65),
    Hot("community leaderboard", _gets(BOARD), 0.45),
    Hot("user's completions", _each(RUNS + "?user_id={}", lambda w: w.players), 0.28),
    Hot("submit", World.submissions, 0.22),
    Hot(
        "verify",
        World.verdicts,
        0.12,
        slow="a verdict changes some thirty rows and their indexes: sixteen at once wait for two cores",
    ),
    Hot("codes", _each(COMPLETE + "/codes?search={}&limit=5", lambda w: [c[:3] for c in w.codes])),
    Hot("users by name", _each(COMPLETE + "/users?search=Player{}&limit=5", lambda _: [*range(99)])),
    Hot("newsfeed", _gets("/api/v3/newsfeed")),
    Hot("notifications", _each("/api/v3/notifications/users/{}/events", lambda w: w.users)),
    Hot("rank card", _each("/api/v3/users/{}/rank-card", lambda w: w.users)),
    Hot("trending", _gets(f"{MAPS}/trending")),
    Hot("latest runs", _gets(f"{RUNS}/all")),
    Hot("moderation records", _gets(f"{RUNS}/moderation/records")),
    Hot(
        "waiting runs",
        _gets(f"{RUNS}/pending"),
        grows="all that wait are the answer, which has no pages: it is ten times as long",
    ),
    Hot("dashboard", _each(RUNS + "/dashboard?user_id={}", lambda w: w.players)),
    Hot("world records", _each(RUNS + "/world-records?user_id={}", lambda w: w.users)),
    Hot("time played", _gets(f"{STATISTICS}/ranks/time-played")),
    Hot("popular maps", _gets(f"{STATISTICS}/maps/popular")),
    Hot("popular creators", _gets(f"{STATISTICS}/creators/popular")),
    Hot("map counts", _gets(f"{STATISTICS}/maps/all")),
    Hot("maps by ratings", _gets(f"{MAPS}?sort=ratings:desc"), like="map search"),
    Hot("maps by name", _gets(f"{MAPS}?sort=map_name:asc&sort=code:desc"), like="map search"),
    Hot("maps, page 50", _gets(f"{MAPS}?page_number=50"), like="map search"),
    Hot(
        "maps, creator",
        _gets(*(f"{MAPS}?creator_names={n}" for n in ("a7", "ad", "Play"))),
        like="map search",
    ),
    Hot("maps, one code", _each(MAPS + "?code={}", lambda w: w.codes), like="map search"),
    Hot(
        "maps, undone",
        _each(MAPS + "?completion_filter=Without&user_id={}", lambda w: w.users),
        like="map search",
    ),
    Hot("maps, many filters", _gets(f"{MAPS}?{MANY}"), like="map search"),
    *(
        Hot(
            f"by {key} {way}",
            _gets(f"{BOARD}?sort_column={key}&sort_direction={way}"),
            like="community leaderboard",
        )
        for key in ("nickname", "wr_count", "skill_rank", "skill_score")
        for way in ("asc", "desc")
    ),
    Hot("by part of a name", _gets(f"{BOARD}?name=ad", f"{BOARD}?name=Play"), like="community leaderboard"),
    Hot(
        "of a tier",
        _gets(f"{BOARD}?tier_name=Gold%203", f"{BOARD}?skill_rank=Jumper"),
        like="community leaderboard",
    ),
]
SIZES = [hot for hot in ROUTES if hot.like is None]


@dataclass
class Server:
    """A server that is measured."""

    process: subprocess.Popen[bytes]
    port: int
    key: str
    postgres: int
    log: Path

    def used(self) -> tuple[float, float]:
        """CPU seconds of the server and of PostgreSQL until now."""
        backends = psutil.Process(self.postgres).children(recursive=True)
        return seconds(psutil.Process(self.process.pid)), sum(map(seconds, backends))


def seconds(process: psutil.Process) -> float:
    """CPU seconds of a process; none of one that has ended."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0
    return times.user + times.system


@dataclass
class Measured:
    """What the rounds of one route on one server showed."""

    rates: list[float] = field(default_factory=list[float])
    p50: list[float] = field(default_factory=list[float])
    p99: list[float] = field(default_factory=list[float])
    api: list[float] = field(default_factory=list[float])
    database: list[float] = field(default_factory=list[float])
    failed: int = 0

    def add(self, other: "Measured") -> None:
        """Take what another showed too."""
        for name in ("rates", "p50", "p99", "api", "database"):
            getattr(self, name).extend(getattr(other, name))

    def middle(self, name: str) -> float:
        """Return the median of a series."""
        return statistics.median(getattr(self, name))

    @property
    def cpu(self) -> float:
        """Microseconds of CPU time for a request, API and database."""
        return self.middle("api") + self.middle("database")


def measure(server: Server, requests: list[Request], connections: int, duration: int, into: Measured) -> None:
    """Send requests for a while and note what came."""
    lines = (f"{method}\t{path}\t{json.dumps(body) if body else ''}\n" for method, path, body in requests)
    file = server.log.with_suffix(".requests")
    file.write_text("".join(lines))
    before = server.used()
    command = [
        *("wrk", "-t1", f"-c{connections}", f"-d{duration}s", "-s", str(HERE / "wrk.lua")),
        *(f"http://127.0.0.1:{server.port}/", "--", str(file), server.key),
    ]
    output = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    after = server.used()
    found = json.loads(output.splitlines()[-1])
    done = max(1, found["requests"])
    into.rates.append(done / found["seconds"])
    into.p50.append(found["p50"])
    into.p99.append(found["p99"])
    into.api.append((after[0] - before[0]) / done * 1e6)
    into.database.append((after[1] - before[1]) / done * 1e6)
    into.failed += found["failed"]


def routes(servers: dict[str, Server], world: World, chosen: list[Hot], args: argparse.Namespace) -> None:
    """Measure routes in alternating rounds and print a table for each number of connections."""
    for connections in args.connections:
        print(f"\n{connections} connections\n{HEAD}", flush=True)
        defaults: dict[str, float] = {}
        limits = Measured()
        for hot in chosen:
            took = {name: Measured() for name in servers if name != "ordinary" or hot.ordinary}
            for number in range(args.rounds):
                for name in took if number % 2 else reversed(took):
                    asked = [("GET", "/", None)] if name == "limit" else hot.requests(world)
                    measure(servers[name], asked, connections, args.seconds, took[name])
            ours = took["ours"]
            if "limit" in took:
                limits.add(took["limit"])
            if hot.like is None:
                defaults[hot.name] = ours.cpu
            print(line(hot, took, defaults.get(hot.like or ""), connections), flush=True)
        if limits.rates:
            print(line(Hot("the limit itself", World.submissions), {"ours": limits}, None, 0), flush=True)


HEAD = (
    f"{'':26} {'req/s':>7} {'p50':>7} {'p99 ms':>7} {'API':>6} {'PG µs':>7} {'of limit':>9} {'range':>11}"
    f" {'bar':>5} {'× ordinary':>10}"
)


def line(hot: Hot, took: dict[str, Measured], default: float | None, connections: int) -> str:
    """Describe a route's medians."""
    ours = took["ours"]
    parts = [
        f"{hot.name:26} {ours.middle('rates'):7,.0f} {ours.middle('p50'):7.1f} {ours.middle('p99'):7.1f}",
        f"{ours.middle('api'):6.0f} {ours.middle('database'):7.0f}",
    ]
    marks: list[str] = []
    if "limit" in took:
        pairs = zip(ours.rates, took["limit"].rates, strict=True)
        shares = sorted(own / limit for own, limit in pairs)
        share = statistics.median(shares)
        bar = f"{hot.bar:5.0%}" if hot.bar else "     "
        parts.append(f"{share:9.0%} {f'{shares[0]:.0%}–{shares[-1]:.0%}':>11} {bar}")
        if hot.bar and connections == 16 and share < hot.bar:
            marks.append("below its bar")
    if "ordinary" in took:
        parts.append(f"{ours.middle('rates') / took['ordinary'].middle('rates'):9.1f}×")
    if default is not None:
        parts.append(f"  {ours.cpu / default:.1f}× the default")
        if ours.cpu / default > MIXES:
            marks.append(f"more than {MIXES:g}×")
    if connections == 16 and ours.middle("p99") > SLOWEST:
        if hot.slow:
            parts.append(f"  {hot.slow}")
        else:
            marks.append(f"p99 over {SLOWEST:g} ms")
    if failed := sum(each.failed for each in took.values()):
        marks.append(f"{failed} failed")
    return " ".join(parts) + (f"   ✗ {', '.join(marks)}" if marks else "")


def sizes(small: Server, large: Server, worlds: tuple[World, World], args: argparse.Namespace) -> None:
    """Compare routes with ten times the runs, and the largest leaderboard with a usual one."""
    columns = f"{'':26} {'µs':>7} {'µs':>8} {'ratio':>6}"
    print(f"\nCPU time of a request, and with ten times the runs\n{columns}")
    for hot in SIZES:
        if not wanted(hot, args):
            continue
        took = compare(hot.requests, (small, large), worlds, args)
        show_ratio(hot, took)
    print(f"\nThe leaderboards of maps with 50 runs, and of the map with the most\n{columns}")
    boards = (
        _each("/api/v3/completions/{}", lambda w: w.small),
        _each("/api/v3/completions/{}", lambda w: w.largest),
    )
    took = [Measured(), Measured()]
    for _ in range(args.rounds):
        for board, into in zip(boards, took, strict=True):
            measure(small, board(worlds[0]), 16, args.seconds, into)
    show_ratio(Hot("map leaderboard", World.submissions), took)


def wanted(hot: Hot, args: argparse.Namespace) -> bool:
    """Tell whether a route was asked for; all are where none is named."""
    return not args.only or any(part in hot.name for part in args.only)


def compare(
    requests: Callable[[World], list[Request]],
    servers: tuple[Server, Server],
    worlds: tuple[World, World],
    args: argparse.Namespace,
) -> list[Measured]:
    """Measure the same on both servers in turns, once their databases have in memory what is asked for."""
    took = [Measured(), Measured()]
    for server, world in zip(servers, worlds, strict=True):
        measure(server, requests(world), 16, args.seconds, Measured())
    for _ in range(args.rounds):
        for server, world, into in zip(servers, worlds, took, strict=True):
            measure(server, requests(world), 16, args.seconds, into)
    return took


def show_ratio(hot: Hot, took: list[Measured]) -> None:
    """Print two CPU times and how many times the first the second is."""
    ratio = took[1].cpu / took[0].cpu
    reason = hot.grows or f"✗ more than {FLAT:g}×"
    mark = f"   {reason}" if ratio > FLAT else ""
    failed = f"   ✗ {took[0].failed + took[1].failed} failed" if took[0].failed + took[1].failed else ""
    print(f"{hot.name:26} {took[0].cpu:7,.0f} {took[1].cpu:8,.0f} {ratio:5.2f}×{mark}{failed}", flush=True)


@contextlib.asynccontextmanager
async def serving(kind: str, url: str, postgres: int, folder: Path) -> AsyncGenerator[Server]:
    """Run a server of a kind; prints how long ours took to its first answer."""
    async with Db.connect(url, name="bench") as db:
        created = await keys.create_key(db, name=f"bench {kind}", scopes=[], superuser=True, expires_at=None)
    port = free_port()
    log = folder / f"{kind}-{port}.log"
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "AMQP_URL": "amqp://127.0.0.1:1",
        "TOKEN_SECRET": "of-a-benchmark-of-a-benchmark-of-a",
        "API_PORT": str(port),
        "PYTHONPATH": str(HERE.parent),
    }
    module = ["-m", "runners.api"] if kind == "ours" else ["-m", "benchmarks.api", kind]
    with log.open("wb") as output:
        began = perf_counter()
        process = subprocess.Popen([sys.executable, *module], env=environment, stdout=output, stderr=output)
        try:
            while not await answers(port):
                if process.poll() is not None:
                    raise SystemExit(f"{kind} ended:\n{log.read_text()}")
                await asyncio.sleep(0.01)
            if kind == "ours":
                print(f"first answer after {perf_counter() - began:.2f} s", flush=True)
            yield Server(process, port, created.key, postgres, log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


async def answers(port: int) -> bool:
    """Tell whether a server answers."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /healthcheck HTTP/1.1\r\nHost: x\r\n\r\n")
        return b" 200 " in await reader.readline()
    except OSError:
        return False


async def serve_limit() -> None:
    """Serve ``select 1`` by bare aiohttp and psycopg's pool."""
    async with psycopg_pool.AsyncConnectionPool(os.environ["DATABASE_URL"], max_size=10) as pool:

        async def one(_: web.Request) -> web.Response:
            async with pool.connection() as connection:
                row = await (await connection.execute("select 1")).fetchone()
            return web.Response(body=msgspec.json.encode(row), content_type="application/json")

        app = web.Application()
        app.router.add_get("/", one)
        app.router.add_get("/healthcheck", one)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", int(os.environ["API_PORT"])).start()
        await asyncio.Event().wait()


def serve_ordinary() -> int:
    """Serve our routes with each statement through psycopg's pool and cursor, rows made into objects."""
    from genjilib.core.json import Json, encode
    from genjilib.db import Tx
    from genjilib.db.statement import Statement
    from runners import api
    from runners.start import start

    async def rows(statement: Any, db: Any, values: Any, order: str | None = None) -> tuple[list[Any], int]:
        text = statement._chosen(values, order) if statement._clauses or order else statement._plain
        kinds = [*statement.parameters.values()]
        given = [adapted(kinds[i], values[i]) for i in text.parameters]
        if isinstance(db, Tx):
            await db._begin()
            return await ask(db._connection, statement, text, given)
        async with db._pool.connection() as connection:
            return await ask(connection, statement, text, given)

    def adapted(kind: str, value: Any) -> Any:
        """Return a value as psycopg takes it."""
        if value is not None and kind.startswith("json"):
            plain = msgspec.to_builtins(value)
            return [*map(Jsonb, plain)] if kind.endswith("[]") else Jsonb(plain)
        return [*value] if isinstance(value, tuple) else value

    async def ask(connection: Any, statement: Any, text: Any, given: list[Any]) -> tuple[list[Any], int]:
        cursor = psycopg.AsyncRawCursor(connection)
        await cursor.execute(text.sql, given, prepare=True)
        found = await cursor.fetchall() if cursor.description else []
        return [statement._row(row) for row in found], cursor.rowcount

    async def many(self: Any, db: Any, values: Any, order: str | None = None) -> Any:
        return (await rows(self, db, values, order))[0]

    async def first(self: Any, db: Any, values: Any, order: str | None = None) -> Any:
        found = (await rows(self, db, values, order))[0]
        return found[0] if found else None

    async def count(self: Any, db: Any, values: Any, order: str | None = None) -> int:
        return (await rows(self, db, values, order))[1]

    async def json_many(self: Any, db: Any, values: Any, order: str | None = None) -> Any:
        return Json(encode(await many(self, db, values, order)))

    async def json_first(self: Any, db: Any, values: Any, order: str | None = None) -> Any:
        return Json(encode(await first(self, db, values, order)))

    # The last statement of a transaction is one like the others there.
    Tx.closing = property(lambda tx: tx)
    for name in ("_maybe", "_one", "_value", "_only", "_nothing"):
        setattr(Statement, name, first)
    for name, made in {"_many": many, "_count": count, "_json_many": json_many}.items():
        setattr(Statement, name, made)
    for name in ("_json_maybe", "_json_one"):
        setattr(Statement, name, json_first)
    return start("api", api.run)


async def main(args: argparse.Namespace) -> None:
    """Fill databases, start servers, measure."""
    with TemporaryDirectory(prefix="genji-bench-") as folder:
        postgres = Postgres(Path(folder) / "pg")
        postgres.directory.mkdir()
        try:
            await postgres.start()
            await tune(postgres)
            assert postgres.pid
            urls = {1: postgres.url("usual"), 10: postgres.url("large")}
            for times, url in urls.items() if args.sizes else [(1, urls[1])]:
                began = perf_counter()
                await migrate(url)
                for _ in data.fill(url, times=times):
                    pass
                print(f"{times} × the data in {perf_counter() - began:.0f} s", flush=True)
            await run(args, urls, postgres.pid, Path(folder))
        finally:
            await postgres.stop()


async def run(args: argparse.Namespace, urls: dict[int, str], postgres: int, folder: Path) -> None:
    """Measure with the databases ready."""
    async with contextlib.AsyncExitStack() as stack:
        world = World(urls[1])
        chosen = [hot for hot in ROUTES if wanted(hot, args)]
        kinds = [kind for kind in ("limit", "ordinary", "ours") if kind not in args.without]
        servers = {
            kind: await stack.enter_async_context(serving(kind, urls[1], postgres, folder)) for kind in kinds
        }
        routes(servers, world, chosen, args)
        if args.sizes:
            large = await stack.enter_async_context(serving("ours", urls[10], postgres, folder))
            sizes(servers["ours"], large, (world, World(urls[10])), args)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=2, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=5, help="of each route")
    parser.add_argument("--connections", type=int, nargs="+", default=CONNECTIONS)
    parser.add_argument("--only", nargs="*", default=[], help="routes whose names hold one of these")
    parser.add_argument("--without", nargs="*", default=[], help="limit, ordinary")
    parser.add_argument("--sizes", action=argparse.BooleanOptionalAction, default=True)
    return parser.parse_args()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["limit"]:
            import uvloop

            uvloop.run(serve_limit())
        case ["ordinary"]:
            sys.exit(serve_ordinary())
        case _:
            asyncio.run(main(arguments()))
