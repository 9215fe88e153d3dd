"""Streets, river and railway on the frame, as nodes and ways that share nodes where they meet."""

import itertools
from dataclasses import dataclass, field

from .draw import Draw
from .frame import Block, Frame, Line
from .mesh import Edge, edge
from .plane import Point, bend
from .shape import Segment, area, away, dot, foot, gap, heading, inside, left, mix, spaced, step, turn_of

Tags = dict[str, str]

# Half the distance between the two sides of a line that has two (metres of the straight drawing).
OFFSET = {"dual": 11.0, "river": 40.0, "rail": 26.0}
# From a line to the fronts of the buildings beside it.
SETBACK = {
    "dual": 34.0,
    "secondary": 23.0,
    "tertiary": 17.0,
    "residential": 12.0,
    "living_street": 9.0,
    "river": 53.0,
    "rail": 38.0,
}
HALF_RIVER = 24.0


@dataclass
class Way:
    """An OSM way before it is written."""

    nodes: list[int]
    tags: Tags


@dataclass
class Chain:
    """One carriageway, or one bank's street, along one edge of the mesh, in the line's direction."""

    line: Line
    side: int
    nodes: list[int]


@dataclass
class Net:
    """All nodes and ways of the map."""

    frame: Frame
    draw: Draw
    nodes: list[Point] = field(default_factory=list)
    node_tags: dict[int, Tags] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
    chains: dict[tuple[Edge, int], Chain] = field(default_factory=dict)
    junctions: dict[tuple[int, tuple[tuple[str, int], ...]], int] = field(default_factory=dict)
    around: dict[int, list[int]] = field(default_factory=dict)
    paths: dict[str, list[list[int]]] = field(default_factory=dict)
    _forward: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    _flat: dict[int, Point] = field(default_factory=dict)

    def node(self, point: Point, **tags: str) -> int:
        """A new node of the bent plane."""
        self.nodes.append((round(point[0], 3), round(point[1], 3)))
        if tags:
            self.node_tags[len(self.nodes) - 1] = tags
        return len(self.nodes) - 1

    def way(self, nodes: list[int], **tags: str) -> None:
        """A new way."""
        kept = [n for i, n in enumerate(nodes) if i == 0 or nodes[i - 1] != n]
        if len(kept) > 1:
            self.ways.append(Way(kept, tags))

    def ring(self, points: list[Point], **tags: str) -> None:
        """A closed way with nodes of its own."""
        numbers = [self.node(p) for p in points]
        self.ways.append(Way(numbers + numbers[:1], tags))

    def attach(self, block: Block, p: Point, towards: Point | None = None) -> tuple[int, float] | None:
        """A node on the street nearest to p along the block's rim, and the setback there."""
        mesh = self.frame.mesh
        loop = mesh.outline(block.faces)
        middle = p
        best: tuple[float, Chain, int, float, Point] | None = None
        for n, i in enumerate(loop):
            j = loop[(n + 1) % len(loop)]
            line = self.frame.line(edge(i, j))
            side = self._side(line, i, j) if line.kind in OFFSET else 0
            chain = self.chains.get((edge(i, j), side))
            if chain is None:
                continue
            for k, (a, b) in enumerate(zip(chain.nodes, chain.nodes[1:], strict=False)):
                at, t = foot(middle, self.nodes[a], self.nodes[b])
                far = gap(at, p)
                if towards is not None and dot(heading(p, at), towards) < 0.8:
                    continue
                if best is None or far < best[0]:
                    best = (far, chain, k, t, at)
        if best is None:
            return None
        _, chain, k, _, at = best
        depth = SETBACK[chain.line.kind] - OFFSET.get(chain.line.kind, 0)
        for near in (chain.nodes[k], chain.nodes[k + 1]):
            if gap(self.nodes[near], at) < 7:
                return near, depth
        number = self.node(at)
        chain.nodes.insert(k + 1, number)
        return number, depth

    def _side(self, line: Line, i: int, j: int) -> int:
        """On which side of its line a face lies that walks the edge from i to j (its left)."""
        return 1 if (i, j) in self._forward[line.key] else -1

    def lay(self) -> None:
        """Lay the streets along the mesh: first the meeting points, then the chains."""
        mesh = self.frame.mesh
        for key in sorted(mesh.lines):
            for i, j in (key, key[::-1]):
                self.around.setdefault(i, []).append(j)
        for name in self.frame.lines:
            edges = sorted(k for k, v in mesh.lines.items() if v == name)
            self.paths[name] = _paths(edges, mesh.points)
            self._forward[name] = {(a, b) for path in self.paths[name] for a, b in itertools.pairwise(path)}
        for name, line in self.frame.lines.items():
            if line.kind == "border":
                continue
            for path in self.paths[name]:
                for i, j in itertools.pairwise(path):
                    for side in _sides_of(line):
                        self._chain(line, side, i, j)
        for vertex in sorted(self.around):
            self._link(vertex)

    def _chain(self, line: Line, side: int, i: int, j: int) -> None:
        """One side of one edge."""
        a, b = self._junction(i, line, side, j), self._junction(j, line, side, i)
        flat = [self._flat[a], self._flat[b]]
        inner = [self.node(bend(p)) for p in spaced(flat, 48)[1:-1]]
        self.chains[edge(i, j), side] = Chain(line, side, [a, *inner, b])

    def _junction(self, vertex: int, line: Line, side: int, other: int) -> int:
        """The node at which an edge's street ends at a vertex."""
        wanted: dict[str, int] = {line.key: side} if side else {}
        for name in self._doubles(vertex):
            if name != line.key:
                wanted[name] = self._beside(name, vertex, other)
        key = (vertex, tuple(sorted(wanted.items())))
        if key not in self.junctions:
            at = self._place(vertex, wanted)
            self.junctions[key] = self.node(bend(at))
            self._flat[self.junctions[key]] = at
        return self.junctions[key]

    def _doubles(self, vertex: int) -> list[str]:
        """The lines with two sides that pass a vertex."""
        names = {self.frame.mesh.lines[edge(vertex, o)] for o in self.around[vertex]}
        return sorted(n for n in names if self.frame.lines[n].kind in OFFSET)

    def _course(self, name: str, vertex: int) -> Point:
        """The direction of a line at a vertex."""
        for path in self.paths[name]:
            if vertex in path:
                n = path.index(vertex)
                points = self.frame.mesh.points
                return heading(points[path[max(0, n - 1)]], points[path[min(len(path) - 1, n + 1)]])
        raise ValueError(name)

    def _beside(self, name: str, vertex: int, other: int) -> int:
        """On which side of a line through a vertex another vertex lies."""
        p, q = self.frame.mesh.points[vertex], self.frame.mesh.points[other]
        return 1 if turn_of(self._course(name, vertex), (q[0] - p[0], q[1] - p[1])) > 0 else -1

    def _place(self, vertex: int, wanted: dict[str, int]) -> Point:
        """The point that lies on the wanted sides of the lines through a vertex."""
        p = self.frame.mesh.points[vertex]
        if not wanted:
            return p
        rules = []
        for name, side in wanted.items():
            rules.append((left(self._course(name, vertex)), side * OFFSET[self.frame.lines[name].kind]))
        if len(rules) == 1:
            normal, off = rules[0]
            name, side = next(iter(wanted.items()))
            for other in self.around[vertex]:
                if self.frame.mesh.lines[edge(vertex, other)] in (name, "border"):
                    continue
                course = heading(p, self.frame.mesh.points[other])
                if self._beside(name, vertex, other) == side and abs(dot(course, normal)) > 0.6:
                    return step(p, course, off / dot(course, normal))
            return step(p, normal, off)
        (n1, o1), (n2, o2) = rules[:2]
        base = turn_of(n1, n2)
        return p[0] + (o1 * n2[1] - o2 * n1[1]) / base, p[1] + (n1[0] * o2 - n2[0] * o1) / base

    def _link(self, vertex: int) -> None:
        """Join the two sides of a double line where a street crosses it."""
        doubles = self._doubles(vertex)
        for name in doubles:
            double = self.frame.lines[name]
            if double.kind == "rail":
                continue
            kept: dict[tuple[tuple[str, int], ...], dict[int, int]] = {}
            for (v, wanted), node in self.junctions.items():
                if v == vertex and name in dict(wanted):
                    rest = tuple(w for w in wanted if w[0] != name)
                    kept.setdefault(rest, {})[dict(wanted)[name]] = node
            over = {1: set[str](), -1: set[str]()}
            for other in self.around[vertex]:
                line = self.frame.mesh.lines[edge(vertex, other)]
                if line not in (name, "border"):
                    over[self._beside(name, vertex, other)].add(line)
            both = sorted(over[1] & over[-1])
            if double.kind == "river":
                both = [k for k in both if self.frame.lines[k].bridge]
            elif not both and over[1] and over[-1]:
                both = sorted(over[1])
            if not both:
                self._crosswalk(double, kept)
                continue
            crossing = self.frame.lines[both[0]]
            for rest, ends in sorted(kept.items()):
                if len(ends) == 2:
                    side = dict(rest).get(crossing.key, 0)
                    self._join(double, crossing, side, ends[-1], ends[1])

    def _crosswalk(self, double: Line, kept: dict[tuple[tuple[str, int], ...], dict[int, int]]) -> None:
        """At some of the junctions without a turn across the dual street there is a zebra crossing."""
        ends = kept.get((), {})
        if double.kind == "dual" and len(ends) == 2 and self.draw.chance(0.5):
            self.way([ends[-1], ends[1]], highway="footway", footway="crossing")

    def _join(self, double: Line, crossing: Line, side: int, right_end: int, left_end: int) -> None:
        """A link across a double line: a bridge over the river, a piece of the crossing street elsewhere."""
        tags = street_tags(crossing, side)
        a, b = right_end, left_end
        if double.kind != "river":
            tags.pop("oneway", None)
            self.way([a, b], **tags)
            self.node_tags.setdefault(a, {"highway": "traffic_signals"})
            self.node_tags.setdefault(b, {"highway": "traffic_signals"})
            return
        west, east = (a, b) if self.nodes[a][0] < self.nodes[b][0] else (b, a)
        # The left carriageway of the dual street runs from east to west, over the bridge too.
        if side > 0:
            west, east = east, west
        p, q = self.nodes[west], self.nodes[east]
        head, tail = self.node(mix(p, q, 0.13)), self.node(mix(p, q, 0.87))
        self.way([west, head], **tags)
        self.way([head, tail], **tags, bridge="yes", layer="1")
        self.way([tail, east], **tags)

    def write_chains(self) -> None:
        """Turn the chains into ways, once everything is attached."""
        for name, line in self.frame.lines.items():
            for side in _sides_of(line):
                for path in self.paths.get(name, []):
                    self._write_path(line, side, path)

    def _write_path(self, line: Line, side: int, path: list[int]) -> None:
        """One side of one path of a line, in pieces of a few edges as mappers leave them."""
        if line.kind == "border":
            return
        tags = street_tags(line, side)
        run: list[int] = []
        pieces = 0
        for i, j in itertools.pairwise(path):
            nodes = self.chains[edge(i, j), side].nodes
            ahead = nodes
            if run and (run[-1] != ahead[0] or pieces >= 5):
                self._write_run(run, side, line, tags)
                run, pieces = [], 0
            run += ahead if not run else ahead[1:]
            pieces += 1
        self._write_run(run, side, line, tags)

    def _write_run(self, run: list[int], side: int, line: Line, tags: Tags) -> None:
        """One way; traffic keeps right, so the left carriageway runs against the line."""
        against = line.kind == "dual" and side > 0
        self.way(run[::-1] if against else run, **tags)

    def walk_lines(self) -> list[Segment]:
        """Segments of every way that a person may walk."""
        out = []
        for way in self.ways:
            if "highway" in way.tags and way.tags.get("foot") != "no":
                out += [(self.nodes[a], self.nodes[b]) for a, b in zip(way.nodes, way.nodes[1:], strict=False)]
        return out


def _sides_of(line: Line) -> tuple[int, ...]:
    """The sides of a line that carry a street."""
    return {"dual": (1, -1), "river": (1, -1), "rail": (1,), "border": ()}.get(line.kind, (0,))


def street_tags(line: Line, side: int) -> Tags:
    """OSM tags of a street on a side of a line."""
    if line.kind == "dual":
        return {"highway": "primary", "name": line.name, "oneway": "yes", "lanes": "3", "maxspeed": "50"}
    if line.kind == "river":
        if side < 0:
            return {"highway": "residential", "name": "滨河东路"}
        return {"highway": "tertiary", "name": "滨河西路", "lanes": "2"}
    if line.kind == "rail":
        return {"highway": "residential", "name": line.name}
    tags = {"highway": line.kind, "name": line.name}
    if line.kind == "secondary":
        tags |= {"lanes": "4", "maxspeed": "50"}
    if line.kind == "tertiary":
        tags |= {"lanes": "2", "maxspeed": "40"}
    if line.oneway:
        tags["oneway"] = "yes"
    return tags


def _paths(edges: list[Edge], points: list[Point]) -> list[list[int]]:
    """Edges of one line as paths, each walked from west to east or, if steep, from south to north."""
    near: dict[int, list[int]] = {}
    for i, j in edges:
        near.setdefault(i, []).append(j)
        near.setdefault(j, []).append(i)
    out = []
    seen: set[int] = set()
    for start in sorted(near):
        if start in seen or len(near[start]) != 1:
            continue
        path = [start]
        seen.add(start)
        while True:
            ahead = [n for n in near[path[-1]] if n not in seen]
            if not ahead:
                break
            path.append(ahead[0])
            seen.add(ahead[0])
        p, q = points[path[0]], points[path[-1]]
        flat = abs(q[0] - p[0]) > abs(q[1] - p[1])
        out.append(path if (q[0] > p[0] if flat else q[1] > p[1]) else path[::-1])
    return out


def inset(frame: Frame, block: Block, extra: float) -> list[Point]:
    """The block's outline moved inwards to the fronts of its buildings, and further by extra."""
    loop = frame.mesh.outline(block.faces)
    points: list[Point] = []
    offs: list[float] = []
    for n, i in enumerate(loop):
        j = loop[(n + 1) % len(loop)]
        dense = frame.dense(i, j)[:-1]
        points += dense
        offs += [SETBACK[frame.line(edge(i, j)).kind] + extra] * len(dense)
    out: list[Point] = []
    for n, p in enumerate(points):
        d1, d2 = heading(points[n - 1], p), heading(p, points[(n + 1) % len(points)])
        n1, n2 = left(d1), left(d2)
        o1, o2 = offs[n - 1], offs[n]
        base = turn_of(n1, n2)
        if abs(base) < 0.25:
            q = step(p, heading((0, 0), (n1[0] + n2[0], n1[1] + n2[1])), max(o1, o2))
        else:
            q = p[0] + (o1 * n2[1] - o2 * n1[1]) / base, p[1] + (n1[0] * o2 - n2[0] * o1) / base
        q = (round(q[0], 3), round(q[1], 3))
        if not out or gap(out[-1], q) > 1:
            out.append(q)
    return out if area(out) > 0 else []


@dataclass
class Ground:
    """The ground of a block: where buildings and paths may go."""

    ring: list[Point]
    rim: list[tuple[Segment, float, str]]

    def room(self, p: Point) -> float:
        """How far p is inside the line of building fronts; negative if outside."""
        if not inside(p, self.ring):
            return -1.0
        return min(away(p, s) - off for s, off, _ in self.rim)


def ground_of(frame: Frame, block: Block) -> Ground:
    """The ground of a block with the setback of each side."""
    loop = frame.mesh.outline(block.faces)
    rim: list[tuple[Segment, float, str]] = []
    for n, i in enumerate(loop):
        dense = frame.dense(i, loop[(n + 1) % len(loop)])
        kind = frame.line(edge(i, loop[(n + 1) % len(loop)])).kind
        rim += [((a, b), SETBACK[kind], kind) for a, b in itertools.pairwise(dense)]
    return Ground(frame.ring(loop), rim)
