"""How the lines run over the mesh, and which side of them is where."""

import itertools
from dataclasses import dataclass, field

from .frame import Frame
from .mesh import Edge, edge
from .plane import Point
from .shape import bent, beside, dot, heading, left, meet, step, turn_of


@dataclass
class Courses:
    """Every line as paths from vertex to vertex, in the line's direction."""

    frame: Frame
    around: dict[int, list[int]] = field(default_factory=dict)
    paths: dict[str, list[list[int]]] = field(default_factory=dict)
    _forward: dict[str, set[tuple[int, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Follow the lines along the edges of the mesh."""
        mesh = self.frame.mesh
        for key in sorted(mesh.lines):
            for i, j in (key, key[::-1]):
                self.around.setdefault(i, []).append(j)
        for name in self.frame.lines:
            edges = sorted(k for k, v in mesh.lines.items() if v == name)
            self.paths[name] = _paths(edges, mesh.points)
            self._forward[name] = {pair for path in self.paths[name] for pair in itertools.pairwise(path)}

    def at(self, vertex: int) -> Point:
        """A vertex in the straight drawing."""
        return self.frame.mesh.points[vertex]

    def name(self, i: int, j: int) -> str:
        """The key of the line between two neighbouring vertices."""
        return self.frame.mesh.lines[edge(i, j)]

    def bed(self, name: str) -> list[Point]:
        """The one path of a line that runs through, in the straight drawing."""
        return [self.at(i) for i in self.paths[name][0]]

    def strip(self, name: str, first: int, last: int, low: float, high: float) -> list[Point]:
        """A strip along a piece of a line, between two distances to its left."""
        bed = self.bed(name)[first : last + 1]
        return [*bent(beside(bed, low)), *bent(beside(bed, high))[::-1]]

    def side_of_face(self, name: str, i: int, j: int) -> int:
        """On which side of its line a face lies that walks the edge from i to j (its left)."""
        return 1 if (i, j) in self._forward[name] else -1

    def side_of(self, name: str, vertex: int, other: int) -> int:
        """On which side of a line through a vertex another vertex lies."""
        p, q = self.at(vertex), self.at(other)
        return 1 if turn_of(self._direction(name, vertex), (q[0] - p[0], q[1] - p[1])) > 0 else -1

    def doubles(self, vertex: int) -> list[str]:
        """The lines with two sides that pass a vertex."""
        names = {self.name(vertex, o) for o in self.around[vertex]}
        return sorted(n for n in names if self.frame.lines[n].double)

    def place(self, vertex: int, wanted: dict[str, int]) -> Point:
        """The point that lies on the wanted sides of the lines through a vertex."""
        p = self.at(vertex)
        if not wanted:
            return p
        rules = [(left(self._direction(n, vertex)), side * self.frame.lines[n].offset) for n, side in wanted.items()]
        if len(rules) > 1:
            (n1, o1), (n2, o2) = rules[:2]
            return meet(p, n1, o1, n2, o2)
        normal, off = rules[0]
        name, side = next(iter(wanted.items()))
        for other in self.around[vertex]:
            if self.name(vertex, other) in (name, "border"):
                continue
            course = heading(p, self.at(other))
            if self.side_of(name, vertex, other) == side and abs(dot(course, normal)) > 0.6:
                return step(p, course, off / dot(course, normal))
        return step(p, normal, off)

    def _direction(self, name: str, vertex: int) -> Point:
        """The direction of a line at a vertex."""
        for path in self.paths[name]:
            if vertex in path:
                n = path.index(vertex)
                return heading(self.at(path[max(0, n - 1)]), self.at(path[min(len(path) - 1, n + 1)]))
        raise ValueError(name)


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
        while ahead := [n for n in near[path[-1]] if n not in seen]:
            path.append(ahead[0])
            seen.add(ahead[0])
        p, q = points[path[0]], points[path[-1]]
        flat = abs(q[0] - p[0]) > abs(q[1] - p[1])
        out.append(path if (q[0] > p[0] if flat else q[1] > p[1]) else path[::-1])
    return out
