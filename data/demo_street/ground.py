"""The ground of a block: where buildings and paths may go."""

import itertools
from dataclasses import dataclass

from .frame import Block, Frame
from .mesh import edge
from .plane import Point
from .shape import Ring, Segment, area, away, gap, heading, inside, left, meet, sides, step, turn_of


@dataclass
class Ground:
    """A block's outline, and each side of it with its setback and the kind of street there."""

    ring: Ring
    rim: list[tuple[Segment, float, str]]

    def room(self, p: Point) -> float:
        """How far p is inside the line of building fronts; negative if outside."""
        if not inside(p, self.ring):
            return -1.0
        return min(away(p, s) - off for s, off, _ in self.rim)

    def inset(self, extra: float) -> Ring:
        """The outline moved inwards to the fronts of the buildings, and further by extra."""
        out: Ring = []
        before, off_before = self.rim[-1][0], self.rim[-1][1] + extra
        for side, setback, _ in self.rim:
            p, off = side[0], setback + extra
            n1, n2 = left(heading(*before)), left(heading(*side))
            if abs(turn_of(n1, n2)) < 0.25:
                q = step(p, heading((0, 0), (n1[0] + n2[0], n1[1] + n2[1])), max(off_before, off))
            else:
                q = meet(p, n1, off_before, n2, off)
            q = (round(q[0], 3), round(q[1], 3))
            if not out or gap(out[-1], q) > 1:
                out.append(q)
            before, off_before = side, off
        return out if area(out) > 0 else []


def ground_of(frame: Frame, block: Block) -> Ground:
    """The ground of a block with the setback of each side."""
    loop = frame.mesh.outline(block.faces)
    rim: list[tuple[Segment, float, str]] = []
    for i, j in sides(loop):
        line = frame.line(edge(i, j))
        rim += [(piece, line.setback, line.kind) for piece in itertools.pairwise(frame.dense(i, j))]
    return Ground(frame.ring(loop), rim)
