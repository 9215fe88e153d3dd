"""The questions of a district's analyst, a folder a question: a function whose :class:`Answer` is a tidy frame, what it
says in words, and a figure.

In each folder ``question`` works it out, ``answer`` is what is found and how it is told, ``figure`` draws it; what only
this question needs stands beside them. Beside the folders stands what several of them share. No question asks another.
"""

from planner.analysis.answer import Answer
from planner.analysis.build_or_open import build_or_open
from planner.analysis.did_it_work import did_it_work
from planner.analysis.enough import how_much_is_enough
from planner.analysis.one_budget import one_budget, services_front, walk_front
from planner.analysis.sizing import enough_places
from planner.analysis.three_tiers import three_tiers
from planner.analysis.warm_street import warm_street
from planner.analysis.what_first import what_first
from planner.analysis.whom_it_serves import whom_it_serves
from planner.analysis.will_it_hold import will_it_hold

__all__ = [
    "Answer",
    "build_or_open",
    "did_it_work",
    "enough_places",
    "how_much_is_enough",
    "one_budget",
    "services_front",
    "three_tiers",
    "walk_front",
    "warm_street",
    "what_first",
    "whom_it_serves",
    "will_it_hold",
]
