"""The only door to the disc: formats, coordinate systems and checks → :class:`Study`."""

from planner.intake.load import load_study
from planner.intake.study import Source, Streets, Study

__all__ = ["Source", "Streets", "Study", "load_study"]
