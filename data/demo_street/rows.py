"""Rows of buildings with lanes between them, as most blocks are built."""

import itertools
from dataclasses import dataclass

from .shape import Ring, apart, box, gap, mix, spaced
from .site import Site


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

    @property
    def spine(self) -> str:
        """The kind of way that joins the lanes and leads out."""
        return "living_street" if self.lane == "living_street" else "service"


PATTERNS = {
    "old": Pattern(40, (44, 72), (12, 14), (5, 7), "apartments"),
    "slab": Pattern(48, (36, 58), (13, 15), (11, 18), "apartments", 16),
    "office": Pattern(76, (40, 56), (26, 34), (12, 31), "office", 22, (2, 3)),
    "market": Pattern(36, (40, 64), (13, 16), (2, 3), "retail", 8, (3, 4), "pedestrian"),
    "alley": Pattern(29, (22, 34), (10, 13), (1, 3), "residential", 5, (3, 4), "living_street"),
    "school": Pattern(46, (52, 74), (14, 18), (3, 5), "school", 20, (1, 2)),
    "hospital": Pattern(50, (58, 80), (18, 24), (4, 14), "hospital", 18, (2, 3)),
}


@dataclass
class Lane:
    """One lane across a block: how far up it lies, its nodes, and the one where the spine meets it."""

    up: float
    nodes: list[int]
    mid: int


def build_rows(site: Site, pattern: Pattern, cut_off: bool = False) -> None:
    """Rows of buildings with lanes between them, a spine across the lanes, and gates."""
    draw = site.draw
    limit = _running_track(site) if site.block.use == "school" else site.reach
    spine = draw.between(-0.12, 0.12) * site.reach
    lean = draw.between(-0.06, 0.06)
    lanes: list[Lane] = []
    rows: list[float] = []
    b = -site.reach + draw.between(0, pattern.pitch * 0.5)
    while b < site.reach:
        lane = _lane(site, b, spine + lean * b) if b < limit else None
        if lane is not None:
            lanes.append(lane)
        rows.append(b + pattern.pitch / 2)
        b += pattern.pitch * draw.between(0.94, 1.1)
    if len(lanes) > 1:
        site.path([lane.mid for lane in lanes], highway=pattern.spine)
    for n, lane in enumerate(lanes):
        drop = cut_off and n == len(lanes) - 1
        on_foot = pattern.lane == "service" and draw.chance(0.35)
        site.path(lane.nodes, highway="footway" if on_foot or drop else pattern.lane)
    _join_ends(site, lanes)
    if lanes:
        _gates(site, pattern, lanes)
    if site.block.use in ("old", "market", "alley", "office"):
        site.shop_fronts(0.62 if site.block.use == "old" else 0.4)
    if lanes:
        rows.append(lanes[0].up - pattern.pitch / 2)
    for row in rows:
        _row(site, pattern, row)
    if cut_off:
        _strand(site)


def _lane(site: Site, b: float, spine: float) -> Lane | None:
    """One lane across the block through the spine; None where the block is too narrow."""
    ends = []
    for way in (-1, 1):
        a = spine
        while site.ground.room(site.at(a, b)) > 3 and abs(a - spine) < 2 * site.reach:
            a += way * 4
        ends.append(a - way * 4)
    if ends[1] - ends[0] < 40 or site.ground.room(site.at(spine, b)) <= 3:
        return None
    dip = site.draw.between(-2.5, 2.5)
    west = spaced([site.at(ends[0], b + dip), site.at(spine, b)], 32)
    east = spaced([site.at(spine, b), site.at(ends[1], b - dip)], 32)
    mid = site.net.node(site.at(spine, b))
    before = site.net.line(west[:-1]) if spine - ends[0] > 8 else []
    after = site.net.line(east[1:]) if ends[1] - spine > 8 else []
    return Lane(b, [*before, mid, *after], mid)


def _join_ends(site: Site, lanes: list[Lane]) -> None:
    """Some lanes are joined at their ends too."""
    for which in (0, -1):
        if site.draw.chance(0.45):
            continue
        for one, two in itertools.pairwise(lanes):
            a, b = one.nodes[which], two.nodes[which]
            p, q = site.net.nodes[a], site.net.nodes[b]
            if a == one.mid or b == two.mid or site.ground.room(mix(p, q, 0.5)) < 1:
                continue
            if gap(p, q) < 75 and site.draw.chance(0.8):
                site.path([a, b], highway="footway")


def _gates(site: Site, pattern: Pattern, lanes: list[Lane]) -> None:
    """Gates at the ends of the spine and of some lanes."""
    wanted = site.draw.whole(*pattern.gates)
    barrier = site.block.use in ("old", "new", "school", "hospital")
    side = lanes[len(lanes) // 2]
    along, up, back, down = site.ways
    ends = [(lanes[0].mid, down), (lanes[-1].mid, up), (side.nodes[0], back), (side.nodes[-1], along)]
    made = 0
    for n, (node, towards) in enumerate(site.draw.mixed(ends)):
        if made >= wanted:
            break
        highway = pattern.spine if n == 0 else site.draw.one([pattern.spine, "footway"])
        made += site.gate(node, towards, highway, barrier)
    if made == 0:
        site.any_gate([node for lane in lanes for node in (lane.nodes[0], lane.nodes[-1])], barrier)


def _row(site: Site, pattern: Pattern, b: float) -> None:
    """Buildings along one row."""
    draw = site.draw
    a = -site.reach
    depth = draw.between(*pattern.depth)
    levels = draw.whole(*pattern.levels)
    while a < site.reach:
        length = draw.between(*pattern.length)
        for size in (length, length * 0.62):
            ring = box(site.at(a + size / 2, b), site.along, size, depth)
            if site.fits(ring, 0, 4, 6):
                kind = pattern.building
                site.house(ring, kind, draw.whole(*pattern.levels) if kind in ("office", "hospital") else levels)
                a += size + pattern.gap
                break
        else:
            a += 7


def _running_track(site: Site) -> float:
    """A school's running track at the far end of its ground; returns how far the lanes may go."""
    best: tuple[float, Ring, float] | None = None
    for n in range(160):
        a, b = site.draw.between(-0.6, 0.6) * site.reach, site.draw.between(0, 0.8) * site.reach
        long, wide = (92.0, 50.0) if n < 80 else (60.0, 34.0)
        ring = box(site.at(a, b), site.along, long, wide)
        if (best is None or (b > best[0] and n < 80)) and site.fits(ring, 0, 3, 6):
            best = (b, ring, b - wide / 2 - 5)
    if best is None:
        return site.reach
    _, ring, limit = best
    site.net.ring(ring, leisure="pitch", sport="running")
    site.fill(ring)
    return limit


def _strand(site: Site) -> None:
    """A path between buildings that nobody has joined to the rest."""
    for _ in range(400):
        a, b = site.draw.between(-0.9, 0.9) * site.reach, site.draw.between(-0.9, 0.9) * site.reach
        points = [site.at(a, b), site.at(a + 16, b + 1), site.at(a + 33, b + 0.5)]
        line = (points[0], points[2])
        free = all(site.ground.room(p) > 2 for p in points) and min(apart(line, p) for p in site.paths) > 7
        if free and all(apart(line, w) > 1.5 for w in site.walls):
            site.net.way(site.net.line(points), highway="footway")
            site.stranded = points
            return
