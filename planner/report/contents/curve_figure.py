"""The picture of a curve: coverage against the number of new sites or money, with the plan's own place on it."""

from __future__ import annotations

import math
from html import escape
from typing import Final

from planner.report.contents.parts import Curve

WIDTH: Final = 640
HEIGHT: Final = 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 22, 34, 50
_TICKS: Final = 6
# A rise of one point must not look like one of fifty: the share's axis shows at least this much.
_LEAST_SPAN: Final = 0.2
_MOST_MARKS: Final = 40
_LABEL_UNTIL: Final = 440
_INK, _SOFT, _GRID, _PLAN = "#12355b", "#52606d", "#d5dbe1", "#b3261e"


def curve_svg(curve: Curve) -> str:
    """The curve as an SVG of its own: axes with round ticks, a line, the plan's point marked and labelled.

    The line and the point differ in form too, so that they can be told apart in grey print. No font is named: in a page
    the texts take the page's. Points whose share is not a number are left out.
    """
    points = sorted((x, y) for x, y in curve.points if math.isfinite(x) and math.isfinite(y))
    drawn = [*points, *([curve.here] if all(map(math.isfinite, curve.here)) else [])] or [(0.0, 0.0)]
    across = _Axis.over([x for x, _ in drawn], _LEFT, WIDTH - _RIGHT, whole=True)
    up = _Axis.over_shares([y for _, y in drawn], HEIGHT - _BOTTOM, _TOP)
    parts = [_frame(curve, across, up), _line(points, across, up)]
    if all(map(math.isfinite, curve.here)):
        parts.append(_here(curve, across, up))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-size="13">'
    return f"{head}<title>{escape(curve.title)}</title>{''.join(parts)}</svg>"


class _Axis:
    """Numbers to places on paper, and the round numbers at which there are ticks."""

    def __init__(self, low: float, high: float, step: float, start: float, end: float) -> None:
        self.low, self.high, self.step, self.start, self.end = low, high, step, start, end

    @classmethod
    def over(cls, values: list[float], start: float, end: float, *, whole: bool) -> _Axis:
        low, high = min(values), max(values)
        high = high if high > low else low + 1
        step = max(_round_step((high - low) / _TICKS), 1.0 if whole else 0.0)
        return cls(low, high, step, start, end)

    @classmethod
    def over_shares(cls, values: list[float], start: float, end: float) -> _Axis:
        low, high = min(values), max(values)
        middle, half = (low + high) / 2, max(high - low, _LEAST_SPAN) / 2
        low, high = max(middle - half, 0.0), min(middle + half, 1.0)
        step = _round_step((high - low) / _TICKS)
        least, most = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
        return cls(least, min(most, 1.0), step, start, end)

    def at(self, value: float) -> float:
        """Where a number lies."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        """The round numbers from end to end."""
        first, last = math.ceil(self.low / self.step - 1e-9), math.floor(self.high / self.step + 1e-9)
        return [count * self.step for count in range(first, last + 1)]


def _round_step(rough: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))


def _frame(curve: Curve, across: _Axis, up: _Axis) -> str:
    """The axes, their ticks and titles."""
    parts = []
    for share in up.ticks():
        y = up.at(share)
        parts.append(f'<path d="M{across.start} {y:.1f}H{across.end}" stroke="{_GRID}"/>')
        parts.append(_text(across.start - 8, y + 4.5, f"{share:.0%}", anchor="end"))
    for value in across.ticks():
        x = across.at(value)
        parts.append(f'<path d="M{x:.1f} {up.start}v5" stroke="{_SOFT}"/>')
        parts.append(_text(x, up.start + 19, f"{value:,.0f}", anchor="middle"))
    parts.append(f'<path d="M{across.start} {up.start}H{across.end}" stroke="{_SOFT}"/>')
    parts.append(_text(across.start, 16, curve.y_title, anchor="start"))
    parts.append(_text(across.end, HEIGHT - 10, curve.x_title, anchor="end"))
    return "".join(parts)


def _line(points: list[tuple[float, float]], across: _Axis, up: _Axis) -> str:
    places = [(across.at(x), up.at(y)) for x, y in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    line = f'<polyline points="{path}" fill="none" stroke="{_INK}" stroke-width="2.2" stroke-linejoin="round"/>'
    shown = places if len(places) <= _MOST_MARKS else []
    return line + "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{_INK}"/>' for x, y in shown)


def _here(curve: Curve, across: _Axis, up: _Axis) -> str:
    """The plan's point: a ring, lines to both axes, and its label right below, where a curve that rises leaves room."""
    x, y = across.at(curve.here[0]), up.at(curve.here[1])
    guide = f"M{across.start} {y:.1f}H{x:.1f}V{up.start}"
    if x < _LABEL_UNTIL:
        label = _text(x + 10, min(y + 24, up.start - 8), curve.here_label, anchor="start", strong=True)
    else:
        label = _text(x - 8, (y + up.start) / 2, curve.here_label, anchor="end", strong=True)
    return (
        f'<path d="{guide}" fill="none" stroke="{_PLAN}" stroke-dasharray="5 4"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="#fff" stroke="{_PLAN}" stroke-width="3"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{_PLAN}"/>{label}'
    )


def _text(x: float, y: float, words: str, *, anchor: str, strong: bool = False) -> str:
    look = f'fill="{_PLAN}" font-weight="700" stroke="#fff" stroke-width="4" paint-order="stroke"' if strong else ""
    look = look or f'fill="{_SOFT}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {look}>{escape(words)}</text>'
