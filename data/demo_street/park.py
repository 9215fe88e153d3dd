"""A park: lawns, a pond and winding paths."""

import math

from .shape import Ring, box, gap, heading, inside, rounded, step
from .site import Site


def build_park(site: Site, rim: Ring) -> None:
    """Paths, the pond, ways in and the keepers' house."""
    draw = site.draw
    loop = [step(p, heading(p, site.middle), draw.between(6, 16)) for p in rounded(rim)]
    nodes = site.loop([p for n, p in enumerate(loop) if gap(p, loop[n - 1]) > 12], "footway")
    site.garden(nodes)
    pond = [
        step(site.at(0.3 * site.reach, 0.05 * site.reach), (math.cos(k), math.sin(k)), draw.between(13, 22))
        for k in (0.0, 0.8, 1.6, 2.4, 3.2, 4.0, 4.8, 5.6)
    ]
    site.net.ring(rounded(pond), natural="water", water="pond", name=site.block.name.replace("公园", "湖"))
    for way in site.ways:
        site.gate(site.tip(nodes, way), way, "footway", barrier=False)
    for _ in range(30):
        ring = box(site.spot(0.7), site.along, 14, 8)
        if site.fits(ring, 4, 4, 40) and not any(inside(p, pond) for p in ring):
            site.house(ring, "civic", 1, site.block.name + "管理房")
            return
