"""Streets along the courses of the lines, meeting in shared nodes."""

import itertools
from dataclasses import dataclass, field

from .courses import Courses
from .draw import Draw
from .frame import Block, Frame
from .line import Line
from .mesh import Edge, edge
from .net import Net, Tags
from .plane import Point, bend
from .shape import bent, dot, foot, gap, heading, mix, sides

# The side that is meant of each double line through a vertex.
Wanted = tuple[tuple[str, int], ...]


@dataclass
class Chain:
    """One carriageway, or one bank's street, along one edge of the mesh, in the line's direction."""

    line: Line
    side: int
    nodes: list[int]


@dataclass
class Streets:
    """The streets between the blocks; they become ways once every gate is attached."""

    frame: Frame
    net: Net
    draw: Draw
    chains: dict[tuple[Edge, int], Chain] = field(default_factory=dict)
    flat: dict[int, Point] = field(default_factory=dict)
    _junctions: dict[tuple[int, Wanted], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The courses are settled as soon as the frame is."""
        self.courses = Courses(self.frame)

    def lay(self) -> None:
        """Lay the streets: first the meeting points with the chains between them, then the links."""
        for line in self.frame.lines.values():
            for path in self.courses.paths[line.key]:
                for (i, j), side in itertools.product(itertools.pairwise(path), line.sides):
                    self._chain(line, side, i, j)
        for vertex in sorted(self.courses.around):
            for name in self.courses.doubles(vertex):
                self._link(vertex, self.frame.lines[name])

    def attach(self, block: Block, p: Point, towards: Point | None = None) -> tuple[int, float] | None:
        """A node on the street nearest to p along the block's rim, and the setback there."""
        best: tuple[float, Chain, int, Point] | None = None
        for i, j in sides(self.frame.mesh.outline(block.faces)):
            line = self.frame.line(edge(i, j))
            side = self.courses.side_of_face(line.key, i, j) if line.double else 0
            chain = self.chains.get((edge(i, j), side))
            if chain is None:
                continue
            for k, piece in enumerate(self.net.pieces(chain.nodes)):
                at = foot(p, piece)
                far = gap(at, p)
                if towards is not None and dot(heading(p, at), towards) < 0.8:
                    continue
                if best is None or far < best[0]:
                    best = (far, chain, k, at)
        if best is None:
            return None
        _, chain, k, at = best
        depth = chain.line.setback - chain.line.offset
        for near in (chain.nodes[k], chain.nodes[k + 1]):
            if gap(self.net.nodes[near], at) < 7:
                return near, depth
        number = self.net.node(at)
        chain.nodes.insert(k + 1, number)
        return number, depth

    def write(self) -> None:
        """Turn the chains into ways, in pieces of a few edges as mappers leave them."""
        for line in self.frame.lines.values():
            for side, path in itertools.product(line.sides, self.courses.paths[line.key]):
                self._write_path(line, side, path)

    def _write_path(self, line: Line, side: int, path: list[int]) -> None:
        """One side of one path of a line."""
        run: list[int] = []
        pieces = 0
        for i, j in itertools.pairwise(path):
            ahead = self.chains[edge(i, j), side].nodes
            if run and (run[-1] != ahead[0] or pieces >= 5):
                self._write_run(run, side, line)
                run, pieces = [], 0
            run += ahead if not run else ahead[1:]
            pieces += 1
        self._write_run(run, side, line)

    def _write_run(self, run: list[int], side: int, line: Line) -> None:
        """One way; traffic keeps right, so the left carriageway runs against the line."""
        against = line.kind == "dual" and side > 0
        self.net.way(run[::-1] if against else run, **line.tags(side))

    def _chain(self, line: Line, side: int, i: int, j: int) -> None:
        """One side of one edge."""
        a, b = self._junction(i, line, side, j), self._junction(j, line, side, i)
        inner = self.net.line(bent([self.flat[a], self.flat[b]], 48)[1:-1])
        self.chains[edge(i, j), side] = Chain(line, side, [a, *inner, b])

    def _junction(self, vertex: int, line: Line, side: int, other: int) -> int:
        """The node at which an edge's street ends at a vertex."""
        wanted: dict[str, int] = {line.key: side} if side else {}
        for name in self.courses.doubles(vertex):
            if name != line.key:
                wanted[name] = self.courses.side_of(name, vertex, other)
        key = (vertex, tuple(sorted(wanted.items())))
        if key not in self._junctions:
            at = self.courses.place(vertex, wanted)
            self._junctions[key] = self.net.node(bend(at))
            self.flat[self._junctions[key]] = at
        return self._junctions[key]

    def _link(self, vertex: int, double: Line) -> None:
        """Join the two sides of a double line where a street crosses it."""
        if double.kind == "rail":
            return
        ends: dict[Wanted, dict[int, int]] = {}
        for (v, wanted), node in self._junctions.items():
            if v == vertex and double.key in dict(wanted):
                rest = tuple(w for w in wanted if w[0] != double.key)
                ends.setdefault(rest, {})[dict(wanted)[double.key]] = node
        crossing = self._crossing(vertex, double)
        pairs = {rest: (own[-1], own[1]) for rest, own in sorted(ends.items()) if len(own) == 2}
        if crossing is None:
            if double.kind == "dual" and () in pairs and self.draw.chance(0.5):
                # Some of the junctions without a turn across the dual street have a zebra crossing.
                self.net.way(list(pairs[()]), highway="footway", footway="crossing")
            return
        for rest, (right_end, left_end) in pairs.items():
            tags = crossing.tags(dict(rest).get(crossing.key, 0))
            if double.kind == "river":
                self._bridge(tags, right_end, left_end, dict(rest).get(crossing.key, 0))
            else:
                self._turn(tags, right_end, left_end)

    def _crossing(self, vertex: int, double: Line) -> Line | None:
        """The street that crosses a double line at a vertex."""
        over = {1: set[str](), -1: set[str]()}
        for other in self.courses.around[vertex]:
            line = self.courses.name(vertex, other)
            if line not in (double.key, "border"):
                over[self.courses.side_of(double.key, vertex, other)].add(line)
        both = sorted(over[1] & over[-1])
        if double.kind == "river":
            both = [k for k in both if self.frame.lines[k].bridge]
        elif not both and over[1] and over[-1]:
            both = sorted(over[1])
        return self.frame.lines[both[0]] if both else None

    def _turn(self, tags: Tags, right_end: int, left_end: int) -> None:
        """A piece of the crossing street between two carriageways."""
        tags.pop("oneway", None)
        self.net.way([right_end, left_end], **tags)
        for end in (right_end, left_end):
            self.net.node_tags.setdefault(end, {"highway": "traffic_signals"})

    def _bridge(self, tags: Tags, right_end: int, left_end: int, side: int) -> None:
        """A bridge over the river."""
        nodes = self.net.nodes
        west, east = sorted((right_end, left_end), key=lambda n: nodes[n][0])
        # The left carriageway of the dual street runs from east to west, over the bridge too.
        if side > 0:
            west, east = east, west
        head, tail = self.net.line([mix(nodes[west], nodes[east], t) for t in (0.13, 0.87)])
        self.net.way([west, head], **tags)
        self.net.way([head, tail], **tags, bridge="yes", layer="1")
        self.net.way([tail, east], **tags)
