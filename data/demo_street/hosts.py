"""Rooms, shops, lobbies, car parks and lots that could take a facility."""

from dataclasses import dataclass

from .frame import Block
from .house import House
from .net import Net
from .places import Places
from .plane import Point
from .shape import centre, gap, heading, inside, mix, step
from .walk import Walk

KINDS = {"community_room": 62, "shop": 112, "lobby": 42, "car_park": 48, "vacant_lot": 33}


@dataclass
class Host:
    """One row of hosts.csv."""

    name: str
    kind: str
    at: Point
    floor: int
    area_m2: int
    cost: int
    hours: str


def find_hosts(net: Net, places: Places) -> list[Host]:
    """All candidate hosts."""
    walk = Walk(net.walk_lines())
    houses = places.town.houses
    homes = [h for h in houses if h.kind in ("apartments", "residential", "civic")]
    shops = [h for h in houses if h.kind == "retail"]
    lobbies = [h for h in houses if h.kind in ("office", "hospital") or (h.kind == "apartments" and h.levels > 15)]
    lobbies += [h for h in lobbies if h.kind == "office"] + [h for h in shops if h.name] * 2
    parks = [h for h in houses if h.kind in ("apartments", "office") or (h.kind == "retail" and h.name)]
    out: list[Host] = []
    for kind, pool in (("community_room", homes), ("shop", shops), ("lobby", lobbies), ("car_park", parks)):
        chosen: list[Point] = []
        left_over = places.town.draw.mixed(pool) * 4
        while len(chosen) < KINDS[kind] and left_over:
            house = left_over.pop(0)
            host = _in_house(places, house, kind)
            if walk.close(host.at, 45) and all(gap(host.at, p) > 14 for p in chosen):
                chosen.append(host.at)
                out.append(host)
    out += _lots(places, walk)
    out += _stranded(places)
    return out + _beyond(places, walk)


def _in_house(places: Places, house: House, kind: str) -> Host:
    """A host of one kind in or beside a house."""
    draw = places.town.draw
    title = places.title(house)
    front = mix(mix(house.ring[0], house.ring[1], draw.between(0.15, 0.85)), centre(house.ring), 0.25)
    if kind == "community_room":
        floor = draw.one([1, 1, 1, 1, 2, 2, 3, -1])
        hours = draw.one(["08:30-17:30"] * 6 + ["08:30-20:00", "08:00-20:00", "09:00-12:00;14:00-18:00"])
        size = draw.whole(18, 120)
        cost = size * draw.between(45, 110)
        return Host(f"{title}{_storey(floor)}社区用房", kind, front, floor, size, _round(cost), hours)
    if kind == "shop":
        floor = draw.one([1] * 9 + [2, 2]) if not house.name else draw.one([1, 2, -1])
        size = draw.whole(14, 110)
        street = {"dual": 2600, "secondary": 2200, "tertiary": 1700, "residential": 1250}.get(house.shop_street, 1100)
        rate = (3200 if house.name else street) * {1: 1.0, 2: 0.55, -1: 0.6}[floor] * draw.between(0.75, 1.3)
        hours = draw.one(["08:00-22:00"] * 5 + ["00:00-24:00"] * 2 + ["07:00-23:00"])
        word = "铺位" if house.name or house.block.use == "market" else "临街门面"
        return Host(f"{title}{_storey(floor)}{word}", kind, front, floor, size, _round(size * rate), hours)
    if kind == "lobby":
        floor = draw.one([1] * 8 + [2, -1])
        size = draw.whole(8, 45)
        rent = draw.between(1300, 2400) if house.kind in ("office", "retail") else draw.between(500, 1000)
        hours = draw.one(["07:00-21:00"] * 5 + ["06:30-22:00", "00:00-24:00"])
        return Host(f"{title}{_storey(floor)}大堂", kind, front, floor, size, _round(size * rent), hours)
    under = draw.chance(0.42) and (house.levels > 8 or bool(house.name))
    size = draw.whole(15, 280)
    per_m2 = draw.between(90, 170) if under else draw.between(110, 260)
    beside = step(house.front, heading(centre(house.ring), house.front), draw.between(3, 7))
    name = f"{title}地下车库" if under else f"{title}旁地面车位"
    floor = -draw.one([1, 1, 1, 2]) if under else 1
    return Host(name, kind, front if under else beside, floor, size, _round(size * per_m2), "00:00-24:00")


def _storey(floor: int) -> str:
    """A storey in words."""
    return {1: "一层", 2: "二层", 3: "三层", -1: "地下一层"}[floor]


def _round(cost: float) -> int:
    """Yuan to the nearest hundred."""
    return int(round(cost, 3) / 100 + 0.5) * 100


def _lots(places: Places, walk: Walk) -> list[Host]:
    """Open lots near streets: block corners, building sites, the park's rim."""
    draw = places.town.draw
    out: list[Host] = []
    blocks = [b for b in places.frame.blocks if b.use != "works"]
    more = [b for b in blocks if b.use in ("site", "park", "alley")]
    for _ in range(4000):
        if len(out) == KINDS["vacant_lot"]:
            break
        block = draw.one(more) if draw.chance(0.3) else draw.one(blocks)
        site = places.town.sites[block.number]
        ring = site.ground.ring
        p = mix(draw.one(ring), site.middle, draw.between(0.12, 0.9))
        if site.ground.room(p) < -5 or not inside(p, ring) or not walk.close(p, 40):
            continue
        clear = min([gap(p, centre(h.ring)) for h in site.houses] or [99.0])
        if clear < 24 or any(gap(p, h.at) < 60 for h in out):
            continue
        size = draw.whole(60, 800)
        cost = _round(size * draw.between(30, 75))
        out.append(Host(f"{_where(block)}空地", "vacant_lot", p, 1, size, cost, "00:00-24:00"))
    return out


def _where(block: Block) -> str:
    """A lot's place in words."""
    return block.name + {"park": "边", "site": "围挡外"}.get(block.use, "拐角")


def _stranded(places: Places) -> list[Host]:
    """A host whose only path is cut off from all others."""
    paths = [site.stranded for site in places.town.sites.values() if site.stranded]
    spots = [(path[1][0], path[1][1] - 1.0) for path in paths]
    return [Host("内院停车位（小路未接通）", "car_park", at, 1, 40, 5200, "00:00-24:00") for at in spots]


def _beyond(places: Places, walk: Walk) -> list[Host]:
    """Two hosts in the old works, beyond the reach of any street."""
    block = next(b for b in places.frame.blocks if b.use == "works")
    middle = places.town.sites[block.number].middle
    spots = [(middle[0] + 16 * i, middle[1] + 16 * j) for i in range(-5, 6) for j in range(-5, 6)]
    spots.sort(key=lambda p: -round(walk.far(p), 2))
    second = next(p for p in spots if gap(p, spots[0]) > 40)
    return [
        Host("东站旧厂区1号旧料场", "vacant_lot", spots[0], 1, 760, 24000, "00:00-24:00"),
        Host("东站旧厂区2号旧料场", "vacant_lot", second, 1, 520, 17000, "00:00-24:00"),
    ]
