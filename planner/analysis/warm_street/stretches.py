"""The stretches of named streets: which sites lie along which, in what order, and where they run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Ways that nobody means who says the name of a street, though they may bear it.
_PATHS: Final = ("footway", "path", "steps", "cycleway", "track", "bridleway", "corridor", "platform")
# Where a street goes on in several ways, those go on that turn by no more than this.
_STRAIGHT_ON_DEGREES: Final = 60.0
_TOLERANCE_M: Final = 1e-6


@dataclass(frozen=True)
class Stretch:
    """A way along one street. ``sites``: those beside it, in the order in which one comes by, and ``at_m`` how far from
    its start; ``line``: where it runs, metric.
    """

    street: str
    sites: Ints
    at_m: Floats
    line: shapely.LineString

    def between(self, sites: Ints) -> tuple[float, shapely.LineString]:
        """How long the street is between the outermost of these sites, and that part of it."""
        at = self.at_m[np.isin(self.sites, sites)]
        return float(at.max() - at.min()), _part(self.line, float(at.min()), float(at.max()))


def stretches_of(edges: gpd.GeoDataFrame, xy: Floats, *, longest_m: float, off_street_m: float) -> list[Stretch]:
    """The stretches of at most ``longest_m`` along which different sites lie, none within another's; street by street.

    ``edges``: those of :class:`planner.intake.study.Streets`. ``xy``: (sites, 2), metric. A site lies beside every
    street that is within ``off_street_m`` of it. A stretch is a way along edges of one name that passes nowhere twice;
    where the street goes on in several ways it takes one that goes straight on. Both limits are inclusive.
    """
    named = edges[(edges["name"].str.strip() != "") & ~edges["highway"].isin(_PATHS)]
    points: NDArray[np.object_] = np.asarray(shapely.points(xy.reshape(-1, 2)), dtype=object)
    found: list[Stretch] = []
    for name, own in sorted(named.groupby("name"), key=lambda pair: str(pair[0])):
        street = _Street(str(name), own, points, longest_m, off_street_m)
        found += _largest(street.walks())
    return found


class _Street:
    """The edges of one name with the sites beside them."""

    def __init__(
        self, name: str, edges: gpd.GeoDataFrame, points: NDArray[np.object_], longest_m: float, off_street_m: float
    ) -> None:
        self._name, self._longest_m = name, longest_m
        self._line = edges.geometry.to_numpy()
        self._ends = edges[["tail", "head"]].to_numpy(dtype=np.int64)
        self._length = shapely.length(self._line)
        self._at: dict[int, list[int]] = {}
        for edge, ends in enumerate(self._ends):
            for node in ends:
                self._at.setdefault(int(node), []).append(edge)
        self._beside: dict[int, list[tuple[float, int]]] = {}
        for site, edge, at in self._places(points, off_street_m):
            self._beside.setdefault(edge, []).append((at, site))

    def _places(self, points: NDArray[np.object_], off_street_m: float) -> Iterator[tuple[int, int, float]]:
        """The sites with the edges that they are beside, and how far along each: not at an end of an edge where the
        street goes on nearer to the site.
        """
        tree = shapely.STRtree(self._line)
        site, edge = tree.query(points, predicate="dwithin", distance=off_street_m + _TOLERANCE_M)
        along = shapely.line_locate_point(self._line[edge], points[site])
        off = shapely.distance(self._line[edge], points[site])
        of_pair = dict(zip(zip(site.tolist(), edge.tolist(), strict=True), off.tolist(), strict=True))
        for one, of, at, away in zip(site.tolist(), edge.tolist(), along.tolist(), off.tolist(), strict=True):
            is_end = at <= 0.0, at >= self._length[of]
            ends = [int(node) for node, there in zip(self._ends[of], is_end, strict=True) if there]
            onward = (of_pair.get((one, other), np.inf) for node in ends for other in self._at[node] if other != of)
            if min(onward, default=np.inf) >= away:
                yield one, of, at

    def walks(self) -> Iterator[Stretch]:
        """From every site each way along the street, as far as a stretch may be long."""
        for edge, sites in self._beside.items():
            for at in sorted({at for at, _ in sites}):
                for forward in (True, False):
                    yield from self._go_on([(edge, forward)], at if forward else self._length[edge] - at)

    def _go_on(self, steps: list[tuple[int, bool]], skipped: float) -> Iterator[Stretch]:
        """Every stretch that begins with these steps (edges, and whether from tail to head), less what is skipped."""
        walked = sum(self._length[edge] for edge, _ in steps) - skipped
        onward = self._onward(steps) if walked < self._longest_m else []
        if not onward:
            yield self._stretch(steps, skipped)
        for step in onward:
            yield from self._go_on([*steps, step], skipped)

    def _onward(self, steps: list[tuple[int, bool]]) -> list[tuple[int, bool]]:
        """How the street goes on from the end of the last step without passing anywhere twice."""
        passed = {self._node(steps[0], at_end=False), *(self._node(step, at_end=True) for step in steps)}
        here = self._node(steps[-1], at_end=True)
        ways = [(edge, bool(self._ends[edge, 0] == here)) for edge in self._at[here] if edge != steps[-1][0]]
        ways = [way for way in ways if self._node(way, at_end=True) not in passed]
        if len(ways) < 2:
            return ways
        turns = [self._turn(steps[-1], way) for way in ways]
        straight = [way for way, turn in zip(ways, turns, strict=True) if turn <= _STRAIGHT_ON_DEGREES]
        return straight or [ways[int(np.argmin(turns))]]

    def _node(self, step: tuple[int, bool], *, at_end: bool) -> int:
        edge, forward = step
        return int(self._ends[edge, int(forward == at_end)])

    def _turn(self, before: tuple[int, bool], after: tuple[int, bool]) -> float:
        """By how many degrees one turns between two steps."""
        (x0, y0), (x1, y1) = self._way(before)[-2:]
        (x2, y2), (x3, y3) = self._way(after)[:2]
        angle = np.degrees(np.arctan2(y1 - y0, x1 - x0) - np.arctan2(y3 - y2, x3 - x2))
        return float(abs((angle + 180.0) % 360.0 - 180.0))

    def _way(self, step: tuple[int, bool]) -> Floats:
        xy: Floats = shapely.get_coordinates(self._line[step[0]])
        return xy if step[1] else xy[::-1]

    def _stretch(self, steps: list[tuple[int, bool]], skipped: float) -> Stretch:
        """The stretch along these steps; a site that it passes twice counts where it is passed first."""
        at_site: dict[int, float] = {}
        begun = -skipped
        for edge, forward in steps:
            length = self._length[edge]
            for at, site in self._beside.get(edge, []):
                along = begun + (at if forward else length - at)
                if -_TOLERANCE_M <= along <= self._longest_m + _TOLERANCE_M:
                    at_site[site] = min(max(0.0, along), at_site.get(site, np.inf))
            begun += length
        xy = np.concatenate([self._way(step) for step in steps])
        line = _part(shapely.remove_repeated_points(shapely.LineString(xy)), skipped, skipped + self._longest_m)
        order = sorted(at_site, key=lambda site: (at_site[site], site))
        places = np.array(order, dtype=np.int64), np.array([at_site[site] for site in order])
        return Stretch(self._name, *places, line)


def _part(line: shapely.LineString, start_m: float, end_m: float) -> shapely.LineString:
    """A part of a line; a point of it twice where the two ends are the same."""
    part = substring(line, start_m, end_m)
    return part if isinstance(part, shapely.LineString) else shapely.LineString([part, part])


def _largest(walks: Iterator[Stretch]) -> list[Stretch]:
    """The stretches whose sites are not all among those of another; of equal ones the first."""
    by_sites: dict[frozenset[int], Stretch] = {}
    for walk in walks:
        by_sites.setdefault(frozenset(walk.sites.tolist()), walk)
    kept: list[frozenset[int]] = []
    for sites in sorted(by_sites, key=lambda some: (-len(some), sorted(some))):
        if not any(sites < other for other in kept):
            kept.append(sites)
    return [by_sites[sites] for sites in kept]
