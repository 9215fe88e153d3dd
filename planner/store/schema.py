"""The tables of the store, and the version of them that a database has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    insert,
    inspect,
    select,
    text,
)

from planner.errors import StoreError

# Counts up with every change of the tables; what opens a store of an older version brings it up to this one.
VERSION: Final = 1
# Any number, the same in every planner: the lock under which the tables are made in PostgreSQL.
_LOCK: Final = 0x706C616E


class UtcTime(TypeDecorator[datetime]):
    """A moment with its zone, UTC in both databases; SQLite keeps no zone of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """UTC on the way in."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """UTC on the way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_tables = MetaData()

schema = Table("planner_schema", _tables, Column("version", Integer, nullable=False))

# Each content once, whatever studies it belongs to.
contents = Table(
    "planner_contents",
    _tables,
    Column("digest", String(64), primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("packing", String(8), nullable=False),
    Column("packed", LargeBinary, nullable=False),
)

studies = Table(
    "planner_studies",
    _tables,
    Column("id", String(64), primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("removed_by", Text),
    Column("removed_at", UtcTime),
)

study_files = Table(
    "planner_study_files",
    _tables,
    Column("study_id", ForeignKey(studies.c.id), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("digest", ForeignKey(contents.c.digest), nullable=False),
)

# Every name that a study was saved under; the last one counts.
study_names = Table(
    "planner_study_names",
    _tables,
    Column("number", Integer, primary_key=True),
    Column("study_id", ForeignKey(studies.c.id), nullable=False, index=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("saved_by", Text, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
)

plans = Table(
    "planner_plans",
    _tables,
    Column("number", Integer, primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("study_id", ForeignKey(studies.c.id), nullable=False),
    Column("name", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("content_digest", String(64), nullable=False),
    Column("planner_version", Text, nullable=False),
    Column("saved_by", Text, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
    Column("removed_by", Text),
    Column("removed_at", UtcTime),
    UniqueConstraint("study_id", "name", "revision"),
)


def found_version(connection: Connection) -> int | None:
    """The version of the tables in a database; None where it has none."""
    if not inspect(connection).has_table(schema.name):
        return None
    return connection.execute(select(schema.c.version)).scalar()


def create_tables(connection: Connection) -> None:
    """Make the tables, in a transaction that keeps others from making them at the same time."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if found_version(connection) is None:
        _tables.create_all(connection)
        connection.execute(insert(schema).values(version=VERSION))


def check_version(found: int | None, place: str) -> None:
    """Raises ``StoreError`` where the tables are not those that this program knows."""
    if found != VERSION:
        raise StoreError("store_newer", place=place, found=found, known=VERSION)
