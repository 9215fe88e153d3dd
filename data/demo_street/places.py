"""House numbers, and the shops, restaurants and community centres in the houses."""

from dataclasses import dataclass, field

from .frame import Frame
from .house import House
from .names import FOOD, PREFIX, SHOP
from .net import Net
from .plane import Point
from .shape import centre, gap, mix
from .town import Town


@dataclass
class Places:
    """Houses by number and the places inside them."""

    frame: Frame
    town: Town
    numbers: dict[int, int] = field(default_factory=dict)
    kitchens: list[Point] = field(default_factory=list)
    rooms: list[tuple[int, House]] = field(default_factory=list)

    def title(self, house: House) -> str:
        """What people call a house."""
        if house.name:
            return house.name
        return f"{house.block.name}{self.numbers[id(house)]}号楼"


def settle(frame: Frame, net: Net, town: Town) -> Places:
    """Number the houses, write them and put places into them."""
    places = Places(frame, town)
    counts: dict[int, int] = {}
    for house in town.houses:
        counts[house.block.number] = counts.get(house.block.number, 0) + 1
        places.numbers[id(house)] = counts[house.block.number]
        tags = {"building": house.kind, "building:levels": str(house.levels)}
        if house.name and house.kind == "retail":
            tags |= {"shop": "mall", "name": house.name}
        elif house.kind == "office":
            letter = "ABCDEFGH"[counts[house.block.number] % 8 - 1]
            tags |= {"office": "company", "name": f"{house.block.name}{letter}座"}
            house.name = tags["name"]
        elif house.name:
            tags["name"] = house.name
        elif house.kind == "apartments":
            tags["addr:housenumber"] = f"{counts[house.block.number]}号楼"
        net.ring(house.ring, **tags)
        _fill(net, places, house)
    _community_centres(frame, net, places)
    for block in frame.blocks:
        site = town.sites[block.number]
        for gate in site.gates:
            if town.draw.chance(0.3):
                net.node(mix(gate, site.middle, 0.06), amenity="bicycle_parking")
    return places


def _fill(net: Net, places: Places, house: House) -> None:
    """Restaurants and shops of one house."""
    draw = places.town.draw
    if house.kind != "retail":
        return
    mall = bool(house.name)
    wanted = 14 if mall else draw.whole(1, 3) if house.block.use != "market" else draw.whole(2, 4)
    for n in range(wanted):
        side = mix(house.ring[0], house.ring[1], (n + 0.6) / (wanted + 0.2))
        p = mix(side, house.ring[3], 0.3 if mall else 0.12)
        if draw.chance(0.82 if mall or house.block.use == "market" else 0.55):
            kind = draw.one(["restaurant", "restaurant", "fast_food", "fast_food", "cafe"])
            net.node(p, amenity=kind, name=draw.one(PREFIX) + draw.one(FOOD[kind]))
            places.kitchens.append(p)
        else:
            shop = draw.one(["convenience", "convenience", *SHOP])
            net.node(p, shop=shop, name=draw.one(PREFIX) + SHOP[shop])


def _community_centres(frame: Frame, net: Net, places: Places) -> None:
    """One community centre a community, in a house near its middle."""
    for n, community in enumerate(frame.communities):
        faces = [f for f in frame.mesh.faces if f.community == n]
        middle = centre(frame.ring(frame.mesh.outline(faces)))
        lived_in = [h for h in places.town.houses if h.kind in ("apartments", "retail")]
        own = [h for h in lived_in if h.block.community == n]
        house = min(own, key=lambda h: round(gap(h.front, middle), 2))
        places.rooms.append((n, house))
        at = mix(house.front, centre(house.ring), 0.3)
        net.node(at, amenity="community_centre", name=community.name + "党群服务中心")
