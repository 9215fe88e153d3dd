"""What is wrong, as a box that a reader can act on; never a traceback."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from planner.errors import Fault, PlannerError, StudyError, shown_faults
from planner.report.fault_table import fault_csv, fault_table
from planner.ui.plain_text import plain
from planner.words import Language, say


def show_error(error: PlannerError, language: Language) -> None:
    """The error; the faults of a study as a table that can be taken along as CSV."""
    if not isinstance(error, StudyError):
        st.error(plain(error.message(language)))
        return
    st.error(plain(PlannerError.message(error, language)))
    show_faults(error.faults, language, key="study")
    st.caption(say("page.faults_hint", language))


def show_faults(faults: Sequence[Fault], language: Language, *, key: str) -> None:
    """Faults or remarks as a table, and all of them as CSV; ``key`` tells this table from others on the page."""
    shown = fault_table(shown_faults(faults), language).iloc[:, [0, 1, 2, 4]]  # the problem tells the value
    st.table(shown.map(plain), border="horizontal", hide_index=True, alt=say("page.faults", language))
    st.download_button(
        say("page.download_faults", language),
        fault_csv(fault_table(faults, language)),
        say("page.faults_file", language),
        "text/csv",
        key=f"faults.{key}",
        on_click="ignore",
    )
