"""Meals and parcels a day by 100 m cell and part of the day."""

import math

from .house import House
from .places import Places
from .plane import Point
from .shape import area, gap, inside, mix

Cell = tuple[int, int]

PERIODS = ("morning", "lunch", "afternoon", "dinner", "night")
MEALS, PARCELS = 38000, 22000
# Thousandths of the day by period.
MEAL_SHARES = (80, 360, 140, 320, 100)
PARCEL_SHARES = (300, 200, 300, 170, 30)

# How each kind of building spreads its own day over the periods.
_DAY = {
    "home": ((8, 24, 12, 44, 12), (25, 20, 30, 22, 3)),
    "work": ((11, 58, 15, 13, 3), (38, 23, 32, 6, 1)),
    "trade": ((5, 36, 15, 35, 9), (36, 20, 34, 9, 1)),
    "care": ((14, 38, 12, 26, 10), (35, 25, 30, 8, 2)),
}
# Day pattern, meals and parcels per 100 m² of floor.
_RATES = {
    "apartments": ("home", 0.62, 0.55),
    "residential": ("home", 0.9, 0.7),
    "office": ("work", 0.85, 0.33),
    "retail": ("trade", 0.8, 0.5),
    "hospital": ("care", 0.8, 0.25),
    "school": ("care", 0.25, 0.12),
    "civic": ("care", 0.3, 0.1),
}
_KITCHEN = 55.0
# A mall sends and receives more than a shop row of the same floor.
_MALL = 3.0


def cell_of(p: Point) -> Cell:
    """The 100 m cell a point lies in."""
    return math.floor(p[0] / 100), math.floor(p[1] / 100)


def cell_centre(cell: Cell) -> Point:
    """The middle of a cell."""
    return cell[0] * 100.0 + 50, cell[1] * 100.0 + 50


def deliver(places: Places) -> list[tuple[Cell, list[tuple[int, int]]]]:
    """Cells from north-west to south-east with meals and parcels for each period."""
    frame = places.frame
    rim = frame.ring(frame.mesh.outline(frame.mesh.faces))
    cells = [(i, j) for j in range(12, -14, -1) for i in range(-13, 14) if inside(cell_centre((i, j)), rim)]
    known = set(cells)
    # A little everywhere: people order to park benches and building sites too.
    load = {c: [[0.25 * w / 100 for w in _DAY["home"][k]] for k in (0, 1)] for c in cells}
    for house in places.town.houses:
        if house.kind not in _RATES:
            continue
        day, meals, parcels = _RATES[house.kind]
        floor = abs(area(house.ring)) * min(house.levels, 22) / 100
        if house.kind == "retail" and house.name:
            floor *= _MALL
        points = _spread(house)
        for p in points:
            own = load[_nearest(p, known, cells)]
            for n in range(5):
                own[0][n] += floor * meals / len(points) * _DAY[day][0][n] / 100
                own[1][n] += floor * parcels / len(points) * _DAY[day][1][n] / 100
    for p in places.kitchens:
        own = load[_nearest(p, known, cells)]
        for n in range(5):
            own[0][n] += _KITCHEN * _DAY["trade"][0][n] / 100
    columns = []
    for kind, total, shares in ((0, MEALS, MEAL_SHARES), (1, PARCELS, PARCEL_SHARES)):
        columns += [_whole([load[c][kind][n] for c in cells], total * shares[n] // 1000) for n in range(5)]
    out = []
    for k, cell in enumerate(cells):
        rows = [(columns[n][k], columns[5 + n][k]) for n in range(5)]
        if any(m or p for m, p in rows):
            out.append((cell, rows))
    return out


def _spread(house: House) -> list[Point]:
    """Points over a house's footprint."""
    a, b, c, d = house.ring
    return [mix(mix(a, b, s), mix(d, c, s), t) for s in (0.125, 0.375, 0.625, 0.875) for t in (0.25, 0.75)]


def _nearest(p: Point, known: set[Cell], cells: list[Cell]) -> Cell:
    """The cell of a point; at the rim the nearest cell that counts."""
    own = cell_of(p)
    return own if own in known else min(cells, key=lambda c: round(gap(cell_centre(c), p), 2))


def _whole(weights: list[float], total: int) -> list[int]:
    """Whole numbers in proportion to the weights that add up to the total."""
    size = sum(weights)
    exact = [round(w / size * total, 6) for w in weights]
    out = [math.floor(x) for x in exact]
    order = sorted(range(len(out)), key=lambda n: (-(exact[n] - out[n]), n))
    for n in order[: total - sum(out)]:
        out[n] += 1
    return out
