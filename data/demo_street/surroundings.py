"""What runs through or past the street office: river, railway, expressway, bridges, ways out."""

import itertools

from .line import HALF_RIVER, Line
from .mesh import edge
from .net import Net, Tags
from .plane import Point, bend
from .shape import bent, beside, crosses, gap, heading, left, longer, mix, step, turn_of
from .streets import Streets

_OUTWARD = ["main", "south", "peace", "bright_n", "bright_s", "culture", "north", "east", "lake", "thrive_s"]


def lay_surroundings(streets: Streets) -> None:
    """Add everything of this module."""
    for name in _OUTWARD:
        _ways_out(streets, streets.frame.lines[name])
    _river(streets)
    _railway(streets)
    _expressway(streets)
    _cycleway_and_footbridges(streets)
    _river_footbridge(streets)


def _ways_out(streets: Streets, line: Line) -> None:
    """Carry a street on past the boundary, under the railway in the south."""
    net, courses, mesh = streets.net, streets.courses, streets.frame.mesh
    rim = set(mesh.outline(mesh.faces))
    for path in courses.paths[line.key]:
        for end, before in ((path[0], path[1]), (path[-1], path[-2])):
            if end not in rim:
                continue
            out = heading(courses.at(before), courses.at(end))
            if line.key == "north":
                out = heading((0, 0), (out[0], 0.15 * out[1]))
            under = line.key != "east" and any(courses.name(end, o) == "rail" for o in courses.around[end])
            reach = streets.draw.between(130, 185)
            for side in line.sides:
                chain = streets.chains[edge(end, before), side]
                first = chain.nodes[0] if end == path[0] else chain.nodes[-1]
                tags = line.tags(side)
                start = streets.flat[first]
                if under:
                    first, start = _underpass(streets, first, out, tags)
                nodes = [first, *net.line(bent([start, step(start, out, reach)], 45)[1:])]
                # Incoming carriageway of the dual street: against the way out.
                inward = line.kind == "dual" and (side > 0) == (end == path[-1])
                net.way(nodes[::-1] if inward else nodes, **tags)
                if line.kind != "dual":
                    _stub(streets, nodes, out)


def _underpass(streets: Streets, first: int, out: Point, tags: Tags) -> tuple[int, Point]:
    """Lead a street under the railway; returns the node beyond it and its place in the straight drawing."""
    start = streets.flat[first]
    past = streets.frame.lines["rail"].offset * 2 - 8
    marks = streets.net.line([bend(step(start, out, d)) for d in (9, past)])
    streets.net.way([first, marks[0]], **tags)
    streets.net.way(marks, **tags, tunnel="yes", layer="-1")
    return marks[1], step(start, out, past)


def _stub(streets: Streets, nodes: list[int], out: Point) -> None:
    """A lane of the neighbouring street office."""
    net, draw = streets.net, streets.draw
    if len(nodes) < 4:
        return
    p = net.nodes[nodes[-2]]
    way = 1 if draw.chance(0.5) else -1
    ends = net.line([step(p, left(out), way * d) for d in (48.0, draw.between(80, 110))])
    net.way([nodes[-2], *ends], highway="residential")


def _river(streets: Streets) -> None:
    """The river's line and water."""
    net, courses = streets.net, streets.courses
    bed = longer(courses.bed("river"), 200)
    bank = streets.frame.lines["river"].offset - 5
    # It flows from north to south.
    net.way(net.line(bent(bed))[::-1], waterway="river", name="示范河")
    west, east = beside(bed, HALF_RIVER), beside(bed, -HALF_RIVER)
    net.ring([*bent(west), *bent(east)[::-1]], natural="water", water="river", name="示范河")
    for low, high in ((HALF_RIVER, bank), (-bank, -HALF_RIVER)):
        net.ring(courses.strip("river", 0, len(bed), low, high), landuse="grass")


def _railway(streets: Streets) -> None:
    """Two tracks along the south."""
    bed = longer(streets.courses.bed("rail"), 190)
    for off in (-2.5, 2.5):
        nodes = streets.net.line(bent(beside(bed, off), 70))
        streets.net.way(nodes, railway="rail", name="示范铁路", gauge="1435", electrified="contact_line")


def _expressway(streets: Streets) -> None:
    """An elevated expressway beside the eastern ring street; nobody walks there."""
    net, courses = streets.net, streets.courses
    path = courses.paths["east"][0]
    bed = longer(courses.bed("east"), 200)
    tags = {"highway": "trunk", "name": "东环快速路", "oneway": "yes", "lanes": "3", "maxspeed": "80"}
    closed = {"motorroad": "yes", "foot": "no", "bicycle": "no"}
    for off, against in ((-24.0, False), (-38.0, True)):
        line = bent(beside(bed, off), 60)
        nodes = net.line(line[::-1] if against else line)
        net.way(nodes, **tags, **closed, bridge="yes", layer="2")
        if not against:
            # An off-ramp down to the ring street.
            chain = streets.chains[edge(path[-2], path[-1]), 0].nodes
            ramp = nodes[len(nodes) // 2 + 1]
            landing = max(chain, key=lambda n: net.nodes[n][1])
            slope = net.node(mix(net.nodes[ramp], net.nodes[landing], 0.6))
            net.way([ramp, slope, landing], highway="trunk_link", oneway="yes", **closed)


def _cycleway_and_footbridges(streets: Streets) -> None:
    """A cycleway along the dual street's south side, and footbridges over the street."""
    net, courses = streets.net, streets.courses
    path = courses.paths["main"][0]
    river = set(courses.paths["river"][0])
    west = path[1 : next(n for n, i in enumerate(path) if i in river)]
    nodes = _weave(net, bent(beside([courses.at(i) for i in west], -20), 40))
    head = streets.chains[edge(west[0], west[1]), -1].nodes
    tail = streets.chains[edge(west[-2], west[-1]), -1].nodes
    net.way([head[0], *nodes, tail[-1]], highway="cycleway", foot="yes", segregated="no", surface="asphalt")

    longest = sorted(itertools.pairwise(west), key=lambda e: -gap(courses.at(e[0]), courses.at(e[1])))
    for i, j in longest[:2]:
        north = streets.chains[edge(i, j), 1].nodes
        top = net.nodes[north[len(north) // 2]]
        low = min(nodes, key=lambda n: gap(net.nodes[n], top))
        base = net.nodes[low]
        out = heading(base, top)
        far = net.node(step(top, out, 12))
        # The stairs stand on the pavements, outside the carriageways that the deck passes over.
        deck = [net.node(step(base, out, 4)), net.node(step(top, out, 7))]
        net.way([north[len(north) // 2], net.node(step(top, left(out), 5)), far], highway="footway")
        net.way([low, deck[0]], highway="steps", incline="up")
        net.way(deck, highway="footway", bridge="yes", layer="1", name="过街天桥")
        net.way([deck[1], far], highway="steps", incline="down")


def _weave(net: Net, points: list[Point]) -> list[int]:
    """Nodes for a line, with shared nodes where it crosses a street at grade."""
    numbers = net.line(points)
    out = [numbers[0]]
    for a, b in itertools.pairwise(numbers):
        one = (net.nodes[a], net.nodes[b])
        met: list[tuple[float, int]] = []
        for way in net.ways:
            if "highway" not in way.tags or way.tags.get("bridge") or way.tags.get("tunnel"):
                continue
            for k in range(len(way.nodes) - 1, 0, -1):
                p, q = net.nodes[way.nodes[k - 1]], net.nodes[way.nodes[k]]
                if not crosses(one, (p, q)):
                    continue
                d, e = (one[1][0] - one[0][0], one[1][1] - one[0][1]), (q[0] - p[0], q[1] - p[1])
                t = turn_of((p[0] - one[0][0], p[1] - one[0][1]), e) / turn_of(d, e)
                at = mix(*one, t)
                near = [n for n in (a, b) if gap(net.nodes[n], at) < 2]
                shared = near[0] if near else net.node(at)
                way.nodes.insert(k, shared)
                if not near:
                    met.append((t, shared))
        out += [n for _, n in sorted(met)] + [b]
    return out


def _river_footbridge(streets: Streets) -> None:
    """A footbridge over the river, with stairs at both ends."""
    net, courses = streets.net, streets.courses
    i, j = min(itertools.pairwise(courses.paths["river"][0]), key=lambda e: abs(courses.at(e[0])[1] + 180))
    one, two = streets.chains[edge(i, j), 1].nodes, streets.chains[edge(i, j), -1].nodes
    a, b = one[len(one) // 2], two[len(two) // 2]
    marks = net.line([mix(net.nodes[a], net.nodes[b], t) for t in (0.08, 0.18, 0.82, 0.92)])
    net.way([a, marks[0]], highway="footway")
    net.way(marks[:2], highway="steps", incline="up")
    net.way(marks[1:3], highway="footway", bridge="yes", layer="1", name="滨河人行桥")
    net.way(marks[2:], highway="steps", incline="down")
    net.way([marks[3], b], highway="footway")
