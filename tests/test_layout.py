"""The rules of the layout that import-linter cannot say."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("genjilib/**/*.py"), *ROOT.glob("runners/*.py"), ROOT / "cli.py"])
QUERIES = sorted((ROOT / "sql" / "queries").rglob("*.sql"))

ROOMS = {
    "pika": r"genjilib/broker/",
    "discord": r"genjilib/chat/|genjilib/local/|genjilib/.*/bot(/\w+)?\.py|runners/bot\.py",
    "aiohttp.web": r"genjilib/web/|genjilib/local/|genjilib/.*/api\.py",
    "subprocess": r"genjilib/ops/|genjilib/local/",
}
SQL_WORDS = re.compile(
    r"^\s*(select\s.*\sfrom\s|insert\s+into\s|update\s.*\sset\s|delete\s+from\s)", re.IGNORECASE | re.DOTALL
)
SQL_ROOMS = re.compile(r"genjilib/(db/(describe|hints|adapt|nullability/.*)|ops/|local/)")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


@pytest.mark.parametrize("module", ROOMS)
def test_a_library_is_imported_in_its_room_only(module: str) -> None:
    outside = [
        relative(path)
        for path in FILES
        if any(name == module or name.startswith(f"{module}.") for name in imports_of(path))
        and not re.match(ROOMS[module], relative(path))
    ]
    assert outside == []


def test_there_is_no_sql_text_outside_sql() -> None:
    found = [
        f"{relative(path)}:{node.lineno}"
        for path in FILES
        if not SQL_ROOMS.match(relative(path))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_WORDS.match(node.value)
    ]
    assert found == []


def test_every_write_goes_through_rules() -> None:
    """Transport code calls only queries without a ``writes`` line."""
    writing = {
        ".".join(path.relative_to(ROOT / "sql" / "queries").with_suffix("").parts)
        for path in QUERIES
        if re.search(r"^-- writes:", path.read_text(), re.MULTILINE)
    }
    transport = [
        path for path in FILES if re.match(r"genjilib/.*/(api|bot|bot/\w+|worker)\.py", relative(path))
    ]
    named = {f"{relative(path)} names {name}" for path in transport for name in queries_of(path) & writing}
    assert named == set()


def queries_of(path: Path) -> set[str]:
    """The queries, ``domain.verb``, that a file names: called, handed on, or under another name."""
    tree = ast.parse(path.read_text())
    known = {"queries": "genjilib.queries"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for each in node.names:
                known[each.asname or each.name] = f"{node.module}.{each.name}"
        elif isinstance(node, ast.Import):
            known |= {each.asname: each.name for each in node.names if each.asname}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and (value := dotted(node.value, known)):
            known |= {target.id: value for target in node.targets if isinstance(target, ast.Name)}
    names = {dotted(node, known) for node in ast.walk(tree) if isinstance(node, (ast.Attribute, ast.Name))}
    return {name.removeprefix("genjilib.queries.") for name in names if name.startswith("genjilib.queries.")}


def dotted(node: ast.AST, known: dict[str, str]) -> str:
    """The full name that an expression stands for, empty when it is no name."""
    if isinstance(node, ast.Name):
        return known.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        before = dotted(node.value, known)
        return before and f"{before}.{node.attr}"
    return ""


def test_a_query_is_found_under_any_name(tmp_path: Path) -> None:
    file = tmp_path / "api.py"
    for text in (
        "from genjilib import queries\nqueries.maps.rate(db)",
        "from genjilib import queries as q\nq.maps.rate(db)",
        "from genjilib.queries import maps\nmaps.rate.json(db)",
        "from genjilib.queries import maps as m\nrun(m.rate)",
        "from genjilib.queries.maps import rate as r\nr(db)",
        "import genjilib.queries.maps as m\nm.rate(db)",
        "from genjilib import queries\nown = queries.maps\nown.rate(db)",
    ):
        file.write_text(text)
        assert "maps.rate" in queries_of(file), text


def test_queries_that_write_say_so() -> None:
    word = re.compile(r"\b(insert\s+into|update\s+\w+\.\w+|delete\s+from|merge\s+into)\b", re.IGNORECASE)
    silent = [
        relative(path)
        for path in QUERIES
        if word.search(re.sub(r"--[^\n]*", "", path.read_text()))
        and not re.search(r"^-- writes:", path.read_text(), re.MULTILINE)
    ]
    assert silent == []


def test_nothing_imports_the_runners_or_the_command_line() -> None:
    importing = [
        relative(path)
        for path in FILES
        if path.parent.name != "runners"
        and not relative(path).startswith("genjilib/ops/")
        and any(name.split(".")[0] in ("runners", "cli") for name in imports_of(path))
    ]
    assert importing == []


def test_every_module_opens_with_a_sentence() -> None:
    silent = [
        relative(path)
        for path in FILES
        if not (doc := ast.get_docstring(ast.parse(path.read_text())))
        or not doc.split("\n")[0].rstrip().endswith((".", ":"))
    ]
    assert silent == []


def test_every_log_line_has_a_name_in_one_form() -> None:
    """What happened is a slug, such as ``message-failed``: it can be searched for, and details are fields."""
    levels = {"debug", "info", "warning", "error", "critical", "exception"}
    found = [
        f"{relative(path)}:{node.lineno} {ast.unparse(node.args[0]) if node.args else ''}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in levels
        and isinstance(node.func.value, ast.Name)
        and re.fullmatch(r"_?log(ger)?", node.func.value.id)
        and not (
            node.args
            and isinstance(node.args[0], ast.Constant)
            and re.fullmatch(r"[a-z]+(-[a-z]+)*", str(node.args[0].value))
        )
    ]
    assert found == []


def test_every_limit_has_an_order() -> None:
    unordered = [
        relative(path)
        for path in QUERIES
        if (text := path.read_text().lower()).count("\nlimit") > text.count("\norder by")
    ]
    assert unordered == []
