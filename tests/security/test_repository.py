"""What is kept in the repository: no secret, and no dependency without its hash."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECRETS = {
    "a private key": re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=]{20}"),
    "a key of ours": re.compile(rb"genji_live_[0-9a-f]{8}_[A-Za-z0-9_-]{43}"),
    "a key of Resend": re.compile(rb"\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}"),
    "a key of AWS": re.compile(rb"\bAKIA[0-9A-Z]{16}\b"),
    "a token of Discord": re.compile(rb"\b[MN][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,}\b"),
}


def files() -> list[Path]:
    """What git would keep."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def test_no_file_holds_a_secret() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files()
        for name, pattern in SECRETS.items()
        if pattern.search(path.read_bytes())
    ]
    assert found == []


def test_the_environment_is_never_kept() -> None:
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()
    for line in (ROOT / ".env.example").read_text().splitlines():
        name, _, value = line.partition("=")
        assert not re.search("TOKEN|SECRET|PASSWORD|KEY", name) or re.match("$|change-me", value), name


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.lock")), ids=lambda path: path.name)
def test_every_locked_package_has_one_version_and_its_hashes(lock: Path) -> None:
    entries = re.split(r"\n(?=[a-zA-Z0-9])", re.sub(r"(?m)^#.*\n", "", lock.read_text()).strip())
    assert entries
    for entry in entries:
        assert re.match(r"[\w.\[\],-]+==[\w.+!]+", entry), entry
        assert "--hash=sha256:" in entry, entry
