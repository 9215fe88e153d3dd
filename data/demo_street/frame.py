"""The street office cut into communities, blocks and grids."""

import itertools
from dataclasses import dataclass, field

from .draw import Draw
from .line import Line
from .mesh import Edge, Face, Mesh, edge
from .names import HEADS, LANES, TAILS
from .plane import Point
from .shape import area, bent, centre, gap, heading, inside, sides
from .sketch import COMMUNITIES, CUTS, LINES, OUTLINE, RIVER, SPECIAL, WORKS

GRIDS = 120
COUNTY_AND_STREET = "990101001"


@dataclass
class Community:
    """One community of the street office."""

    code: str
    name: str
    style: str
    seat: Point
    block_area: float


@dataclass
class Block:
    """Ground between streets: one use, one or several grids."""

    number: int
    community: int
    faces: list[Face]
    use: str = ""
    name: str = ""
    grids: int = 1


@dataclass
class Frame:
    """The mesh with everything that is known about its lines and faces."""

    mesh: Mesh
    lines: dict[str, Line]
    communities: list[Community]
    blocks: list[Block] = field(default_factory=list)

    def line(self, key: Edge) -> Line:
        """The line an edge belongs to."""
        return self.lines[self.mesh.lines[key]]

    def dense(self, i: int, j: int) -> list[Point]:
        """An edge in the bent plane; the same points whichever way it is walked."""
        a, b = edge(i, j)
        out = bent([self.mesh.points[a], self.mesh.points[b]], 60)
        return out if (a, b) == (i, j) else out[::-1]

    def ring(self, loop: list[int]) -> list[Point]:
        """A loop of vertices as an outline in the bent plane."""
        return [p for i, j in sides(loop) for p in self.dense(i, j)[:-1]]


def make_frame(draw: Draw) -> Frame:
    """Cut the outline into communities, blocks and grids."""
    mesh = Mesh()
    lines = {line.key: line for line in LINES}
    loop = [mesh.add(p) for p, _ in OUTLINE]
    for (a, b), (_, key) in zip(sides(loop), OUTLINE, strict=True):
        mesh.lines[edge(a, b)] = key
    bed = [loop[8]] + [mesh.add(p) for p in RIVER] + [loop[2]]
    for a, b in itertools.pairwise(bed):
        mesh.lines[edge(a, b)] = "river"
    mesh.faces = [Face(bed + loop[3:8]), Face(bed + loop[1::-1] + loop[:8:-1])]
    # One of the two runs clockwise as written; every face must run counter-clockwise.
    for face in mesh.faces:
        if area(mesh.ring(face)) < 0:
            face.loop.reverse()
    for key, p, q in CUTS:
        mesh.cut_all(p, q, key, 14)

    frame = Frame(mesh, lines, [])
    for n, (name, style, seat, block_area) in enumerate(COMMUNITIES):
        code = f"{COUNTY_AND_STREET}{n + 1:03d}"
        frame.communities.append(Community(code, name + "社区", style, seat, block_area))
        for face in mesh.faces:
            if inside(seat, mesh.ring(face)):
                face.community = n
    _cut_blocks(frame, draw)
    _cut_grids(frame, draw)
    _settle_uses(frame, draw)
    return frame


def _cut_blocks(frame: Frame, draw: Draw) -> None:
    """Cut communities by lanes until the blocks are small enough."""
    mesh = frame.mesh
    names = draw.mixed(LANES)
    # The old works keep their ground in one piece: no street has ever crossed it.
    yard = Line("yard", "residential", "旧厂路")
    frame.lines["yard"] = yard
    works = next(f for f in mesh.faces if frame.communities[f.community].style == "works")
    mesh.halve(works, (0.03, 1.0), 0.68, "yard", 5)
    queue = list(mesh.faces)
    done = 0
    while queue:
        face = queue.pop(0)
        community = frame.communities[face.community]
        size = abs(area(mesh.ring(face)))
        if size < community.block_area * draw.between(1.25, 1.7) or inside(WORKS, mesh.ring(face)):
            continue
        kind = "residential" if size > 2.6 * community.block_area else draw.one(["residential", "living_street"])
        if community.style == "new":
            kind = "residential"
        key = f"lane{done:02d}"
        name = (
            names[done % len(names)] + ("东" if done >= len(names) else "") + ("街" if kind == "residential" else "巷")
        )
        new = _halve(mesh, face, draw, key, draw.between(0.38, 0.62), 26)
        if new is None:
            continue
        frame.lines[key] = Line(key, kind, name, oneway=kind == "residential" and draw.chance(0.28))
        done += 1
        queue += [face, new]
    frame.blocks = [Block(n, face.community, [face]) for n, face in enumerate(mesh.faces)]


def _halve(mesh: Mesh, face: Face, draw: Draw, key: str, share: float, snap: float) -> Face | None:
    """Cut a face across its longer way, a little askew."""
    ring = mesh.ring(face)
    width = max(p[0] for p in ring) - min(p[0] for p in ring)
    height = max(p[1] for p in ring) - min(p[1] for p in ring)
    skew = draw.between(-0.13, 0.13)
    ways = [(skew, 1.0), (1.0, skew)]
    for way in ways if width > height else ways[::-1]:
        new = mesh.halve(face, heading((0, 0), way), share, key, snap)
        if new is not None:
            return new
    return None


def _cut_grids(frame: Frame, draw: Draw) -> None:
    """Share the grids out among the blocks by size and cut the larger blocks along unseen borders."""
    mesh = frame.mesh
    frame.lines["border"] = Line("border", "border", "")
    sizes = [area(mesh.ring(block.faces[0])) for block in frame.blocks]
    for _ in range(GRIDS - len(frame.blocks)):
        most = max(
            (b for b in frame.blocks if not inside(WORKS, mesh.ring(b.faces[0]))),
            key=lambda b: sizes[b.number] / b.grids,
        )
        most.grids += 1
    for block in frame.blocks:
        parts = [(block.faces[0], block.grids)]
        while parts:
            face, count = parts.pop()
            if count < 2:
                continue
            new = _halve(mesh, face, draw, "border", (count // 2) / count, 22)
            if new is not None:
                block.faces.append(new)
                parts += [(face, count // 2), (new, count - count // 2)]


def _settle_uses(frame: Frame, draw: Draw) -> None:
    """Give each block its use and name."""
    mesh = frame.mesh
    middles = [centre([mesh.points[i] for i in mesh.outline(b.faces)]) for b in frame.blocks]
    for use, seat, name in SPECIAL:
        free = [b for b in frame.blocks if not b.use]
        block = min(free, key=lambda b: gap(middles[b.number], seat))
        block.use, block.name = use, name
    heads = draw.mixed([a + b for a in HEADS for b in TAILS if a != b])
    for block in frame.blocks:
        if block.use:
            continue
        style = frame.communities[block.community].style
        block.use = "new" if style == "new" or (style == "centre" and draw.chance(0.4)) else "old"
        if block.use == "old":
            block.name = heads[block.number] + draw.one(["小区", "小区", "家园", "新村", "宿舍"])
        else:
            block.name = heads[block.number] + draw.one(["花园", "家园", "府", "华庭", "小区"])
