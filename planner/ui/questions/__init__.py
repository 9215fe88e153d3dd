"""The questions of the page, in the order in which they are offered: for each the form that asks for what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from planner.ui.questions.asking import Form
from planner.ui.questions.enough_form import ask_how_much
from planner.ui.questions.served_form import ask_whom
from planner.ui.questions.worked_form import ask_whether_it_worked

# A question's words are in the room ``ask_<name>``.
QUESTIONS: Final[Mapping[str, Form]] = {
    "enough": ask_how_much,
    "whom_it_serves": ask_whom,
    "did_it_work": ask_whether_it_worked,
}
