"""What the form of a question is given and gives back, and the entry that most forms have."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

import streamlit as st

from planner.analysis import Answer
from planner.plan import Plan
from planner.words import Language, say

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Asking:
    """What a form knows: the plan in hand and the language; its widgets' keys begin with ``key``."""

    plan: Plan
    language: Language
    key: str


@dataclass(frozen=True)
class Work:
    """``make`` answers the question, calling its argument with how much is done and of how much.

    ``entries`` tell it from the same question with other entries, for the same plan.
    """

    entries: Hashable
    make: Callable[[Progress], Answer]


# A form shows its widgets; without what it needs it says so and gives nothing.
Form = Callable[[Asking], Work | None]


def ask_service(asking: Asking, among: Iterable[str] | None = None) -> str:
    """One service of the plan, or one ``among`` some of them."""
    services, language = asking.plan.study.catalog.services, asking.language
    chosen: str = st.selectbox(
        say("term.service", language),
        list(asking.plan.services if among is None else among),
        format_func=lambda name: services[name].name.in_language(language),
        key=f"{asking.key}.service",
    )
    return chosen
