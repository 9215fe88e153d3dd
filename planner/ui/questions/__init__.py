"""The questions of the page, in the order in which they are offered: for each the form that asks for what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from planner.ui.questions.asking import Form
from planner.ui.questions.build_or_open_form import ask_build_or_open
from planner.ui.questions.did_it_work_form import ask_whether_it_worked
from planner.ui.questions.enough_form import ask_how_much
from planner.ui.questions.one_budget_form import ask_one_budget
from planner.ui.questions.sizing_form import ask_places
from planner.ui.questions.three_tiers_form import ask_three_tiers
from planner.ui.questions.warm_street_form import ask_warm_street
from planner.ui.questions.what_first_form import ask_what_first
from planner.ui.questions.whom_it_serves_form import ask_whom
from planner.ui.questions.will_it_hold_form import ask_will_it_hold

# A question's words are in the room ``ask_<name>``.
QUESTIONS: Final[Mapping[str, Form]] = {
    "enough": ask_how_much,
    "one_budget": ask_one_budget,
    "three_tiers": ask_three_tiers,
    "what_first": ask_what_first,
    "whom_it_serves": ask_whom,
    "will_it_hold": ask_will_it_hold,
    "sizing": ask_places,
    "build_or_open": ask_build_or_open,
    "warm_street": ask_warm_street,
    "did_it_work": ask_whether_it_worked,
}
