"""What is wrong, as a box that a reader can act on; never a traceback."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from planner.errors import Fault, PlannerError, StudyError, shown_faults
from planner.report.csv_tables import safe_for_spreadsheets
from planner.ui.plain_text import plain
from planner.words import Language, say


def show_error(error: PlannerError, language: Language) -> None:
    """The error; the faults of a study as a table that can be taken along as CSV."""
    if not isinstance(error, StudyError):
        st.error(plain(error.message(language)))
        return
    st.error(plain(PlannerError.message(error, language)))
    faults = fault_table(error.faults, language)
    shown = fault_table(shown_faults(error.faults), language)
    st.table(shown.map(plain), border="horizontal", alt=say("page.faults", language))
    st.download_button(
        say("page.download_faults", language),
        fault_csv(faults),
        say("page.faults_file", language),
        "text/csv",
        on_click="ignore",
    )
    st.caption(say("page.faults_hint", language))


def fault_table(faults: Iterable[Fault], language: Language) -> pd.DataFrame:
    """A row a fault: file, row, column, what is wrong and what to do."""
    rows = [
        ["" if cell is None else str(cell) for cell in (f.file, f.row, f.column, f.problem(language))] for f in faults
    ]
    names = ("fault_file", "fault_row", "fault_column", "fault_problem")
    return pd.DataFrame(rows, columns=[say(f"page.{name}", language) for name in names])


def fault_csv(faults: pd.DataFrame) -> bytes:
    """The table for a spreadsheet, in which text stays text."""
    return safe_for_spreadsheets(faults).to_csv(index=False).encode("utf-8-sig")
