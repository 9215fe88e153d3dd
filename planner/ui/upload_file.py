"""One uploaded file on the page: what it is, its columns, its coordinate system with the evidence, its faults."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from planner.crs import SYSTEMS
from planner.errors import ArgumentError
from planner.intake.city_grids import system_named
from planner.intake.placing import Evidence
from planner.intake.uploads import (
    Check,
    Draft,
    FileCheck,
    Upload,
    change_upload,
    columns_sought,
    could_be,
    remove_upload,
    with_source,
)
from planner.ui.drafts import keep, the_draft
from planner.ui.error_view import show_faults
from planner.ui.plain_text import plain
from planner.ui.system_names import system_name
from planner.words import Language, dictionary, say

_NO_ROLE: Final = ""
_CONSTANT: Final = "\0constant"
_ABOUT_COLUMNS: Final = ("missing_column", "columns_compete", "column_fits_several", "named_column_missing")


def asks_for_something(upload: Upload, check: Check) -> bool:
    """Whether a file has faults or a question."""
    return _state(upload, check.files[upload.file])[0] in ("faults", "question")


def show_upload(draft: Draft, upload: Upload, check: Check, language: Language, *, is_open: bool) -> None:
    """The file as a box that tells its state and, opened, all the rest."""
    told = check.files[upload.file]
    state, icon = _state(upload, told)
    role = say(f"page.role_{upload.role}", language) if upload.role else say("street.role_none", language)
    words = say(f"street.state_{state}", language, count=len(told.faults), rows=told.rows)
    label = say("street.file_line", language, file=plain(upload.file), role=role, state=words)
    key = f"upload.{draft.folder.name}.{upload.file}"
    with st.expander(label, expanded=is_open, icon=icon):
        if upload.parts:
            _ask_role(upload, key, language)
        if upload.role is not None:
            _ask_columns(draft, upload, told, key, language)
            if upload.has_position and (told.question is not None or upload.crs is not None):
                _ask_system(draft, upload, told, key, language)
        if told.faults:
            st.caption(say("street.faults", language))
            show_faults(told.faults, language, key=f"{key}.faults")
            st.caption(say("street.faults_hint", language))
        if told.remarks:
            st.caption(say("street.remarks", language, count=len(told.remarks)))
            show_faults(told.remarks, language, key=f"{key}.remarks")
        if upload.role is not None:
            _ask_source(upload, key, language)
        st.button(
            say("street.remove", language),
            key=f"{key}.remove",
            type="tertiary",
            icon=":material/delete:",
            on_click=_remove,
            args=(upload.file,),
        )


def _state(upload: Upload, told: FileCheck) -> tuple[str, str]:
    """The file's state by name, and an icon of a shape of its own."""
    if told.faults:
        return "faults", ":material/error:"
    if upload.role is None:
        return "unused", ":material/block:"
    if told.question is not None:
        return "question", ":material/help:"
    return "good", ":material/check_circle:"


def _ask_role(upload: Upload, key: str, language: Language) -> None:
    """What it is, and which sheet or layer is read."""
    with st.container(horizontal=True):
        if len(upload.parts) > 1:
            names = [part.name for part in upload.parts]
            _select(upload, "part", say("street.part", language), names, upload.part, key, plain)
        part = upload.seen
        roles = [*(could_be(part) if part is not None else ()), _NO_ROLE]
        label = say("street.role", language)

        def named(role: str) -> str:
            return say(f"page.role_{role}", language) if role else say("street.role_unused", language)

        _select(upload, "role", label, roles, upload.role or _NO_ROLE, f"{key}.{language}", named)
        if upload.role == "cells":
            size_key = f"{key}.size.{upload.cell_size_m}"
            st.number_input(
                say("street.cell_size_m", language),
                min_value=1.0,
                value=float(upload.cell_size_m or 100.0),
                step=10.0,
                format="%g",
                key=size_key,
                on_change=_take,
                args=(upload.file, "cell_size_m", size_key),
            )


def _select(
    upload: Upload, what: str, label: str, options: list[str], now: str, key: str, named: Any, **more: Any
) -> None:
    """A box of which each change is said of the file at once; with its answer it gets another key, so that it always
    shows what is said.
    """
    own = f"{key}.{what}.{now}"
    st.selectbox(
        label,
        options,
        options.index(now) if now in options else None,
        format_func=named,
        key=own,
        on_change=_take,
        args=(upload.file, what, own),
        **more,
    )


def _ask_columns(draft: Draft, upload: Upload, told: FileCheck, key: str, language: Language) -> None:
    """A box for each column that could not be told, or was assigned; none where all are clear."""
    asked = {*upload.columns, *upload.fill}
    for fault in told.faults:
        if fault.key == "column_fits_several":
            asked |= set(str(fault.values["names"]).split(", "))  # noqa: PD011 - of a fault, not of a frame
        elif fault.key in _ABOUT_COLUMNS:
            asked.add(str(fault.column))
    columns = [name for name in columns_sought(draft, upload) if name in asked]
    if not columns or upload.seen is None:
        return
    st.markdown(say("street.columns", language))
    titles = list(dict.fromkeys(upload.seen.titles))

    def named(title: str) -> str:
        return say("street.column_constant", language) if title == _CONSTANT else plain(title)

    for row in range(0, len(columns), 3):
        with st.container(horizontal=True):
            for column in columns[row : row + 3]:
                now = _CONSTANT if column in upload.fill else upload.columns.get(column, "")
                label = _column_name(column, language)
                options = [*titles, *(() if column in ("lon", "lat") else (_CONSTANT,))]
                empty = say("street.column_unknown", language)
                _select(upload, f"columns.{column}", label, options, now, f"{key}.{language}", named, placeholder=empty)
                if now == _CONSTANT:
                    fill_key = f"{key}.fill.{column}.{upload.fill[column]}"
                    st.text_input(
                        say("street.column_value", language, column=label),
                        upload.fill[column],
                        key=fill_key,
                        on_change=_take,
                        args=(upload.file, f"fill.{column}", fill_key),
                    )


def _column_name(column: str, language: Language) -> str:
    key = f"street.column_{column}"
    return f"{say(key, language)} ({column})" if key in dictionary(language) else column


def _ask_system(draft: Draft, upload: Upload, told: FileCheck, key: str, language: Language) -> None:
    """The coordinate system with the evidence, to be confirmed."""
    question = told.question
    best = told.proposed
    st.markdown(f"**{say('street.system', language)}**")
    if told.evidence is not None and told.evidence.placings:
        st.table(_placings(told.evidence, language), border="horizontal", hide_index=True)
    own_grids = [] if draft.settings is None else list(draft.settings.crs)
    fitting = [] if told.evidence is None else [placing.system for placing in told.evidence.placings]
    if upload.crs is not None:
        st.caption(say("street.system_confirmed", language, system=plain(system_name(upload.crs, language))))
    elif told.evidence is None or not told.evidence.placings:
        fits_none = question is not None and question.key == "crs_fits_none"
        st.caption(say("street.system_fits_none" if fits_none else "street.system_no_evidence", language))
    else:
        clear = question is not None and question.key == "crs_not_stated"
        words = "street.system_clear" if clear else "street.system_unclear"
        st.caption(say(words, language, system=plain(system_name(best, language))))
    now = upload.crs or (fitting[0] if fitting else best)
    options = list(dict.fromkeys(filter(None, [now, *fitting, *SYSTEMS, *own_grids])))
    box_key, error_key = f"{key}.crs.{language}.{now}", f"{key}.crs_error"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            say("street.system_choose", language),
            options,
            0 if now else None,
            format_func=lambda name: system_name(name, language),
            accept_new_options=True,
            key=box_key,
            help=say("street.system_help", language),
            placeholder=say("street.column_unknown", language),
        )
        st.button(
            say("street.system_confirm", language),
            key=f"{key}.confirm",
            type="secondary" if upload.crs else "primary",
            disabled=chosen is None or chosen == upload.crs,
            on_click=_confirm_system,
            args=(upload.file, box_key, error_key, language),
        )
    if error_key in st.session_state:
        st.error(plain(st.session_state[error_key]))


def _placings(evidence: Evidence, language: Language) -> pd.DataFrame:
    """A row a system: where the points would lie."""
    rows = []
    for placing in evidence.placings:
        name = system_name(placing.system, language)
        if placing.northing_first:
            name = say("fault.figure_northing_first", language, system=name)
        shares = (placing.inside_share, placing.roadway_share, placing.building_share)
        inside, roadway, building = ("—" if share is None else f"{share:.0%}" for share in shares)
        distance = f"{placing.street_m:,.0f}" if placing.street_m < float("inf") else "—"
        rows.append([plain(name), inside, distance, roadway, building])
    names = ("system", "inside", "street_m", "roadway", "building")
    return pd.DataFrame(rows, columns=[say(f"street.placing_{name}", language) for name in names])


def _ask_source(upload: Upload, key: str, language: Language) -> None:
    """Where it comes from and whether it is an estimate, as maps and reports will say."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = "" if upload.source is None else upload.source.in_language(language)
        source_key, estimated_key = f"{key}.source.{language}.{source}", f"{key}.estimated.{upload.estimated}"
        st.text_input(
            say("street.source", language),
            source,
            key=source_key,
            placeholder=say("street.source_example", language),
            on_change=_take,
            args=(upload.file, "source", source_key),
        )
        st.checkbox(
            say("street.is_estimate", language),
            upload.estimated,
            key=estimated_key,
            on_change=_take,
            args=(upload.file, "estimated", estimated_key),
        )


def _take(file: str, what: str, key: str) -> None:
    """Say of the file what a widget holds now."""
    draft, value = the_draft(), st.session_state[key]
    what, _, column = what.partition(".")
    upload = next(upload for upload in draft.uploads if upload.file == file)
    if what == "columns":
        columns, fill = dict(upload.columns), dict(upload.fill)
        columns.pop(column, None)
        fill.pop(column, None)
        if value == _CONSTANT:
            fill[column] = ""
        elif value is not None:
            columns[column] = value
        draft = change_upload(draft, file, columns=columns, fill=fill)
    elif what == "fill":
        draft = change_upload(draft, file, fill={**upload.fill, column: value})
    elif what == "source":
        draft = with_source(draft, file, value)
    else:
        draft = change_upload(draft, file, **{what: value or None if what == "role" else value})
    keep(draft)


def _confirm_system(file: str, box_key: str, error_key: str, language: Language) -> None:
    draft, name = the_draft(), str(st.session_state[box_key]).strip()
    known = () if draft.settings is None else draft.settings.crs
    st.session_state.pop(error_key, None)
    try:
        if name not in known:
            system_named(name, {})
    except ArgumentError as error:
        st.session_state[error_key] = error.message(language)
        return
    keep(change_upload(draft, file, crs=name))


def _remove(file: str) -> None:
    keep(remove_upload(the_draft(), file))
