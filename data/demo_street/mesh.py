"""A face mesh that is cut by lines and keeps its vertices shared."""

from dataclasses import dataclass, field

from .plane import Point
from .shape import area, gap, mix, sides, turn_of

Edge = tuple[int, int]


def edge(i: int, j: int) -> Edge:
    """The key of the edge between two vertices, whichever way it is walked."""
    return (i, j) if i < j else (j, i)


@dataclass
class Face:
    """One face: its vertices counter-clockwise, and its community."""

    loop: list[int]
    community: int = -1


@dataclass
class Mesh:
    """Vertices, faces and the line that each edge belongs to."""

    points: list[Point] = field(default_factory=list)
    faces: list[Face] = field(default_factory=list)
    lines: dict[Edge, str] = field(default_factory=dict)

    def ring(self, face: Face) -> list[Point]:
        """The face's outline."""
        return [self.points[i] for i in face.loop]

    def add(self, point: Point) -> int:
        """A new vertex."""
        self.points.append(point)
        return len(self.points) - 1

    def part(self, i: int, j: int, t: float) -> int:
        """Put a vertex on an edge, in every face that has the edge."""
        k = self.add(mix(self.points[i], self.points[j], t))
        for face in self.faces:
            for n, ends in enumerate(sides(face.loop)):
                if ends in ((i, j), (j, i)):
                    face.loop.insert(n + 1, k)
                    break
        line = self.lines.pop(edge(i, j))
        self.lines[edge(i, k)] = line
        self.lines[edge(k, j)] = line
        return k

    def crossings(self, face: Face, p: Point, q: Point) -> list[tuple[float, int, float]]:
        """Where segment pq crosses the face: share of pq, number of the side, share of the side."""
        found = []
        d = (q[0] - p[0], q[1] - p[1])
        for n, (a, b) in enumerate(sides(self.ring(face))):
            e = (b[0] - a[0], b[1] - a[1])
            base = turn_of(d, e)
            if abs(base) < 1e-9:
                continue
            ap = (a[0] - p[0], a[1] - p[1])
            t, s = turn_of(ap, e) / base, turn_of(ap, d) / base
            if 0 <= t <= 1 and -1e-9 <= s < 1 - 1e-9:
                found.append((t, n, s))
        return sorted(found)

    def cut(self, face: Face, p: Point, q: Point, line: str, snap: float) -> Face | None:
        """Cut a face along segment pq; the new face is the one on the left. None if pq does not cross it."""
        found = self.crossings(face, p, q)
        if len(found) != 2:
            return None
        ends: list[int] = []
        edges = [(*sides(face.loop)[n], s) for _, n, s in found]
        for i, j, s in edges:
            length = gap(self.points[i], self.points[j])
            if s * length <= snap and s <= 0.5:
                ends.append(i)
            elif (1 - s) * length <= snap:
                ends.append(j)
            else:
                ends.append(-1)
        if ends[0] == ends[1] != -1:
            return None
        for n, (i, j, s) in enumerate(edges):
            if ends[n] == -1:
                ends[n] = self.part(i, j, s)
        a, b = ends
        at_a, at_b = face.loop.index(a), face.loop.index(b)
        if abs(at_a - at_b) in (1, len(face.loop) - 1):
            return None
        turned = face.loop[at_a:] + face.loop[:at_a]
        n = turned.index(b)
        one, two = turned[: n + 1], [*turned[n:], a]
        self.lines[edge(a, b)] = line
        face.loop = one
        new = Face(two, face.community)
        self.faces.append(new)
        return new

    def cut_all(self, p: Point, q: Point, line: str, snap: float) -> None:
        """Cut every face that segment pq crosses from side to side."""
        for face in list(self.faces):
            self.cut(face, p, q, line, snap)

    def halve(self, face: Face, direction: Point, share: float, line: str, snap: float) -> Face | None:
        """Cut a face along a direction so that about the given share of it stays right of the cut."""
        ring = self.ring(face)
        normal = (-direction[1], direction[0])
        heights = [x * normal[0] + y * normal[1] for x, y in ring]
        low, high = min(heights), max(heights)
        whole = area(ring)
        for _ in range(40):
            middle = (low + high) / 2
            if _below(ring, normal, middle) < share * whole:
                low = middle
            else:
                high = middle
        base = (normal[0] * low, normal[1] * low)
        along = sum(x * direction[0] + y * direction[1] for x, y in ring) / len(ring)
        mid = (base[0] + direction[0] * along, base[1] + direction[1] * along)
        p = (mid[0] - direction[0] * 3000, mid[1] - direction[1] * 3000)
        q = (mid[0] + direction[0] * 3000, mid[1] + direction[1] * 3000)
        return self.cut(face, p, q, line, snap)

    def outline(self, faces: list[Face]) -> list[int]:
        """The outer loop of a group of faces that touch one another."""
        present = [pair for face in faces for pair in sides(face.loop)]
        backwards = {(b, a) for a, b in present}
        follow = {a: b for a, b in present if (a, b) not in backwards}
        start = min(follow)
        loop = [start]
        while follow[loop[-1]] != start:
            loop.append(follow[loop[-1]])
        return loop


def _below(ring: list[Point], normal: Point, height: float) -> float:
    """Area of the part of a ring below a height along a normal."""
    out: list[Point] = []
    for p, q in sides(ring):
        hp = p[0] * normal[0] + p[1] * normal[1] - height
        hq = q[0] * normal[0] + q[1] * normal[1] - height
        if hp <= 0:
            out.append(p)
        if (hp < 0 < hq) or (hq < 0 < hp):
            out.append(mix(p, q, hp / (hp - hq)))
    return abs(area(out)) if len(out) > 2 else 0.0
