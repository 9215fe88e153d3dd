"""A folder or a URL → a database engine, set up so that a crash leaves the last saved state."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError as NotAURL

from planner.errors import StoreError

FILE: Final = "planner.sqlite"
_DRIVERS: Final = ("postgresql", "postgres", "postgresql+psycopg")
_CONNECT_S: Final = 10
_SQLITE_BUSY: Final = 5


@dataclass(frozen=True)
class Database:
    """An engine for reading, the same one for writing, and how people are told of the place: without its password."""

    place: str
    reading: Engine
    writing: Engine


def open_database(folder_or_url: str | Path, *, wait_s: float) -> Database:
    """The database in a folder or at a URL; of a server nothing is asked yet. Raises ``StoreError``."""
    said = str(folder_or_url)
    if "://" not in said:
        return _in_folder(Path(said).expanduser().absolute(), wait_s)
    return _at_url(said, wait_s)


def _in_folder(folder: Path, wait_s: float) -> Database:
    file = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError("store_folder", place=folder, reason=error.strerror or error) from error
    engine = create_engine(
        URL.create("sqlite", database=str(file)), connect_args={"timeout": wait_s}, hide_parameters=True
    )
    event.listen(engine, "connect", _sqlite_set_up(wait_s))
    event.listen(engine, "begin", _sqlite_begin)
    return Database(str(file), engine, engine.execution_options(planner_writes=True))


def _sqlite_set_up(wait_s: float) -> Callable[[sqlite3.Connection, object], None]:
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun by _sqlite_begin alone
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # what is saved outlives a power cut
        _write_ahead(connection, wait_s)

    return set_up


def _write_ahead(connection: sqlite3.Connection, wait_s: float) -> None:
    """Readers go on while one writes. Two that switch a new file at once do not wait for each other by themselves.

    Where the file system cannot do it (some network drives), SQLite stays with its rollback journal.
    """
    until = time.monotonic() + wait_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != _SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _sqlite_begin(connection: Connection) -> None:
    """Who is going to write takes the lock at once: one who reads first and then writes can be refused."""
    writes = connection.get_execution_options().get("planner_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _at_url(said: str, wait_s: float) -> Database:
    url = _taken_apart(said)
    if url is None or url.drivername not in _DRIVERS or not url.database:
        # Where the password stands in what we do not understand, nobody knows: only the beginning is shown.
        raise StoreError("store_address", place=f"{said.partition('://')[0]}://…")
    place = _shown(url)
    url = url.set(drivername="postgresql+psycopg")
    options: dict[str, Any] = {"application_name": "planner", "prepare_threshold": None}
    if "connect_timeout" not in url.query:
        options["connect_timeout"] = _CONNECT_S
    try:
        engine = create_engine(
            url, connect_args=options, hide_parameters=True, isolation_level="READ COMMITTED", pool_pre_ping=True
        )
    except ImportError as error:
        raise StoreError("store_driver", place=place) from error
    event.listen(engine, "begin", _postgres_begin(wait_s))
    return Database(place, engine, engine.execution_options(planner_writes=True))


def _postgres_begin(wait_s: float) -> Callable[[Connection], None]:
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, round(wait_s * 1000))}")

    return begin


def _taken_apart(said: str) -> URL | None:
    """None for what is no URL, and for one with a bare @ in its password: part of that would be taken for the host."""
    try:
        url = make_url(said)
    except (NotAURL, ValueError):
        return None
    return url if said.count("@") <= 1 else None


def _shown(url: URL) -> str:
    """A URL for people: neither the password nor any option is in it."""
    user = f"{url.username}@" if url.username else ""
    port = f":{url.port}" if url.port else ""
    return f"{url.drivername}://{user}{url.host or ''}{port}/{url.database or ''}"
