"""Appeals of residents, riders and couriers: at houses and kitchens, most of them east of the river."""

from dataclasses import dataclass

from .draw import Draw
from .house import House
from .places import Places
from .plane import Point
from .shape import centre, mix

COUNT = 64
# Category, how often of ten, and the houses it comes from.
_KINDS: list[tuple[str, int, tuple[str, ...]]] = [
    ("停车难", 2, ("retail", "office")),
    ("分拣难", 2, ("apartments", "retail")),
    ("进门难", 1, ("apartments", "office")),
    ("充电难", 3, ("retail", "residential", "apartments")),
    ("休息难", 2, ("retail", "office")),
]
# Nothing that a centre could mend, now and then.
_OTHER = "噪声扰民"
_LAST_DAYS = (31, 29, 31, 30, 31, 30)


@dataclass
class Appeal:
    """One row of appeals.csv."""

    at: Point
    category: str
    date: str
    status: str


def find_appeals(places: Places, seed: int) -> list[Appeal]:
    """Appeals in the order of their dates; they have a source of draws of their own."""
    draw = Draw(seed + 1)
    houses = [h for h in places.town.houses if h.kind in ("apartments", "retail", "office", "residential")]
    bag = [kind for kind in _KINDS for _ in range(kind[1])]
    out: list[Appeal] = []
    while len(out) < COUNT:
        category, _, uses = draw.one(bag)
        house: House = draw.one([h for h in houses if h.kind in uses])
        # The west has centres already, so fewer there complain.
        if centre(house.ring)[0] < 0 and draw.chance(0.6):
            continue
        if draw.chance(0.06):
            category = _OTHER
        month = draw.whole(1, 6)
        date = f"2024-{month:02d}-{draw.whole(1, _LAST_DAYS[month - 1]):02d}"
        status = "open" if draw.chance(0.35 + 0.08 * month) else "closed"
        out.append(Appeal(mix(house.front, centre(house.ring), draw.between(0, 0.5)), category, date, status))
    return sorted(out, key=lambda a: (a.date, a.category, a.at))
