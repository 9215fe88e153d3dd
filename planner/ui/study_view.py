"""What a study holds, on the screen: its files, where they come from, and what is to be told of them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from planner.intake.study import Source, Study
from planner.ui.error_view import show_faults
from planner.ui.plain_text import plain
from planner.ui.system_names import system_name
from planner.words import Language, say


def show_study(study: Study, language: Language, *, key: str) -> None:
    """The files of a study with rows, coordinate systems and sources, and its remarks."""
    rows = [_row(source, language) for source in study.sources if source.rows or source.role == "centres"]
    names = ("content", "file", "rows", "crs", "state", "source")
    table = pd.DataFrame(rows, columns=[say(f"street.head_{name}", language) for name in names])
    st.table(table, border="horizontal", hide_index=True, alt=say("street.files", language))
    if not study.remarks:
        st.caption(say("street.no_remarks", language))
        return
    with st.expander(say("street.remarks", language, count=len(study.remarks)), icon=":material/info:"):
        show_faults(study.remarks, language, key=f"remarks.{key}")


def _row(source: Source, language: Language) -> list[str]:
    system = system_name(source.crs, language) if source.crs else "—"
    return [
        say(f"page.role_{source.role}", language),
        plain(source.path),
        f"{source.rows:,}",
        plain(system),
        say("street.estimate" if source.estimated else "street.data", language),
        "—" if source.origin is None else plain(source.origin.in_language(language)),
    ]
