"""What is wrong, as a box that a reader can act on; never a traceback."""

from __future__ import annotations

import streamlit as st

from planner.errors import PlannerError, StudyError, shown_faults
from planner.report.fault_table import fault_csv, fault_table
from planner.ui.plain_text import plain
from planner.words import Language, say


def show_error(error: PlannerError, language: Language) -> None:
    """The error; the faults of a study as a table that can be taken along as CSV."""
    if not isinstance(error, StudyError):
        st.error(plain(error.message(language)))
        return
    st.error(plain(PlannerError.message(error, language)))
    faults = fault_table(error.faults, language)
    shown = fault_table(shown_faults(error.faults), language).iloc[:, [0, 1, 2, 4]]  # the problem tells the value
    st.table(shown.map(plain), border="horizontal", alt=say("page.faults", language))
    st.download_button(
        say("page.download_faults", language),
        fault_csv(faults),
        say("page.faults_file", language),
        "text/csv",
        on_click="ignore",
    )
    st.caption(say("page.faults_hint", language))
