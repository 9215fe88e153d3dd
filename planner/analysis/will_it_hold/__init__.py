"""Will it hold: plans in rush hours, on a peak day, in rain, with a bridge closed or a centre shut."""

from planner.analysis.will_it_hold.question import will_it_hold

__all__ = ["will_it_hold"]
