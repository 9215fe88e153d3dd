"""How often each centre was used, day by day, over the four months before the appeals' last day."""

import datetime

from .centres import Centre
from .deliveries import Cell, cell_centre
from .draw import Draw
from .shape import gap

FIRST, DAYS = datetime.date(2024, 3, 3), 120
# Check-ins that a delivery nearby brings, and how near that is.
_PER_DELIVERY, _NEAR = 0.006, 450
# Of those for whom a centre is the nearest, how many come more or fewer, in percent: the same for all but these.
_DRAWN = (55, 160)
_MUCH_USED, _BASEMENT, _NEW = "二十四小时骑手驿站", "地下换电柜", "银河换电柜"
# Nobody comes to the one that shuts at noon, and has moved behind a locked gate.
_UNUSED = "南苑社区工会户外劳动者驿站"
_WEEKDAYS = (96, 94, 95, 98, 104, 110, 103)
_MONTHS = {3: 92, 4: 96, 5: 102, 6: 112}
_HOT, _RAIN = 1.06, 0.78


def find_checkins(centres: list[Centre], cells: list[tuple[Cell, list[tuple[int, int]]]], seed: int) -> list[list[str]]:
    """Rows of date, centre and number of check-ins; they have a source of draws of their own."""
    draw = Draw(seed + 2)
    usual = [_usual(centre, centres, cells, draw) for centre in centres]
    gaps = {draw.whole(0, len(centres) - 1): (40, 61)}
    rows = []
    for day in range(DAYS):
        date = FIRST + datetime.timedelta(days=day)
        weather = _RAIN if draw.chance(0.2) else draw.between(0.94, _HOT)
        for n, centre in enumerate(centres):
            first, last = gaps.get(n, (0, 0))
            # The newest has been open for two weeks; now and then a day is not written down.
            if (centre.name.endswith(_NEW) and day < DAYS - 14) or first <= day < last or draw.chance(0.015):
                continue
            mean = usual[n] * weather * _WEEKDAYS[date.weekday()] * _MONTHS[date.month] / 10000
            rows.append([date.isoformat(), f"S{n + 1:02d}", str(_count(mean, draw))])
    return rows


def _usual(centre: Centre, centres: list[Centre], cells: list[tuple[Cell, list[tuple[int, int]]]], draw: Draw) -> float:
    """Check-ins on a usual day: by the deliveries nearer to this centre than to others of its services."""
    rivals = [other for other in centres if set(other.services.split(";")) & set(centre.services.split(";"))]
    near = 0
    for cell, parts in cells:
        at = cell_centre(cell)
        if gap(at, centre.at) <= _NEAR and min(round(gap(at, c.at), 2) for c in rivals) == round(gap(at, centre.at), 2):
            near += sum(meals + parcels for meals, parcels in parts)
    factor = draw.between(*_DRAWN) / 100
    if centre.name == _UNUSED:
        return 0.0
    if centre.name.endswith(_BASEMENT):
        return 0.04
    if centre.name.endswith(_MUCH_USED):
        factor = 5.2
    return max(4.0, near * _PER_DELIVERY * factor)


def _count(mean: float, draw: Draw) -> int:
    """How many of very many come, each hardly ever: successes in trials, which takes no function of the machine's."""
    trials = int(3 * mean) + 3
    return sum(draw.chance(mean / trials) for _ in range(trials))
