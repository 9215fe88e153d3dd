"""Ground on which facilities may not stand."""

from .courses import Courses
from .hosts import Host
from .house import House
from .line import HALF_RIVER
from .places import Places
from .shape import Ring, box, centre, gap, heading, inside, left, mix, step

Zone = tuple[str, str, str, Ring]

_CABINET = "charging_cabinet"


def find_restricted(courses: Courses, places: Places, hosts: list[Host]) -> list[Zone]:
    """Name, reason, services and outline of each zone."""
    out: list[Zone] = []
    for block in places.frame.blocks:
        site = places.town.sites[block.number]
        if block.use in ("school", "hospital") and site.gates:
            inward = heading(site.gates[0], site.middle)
            ring = box(step(site.gates[0], inward, 6), left(inward), 56, 34)
            if block.use == "school" and len(out) < 3:
                out.append((block.name + "门前", "学校门前", _CABINET, ring))
            elif block.use == "hospital":
                out.append((block.name + "急诊通道", "急救通道", f"{_CABINET};sorting_point", ring))
    out.append(("示范河西岸管理带", "河道管理范围", "", courses.strip("river", 3, 11, HALF_RIVER - 2, 36)))
    out.append(("示范河东岸管理带", "河道管理范围", "", courses.strip("river", 12, 19, -36, -HALF_RIVER + 2)))
    out.append(("铁路线路安全保护区", "铁路线路安全保护区", "", courses.strip("rail", 0, 4, 0, 16)))
    out += _fire_lanes(places, hosts)
    out.append(_gas_station(hosts))
    return out


def _before(house: House, off: float, longer: float, depth: float) -> Ring:
    """A rectangle before a house's front."""
    a, b = house.ring[0], house.ring[1]
    out = heading(centre(house.ring), mix(a, b, 0.5))
    return box(step(mix(a, b, 0.5), out, off), heading(a, b), gap(a, b) + longer, depth)


def _fire_lanes(places: Places, hosts: list[Host]) -> list[Zone]:
    """The fronts of two tall houses, preferably where cars park today, and the mall's ladder ground."""
    open_air = [h.at for h in hosts if h.kind == "car_park" and h.floor == 1]
    tall = [h for h in places.town.houses if h.kind == "apartments" and h.levels >= 11]
    tall.sort(key=lambda h: (-sum(inside(p, _before(h, 5.5, 12, 9)) for p in open_air), -h.levels, h.front))
    out: list[Zone] = []
    blocks: list[int] = []
    for house in tall:
        if house.block.number not in blocks and len(blocks) < 2:
            blocks.append(house.block.number)
            out.append((places.title(house) + "消防登高面", "消防通道", _CABINET, _before(house, 5.5, 12, 9)))
    mall = next(h for h in places.town.houses if h.kind == "retail" and h.name)
    out.append((mall.name + "消防登高场地", "消防通道", _CABINET, _before(mall, 7, 0, 12)))
    return out


def _gas_station(hosts: list[Host]) -> Zone:
    """A gas pressure regulator with its safety distance, on a lot that a planner would like to use."""
    lots = [h for h in hosts if h.kind == "vacant_lot" and h.name.endswith("拐角空地")]
    lot = lots[len(lots) // 2]
    name = lot.name.removesuffix("拐角空地")
    return name + "燃气调压站", "燃气调压站", "", box(step(lot.at, (1.0, 0.0), 6), (1.0, 0.0), 26, 22)
