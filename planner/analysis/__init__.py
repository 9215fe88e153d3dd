"""The questions of a district's analyst, a module a question: each a function whose :class:`Answer` is a tidy frame,
what it says in words, and a figure.
"""

from planner.analysis.answer import Answer
from planner.analysis.enough import how_much_is_enough
from planner.analysis.whom_it_serves import whom_it_serves

__all__ = ["Answer", "how_much_is_enough", "whom_it_serves"]
