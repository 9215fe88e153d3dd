"""The questions of a district's analyst, a module a question: each a function whose :class:`Answer` is a tidy frame,
what it says in words, and a figure.
"""

from planner.analysis.answer import Answer
from planner.analysis.enough import how_much_is_enough
from planner.analysis.sizing import enough_places
from planner.analysis.three_tiers import three_tiers
from planner.analysis.warm_street import warm_street

__all__ = ["Answer", "enough_places", "how_much_is_enough", "three_tiers", "warm_street"]
