"""The questions of a district's analyst, a module a question: each a function whose :class:`Answer` is a tidy frame,
what it says in words, and a figure.
"""

from planner.analysis.answer import Answer
from planner.analysis.did_it_work import did_it_work
from planner.analysis.enough import how_much_is_enough
from planner.analysis.whom_it_serves import whom_it_serves

__all__ = ["Answer", "did_it_work", "how_much_is_enough", "whom_it_serves"]
