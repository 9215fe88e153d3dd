"""Between the rows of the tables and the records of the store; each function works within a transaction of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from planner.errors import DamagedError, UnknownNameError
from planner.store import schema
from planner.store.contents import digest_of
from planner.store.records import PlanDraft, SavedPlan, SavedStudy, content_of, parts_of
from planner.words import Text


def find_studies(connection: Connection, shown: ColumnElement[bool]) -> list[SavedStudy]:
    """The studies under their last names, the one named last first."""
    studies, names = schema.studies, schema.study_names
    last = select(func.max(names.c.number)).group_by(names.c.study_id)
    query = (
        select(studies, names.c.name_zh, names.c.name_en, names.c.saved_by, names.c.saved_at)
        .join(names, names.c.study_id == studies.c.id)
        .where(names.c.number.in_(last), shown)
        .order_by(names.c.number.desc())
    )
    return [_saved_study(row) for row in connection.execute(query)]


def find_study(connection: Connection, study_id: str) -> SavedStudy:
    """One study. Raises ``UnknownNameError``."""
    found = find_studies(connection, schema.studies.c.id == study_id)
    if not found:
        raise UnknownNameError("unknown_saved_study", study=study_id)
    return found[0]


def name_study(connection: Connection, study_id: str, name: Text, *, saved_by: str) -> None:
    """Give a study a name, unless it has that one; the names it had are kept."""
    named = find_studies(connection, schema.studies.c.id == study_id)
    if not named or named[0].name != name:
        row = {"study_id": study_id, "name_zh": name.zh, "name_en": name.en, "saved_by": saved_by}
        connection.execute(insert(schema.study_names).values(row | {"saved_at": datetime.now(UTC)}))


def find_plans(connection: Connection, query: Select[Any], place: str) -> list[SavedPlan]:
    """The plans that a query on their table finds. Raises ``DamagedError`` for one that is not as it was saved."""
    return [_saved_plan(row, place) for row in connection.execute(query)]


def find_plan(connection: Connection, plan_id: str, place: str) -> SavedPlan:
    """One plan. Raises ``UnknownNameError`` and as :func:`find_plans`."""
    found = find_plans(connection, select(schema.plans).where(schema.plans.c.id == plan_id), place)
    if not found:
        raise UnknownNameError("unknown_saved_plan", plan=plan_id)
    return found[0]


def add_plan(connection: Connection, draft: PlanDraft, *, plan_id: str, saved_by: str) -> None:
    """A plan as the next revision of its name; whoever adds holds the study, so that no two take the same number."""
    plans, content = schema.plans, content_of(draft)
    alike = and_(plans.c.study_id == draft.study_id, plans.c.name == draft.name)
    last = connection.execute(select(func.max(plans.c.revision)).where(alike)).scalar() or 0
    row = {
        "id": plan_id,
        "study_id": draft.study_id,
        "name": draft.name,
        "revision": last + 1,
        "note": draft.note,
        "content": content,
        "content_digest": digest_of(content.encode()),
        "planner_version": draft.planner_version,
        "saved_by": saved_by,
        "saved_at": datetime.now(UTC),
    }
    connection.execute(insert(plans).values(row))


def add_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows whose key is not there yet; those that are there stay as they are."""
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(table).on_conflict_do_nothing(), list(rows))


def hold_study(connection: Connection, study_id: str) -> None:
    """Keep others from writing to a study until the transaction ends; SQLite's lets nobody else write anyway.

    Raises ``UnknownNameError``.
    """
    held = select(schema.studies.c.id).where(schema.studies.c.id == study_id).with_for_update()
    if connection.execute(held).one_or_none() is None:
        raise UnknownNameError("unknown_saved_study", study=study_id)


def up_to_revision(connection: Connection, plan_id: str) -> ColumnElement[bool]:
    """A plan and the earlier revisions of its name. Raises ``UnknownNameError``."""
    plans = schema.plans
    row = connection.execute(select(plans).where(plans.c.id == plan_id)).one_or_none()
    if row is None:
        raise UnknownNameError("unknown_saved_plan", plan=plan_id)
    return and_(plans.c.study_id == row.study_id, plans.c.name == row.name, plans.c.revision <= row.revision)


def is_removed(table: Table, removed: bool) -> ColumnElement[bool]:
    """The rows that are hidden, or those that are not."""
    return table.c.removed_at.is_not(None) if removed else table.c.removed_at.is_(None)


def hide(connection: Connection, table: Table, which: ColumnElement[bool], removed_by: str) -> None:
    """Hide rows; who hid one first is kept."""
    values = {"removed_by": removed_by, "removed_at": datetime.now(UTC)}
    connection.execute(update(table).where(which, is_removed(table, False)).values(values))


def bring_back(connection: Connection, table: Table, which: ColumnElement[bool]) -> None:
    """Show hidden rows again."""
    connection.execute(update(table).where(which, is_removed(table, True)).values(removed_by=None, removed_at=None))


def _saved_study(row: Row[Any]) -> SavedStudy:
    return SavedStudy(
        id=row.id,
        name=Text(zh=row.name_zh, en=row.name_en),
        saved_by=row.saved_by,
        saved_at=row.saved_at,
        size_bytes=row.size_bytes,
        removed_by=row.removed_by,
        removed_at=row.removed_at,
    )


def _saved_plan(row: Row[Any], place: str) -> SavedPlan:
    if digest_of(row.content.encode()) != row.content_digest:
        raise DamagedError("kept_plan_damaged", plan=row.name, revision=row.revision, id=row.id, place=place)
    return SavedPlan(
        id=row.id,
        study_id=row.study_id,
        name=row.name,
        revision=row.revision,
        note=row.note,
        planner_version=row.planner_version,
        saved_by=row.saved_by,
        saved_at=row.saved_at,
        removed_by=row.removed_by,
        removed_at=row.removed_at,
        **parts_of(row.content),
    )
