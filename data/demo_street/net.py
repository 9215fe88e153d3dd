"""The map as it is drawn: nodes, and ways that share them."""

import itertools
from dataclasses import dataclass, field

from .plane import Point
from .shape import Segment

Tags = dict[str, str]


@dataclass
class Way:
    """An OSM way before it is written."""

    nodes: list[int]
    tags: Tags


@dataclass
class Net:
    """All nodes and ways of the map."""

    nodes: list[Point] = field(default_factory=list)
    node_tags: dict[int, Tags] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)

    def node(self, point: Point, **tags: str) -> int:
        """A new node of the bent plane."""
        self.nodes.append((round(point[0], 3), round(point[1], 3)))
        if tags:
            self.node_tags[len(self.nodes) - 1] = tags
        return len(self.nodes) - 1

    def line(self, points: list[Point]) -> list[int]:
        """New nodes, one a point."""
        return [self.node(p) for p in points]

    def way(self, nodes: list[int], **tags: str) -> None:
        """A new way."""
        kept = [n for i, n in enumerate(nodes) if i == 0 or nodes[i - 1] != n]
        if len(kept) > 1:
            self.ways.append(Way(kept, tags))

    def ring(self, points: list[Point], **tags: str) -> None:
        """A closed way with nodes of its own."""
        numbers = self.line(points)
        self.ways.append(Way(numbers + numbers[:1], tags))

    def pieces(self, nodes: list[int]) -> list[Segment]:
        """The segments between nodes that follow one another."""
        return [(self.nodes[a], self.nodes[b]) for a, b in itertools.pairwise(nodes)]

    def walk_lines(self) -> list[Segment]:
        """Segments of every way that a person may walk."""
        walked = (w for w in self.ways if "highway" in w.tags and w.tags.get("foot") != "no")
        return [segment for way in walked for segment in self.pieces(way.nodes)]
