"""One block being built: what every kind of block needs."""

from dataclasses import dataclass, field

from .draw import Draw
from .frame import Block
from .ground import Ground
from .house import House
from .plane import Point
from .shape import Ring, Segment, apart, away, box, centre, gap, heading, inside, left, mix, sides, step
from .streets import Streets


@dataclass
class Site:
    """A block with the paths, walls, houses and gates it has so far."""

    streets: Streets
    draw: Draw
    block: Block
    ground: Ground
    paths: list[Segment] = field(default_factory=list)
    walls: list[Segment] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)
    houses: list[House] = field(default_factory=list)
    gates: list[Point] = field(default_factory=list)
    # A path that nobody has joined to the rest, if the block has one.
    stranded: list[Point] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Rows run along the block's longest side."""
        self.net = self.streets.net
        runs = [s for s, _, _ in self.ground.rim]
        d = heading(*max(runs, key=lambda s: round(gap(*s), 2)))
        # Rows face south as far as the street allows.
        while abs(d[0]) < abs(d[1]):
            d = left(d)
        self.along: Point = d if d[0] > 0 else (-d[0], -d[1])
        self.up = left(self.along)
        self.middle = centre(self.ground.ring)
        self.reach = max(gap(self.middle, p) for p in self.ground.ring)

    @property
    def ways(self) -> list[Point]:
        """The four ways out of the block."""
        return [self.along, self.up, (-self.along[0], -self.along[1]), (-self.up[0], -self.up[1])]

    def at(self, a: float, b: float) -> Point:
        """A point by its way along and across the rows, from the middle."""
        return step(step(self.middle, self.along, a), self.up, b)

    def spot(self, share: float) -> Point:
        """A drawn point, at most the given share of the reach away along and across the rows."""
        a = self.draw.between(-share, share) * self.reach
        return self.at(a, self.draw.between(-share, share) * self.reach)

    def tip(self, nodes: list[int], way: Point) -> int:
        """The node that lies farthest along a way out without straying far from it."""
        axis = (self.middle, step(self.middle, way, 500))

        def reach(node: int) -> float:
            p = self.net.nodes[node]
            along = (p[0] - self.middle[0]) * way[0] + (p[1] - self.middle[1]) * way[1]
            return round(along - 0.6 * away(p, axis), 2)

        return max(nodes, key=reach)

    def path(self, nodes: list[int], **tags: str) -> None:
        """A path that buildings keep clear of."""
        self.net.way(nodes, **tags)
        self.paths += self.net.pieces(nodes)

    def loop(self, points: list[Point], highway: str) -> list[int]:
        """A path that returns to its start."""
        nodes = self.net.line(points)
        self.path([*nodes, nodes[0]], highway=highway)
        return nodes

    def gate(self, node: int, towards: Point | None, highway: str, barrier: bool = True) -> bool:
        """Lead a path out to the street through a gate."""
        p = self.net.nodes[node]
        found = self.streets.attach(self.block, p, towards)
        if found is None:
            return False
        street, depth = found
        q = self.net.nodes[street]
        if gap(p, q) > 110 or any(gap(q, g) < 45 for g in self.gates):
            return False
        if any(apart((q, p), w) < 3 for w in self.walls):
            return False
        nodes = [node, street]
        if barrier:
            tags = {"barrier": "gate"}
            if highway == "footway":
                tags["motor_vehicle"] = "no"
            share = min(0.8, (depth - 6) / max(gap(p, q), 1))
            nodes.insert(1, self.net.node(mix(q, p, share), **tags))
        self.path(nodes, highway=highway)
        self.gates.append(q)
        return True

    def any_gate(self, nodes: list[int], barrier: bool = True) -> bool:
        """A gate at the first node from which the street can be reached."""
        return any(self.gate(node, None, "service", barrier) for node in nodes)

    def fits(self, ring: Ring, room: float, clear: float, apart_by: float) -> bool:
        """True if a building may stand there."""
        middle = mix(ring[0], ring[2], 0.5)
        half = gap(ring[0], middle)
        if any(away(middle, path) < clear for path in self.paths) or self.ground.room(middle) < room:
            return False
        checks = ring + [mix(p, q, 0.5) for p, q in sides(ring)]
        if any(self.ground.room(p) < room for p in checks):
            return False
        for path in self.paths:
            if away(middle, path) < half + clear and any(apart(s, path) < clear for s in sides(ring)):
                return False
        for other in self.rings:
            m = mix(other[0], other[2], 0.5)
            if gap(m, middle) > half + gap(other[0], m) + apart_by:
                continue
            if inside(middle, other) or inside(m, ring):
                return False
            if any(apart(s, w) < apart_by for s in sides(ring) for w in sides(other)):
                return False
        return True

    def fill(self, ring: Ring) -> None:
        """Take the ground inside a ring."""
        self.rings.append(ring)
        self.walls += sides(ring)

    def house(self, ring: Ring, kind: str, levels: int, name: str = "", street: str = "") -> None:
        """Put up a building."""
        self.houses.append(House(ring, kind, levels, self.block, name, mix(ring[0], ring[1], 0.5), street))
        self.fill(ring)

    def shop_fronts(self, share: float) -> None:
        """Low shop rows along the streets that have passers-by."""
        busy = share + 0.15
        chance = {"dual": busy, "secondary": busy, "tertiary": share, "residential": share * 0.6}
        for (p, q), off, kind in self.ground.rim:
            if gap(p, q) < 34 or not self.draw.chance(chance.get(kind, 0.15)):
                continue
            d = heading(p, q)
            length = self.draw.between(26, min(54, gap(p, q) - 4))
            depth = self.draw.between(9, 12)
            middle = step(mix(p, q, self.draw.between(0.4, 0.6)), left(d), off + depth / 2 + 0.5)
            ring = box(middle, d, length, depth)
            if self.fits(ring, 0, 4, 5):
                self.house(ring, "retail", self.draw.whole(1, 3), "", kind)

    def garden(self, nodes: list[int]) -> None:
        """Footpaths through the middle of a loop."""
        net = self.net
        heart = net.node((self.middle[0] + self.draw.between(-9, 9), self.middle[1] + self.draw.between(-9, 9)))
        count = self.draw.whole(2, 4)
        shift = self.draw.whole(0, len(nodes) - 1)
        for k in range(count):
            tip = nodes[(shift + k * len(nodes) // count) % len(nodes)]
            p, q = net.nodes[tip], net.nodes[heart]
            side = left(heading(p, q))
            bends = net.line([step(mix(p, q, t), side, self.draw.between(-6, 6)) for t in (0.35, 0.7)])
            self.path([tip, *bends, heart], highway="footway")
