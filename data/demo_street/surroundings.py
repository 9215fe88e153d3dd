"""What runs through or past the street office: river, railway, expressway, bridges, ways out."""

import itertools

from .mesh import edge
from .plane import Point, bend
from .shape import crosses, gap, heading, left, mix, spaced, step, turn_of
from .streets import HALF_RIVER, OFFSET, Net, street_tags

_OUTWARD = ["main", "south", "peace", "bright_n", "bright_s", "culture", "north", "east", "lake", "thrive_s"]


def _bent(points: list[Point], every: float = 50) -> list[Point]:
    """A line of the straight drawing in the bent plane."""
    return [bend(p) for p in spaced(points, every)]


def _beside(line: list[Point], off: float) -> list[Point]:
    """A line moved to its left."""
    out = []
    for n, p in enumerate(line):
        out.append(step(p, left(heading(line[max(0, n - 1)], line[min(len(line) - 1, n + 1)])), off))
    return out


def weave(net: Net, points: list[Point]) -> list[int]:
    """Nodes for a line, with shared nodes where it crosses a street at grade."""
    numbers = [net.node(p) for p in points]
    out = [numbers[0]]
    for a, b in itertools.pairwise(numbers):
        met: list[tuple[float, int]] = []
        for way in net.ways:
            if "highway" not in way.tags or way.tags.get("bridge") or way.tags.get("tunnel"):
                continue
            for k in range(len(way.nodes) - 1, 0, -1):
                p, q = net.nodes[way.nodes[k - 1]], net.nodes[way.nodes[k]]
                one, two = (net.nodes[a], net.nodes[b]), (p, q)
                if not crosses(one, two):
                    continue
                d, e = (one[1][0] - one[0][0], one[1][1] - one[0][1]), (q[0] - p[0], q[1] - p[1])
                t = turn_of((p[0] - one[0][0], p[1] - one[0][1]), e) / turn_of(d, e)
                at = mix(one[0], one[1], t)
                near = [n for n in (a, b) if gap(net.nodes[n], at) < 2]
                shared = near[0] if near else net.node(at)
                way.nodes.insert(k, shared)
                if near:
                    continue
                met.append((t, shared))
        out += [n for _, n in sorted(met)] + [b]
    return out


def lay_surroundings(net: Net) -> None:
    """Add everything of this module."""
    _ways_out(net)
    _river(net)
    _railway(net)
    _expressway(net)
    _cycleway_and_footbridges(net)


def _ways_out(net: Net) -> None:
    """Carry the streets on past the boundary, under the railway in the south."""
    mesh = net.frame.mesh
    rim = set(mesh.outline(mesh.faces))
    for name in _OUTWARD:
        line = net.frame.lines[name]
        for path in net.paths[name]:
            for end, before in ((path[0], path[1]), (path[-1], path[-2])):
                if end not in rim:
                    continue
                out = heading(mesh.points[before], mesh.points[end])
                if name == "north":
                    out = heading((0, 0), (out[0], 0.15 * out[1]))
                under = any(mesh.lines[edge(end, o)] == "rail" for o in net.around[end])
                reach = net.draw.between(130, 185)
                for side in (1, -1) if line.kind == "dual" else (0,):
                    chain = net.chains[edge(end, before), side]
                    first = chain.nodes[0] if end == path[0] else chain.nodes[-1]
                    tags = street_tags(line, side)
                    start = net._flat[first]
                    if under and name != "east":
                        marks = [net.node(bend(step(start, out, d))) for d in (9, OFFSET["rail"] * 2 - 8)]
                        net.way([first, marks[0]], **tags)
                        net.way(marks, **tags, tunnel="yes", layer="-1")
                        first, start = marks[1], step(start, out, OFFSET["rail"] * 2 - 8)
                    points = spaced([start, step(start, out, reach)], 45)
                    nodes = [first] + [net.node(bend(p)) for p in points[1:]]
                    # Incoming carriageway of the dual street: against the way out.
                    inward = line.kind == "dual" and (side > 0) == (end == path[-1])
                    net.way(nodes[::-1] if inward else nodes, **tags)
                    if line.kind != "dual":
                        _stub(net, nodes, out)


def _stub(net: Net, nodes: list[int], out: Point) -> None:
    """A lane of the neighbouring street office."""
    if len(nodes) < 4:
        return
    p = net.nodes[nodes[-2]]
    way = 1 if net.draw.chance(0.5) else -1
    ends = [net.node(step(p, left(out), way * d)) for d in (48.0, net.draw.between(80, 110))]
    net.way([nodes[-2], *ends], highway="residential")


def _river(net: Net) -> None:
    """The river's line and water."""
    mesh = net.frame.mesh
    bed = [mesh.points[i] for i in net.paths["river"][0]]
    bed = [step(bed[0], heading(bed[1], bed[0]), 200), *bed, step(bed[-1], heading(bed[-2], bed[-1]), 200)]
    # It flows from north to south.
    net.way([net.node(p) for p in _bent(bed)][::-1], waterway="river", name="示范河")
    west, east = _beside(bed, HALF_RIVER), _beside(bed, -HALF_RIVER)
    net.ring([*_bent(west), *_bent(east)[::-1]], natural="water", water="river", name="示范河")
    for low, high in ((HALF_RIVER, OFFSET["river"] - 5), (5 - OFFSET["river"], -HALF_RIVER)):
        net.ring(strip(net, "river", 0, len(bed), low, high), landuse="grass")


def _railway(net: Net) -> None:
    """Two tracks along the south."""
    mesh = net.frame.mesh
    bed = [mesh.points[i] for i in net.paths["rail"][0]]
    bed = [step(bed[0], heading(bed[1], bed[0]), 190), *bed, step(bed[-1], heading(bed[-2], bed[-1]), 190)]
    for off in (-2.5, 2.5):
        nodes = [net.node(p) for p in _bent(_beside(bed, off), 70)]
        net.way(nodes, railway="rail", name="示范铁路", gauge="1435", electrified="contact_line")


def _expressway(net: Net) -> None:
    """An elevated expressway beside the eastern ring street; nobody walks there."""
    mesh = net.frame.mesh
    path = net.paths["east"][0]
    bed = [mesh.points[i] for i in path]
    bed = [step(bed[0], heading(bed[1], bed[0]), 200), *bed, step(bed[-1], heading(bed[-2], bed[-1]), 200)]
    tags = {"highway": "trunk", "name": "东环快速路", "oneway": "yes", "lanes": "3", "maxspeed": "80"}
    closed = {"motorroad": "yes", "foot": "no", "bicycle": "no"}
    for off, against in ((-24.0, False), (-38.0, True)):
        line = _bent(_beside(bed, off), 60)
        nodes = [net.node(p) for p in (line[::-1] if against else line)]
        net.way(nodes, **tags, **closed, bridge="yes", layer="2")
        if not against:
            # An off-ramp down to the ring street.
            chain = net.chains[edge(path[-2], path[-1]), 0].nodes
            ramp = nodes[len(nodes) // 2 + 1]
            landing = max(chain, key=lambda n: net.nodes[n][1])
            net.way(
                [ramp, net.node(mix(net.nodes[ramp], net.nodes[landing], 0.6)), landing],
                highway="trunk_link",
                oneway="yes",
                **closed,
            )


def _cycleway_and_footbridges(net: Net) -> None:
    """A cycleway along the dual street's south side; footbridges over it and over the river."""
    mesh = net.frame.mesh
    path = net.paths["main"][0]
    river = set(net.paths["river"][0])
    west = path[1 : next(n for n, i in enumerate(path) if i in river)]
    bed = [mesh.points[i] for i in west]
    line = _bent(_beside(bed, -20), 40)
    nodes = weave(net, line)
    head = net.chains[edge(west[0], west[1]), -1].nodes
    tail = net.chains[edge(west[-2], west[-1]), -1].nodes
    net.way([head[0], *nodes, tail[-1]], highway="cycleway", foot="yes", segregated="no", surface="asphalt")

    longest = sorted(itertools.pairwise(west), key=lambda e: -gap(mesh.points[e[0]], mesh.points[e[1]]))
    for i, j in longest[:2]:
        north = net.chains[edge(i, j), 1].nodes
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

    course = net.paths["river"][0]
    i, j = min(itertools.pairwise(course), key=lambda e: abs(mesh.points[e[0]][1] + 180))
    one, two = net.chains[edge(i, j), 1].nodes, net.chains[edge(i, j), -1].nodes
    a, b = one[len(one) // 2], two[len(two) // 2]
    p, q = net.nodes[a], net.nodes[b]
    marks = [net.node(mix(p, q, t)) for t in (0.08, 0.18, 0.82, 0.92)]
    net.way([a, marks[0]], highway="footway")
    net.way(marks[:2], highway="steps", incline="up")
    net.way(marks[1:3], highway="footway", bridge="yes", layer="1", name="滨河人行桥")
    net.way(marks[2:], highway="steps", incline="down")
    net.way([marks[3], b], highway="footway")


def strip(net: Net, name: str, first: int, last: int, low: float, high: float) -> list[Point]:
    """A strip along a piece of a line, between two distances to its left."""
    bed = [net.frame.mesh.points[i] for i in net.paths[name][0]][first : last + 1]
    return [*_bent(_beside(bed, low)), *_bent(_beside(bed, high))[::-1]]
