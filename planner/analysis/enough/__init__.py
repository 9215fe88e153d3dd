"""How much is enough: coverage against the number of new sites or against money."""

from planner.analysis.enough.question import how_much_is_enough

__all__ = ["how_much_is_enough"]
