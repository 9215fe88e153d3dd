"""Enough places: the factors by which stations are sized, each with its source, to be changed."""

from __future__ import annotations

import streamlit as st

from planner.analysis import enough_places
from planner.ui.questions.asking import Asking, Work
from planner.words import say


def ask_places(asking: Asking) -> Work | None:
    """The catalog's factors, to be looked at and changed for this answer."""
    plan, language = asking.plan, asking.language
    factors: dict[str, float] = {}
    with st.expander(say("ask_sizing.factors", language)):
        st.caption(say("ask_sizing.factors_note", language))
        columns = st.columns(2)
        for at, (name, figure) in enumerate(plan.study.catalog.sizing.factors.items()):
            factors[name] = columns[at % 2].number_input(
                say(f"ask_sizing.factor_{name}", language),
                value=float(figure.value),
                step=0.01 if name.endswith("_share") else 1.0 if figure.value >= 10 else 0.1,
                format="%g",
                help=figure.source.in_language(language),
                key=f"{asking.key}.{name}",
            )
    return Work(tuple(factors.items()), lambda progress: enough_places(plan, factors=factors, progress=progress))
