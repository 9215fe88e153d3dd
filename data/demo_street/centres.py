"""Service centres that exist already: many west of the river, few beyond it."""

from dataclasses import dataclass

from .places import Places
from .plane import Point
from .shape import centre, gap, mix

_R, _C, _S = "rest_station", "charging_cabinet", "sorting_point"

# Community, services, hours, floor, what it is called.
_LIST: list[tuple[str, tuple[str, ...], str, int, str]] = [
    ("西苑", (_R,), "08:30-17:30", 1, "党群服务中心暖蜂驿站"),
    ("北园", (_R,), "08:30-17:30", 2, "党群服务中心暖蜂驿站"),
    ("文化", (_R, _C), "08:00-20:00", 1, "党群服务中心暖蜂驿站"),
    ("文苑", (_R,), "09:00-12:00;14:00-18:00", 1, "新就业群体服务点"),
    ("光明", (_R,), "08:30-17:30", 1, "党群服务中心暖蜂驿站"),
    ("和平", (_R, _C), "08:00-20:00", 1, "骑手驿站"),
    ("振兴", (_R,), "08:30-18:00", 1, "党群服务中心暖蜂驿站"),
    ("康宁", (_R,), "09:00-12:00;14:00-18:00", 1, "工会户外劳动者驿站"),
    ("迎春", (_R,), "00:00-24:00", 1, "二十四小时骑手驿站"),
    ("中心", (_R, _S), "08:00-21:00", 1, "骑手驿站"),
    ("滨河", (_R,), "08:30-17:30", 2, "党群服务中心暖蜂驿站"),
    ("建设", (_R,), "08:30-17:30", 1, "党群服务中心暖蜂驿站"),
    ("南苑", (_R,), "09:00-12:00;14:00-18:00", 1, "工会户外劳动者驿站"),
    ("新城", (_R,), "08:30-17:30", 1, "党群服务中心暖蜂驿站"),
    ("北园", (_C,), "00:00-24:00", 1, "换电柜"),
    ("光明", (_C,), "00:00-24:00", 1, "换电站"),
    ("迎春", (_C,), "00:00-24:00", 1, "换电柜"),
    ("中心", (_C,), "07:00-22:00", 1, "换电站"),
    ("康宁", (_C,), "00:00-24:00", 1, "换电柜"),
    ("建设", (_C,), "06:00-23:00", 1, "换电站"),
    ("振兴", (_C,), "00:00-24:00", -1, "地下换电柜"),
    ("文化", (_S,), "07:00-21:00", 1, "快递分拣点"),
    ("槐荫", (_S,), "06:00-20:00", 1, "快递分拣点"),
    ("光明", (_S,), "07:00-21:00", 1, "快递分拣点"),
    ("银河", (_C,), "08:00-20:00", 1, "换电柜"),
]


@dataclass
class Centre:
    """One row of centres.csv."""

    name: str
    at: Point
    services: str
    hours: str
    floor: int
    address: str


def find_centres(places: Places) -> list[Centre]:
    """Place each centre in a house of its community."""
    out: list[Centre] = []
    rooms = dict(places.rooms)
    draw = places.town.draw
    for community, services, hours, floor, word in _LIST:
        n = next(k for k, c in enumerate(places.frame.communities) if c.name == community + "社区")
        if "党群" in word:
            house = rooms[n]
        else:
            wanted = "retail" if "换电" in word or "分拣" in word else "apartments"
            own = [h for h in places.town.houses if h.block.community == n]
            pool = [h for h in own if h.kind == wanted and not h.name] or own
            free = [h for h in pool if all(gap(centre(h.ring), c.at) > 120 for c in out)]
            house = draw.one(free or pool)
        at = mix(house.front, centre(house.ring), 0.4)
        address = f"示范街道{community}社区{places.title(house)}"
        name = community + ("社区" if "换电" not in word else "") + word
        out.append(Centre(name, at, ";".join(services), hours, floor, address))
    return out
