"""What stands beside a printed map: legend, north arrow, scale bar."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from planner.maps.printed.drawing import Swatch
from planner.maps.printed.paper import Box, Paper, round_length_m
from planner.maps.printed.parts import Sign
from planner.maps.printed.svg import BOLD, INK, element, fitted, number, polygon, text, text_width
from planner.maps.wording import Wording

LINE_MM: Final = 4.3
LETTERS_MM: Final = 2.5
_SWATCH_MM: Final = 9.0
_GAP_MM: Final = 4.0
_BAR_MM: Final = 1.3
_LONGEST_BAR_MM: Final = 32.0
FURNITURE: Final = (48.0, 20.0)


@dataclass(frozen=True)
class Columns:
    """How a legend falls into columns of ``widths``; ``size`` is that of its letters, 1 on a report's page."""

    rows: int
    widths: tuple[float, ...]
    size: float

    @property
    def height(self) -> float:
        """The height of all rows and the heading."""
        return (self.rows + 1) * LINE_MM * self.size + 1.0

    @property
    def width(self) -> float:
        """The width of all columns."""
        return sum(self.widths)


def columns_for(signs: Iterable[Sign], room: float, *, size: float) -> Columns:
    """As many columns as fit into a width of ``room`` with one line for each label of ``signs``."""
    labels = list(dict.fromkeys(sign.label for sign in sorted(signs, key=lambda some: some.order) if sign.label))
    wide = [(_SWATCH_MM + _GAP_MM) * size + text_width(label, LETTERS_MM * size) for label in labels]
    for count in range(len(labels), 1, -1):
        rows = math.ceil(len(labels) / count)
        widths = tuple(max(wide[i : i + rows]) for i in range(0, len(wide), rows))
        if sum(widths) <= room:
            return Columns(rows, widths, size)
    return Columns(len(labels), (min(max(wide, default=0.0), room),), size)


def legend(swatches: Iterable[Swatch], at: tuple[float, float], columns: Columns, wording: Wording) -> str:
    """The legend with its upper left corner ``at`` a place: a line for each label, its first example beside it."""
    left, top = at
    size = columns.size
    high, letters = LINE_MM * size, LETTERS_MM * size
    lines: dict[str, Swatch] = {}
    for swatch in sorted(swatches, key=lambda some: some.sign.order):
        if swatch.sign.label:
            lines.setdefault(swatch.sign.label, swatch)
    drawn = [text(wording.words("legend"), left, top + 0.7 * high, 1.15 * letters, fill=INK, **BOLD)]
    for i, (label, swatch) in enumerate(lines.items()):
        column = i // columns.rows
        x = left + sum(columns.widths[:column])
        y = top + (i % columns.rows + 1.5) * high + 0.5
        place = f"translate({number(x + 3.2 * size)} {number(y)}) scale({size:g})"
        drawn.append(element("g", swatch.example(0.0, 0.0), transform=place))
        words = fitted(label, letters, columns.widths[column] - (_SWATCH_MM - 0.5) * size)
        drawn.append(text(words, x + 8 * size, y + 0.36 * letters, letters, fill=INK))
    return element("g", *drawn, id="legend")


def furniture(paper: Paper, box: Box, wording: Wording, *, north: float) -> str:
    """North arrow, scale and scale bar inside ``box``; true north lies ``north`` degrees to the right."""
    unit = box.height / FURNITURE[1]
    arrow = _arrow(box.left + 4 * unit, box.top + 9.5 * unit, unit, wording, north)
    scale = f"{paper.scale:,}".replace(",", " " if wording.language == "zh" else ",")
    size = 2.7 * unit
    left = box.left + 11 * unit
    stated = text(wording.printed("scale", number=scale), left, box.top + 6 * unit, size, fill=INK, id="scale")
    return element("g", arrow, stated, _bar(paper, left, box.top + 10.5 * unit, unit, wording), id="furniture")


def _arrow(x: float, y: float, unit: float, wording: Wording, north: float) -> str:
    """A needle whose dark half lies to the east, turned to true north."""
    right = polygon([(0, -6 * unit), (2.2 * unit, 5 * unit), (0, 3 * unit)], fill=INK)
    left = polygon(
        [(0, -6 * unit), (-2.2 * unit, 5 * unit), (0, 3 * unit)], fill="#ffffff", stroke=INK, stroke_width=0.2 * unit
    )
    letter = text(wording.printed("north"), 0, -6.7 * unit, 3 * unit, fill=INK, text_anchor="middle", **BOLD)
    turned = f"translate({x:.2f} {y:.2f}) rotate({north:.2f})"
    return element("g", right, left, letter, id="north", transform=turned)


def _bar(paper: Paper, left: float, top: float, unit: float, wording: Wording) -> str:
    """A bar of round metres, in three to five pieces by turns dark and light."""
    metres = round_length_m(_LONGEST_BAR_MM * unit * paper.metres_per_mm)
    length, high = metres / paper.metres_per_mm, _BAR_MM * unit
    pieces = {"3": 3, "5": 5}.get(f"{metres:.0e}"[0], 4)
    edge = {"fill": "#ffffff", "stroke": INK, "stroke_width": 0.2, "id": "bar"}
    drawn = [element("rect", x=left, y=top, width=length, height=high, **edge)]
    for i in range(0, pieces, 2):
        step = length / pieces
        drawn.append(element("rect", x=left + i * step, y=top, width=step, height=high, fill=INK))
    size = 2.2 * unit
    middle = metres * (pieces // 2) / pieces
    for value, words in ((0.0, "0"), (middle, _figure(middle, metres)), (metres, _distance(metres, wording))):
        x = left + value / paper.metres_per_mm
        drawn.append(text(words, x, top + high + 1.1 * size, size, fill=INK, text_anchor="middle"))
    return element("g", *drawn, id="scale-bar")


def _distance(metres: float, wording: Wording) -> str:
    return wording.printed("kilometres", value=metres / 1000) if metres >= 1000 else wording.metres(metres)


def _figure(metres: float, most: float) -> str:
    return f"{metres / 1000:g}" if most >= 1000 else f"{metres:g}"
