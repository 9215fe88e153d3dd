"""How far it is to the streets that a person may walk."""

from .plane import Point
from .shape import Segment, away, gap, mix

_CELL = 60


class Walk:
    """Walkable segments by the 60 m cells they run through."""

    def __init__(self, segments: list[Segment]) -> None:
        self._near: dict[tuple[int, int], list[Segment]] = {}
        self._all = segments
        for a, b in segments:
            for cell in sorted({_cell(mix(a, b, t)) for t in _steps(gap(a, b))}):
                self._near.setdefault(cell, []).append((a, b))

    def close(self, p: Point, limit: float) -> bool:
        """True if a street lies within the limit (at most 60 m)."""
        i, j = _cell(p)
        cells = [(i + di, j + dj) for di in (-1, 0, 1) for dj in (-1, 0, 1)]
        return any(away(p, s) <= limit for cell in cells for s in self._near.get(cell, []))

    def far(self, p: Point) -> float:
        """Distance to the nearest street."""
        return min(away(p, s) for s in self._all)


def _cell(p: Point) -> tuple[int, int]:
    """The cell a point lies in."""
    return int(p[0] // _CELL), int(p[1] // _CELL)


def _steps(length: float) -> list[float]:
    """Shares of the way along a segment, some 15 m apart."""
    count = int(length / 15) + 1
    return [k / count for k in range(count + 1)]
