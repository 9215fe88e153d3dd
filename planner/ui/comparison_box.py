"""Several plans as a comparison report and as a brief for a meeting, to take along."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

import streamlit as st

from planner.errors import PlannerError
from planner.plan import Plan
from planner.report import MOST_PLANS
from planner.store import SavedPlan, Store
from planner.ui.documents import Imprint, comparison, file_name
from planner.ui.error_view import show_error
from planner.ui.imprint_form import imprint_in_hand
from planner.ui.saved import plan_label, reopened
from planner.words import Language, say

_DRAFT: Final = "draft"
_KINDS: Final = {
    "comparison": ("html", "text/html", "html"),
    "comparison_pdf": ("pdf", "application/pdf", "pdf"),
    "brief": ("brief", "application/pdf", "pdf"),
}


def show_comparison_box(plan: Plan, store: Store, language: Language) -> None:
    """Which plans, the one in hand and saved ones of the same street; then the files."""
    try:
        saved = {one.id: one for one in store.plans()}
    except PlannerError as error:
        show_error(error, language)
        return
    if not saved:
        return
    st.subheader(say("hand_on.compare_title", language), anchor=False)
    labels = {_DRAFT: say("hand_on.compare_draft", language, name=plan.scenario.name)}
    for key, one in saved.items():
        label = plan_label(one, language)
        taken = label in labels.values()
        labels[key] = say("hand_on.compare_other", language, name=label, number=len(labels)) if taken else label
    chosen = st.multiselect(
        say("hand_on.compare_plans", language, most=MOST_PLANS),
        list(labels),
        list(labels)[: MOST_PLANS - 1],
        format_func=labels.__getitem__,
        max_selections=MOST_PLANS,
        key=f"comparison_box.plans.{language}",
    )
    if len(chosen) < 2:
        return
    imprint = imprint_in_hand(language)
    for column, (name, (kind, media_type, ending)) in zip(st.columns(len(_KINDS)), _KINDS.items(), strict=True):
        with column, st.container(border=True):
            st.markdown(say(f"hand_on.about_{name}", language))
            what = say(f"hand_on.name_{name}", language)
            st.download_button(
                say("hand_on.download", language, what=what),
                partial(_file, plan, store, {key: saved.get(key) for key in chosen}, labels, language, imprint, kind),
                file_name(plan.study, language, what, ending),
                media_type,
                key=f"download_{name}",
                on_click="ignore",
            )


def _file(
    plan: Plan,
    store: Store,
    chosen: Mapping[str, SavedPlan | None],
    labels: Mapping[str, str],
    language: Language,
    imprint: Imprint,
    kind: str,
) -> bytes:
    plans = {labels[key]: plan if one is None else reopened(store, one) for key, one in chosen.items()}
    return comparison(plans, language, imprint, (kind,))
