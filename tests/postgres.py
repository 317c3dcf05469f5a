"""A throw-away PostgreSQL server for tests: one cluster per run, shared by the workers, one database per test."""

import asyncio
import fcntl
import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import asyncpg
import pytest

_NUMBERS = itertools.count()
# A database is a folder of a thousand files: in memory a copy takes milliseconds. (A container may have little of it.)
_SHARED = Path("/dev/shm")
MEMORY = _SHARED if os.access(_SHARED, os.W_OK) and shutil.disk_usage(_SHARED).free > 1 << 30 else Path("/tmp")


def _folder_of_programs() -> Path:
    """Where `initdb` is: Debian keeps it out of PATH, in a folder named after the version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        pytest.fail("PostgreSQL is not installed: run `make setup`, or `apt-get install postgresql`.")
    return Path(on_path).parent


def _run(*command: str | Path) -> None:
    """Run a program of PostgreSQL, as the user `postgres` when we are root (it refuses root)."""
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--", *words]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd="/")


@dataclass
class PostgresServer:
    """A cluster listening on a socket in its own folder only."""

    folder: Path
    name: str

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://postgres@/{name}?host={self.folder}"

    def create(self, template: str = "template1", name: str = "") -> str:
        """A new database copied from `template`; returns its name."""
        name = name or f"{self.name}_{next(_NUMBERS)}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return name

    def create_on(self, folder: Path) -> str:
        """A new database whose tables lie in `folder`, on another disk."""
        name = f"{self.name}_{next(_NUMBERS)}"
        folder.mkdir()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        self._execute(f"CREATE TABLESPACE \"{name}\" LOCATION '{folder}'")
        self._execute(f'CREATE DATABASE "{name}" TABLESPACE "{name}"')
        return name

    def has(self, name: str) -> bool:
        return bool(self._execute(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))

    def rename(self, name: str, to: str) -> None:
        self._execute(f'ALTER DATABASE "{name}" RENAME TO "{to}"')

    def drop(self, name: str) -> None:
        self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """As if somebody had pulled the plug."""
        _run(_folder_of_programs() / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")

    def start(self) -> None:
        """After `stop`."""
        _serve(self.folder)

    def _execute(self, statement: str) -> list[asyncpg.Record]:
        async def execute() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(host=str(self.folder), user="postgres", database="postgres")
            try:
                found: list[asyncpg.Record] = await connection.fetch(statement)
                return found
            finally:
                await connection.close()

        return asyncio.run(execute())

    @classmethod
    @contextmanager
    def running(cls, factory: pytest.TempPathFactory) -> Iterator["PostgresServer"]:
        """The server of this run: the first worker starts it, the last one to leave stops it."""
        worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        folder = MEMORY / f"tambour-pg-{hash_of(of_the_run(factory)):x}"
        with locked(folder.with_suffix(".lock")):
            users = _count(folder, +1)
            if users == 1:
                _start(folder)
        try:
            yield cls(folder, f"t_{worker}_{os.getpid()}")
        finally:
            with locked(folder.with_suffix(".lock")):
                if _count(folder, -1) == 0:
                    _stop(folder)


@contextmanager
def own_server(folder: Path, *, durable: bool = False) -> Iterator[PostgresServer]:
    """A server for one measurement, which nobody shares; `durable`: it waits for the disk, as it should in earnest."""
    _start(folder, durable=durable)
    try:
        yield PostgresServer(folder, "measured")
    finally:
        _stop(folder)


def of_the_run(factory: pytest.TempPathFactory) -> Path:
    """The folder that the processes of a run share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def hash_of(path: Path) -> int:
    """The same number in every worker (Python's own hash of a text differs by process)."""
    return int.from_bytes(sha256(str(path).encode()).digest()[:6], "big")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _count(folder: Path, change: int) -> int:
    counter = folder.with_suffix(".users")
    users = (int(counter.read_text()) if counter.exists() else 0) + change
    counter.write_text(str(users))
    return users


def _start(folder: Path, *, durable: bool = False) -> None:
    programs = _folder_of_programs()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o755)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    _run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    _serve(folder, durable=durable)


def _serve(folder: Path, *, durable: bool = False) -> None:
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=300 "
    options += "-c shared_buffers=256MB" if durable else "-c shared_buffers=64MB -c fsync=off -c full_page_writes=off"
    words = ("-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start")
    _run(_folder_of_programs() / "pg_ctl", *words)


def _stop(folder: Path) -> None:
    _run(_folder_of_programs() / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder, ignore_errors=True)
    for ending in (".users", ".lock", ".migrated.lock"):
        folder.with_suffix(ending).unlink(missing_ok=True)
