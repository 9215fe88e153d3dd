"""Inside the blocks: paths, gates, buildings, green."""

import itertools
import math
from dataclasses import dataclass, field

from .draw import Draw
from .frame import Block
from .plane import Point
from .shape import (
    Ring,
    Segment,
    apart,
    area,
    away,
    box,
    centre,
    gap,
    heading,
    inside,
    left,
    mix,
    rounded,
    sides,
    spaced,
    step,
)
from .streets import Ground, Net, ground_of, inset


@dataclass
class House:
    """A building and what is known about it."""

    ring: Ring
    kind: str
    levels: int
    block: Block
    name: str = ""
    front: Point = (0.0, 0.0)
    shop_street: str = ""


@dataclass
class Pattern:
    """How the rows of a block are built."""

    pitch: float
    length: tuple[float, float]
    depth: tuple[float, float]
    levels: tuple[int, int]
    building: str
    gap: float = 15.0
    gates: tuple[int, int] = (1, 3)
    lane: str = "service"


_PATTERNS = {
    "old": Pattern(40, (44, 72), (12, 14), (5, 7), "apartments"),
    "slab": Pattern(48, (36, 58), (13, 15), (11, 18), "apartments", 16),
    "office": Pattern(76, (40, 56), (26, 34), (12, 31), "office", 22, (2, 3)),
    "market": Pattern(36, (40, 64), (13, 16), (2, 3), "retail", 8, (3, 4), "pedestrian"),
    "alley": Pattern(29, (22, 34), (10, 13), (1, 3), "residential", 5, (3, 4), "living_street"),
    "school": Pattern(46, (52, 74), (14, 18), (3, 5), "school", 20, (1, 2)),
    "hospital": Pattern(50, (58, 80), (18, 24), (4, 14), "hospital", 18, (2, 3)),
}
_LANDUSE = {
    "old": "residential",
    "new": "residential",
    "office": "commercial",
    "market": "retail",
    "mall": "retail",
    "alley": "residential",
    "works": "brownfield",
    "site": "construction",
}


@dataclass
class Town:
    """Everything built inside the blocks."""

    net: Net
    draw: Draw
    houses: list[House] = field(default_factory=list)
    grounds: dict[int, Ground] = field(default_factory=dict)
    gates: dict[int, list[Point]] = field(default_factory=dict)
    areas: list[tuple[str, Ring]] = field(default_factory=list)

    def build(self, blocks: list[Block]) -> None:
        """Build every block."""
        cut_off = max((b for b in blocks if b.use == "old"), key=lambda b: len(b.faces) * 1000 - b.number)
        for block in blocks:
            self.grounds[block.number] = ground_of(self.net.frame, block)
            self.gates[block.number] = []
            rim = inset(self.net.frame, block, -7)
            if block.use in _LANDUSE and rim:
                self.net.ring(rim, landuse=_LANDUSE[block.use], name=block.name)
            site = Site(self, block, self.grounds[block.number])
            if block.use == "new":
                site.ring_and_towers()
            elif block.use == "mall":
                site.mall()
            elif block.use == "park":
                site.park(rim)
            elif block.use == "works":
                site.works()
            elif block.use == "site":
                site.building_site()
            else:
                if block.use in ("school", "hospital"):
                    self.net.ring(rim, amenity=block.use, name=block.name)
                site.rows(_PATTERNS[block.use], block is cut_off)


@dataclass
class Site:
    """One block being built."""

    town: Town
    block: Block
    ground: Ground
    paths: list[Segment] = field(default_factory=list)
    walls: list[Segment] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Rows run along the block's longest side."""
        self.net, self.draw = self.town.net, self.town.draw
        runs = [s for s, _, _ in self.ground.rim]
        p, q = max(runs, key=lambda s: round(gap(*s), 2))
        d = heading(p, q)
        # Rows face south as far as the street allows.
        while abs(d[0]) < abs(d[1]):
            d = left(d)
        self.along: Point = d if d[0] > 0 else (-d[0], -d[1])
        self.up = left(self.along)
        self.middle = centre(self.ground.ring)
        self.reach = max(gap(self.middle, p) for p in self.ground.ring)

    def at(self, a: float, b: float) -> Point:
        """A point by its way along and across the rows, from the middle."""
        return step(step(self.middle, self.along, a), self.up, b)

    def _ways(self) -> list[Point]:
        """The four ways out of the block."""
        return [self.along, self.up, (-self.along[0], -self.along[1]), (-self.up[0], -self.up[1])]

    def _tip(self, nodes: list[int], way: Point) -> int:
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
        self.paths += [(self.net.nodes[a], self.net.nodes[b]) for a, b in itertools.pairwise(nodes)]

    def gate(self, node: int, towards: Point | None, highway: str, barrier: bool = True) -> bool:
        """Lead a path out to the street through a gate."""
        p = self.net.nodes[node]
        found = self.net.attach(self.block, p, towards)
        if found is None:
            return False
        street, depth = found
        q = self.net.nodes[street]
        if gap(p, q) > 110 or any(gap(q, g) < 45 for g in self.town.gates[self.block.number]):
            return False
        line = (q, p)
        if any(apart(line, w) < 3 for w in self.walls):
            return False
        share = min(0.8, (depth - 6) / max(gap(p, q), 1))
        nodes = [node]
        if barrier:
            tags = {"barrier": "gate"}
            if highway == "footway":
                tags["motor_vehicle"] = "no"
            nodes.append(self.net.node(mix(q, p, share), **tags))
        nodes.append(street)
        self.path(nodes, highway=highway)
        self.town.gates[self.block.number].append(q)
        return True

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

    def house(self, ring: Ring, kind: str, levels: int, name: str = "", street: str = "") -> House:
        """Put up a building."""
        house = House(ring, kind, levels, self.block, name, mix(ring[0], ring[1], 0.5), street)
        self.town.houses.append(house)
        self.rings.append(ring)
        self.walls += sides(ring)
        return house

    def rows(self, pattern: Pattern, cut_off: bool = False) -> None:
        """Rows of buildings with lanes between them, a spine across the lanes, and gates."""
        draw = self.draw
        limit = self._pitch() if self.block.use == "school" else self.reach
        spine = draw.between(-0.12, 0.12) * self.reach
        lean = draw.between(-0.06, 0.06)
        lanes: list[tuple[float, list[int], int]] = []
        b = -self.reach + draw.between(0, pattern.pitch * 0.5)
        rows: list[float] = []
        while b < self.reach:
            line = self._lane(b, spine + lean * b) if b < limit else None
            if line is not None:
                lanes.append((b, *line))
            rows.append(b + pattern.pitch / 2)
            b += pattern.pitch * draw.between(0.94, 1.1)
        tags = {"highway": pattern.lane}
        if len(lanes) > 1:
            main = "living_street" if pattern.lane == "living_street" else "service"
            self.path([n for _, _, n in lanes], highway=main)
        for n, (_, nodes, _) in enumerate(lanes):
            drop = cut_off and n == len(lanes) - 1
            foot = pattern.lane == "service" and draw.chance(0.35)
            self.path(nodes, **({"highway": "footway"} if foot or drop else tags))
        self._ends(lanes)
        self._row_gates(pattern, lanes)
        if self.block.use in ("old", "market", "alley", "office"):
            self.shop_fronts(0.62 if self.block.use == "old" else 0.4)
        if rows and lanes:
            rows.append(lanes[0][0] - pattern.pitch / 2)
        for row in rows:
            self._row(pattern, row)
        if cut_off:
            self._stranded()

    def _lane(self, b: float, spine: float) -> tuple[list[int], int] | None:
        """One lane across the block through the spine; None where the block is too narrow."""
        ends = []
        for way in (-1, 1):
            a = spine
            while self.ground.room(self.at(a, b)) > 3 and abs(a - spine) < 2 * self.reach:
                a += way * 4
            ends.append(a - way * 4)
        if ends[1] - ends[0] < 40 or self.ground.room(self.at(spine, b)) <= 3:
            return None
        dip = self.draw.between(-2.5, 2.5)
        west = spaced([self.at(ends[0], b + dip), self.at(spine, b)], 32)
        east = spaced([self.at(spine, b), self.at(ends[1], b - dip)], 32)
        mid = self.net.node(self.at(spine, b))
        left_part = [self.net.node(p) for p in west[:-1]] if spine - ends[0] > 8 else []
        right_part = [self.net.node(p) for p in east[1:]] if ends[1] - spine > 8 else []
        return [*left_part, mid, *right_part], mid

    def _ends(self, lanes: list[tuple[float, list[int], int]]) -> None:
        """Some lanes are joined at their ends too."""
        for which in (0, -1):
            if self.draw.chance(0.45):
                continue
            for (_, one, m1), (_, two, m2) in itertools.pairwise(lanes):
                p, q = self.net.nodes[one[which]], self.net.nodes[two[which]]
                if one[which] == m1 or two[which] == m2 or self.ground.room(mix(p, q, 0.5)) < 1:
                    continue
                if gap(p, q) < 75 and self.draw.chance(0.8):
                    self.path([one[which], two[which]], highway="footway")

    def _row_gates(self, pattern: Pattern, lanes: list[tuple[float, list[int], int]]) -> None:
        """Gates at the ends of the spine and of some lanes."""
        if not lanes:
            return
        wanted = self.draw.whole(*pattern.gates)
        barrier = self.block.use in ("old", "new", "school", "hospital")
        first, last, side = lanes[0], lanes[-1], lanes[len(lanes) // 2]
        down = (-self.up[0], -self.up[1])
        back = (-self.along[0], -self.along[1])
        ways = [(first[2], down), (last[2], self.up), (side[1][0], back), (side[1][-1], self.along)]
        made = 0
        for n, (node, towards) in enumerate(self.draw.mixed(ways)):
            if made >= wanted:
                break
            main = "living_street" if pattern.lane == "living_street" else "service"
            made += self.gate(node, towards, main if n == 0 else self.draw.one([main, "footway"]), barrier)
        if made == 0:
            for _, nodes, _ in lanes:
                if self.gate(nodes[0], None, "service", barrier) or self.gate(nodes[-1], None, "service", barrier):
                    break

    def _row(self, pattern: Pattern, b: float) -> None:
        """Buildings along one row."""
        a = -self.reach
        depth = self.draw.between(*pattern.depth)
        levels = self.draw.whole(*pattern.levels)
        while a < self.reach:
            length = self.draw.between(*pattern.length)
            ring = box(self.at(a + length / 2, b), self.along, length, depth)
            if not self.fits(ring, 0, 4, 6):
                length *= 0.62
                ring = box(self.at(a + length / 2, b), self.along, length, depth)
            if self.fits(ring, 0, 4, 6):
                kind = pattern.building
                own = self.draw.whole(*pattern.levels) if kind in ("office", "hospital") else levels
                self.house(ring, kind, own)
                a += length + pattern.gap
            else:
                a += 7

    def _stranded(self) -> None:
        """A path between buildings that nobody has joined to the rest."""
        for _ in range(400):
            a, b = self.draw.between(-0.9, 0.9) * self.reach, self.draw.between(-0.9, 0.9) * self.reach
            points = [self.at(a, b), self.at(a + 16, b + 1), self.at(a + 33, b + 0.5)]
            line = (points[0], points[2])
            free = all(self.ground.room(p) > 2 for p in points) and min(apart(line, p) for p in self.paths) > 7
            if free and all(apart(line, w) > 1.5 for w in self.walls):
                self.net.way([self.net.node(p) for p in points], highway="footway")
                self.town.areas.append(("stranded", points))
                return

    def _pitch(self) -> float:
        """A school's running track at the far end of its ground; returns how far the lanes may go."""
        best: tuple[float, Ring, float] | None = None
        for n in range(160):
            a, b = self.draw.between(-0.6, 0.6) * self.reach, self.draw.between(0, 0.8) * self.reach
            long, wide = (92.0, 50.0) if n < 80 else (60.0, 34.0)
            ring = box(self.at(a, b), self.along, long, wide)
            if (best is None or (b > best[0] and n < 80)) and self.fits(ring, 0, 3, 6):
                best = (b, ring, b - wide / 2 - 5)
        if best is None:
            return self.reach
        self.net.ring(best[1], leisure="pitch", sport="running")
        self.rings.append(best[1])
        self.walls += sides(best[1])
        return best[2]

    def shop_fronts(self, share: float) -> None:
        """Low shop rows along the streets that have passers-by."""
        busy = share + 0.15
        chance = {"dual": busy, "secondary": busy, "tertiary": share, "residential": share * 0.6}
        for (p, q), off, kind in self.ground.rim:
            if gap(p, q) < 34 or not self.draw.chance(chance.get(kind, 0.15)):
                continue
            d = heading(p, q)
            inward = left(d)
            length = self.draw.between(26, min(54, gap(p, q) - 4))
            depth = self.draw.between(9, 12)
            middle = step(mix(p, q, self.draw.between(0.4, 0.6)), inward, off + depth / 2 + 0.5)
            ring = box(middle, d, length, depth)
            if self.fits(ring, 0, 4, 5):
                self.house(ring, "retail", self.draw.whole(1, 3), "", kind)

    def ring_and_towers(self) -> None:
        """A newer compound: a loop road, a garden with paths, towers around."""
        net, draw = self.net, self.draw
        rim = inset(net.frame, self.block, draw.between(25, 34))
        # A narrow block has no room for a loop: slabs of middling height instead.
        if area(self.ground.ring) < 31000 or len(rim) < 4:
            self.rows(_PATTERNS["slab"])
            return
        loop = [p for p in rounded(rounded(rim)) if self.ground.room(p) > 10]
        thin = [loop[0]]
        for p in loop[1:]:
            if gap(p, thin[-1]) > 14:
                thin.append(p)
        if gap(thin[0], thin[-1]) < 12:
            thin.pop()
        nodes = [net.node(p) for p in thin]
        self.path([*nodes, nodes[0]], highway="service")
        self._garden(nodes)
        wanted = draw.whole(2, 3)
        made = 0
        for n, way in enumerate(draw.mixed(self._ways())):
            tip = self._tip(nodes, way)
            if made < wanted:
                made += self.gate(tip, way, "service" if n == 0 else draw.one(["service", "footway"]))
        if made == 0:
            for tip in nodes:
                if self.gate(tip, None, "service"):
                    break
        self.shop_fronts(0.45)
        high = draw.whole(16, 32)
        b = -self.reach
        while b < self.reach:
            a = -self.reach + draw.between(0, 12)
            while a < self.reach:
                a += 36 if self._tower(a, b, high) else 7
            b += 6.5

    def _tower(self, a: float, b: float, high: int) -> bool:
        """A tower at the place given, if there is room."""
        ring = box(self.at(a, b), self.along, self.draw.between(26, 35), self.draw.between(14, 17))
        if not self.fits(ring, 0.5, 4, 17):
            return False
        self.house(ring, "apartments", max(11, high - self.draw.whole(0, 6)))
        return True

    def _garden(self, nodes: list[int]) -> None:
        """Footpaths through the middle of a loop."""
        net = self.net
        heart = net.node((self.middle[0] + self.draw.between(-9, 9), self.middle[1] + self.draw.between(-9, 9)))
        count = self.draw.whole(2, 4)
        shift = self.draw.whole(0, len(nodes) - 1)
        for k in range(count):
            tip = nodes[(shift + k * len(nodes) // count) % len(nodes)]
            p, q = net.nodes[tip], net.nodes[heart]
            side = left(heading(p, q))
            bends = [net.node(step(mix(p, q, t), side, self.draw.between(-6, 6))) for t in (0.35, 0.7)]
            self.path([tip, *bends, heart], highway="footway")

    def mall(self) -> None:
        """One large building with a lane around it, open on all sides."""
        rim = inset(self.net.frame, self.block, 6)
        nodes = [self.net.node(p) for p in rounded(rim)]
        self.path([*nodes, nodes[0]], highway="service")
        for way in self._ways():
            tip = self._tip(nodes, way)
            self.gate(tip, way, self.draw.one(["service", "footway"]), barrier=False)
        for size in range(150, 40, -5):
            ring = box(self.middle, self.along, size, size * 0.66)
            if self.fits(ring, 12, 9, 6):
                self.house(ring, "retail", 5, self.block.name)
                break
        for _ in range(60):
            a, b = self.draw.between(-1, 1) * self.reach, self.draw.between(-1, 1) * self.reach
            ring = box(self.at(a, b), self.along, 36, 24)
            if self.fits(ring, 4, 6, 9):
                self.house(ring, "office", self.draw.whole(14, 26))

    def park(self, rim: Ring) -> None:
        """Lawns, a pond and winding paths."""
        net, draw = self.net, self.draw
        net.ring(rim, leisure="park", name=self.block.name)
        loop = [step(p, heading(p, self.middle), draw.between(6, 16)) for p in rounded(rim)]
        loop = [p for n, p in enumerate(loop) if gap(p, loop[n - 1]) > 12]
        nodes = [net.node(p) for p in loop]
        self.path([*nodes, nodes[0]], highway="footway")
        self._garden(nodes)
        pond = [
            step(self.at(0.3 * self.reach, 0.05 * self.reach), (math.cos(k), math.sin(k)), draw.between(13, 22))
            for k in (0.0, 0.8, 1.6, 2.4, 3.2, 4.0, 4.8, 5.6)
        ]
        net.ring(rounded(pond), natural="water", water="pond", name=self.block.name.replace("公园", "湖"))
        for way in self._ways():
            tip = self._tip(nodes, way)
            self.gate(tip, way, "footway", barrier=False)
        for _ in range(30):
            ring = box(
                self.at(draw.between(-0.7, 0.7) * self.reach, draw.between(-0.7, 0.7) * self.reach),
                self.along,
                14,
                8,
            )
            if self.fits(ring, 4, 4, 40) and not any(inside(p, pond) for p in ring):
                self.house(ring, "civic", 1, self.block.name + "管理房")
                return

    def works(self) -> None:
        """Empty sheds on ground that no street crosses."""
        for _ in range(90):
            a, b = self.draw.between(-0.7, 0.7) * self.reach, self.draw.between(-0.7, 0.7) * self.reach
            ring = box(
                self.at(a, b),
                self.along if self.draw.chance(0.7) else self.up,
                self.draw.between(46, 84),
                self.draw.between(22, 34),
            )
            if self.fits(ring, 8, 8, 24) and len(self.rings) < 9:
                self.house(ring, "industrial", 1)

    def building_site(self) -> None:
        """One site road, one gate, one shell."""
        nodes = [self.net.node(self.at(-0.2 * self.reach, 0)), self.net.node(self.at(0.1 * self.reach, 4))]
        self.path(nodes, highway="service")
        self.gate(nodes[0], None, "service") or self.gate(nodes[1], None, "service")
        for _ in range(40):
            a, b = self.draw.between(-0.5, 0.5) * self.reach, self.draw.between(-0.5, 0.5) * self.reach
            ring = box(self.at(a, b), self.along, 40, 18)
            if self.fits(ring, 6, 5, 30) and len(self.rings) < 3:
                self.house(ring, "construction", self.draw.whole(2, 9))
