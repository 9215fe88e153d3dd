"""The shapes of marks on paper; each differs from the others in shape and in colour, and stands so in the legend."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from planner.maps.printed.parts import Look, MarkShape
from planner.maps.printed.svg import BOLD, INK, Shapes, element, number, path_data, polygon, text

_EDGE_MM: Final = 0.3
_HATCH_MM: Final = 1.1


def mark(shape: MarkShape, x: float, y: float, radius: float, *, fill: str, digits: str = "") -> str:
    """One mark with its middle at (x, y)."""
    return _DRAWN[shape](x, y, radius, fill) + _written(digits, x, y, radius)


def outlined(name: str, shapes: Shapes, look: Look) -> str:
    """Lines or areas, in millimetres, of one look; :func:`hatch` defines the fill of one that has a hatch."""
    data = path_data(shapes)
    if not data:
        return ""
    return element(
        "path",
        id=name,
        d=data,
        fill=f"url(#{_hatch_name(look)})" if look.hatch else look.fill or "none",
        fill_rule="evenodd" if look.fill else None,
        stroke=look.stroke,
        stroke_width=look.width if look.stroke else None,
        stroke_dasharray=look.dash,
        stroke_linejoin="round" if look.stroke else None,
        opacity=look.opacity if look.opacity < 1 else None,
    )


def hatch(look: Look) -> str:
    """The definition of a fill with slanted lines over it."""
    side = {"width": _HATCH_MM, "height": _HATCH_MM}
    ground = element("rect", **side, fill=look.fill)
    line = element("line", x1=0.0, y1=0.0, x2=0.0, y2=_HATCH_MM, stroke=look.hatch, stroke_width=0.4)
    turned = {"patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
    return element("pattern", ground, line, id=_hatch_name(look), **side, **turned)


def _hatch_name(look: Look) -> str:
    return f"hatch-{(look.hatch or '').lstrip('#')}"


def digit_size(digits: str, radius: float) -> float:
    """How high digits are written in a mark."""
    return radius * (1.25, 1.15, 0.92, 0.75)[min(len(digits), 4) - 1]


def _written(digits: str, x: float, y: float, radius: float) -> str:
    if not digits:
        return ""
    size = digit_size(digits, radius)
    return text(digits, x, y + 0.36 * size, size, fill="#ffffff", text_anchor="middle", **BOLD)


def _circle(x: float, y: float, radius: float, fill: str) -> str:
    dark = element("circle", cx=x, cy=y, r=radius, fill=INK)
    return dark + element("circle", cx=x, cy=y, r=radius - 0.22, fill=fill, stroke="#ffffff", stroke_width=_EDGE_MM)


def _cornered(corners: list[tuple[float, float]]) -> Callable[[float, float, float, str], str]:
    """A mark with a white edge and a thin dark one around it."""

    def drawn(x: float, y: float, radius: float, fill: str) -> str:
        inner = max(radius - 0.25, 0.1)
        outer = polygon([(x + radius * a, y + radius * b) for a, b in corners], fill=INK)
        at = [(x + inner * a, y + inner * b) for a, b in corners]
        return outer + polygon(at, fill=fill, stroke="#ffffff", stroke_width=min(_EDGE_MM, radius / 4))

    return drawn


def _hollow(corners: list[tuple[float, float]]) -> Callable[[float, float, float, str], str]:
    def drawn(x: float, y: float, radius: float, fill: str) -> str:
        at = [(x + radius * a, y + radius * b) for a, b in corners]
        return polygon(at, fill=fill, stroke=INK, stroke_width=_EDGE_MM)

    return drawn


def _alert(x: float, y: float, radius: float, fill: str) -> str:
    top, gap = number(0.7 * radius), number(0.3 * radius)
    sign = f"M{number(x)} {number(y - 0.6 * radius)}v{top}m0 {gap}v{number(0.25 * radius)}"
    return _cornered(_SQUARE)(x, y, radius, fill) + element(
        "path", d=sign, stroke="#ffffff", stroke_width=0.28 * radius, fill="none"
    )


_SQUARE: Final = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
_DIAMOND: Final = [(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)]
_HEXAGON: Final = [(1.12 * math.sin(i * math.pi / 3), -1.12 * math.cos(i * math.pi / 3)) for i in range(6)]
_DRAWN: Final[dict[MarkShape, Callable[[float, float, float, str], str]]] = {
    "circle": _circle,
    "hexagon": _cornered(_HEXAGON),
    "diamond": _cornered(_DIAMOND),
    "small_diamond": _hollow(_DIAMOND),
    "square": _cornered(_SQUARE),
    "small_square": _hollow(_SQUARE),
    "alert": _alert,
}
