"""The optimizer: arrays in, :class:`Solution` out; it knows no maps, no frames and no files."""

from planner.siting.max_cover import max_cover
from planner.siting.solution import Solution

__all__ = ["Solution", "max_cover"]
