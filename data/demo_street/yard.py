"""Ground that is out of use: the old works, and what is still being built."""

from .shape import box
from .site import Site


def build_works(site: Site) -> None:
    """Empty sheds on ground that no street crosses."""
    draw = site.draw
    for _ in range(90):
        spot = site.spot(0.7)
        along = site.along if draw.chance(0.7) else site.up
        ring = box(spot, along, draw.between(46, 84), draw.between(22, 34))
        if site.fits(ring, 8, 8, 24) and len(site.rings) < 9:
            site.house(ring, "industrial", 1)


def build_shell(site: Site) -> None:
    """A building site: one site road, one gate, a few shells."""
    nodes = site.net.line([site.at(-0.2 * site.reach, 0), site.at(0.1 * site.reach, 4)])
    site.path(nodes, highway="service")
    site.any_gate(nodes)
    for _ in range(40):
        ring = box(site.spot(0.5), site.along, 40, 18)
        if site.fits(ring, 6, 5, 30) and len(site.rings) < 3:
            site.house(ring, "construction", site.draw.whole(2, 9))
