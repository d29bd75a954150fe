"""The lists that ``genji show`` prints: each row has a name and the file and line where the thing stands."""

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

if TYPE_CHECKING:
    from genjilib.web.routes import Route

ROOT = Path(__file__).parents[2]
"""The folder that shown paths are relative to: the checkout, or what the package is installed in."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Service:
    """A process of ours or a service outside, and the one place of the code that is or reaches it."""

    name: str
    kind: str
    file: str
    symbol: str
    settings: tuple[str, ...]
    what: str


SERVICES = (
    Service("api", "runner", "runners/api.py", "async def run", ("api_host", "api_port"), "Answers HTTP."),
    Service("bot", "runner", "runners/bot.py", "async def run", ("discord_token",), "Lives in Discord."),
    Service(
        "worker",
        "runner",
        "runners/worker.py",
        "async def run",
        ("amqp_url",),
        "Relays messages and handles them.",
    ),
    Service(
        "crawler",
        "runner",
        "runners/crawler.py",
        "async def run",
        ("bungie_api_keys",),
        "Walks through the raids' reports.",
    ),
    *(
        Service(name, "raids", f"genjilib/raids/{file}.py", symbol, settings, what)
        for name, file, symbol, settings, what in (
            ("atlas", "crawler", "class Crawler", ("crawler_start_id",), "The crawler."),
            ("hermes", "gates", "class Gates", ("amqp_url",), "The worker's raid queues and their gates."),
            ("zeus", "bungie", "class Permits", ("bungie_stats_rate",), "The rate that all clients keep to."),
            (
                "hades",
                "crawler",
                "async def _try_again",
                ("raid_alerts_url",),
                "The crawler's tries for missed reports.",
            ),
            ("athena", "manifest", "async def update", ("bungie_url",), "Weapons and feats of the manifest."),
            ("hera", "clans", "async def crawl", ("bungie_url",), "Clans of the leading players."),
            ("pan", "rules", "async def want_histories", (), "Which histories are read next."),
            ("nemesis", "nemesis", "async def judge", ("raid_alerts_url",), "Cheat levels and blacklists."),
            ("bob", "repair", "async def mend_totals", (), "The repair of first clears and totals."),
        )
    ),
    Service(
        "postgresql", "outside", "genjilib/db/pool.py", "class Db", ("database_url",), "Keeps everything."
    ),
    Service(
        "rabbitmq", "outside", "genjilib/broker/client.py", "class Broker", ("amqp_url",), "Carries messages."
    ),
    Service(
        "discord",
        "outside",
        "genjilib/chat/client.py",
        "class GenjiBot",
        ("discord_api_url",),
        "Is where people are.",
    ),
    Service("s3", "outside", "genjilib/storage.py", "async def put", ("s3_endpoint_url",), "Keeps images."),
    Service("bungie", "outside", "genjilib/raids/bungie.py", "class Bungie", ("bungie_url",), "Knows raids."),
    Service(
        "clickhouse",
        "outside",
        "genjilib/raids/clickhouse.py",
        "class ClickHouse",
        ("clickhouse_url",),
        "Answers questions about all raids at once.",
    ),
    Service("mail", "outside", "genjilib/mail.py", "async def send", ("resend_api_url",), "Sends mails."),
    Service(
        "sentry",
        "outside",
        "genjilib/core/reports.py",
        "def configure",
        ("sentry_dsn",),
        "Keeps error reports.",
    ),
)


def routes() -> list[Row]:
    """Return the operations of the API in the order of the route table."""
    from runners.api import ROUTES

    return [_route(route) for route in ROUTES]


def _route(route: "Route") -> Row:
    scope = "public" if route.public else ", ".join(route.scopes) or "superuser"
    return {
        "name": route.name,
        "method": route.method,
        "path": route.path,
        "scope": scope,
        "status": route.status,
        "file": relative(route.file),
        "line": route.line,
    }


def queries() -> list[Row]:
    """Return the query files: what they return and what they write."""
    from genjilib.db import scan
    from genjilib.db.statement import SQL_ROOT

    folder = SQL_ROOT / "queries"
    files = [
        scan.parse(str(path.relative_to(folder)), path.read_text()) for path in sorted(folder.rglob("*.sql"))
    ]
    return [
        {
            "name": file.name,
            "returns": file.directives.get("returns"),
            "writes": [name.strip() for name in file.directives.get("writes", "").split(",") if name.strip()],
            "meaning": file.doc.splitlines()[0],
            "file": relative(folder / file.path),
            "line": 1,
        }
        for file in files
    ]


def queues() -> list[Row]:
    """Return the table of queues with the runner that consumes each, and the handler where there is one."""
    from genjilib.broker import topology
    from runners import bot, worker

    path = Path(inspect.getfile(topology))
    handlers = {
        handler.event.queue: _place(handler)
        for handler in (*bot.HANDLERS, *worker.HANDLERS, *worker.RAID_HANDLERS)
    }
    return [
        {
            "name": queue.name,
            "consumer": queue.runner,
            "handler": handlers.get(queue.name),
            "ordered": queue.ordered,
            "dead": queue.dead,
            "file": relative(path),
            "line": line_of(path, f'"{queue.name}"'),
        }
        for queue in topology.QUEUES
    ]


def _place(handler: Any) -> str:
    found = where(handler.prepare or handler.apply)
    return f"{found['file']}:{found['line']}"


def cli_commands(root: Any) -> list[Row]:
    """Return the commands below ``root``, the tree that Typer built."""
    return [
        {
            "name": " ".join(names),
            "kind": "cli",
            "meaning": _first_line(command.callback),
            **where(command.callback),
        }
        for names, command in walk(root, ("genji",))
    ]


def walk(command: Any, names: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the commands of a tree that do something, with the words that call them."""
    below = getattr(command, "commands", None)
    if below is None:
        yield names, command
        return
    for name, child in below.items():
        yield from walk(child, (*names, name))


def discord_commands() -> list[Row]:
    """Return the commands of the bot's cogs, menus and text commands included."""
    from runners.bot import COGS

    return [
        row
        for cog in COGS
        for row in (
            *(_discord_command(command, "/") for command in _leaves(cog.__cog_app_commands__)),
            *(_discord_command(menu) for menu in cog.menus),
            *(_discord_command(command, "$") for command in cog.__cog_commands__),
        )
    ]


def _discord_command(command: Any, sign: str = "") -> Row:
    """Return a command: one with a slash, a menu, or a text command with the sign of local bots."""
    return {
        "name": f"{sign}{command.qualified_name}",
        "kind": "discord",
        "meaning": getattr(command, "description", "") or _first_line(command.callback),
        **where(command.callback),
    }


def settings() -> list[Row]:
    """Return the settings: environment variable, type, default, whether it is a secret, meaning."""
    from pydantic import SecretStr
    from pydantic_core import PydanticUndefined

    from genjilib.core.settings import Settings

    path = Path(inspect.getfile(Settings))
    found: list[Row] = []
    for name, field in Settings.model_fields.items():
        secret, required = field.annotation is SecretStr, field.is_required()
        default = None if required or secret or field.default is PydanticUndefined else field.default
        found.append(
            {
                "name": name.upper(),
                "type": _type(field.annotation),
                "default": default,
                "required": required,
                "secret": secret,
                "meaning": field.description,
                "file": relative(path),
                "line": line_of(path, f"    {name}:"),
            }
        )
    return found


def metrics() -> list[Row]:
    """Return the metrics: kind, labels, meaning; those of the process itself come from their library."""
    from genjilib.core.metrics import REGISTRY

    path = ROOT / "genjilib" / "core" / "metrics.py"
    tree = ast.parse(path.read_text()).body
    calls = [
        (node.lineno, node.value)
        for node in tree
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
    ]
    ours = [_metric(path, line, call) for line, call in calls if len(call.args) > 1]
    known = {row["name"].removesuffix("_total") for row in ours}
    process: list[Row] = [
        {
            "name": f"{family.name}_total" if family.type == "counter" else family.name,
            "kind": family.type,
            "labels": [],
            "meaning": family.documentation,
            "file": relative(path),
            "line": line_of(path, "ProcessCollector("),
        }
        for family in REGISTRY.collect()
        if family.name not in known
    ]
    return [*process, *ours]


def services() -> list[Row]:
    """Return the processes of ours and the services outside, and where the code is that reaches them."""
    return [
        {
            "name": service.name,
            "kind": service.kind,
            "settings": [name.upper() for name in service.settings],
            "meaning": service.what,
            "file": service.file,
            "line": line_of(ROOT / service.file, service.symbol),
        }
        for service in SERVICES
    ]


def placed(rows: Iterable[Row]) -> list[Row]:
    """Add ``where``, the ``file:line`` that editors and terminals open."""
    return [{**row, "where": f"{row['file']}:{row['line']}"} for row in rows]


def relative(path: Path | str) -> str:
    """Return ``path`` as it is written from the project's folder."""
    path = Path(path)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def line_of(path: Path, text: str) -> int:
    """Return the first line of the file that holds ``text``; 1 when none does."""
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if text in line:
            return number
    return 1


def where(function: Callable[..., Any]) -> Row:
    """Return file and line of a function, wrappers taken off."""
    plain = inspect.unwrap(function)
    return {"file": relative(inspect.getsourcefile(plain) or "?"), "line": inspect.getsourcelines(plain)[1]}


def _type(annotation: Any) -> str:
    """Return a type's name; of a choice what may be chosen."""
    if get_origin(annotation) is Literal:
        return " | ".join(get_args(annotation))
    return getattr(annotation, "__name__", str(annotation))


def _leaves(commands: Iterable[Any]) -> Iterator[Any]:
    for command in commands:
        below = getattr(command, "commands", None)
        yield from _leaves(below) if below is not None else (command,)


def _first_line(function: Callable[..., Any]) -> str:
    return (inspect.getdoc(function) or "").partition("\n")[0]


def _metric(path: Path, line: int, call: ast.Call) -> Row:
    name, meaning, *rest = (ast.literal_eval(argument) for argument in call.args)
    return {
        "name": name,
        "kind": ast.unparse(call.func).lower(),
        "labels": list(rest[0]) if rest else [],
        "meaning": meaning,
        "file": relative(path),
        "line": line,
    }
