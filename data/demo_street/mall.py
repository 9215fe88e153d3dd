"""A mall: one large building with a lane around it, open on all sides."""

from .shape import box, rounded
from .site import Site


def build_mall(site: Site) -> None:
    """The lane, the mall as large as it fits, and office towers in what is left."""
    nodes = site.loop(rounded(site.ground.inset(6)), "service")
    for way in site.ways:
        site.gate(site.tip(nodes, way), way, site.draw.one(["service", "footway"]), barrier=False)
    for size in range(150, 40, -5):
        ring = box(site.middle, site.along, size, size * 0.66)
        if site.fits(ring, 12, 9, 6):
            site.house(ring, "retail", 5, site.block.name)
            break
    for _ in range(60):
        ring = box(site.spot(1), site.along, 36, 24)
        if site.fits(ring, 4, 6, 9):
            site.house(ring, "office", site.draw.whole(14, 26))
