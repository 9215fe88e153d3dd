"""Plane geometry on tuples: as much as the demonstration street needs."""

import itertools
import math
from collections.abc import Sequence
from typing import TypeVar

from .plane import Point, bend

T = TypeVar("T")

Ring = list[Point]
Segment = tuple[Point, Point]


def mix(p: Point, q: Point, t: float) -> Point:
    """The point a share t of the way from p to q."""
    return p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t


def step(p: Point, direction: Point, length: float) -> Point:
    """The point reached from p along a direction."""
    return p[0] + direction[0] * length, p[1] + direction[1] * length


def gap(p: Point, q: Point) -> float:
    """Distance between two points."""
    return math.sqrt((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2)


def heading(p: Point, q: Point) -> Point:
    """Unit vector from p to q."""
    d = gap(p, q) or 1.0
    return (q[0] - p[0]) / d, (q[1] - p[1]) / d


def left(d: Point) -> Point:
    """The direction a quarter turn to the left."""
    return -d[1], d[0]


def dot(a: Point, b: Point) -> float:
    """Scalar product."""
    return a[0] * b[0] + a[1] * b[1]


def turn_of(a: Point, b: Point) -> float:
    """Cross product: positive if b turns left from a."""
    return a[0] * b[1] - a[1] * b[0]


def area(ring: Sequence[Point]) -> float:
    """Signed area; positive if the ring runs counter-clockwise."""
    total = 0.0
    for p, q in sides(ring):
        total += p[0] * q[1] - q[0] * p[1]
    return total / 2


def centre(ring: Sequence[Point]) -> Point:
    """Centre of gravity of a ring."""
    whole = area(ring)
    if abs(whole) < 1e-9:
        return ring[0]
    x = y = 0.0
    for p, q in sides(ring):
        w = p[0] * q[1] - q[0] * p[1]
        x += (p[0] + q[0]) * w
        y += (p[1] + q[1]) * w
    return x / (6 * whole), y / (6 * whole)


def inside(p: Point, ring: Sequence[Point]) -> bool:
    """True if the point lies in the ring."""
    x, y = p
    hit = False
    for a, b in sides(ring):
        if (a[1] > y) != (b[1] > y) and x < a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1]):
            hit = not hit
    return hit


def foot(p: Point, segment: Segment) -> Point:
    """The point of a segment nearest to p."""
    a, b = segment
    dx, dy = b[0] - a[0], b[1] - a[1]
    size = dx * dx + dy * dy
    t = 0.0 if size == 0 else max(0.0, min(1.0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / size))
    return mix(a, b, t)


def away(p: Point, segment: Segment) -> float:
    """Distance from a point to a segment."""
    # Written out: the drawing asks this some ten million times.
    (ax, ay), (bx, by) = segment
    dx, dy, px, py = bx - ax, by - ay, p[0] - ax, p[1] - ay
    size = dx * dx + dy * dy
    t = (px * dx + py * dy) / size if size else 0.0
    t = 0.0 if t < 0 else 1.0 if t > 1 else t
    px -= t * dx
    py -= t * dy
    return math.sqrt(px * px + py * py)


def crosses(one: Segment, two: Segment) -> bool:
    """True if two segments cross."""
    (a, b), (c, d) = one, two
    ab, cd = (b[0] - a[0], b[1] - a[1]), (d[0] - c[0], d[1] - c[1])
    if (turn_of(ab, (c[0] - a[0], c[1] - a[1])) > 0) == (turn_of(ab, (d[0] - a[0], d[1] - a[1])) > 0):
        return False
    return (turn_of(cd, (a[0] - c[0], a[1] - c[1])) > 0) != (turn_of(cd, (b[0] - c[0], b[1] - c[1])) > 0)


def apart(one: Segment, two: Segment) -> float:
    """Distance between two segments."""
    if crosses(one, two):
        return 0.0
    return min(away(one[0], two), away(one[1], two), away(two[0], one), away(two[1], one))


def sides(ring: Sequence[T]) -> list[tuple[T, T]]:
    """Each corner of a closed ring with the next: its segments, or the edges of a loop of vertices."""
    return list(zip(ring, [*ring[1:], *ring[:1]], strict=True))


def meet(p: Point, n1: Point, o1: float, n2: Point, o2: float) -> Point:
    """Where two lines through p meet once each has moved along its normal by an offset."""
    base = turn_of(n1, n2)
    return p[0] + (o1 * n2[1] - o2 * n1[1]) / base, p[1] + (n1[0] * o2 - n2[0] * o1) / base


def box(middle: Point, along: Point, length: float, depth: float) -> Ring:
    """A rectangle with its length along a direction."""
    up = left(along)
    h, d = length / 2, depth / 2
    return [step(step(middle, along, sx * h), up, sy * d) for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]


def rounded(ring: Sequence[Point]) -> Ring:
    """The ring with its corners cut once."""
    out: Ring = []
    for p, q in sides(ring):
        out += [mix(p, q, 0.25), mix(p, q, 0.75)]
    return out


def spaced(line: Sequence[Point], every: float) -> list[Point]:
    """An open line with points added so that no piece is longer than asked."""
    out = [line[0]]
    for p, q in itertools.pairwise(line):
        parts = max(1, math.ceil(gap(p, q) / every))
        out += [mix(p, q, k / parts) for k in range(1, parts + 1)]
    return out


def bent(line: Sequence[Point], every: float = 50) -> list[Point]:
    """An open line of the straight drawing in the bent plane."""
    return [bend(p) for p in spaced(line, every)]


def beside(line: Sequence[Point], off: float) -> list[Point]:
    """An open line moved to its left."""
    ends = zip([line[0], *line[:-1]], [*line[1:], line[-1]], strict=True)
    return [step(p, left(heading(*pair)), off) for p, pair in zip(line, ends, strict=True)]


def longer(line: Sequence[Point], reach: float) -> list[Point]:
    """An open line carried on straight at both ends."""
    ends = [step(p, heading(before, p), reach) for before, p in ((line[1], line[0]), (line[-2], line[-1]))]
    return [ends[0], *line, ends[1]]
