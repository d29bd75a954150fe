"""How secrets are found: by their hashes, so that no time it takes tells how much of one is right."""

import ast
import hashlib
import re
from pathlib import Path

from genjilib.auth import keys, passwords

ROOT = Path(__file__).parents[2]
SECRET = re.compile(r"(?<![:\w]):(\w*(?:key|token|session|password)\w*)")
NO_SECRET = {"key_id", "token_id", "token_life"}
HASHES = re.compile(r"(?:key|token|session|password|except)_hash")


def test_every_secret_is_looked_up_by_its_hash() -> None:
    given = {
        name
        for path in (ROOT / "sql/queries/auth").glob("*.sql")
        for name in SECRET.findall(path.read_text())
    }
    assert given - NO_SECRET
    assert [name for name in given - NO_SECRET if not HASHES.fullmatch(name)] == []
    assert keys.hash_key("secret") == hashlib.sha256(b"secret").hexdigest()
    assert passwords.hash_token("secret") == hashlib.sha256(b"secret").hexdigest()


def test_no_code_compares_a_secret_itself() -> None:
    for path in (ROOT / "genjilib/auth").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare):
                sides = {ast.unparse(side).rpartition(".")[2] for side in (node.left, *node.comparators)}
                constants = [side for side in node.comparators if isinstance(side, ast.Constant)]
                assert constants or not sides & {"key", "token", "session_id", "password"}, ast.unparse(node)
