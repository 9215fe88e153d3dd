"""``open_store``: the saved studies and plans of an office, and what can be done with them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, func, select

from planner.errors import DamagedError
from planner.store import rows, schema
from planner.store.contents import complete, digest_of, pack, unpack, version_of
from planner.store.database_errors import told
from planner.store.folders import write_out
from planner.store.names import checked_name, checked_person, checked_text
from planner.store.opening import Database, open_database
from planner.store.records import PlanDraft, SavedPlan, SavedStudy
from planner.words import Text


def open_store(folder_or_url: str | Path, *, wait_s: float = 30.0) -> Store:
    """The store in a folder (a file ``planner.sqlite``), or in the PostgreSQL database of a URL; made if it is new.

    A URL is ``postgresql://user:password@host:port/database`` and needs the extra ``postgres``. Whoever saves while
    another does waits for ``wait_s`` seconds at most. For people on several machines take PostgreSQL: a folder on a
    network drive is not safe for two who write at once.

    Raises ``StoreError`` for a wrong address, a folder that cannot be written, a server that does not answer, a missing
    driver and tables of a newer version, and ``DamagedError`` for a file that is no database.
    """
    database = open_database(folder_or_url, wait_s=wait_s)
    store = Store(database)
    try:
        store.prepare()
    except BaseException:
        store.close()
        raise
    return store


class Store:
    """Saved studies and plans; :func:`open_store` opens one. It may be used by several threads at once.

    Every method raises ``StoreError`` where the database cannot be reached, is full or is held by another, and
    ``DamagedError`` where what it kept is not what was saved.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def __repr__(self) -> str:
        return f"Store({self.place!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def place(self) -> str:
        """Where the store is, for people: the password of a URL is not in it."""
        return self._database.place

    def close(self) -> None:
        """Give back the connections; the next use opens them again."""
        self._database.reading.dispose()

    def prepare(self) -> None:
        """Make the tables where there are none, and check that this program knows those that are there."""
        with self._reading() as connection:
            found = schema.found_version(connection)
        if found is None:
            with self._writing() as connection:
                schema.create_tables(connection)
                found = schema.found_version(connection)
        schema.check_version(found, self.place)

    def save_study(self, name: Text | str, files: Mapping[str, bytes], *, saved_by: str) -> SavedStudy:
        """The study made of ``files`` (path within its folder → content), saved; the shipped catalog is put in if
        they bring none.

        The same files are the same study, and each content is kept once. Saved under another name it is known by that
        from now on; one that was removed is brought back.

        Raises ``ArgumentError`` for a name or a person that is empty, a path that leads out of the folder, a file of
        more than 500 MB, or files without ``study.toml``.
        """
        text = Text.model_validate(name)
        text, who = Text(zh=checked_name(text.zh), en=checked_name(text.en)), checked_person(saved_by)
        files = complete(files)
        digests = {path: digest_of(content) for path, content in files.items()}
        study_id, size_bytes = version_of(digests), sum(map(len, files.values()))
        packed = self._packed_anew({digests[path]: content for path, content in files.items()})
        with self._writing() as connection:
            # In one order for all: two who save the same contents then never wait for each other both.
            rows.add_new(connection, schema.contents, [packed[digest] for digest in sorted(packed)])
            rows.add_new(connection, schema.studies, [{"id": study_id, "size_bytes": size_bytes}])
            rows.hold_study(connection, study_id)
            files_of = [{"study_id": study_id, "path": path, "digest": digest} for path, digest in digests.items()]
            rows.add_new(connection, schema.study_files, files_of)
            rows.name_study(connection, study_id, text, saved_by=who)
            rows.bring_back(connection, schema.studies, schema.studies.c.id == study_id)
            return rows.find_study(connection, study_id)

    def studies(self, *, removed: bool = False) -> list[SavedStudy]:
        """The studies, or those that were ``removed``, the one named last first."""
        with self._reading() as connection:
            return rows.find_studies(connection, rows.is_removed(schema.studies, removed))

    def study(self, study_id: str) -> SavedStudy:
        """One study, a removed one too. Raises ``UnknownNameError``."""
        with self._reading() as connection:
            return rows.find_study(connection, study_id)

    def study_folder(self, study_id: str, cache_folder: str | Path) -> Path:
        """The folder below ``cache_folder`` with the study's files, ready for :func:`planner.load_study`.

        Every file is checked against its digest, also where the folder is there from an earlier time; one that was
        changed is written anew.

        Raises ``UnknownNameError``, ``DamagedError`` naming the file, and ``OutputError`` where the cache cannot be
        written.
        """
        folder = Path(cache_folder).expanduser().absolute() / study_id
        files = schema.study_files
        with self._reading() as connection:
            rows.find_study(connection, study_id)
            found = connection.execute(select(files.c.path, files.c.digest).where(files.c.study_id == study_id))
            digests = {row.path: row.digest for row in found}
        write_out(folder, digests, partial(self._content, study_id))
        return folder

    def save_plan(self, draft: PlanDraft, *, saved_by: str) -> SavedPlan:
        """The plan, saved as the next revision of its name among the plans of its study; the first is 1.

        Its study is brought back if it was removed meanwhile.

        Raises ``UnknownNameError`` where the study is not in the store, and ``ArgumentError`` for a name or a person
        that is empty.
        """
        draft = replace(draft, name=checked_name(draft.name), note=checked_text(draft.note))
        who, plan_id = checked_person(saved_by), secrets.token_hex(8)
        with self._writing() as connection:
            rows.hold_study(connection, draft.study_id)
            rows.add_plan(connection, draft, plan_id=plan_id, saved_by=who)
            rows.bring_back(connection, schema.studies, schema.studies.c.id == draft.study_id)
            return rows.find_plan(connection, plan_id, self.place)

    def plans(
        self, study_id: str | None = None, *, all_revisions: bool = False, removed: bool = False
    ) -> list[SavedPlan]:
        """The plans of one study or of all, the one saved last first; of each name the last revision or all of them.

        The plans of a removed study are left out. ``removed`` gives those that were removed themselves.
        """
        plans, studies = schema.plans, schema.studies
        shown, study_is_shown = rows.is_removed(plans, removed), rows.is_removed(studies, False)
        if study_id is not None:
            shown &= plans.c.study_id == study_id
        query = select(plans).join(studies).where(shown, study_is_shown).order_by(plans.c.number.desc())
        if not all_revisions:
            last = select(func.max(plans.c.number)).where(shown).group_by(plans.c.study_id, plans.c.name)
            query = query.where(plans.c.number.in_(last))
        with self._reading() as connection:
            return rows.find_plans(connection, query, self.place)

    def plan(self, plan_id: str) -> SavedPlan:
        """One plan, a removed one too. Raises ``UnknownNameError``."""
        with self._reading() as connection:
            return rows.find_plan(connection, plan_id, self.place)

    def remove_study(self, study_id: str, *, removed_by: str) -> None:
        """Hide a study with its plans; :meth:`restore_study` brings it back. Raises ``UnknownNameError``."""
        who = checked_person(removed_by)
        with self._writing() as connection:
            rows.hold_study(connection, study_id)
            rows.hide(connection, schema.studies, schema.studies.c.id == study_id, who)

    def restore_study(self, study_id: str) -> None:
        """Bring a removed study back. Raises ``UnknownNameError``."""
        with self._writing() as connection:
            rows.hold_study(connection, study_id)
            rows.bring_back(connection, schema.studies, schema.studies.c.id == study_id)

    def remove_plan(self, plan_id: str, *, removed_by: str) -> None:
        """Hide a plan with the earlier revisions of its name; one that another saves meanwhile stays.

        :meth:`restore_plan` brings them back. Raises ``UnknownNameError``.
        """
        who = checked_person(removed_by)
        with self._writing() as connection:
            rows.hide(connection, schema.plans, rows.up_to_revision(connection, plan_id), who)

    def restore_plan(self, plan_id: str) -> None:
        """Bring a removed plan back with the earlier revisions of its name. Raises ``UnknownNameError``."""
        with self._writing() as connection:
            rows.bring_back(connection, schema.plans, rows.up_to_revision(connection, plan_id))

    def _packed_anew(self, contents: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
        """The rows of those contents that the store does not have yet, packed before anybody is kept waiting."""
        with self._reading() as connection:
            kept = schema.contents.c.digest
            there = set(connection.execute(select(kept).where(kept.in_(contents))).scalars())
        fresh = {}
        for digest in contents.keys() - there:
            packing, packed = pack(contents[digest])
            row = {"digest": digest, "size_bytes": len(contents[digest]), "packing": packing, "packed": packed}
            fresh[digest] = row
        return fresh

    def _content(self, study_id: str, path: str, digest: str) -> bytes:
        table = schema.contents
        with self._reading() as connection:
            row = connection.execute(select(table.c.packing, table.c.packed).where(table.c.digest == digest)).one()
        content = unpack(row.packing, row.packed)
        if content is None or digest_of(content) != digest:
            raise DamagedError("kept_file_damaged", study=study_id, file=path, place=self.place)
        return content

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with told(self.place), self._database.reading.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One transaction: all that is done within is in the store at its end, or nothing."""
        with told(self.place), self._database.writing.begin() as connection:
            yield connection
