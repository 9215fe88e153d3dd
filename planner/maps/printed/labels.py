"""Where words and numbers find room on a map: nothing is written over a mark or over other words."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

Place = tuple[float, float]
Span = tuple[float, float, float, float]
_CELL_MM: Final = 6.0


class Taken:
    """The places on a page that are taken, as upright boxes (left, top, right, bottom) in millimetres."""

    def __init__(self, frame: Span) -> None:
        self._frame = frame
        self._boxes: dict[tuple[int, int], list[Span]] = defaultdict(list)

    def is_free(self, boxes: Iterable[Span]) -> bool:
        """Whether all boxes lie inside the frame and on none that is taken."""
        left, top, right, bottom = self._frame
        for box in boxes:
            if box[0] < left or box[1] < top or box[2] > right or box[3] > bottom:
                return False
            if any(_meet(box, other) for square in _squares(box) for other in self._boxes.get(square, ())):
                return False
        return True

    def take(self, boxes: Iterable[Span]) -> None:
        """From now on these boxes are taken."""
        for box in boxes:
            for square in _squares(box):
                self._boxes[square].append(box)


def around(at: Place, width: float, height: float) -> Span:
    """A box by its middle."""
    return at[0] - width / 2, at[1] - height / 2, at[0] + width / 2, at[1] + height / 2


def along(x: float, y: float, length: float, height: float, degrees: float) -> list[Span]:
    """Boxes that cover a text of ``length`` written through its middle (x, y) at an angle."""
    count = max(1, math.ceil(length / height))
    step_x, step_y = (math.cos(math.radians(degrees)), math.sin(math.radians(degrees)))
    offsets = [(i + 0.5) * length / count - length / 2 for i in range(count)]
    return [around((x + o * step_x, y + o * step_y), height, height) for o in offsets]


def rings(x: float, y: float, radius: float) -> Sequence[Place]:
    """The place itself, then places around it, further and further out."""
    places = [(x, y)]
    for ring, count in ((1.0, 8), (1.6, 12), (2.3, 16), (3.1, 20), (4.0, 24)):
        for i in range(count):
            angle = 2 * math.pi * i / count - math.pi / 4
            places.append((x + ring * radius * math.cos(angle), y + ring * radius * math.sin(angle)))
    return places


def _squares(box: Span) -> Iterable[tuple[int, int]]:
    left, top, right, bottom = (math.floor(edge / _CELL_MM) for edge in box)
    return ((i, j) for i in range(left, right + 1) for j in range(top, bottom + 1))


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
