"""The questions of the page, in the order in which they are offered: for each the form that asks for what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from planner.ui.questions.asking import Form
from planner.ui.questions.enough_form import ask_how_much
from planner.ui.questions.sizing_form import ask_places
from planner.ui.questions.three_tiers_form import ask_three_tiers
from planner.ui.questions.warm_street_form import ask_warm_street

# A question's words are in the room ``ask_<name>``.
QUESTIONS: Final[Mapping[str, Form]] = {
    "enough": ask_how_much,
    "sizing": ask_places,
    "three_tiers": ask_three_tiers,
    "warm_street": ask_warm_street,
}
