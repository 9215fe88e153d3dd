"""A newer compound: a loop road, a garden with paths, towers around."""

from .plane import Point
from .rows import PATTERNS, build_rows
from .shape import Ring, area, box, gap, rounded
from .site import Site


def build_compound(site: Site) -> None:
    """Towers around a loop; a narrow block has no room for one and gets slabs of middling height."""
    draw = site.draw
    rim = site.ground.inset(draw.between(25, 34))
    if area(site.ground.ring) < 31000 or len(rim) < 4:
        build_rows(site, PATTERNS["slab"])
        return
    nodes = site.loop(_loop(site, rim), "service")
    site.garden(nodes)
    wanted = draw.whole(2, 3)
    made = 0
    for n, way in enumerate(draw.mixed(site.ways)):
        if made < wanted:
            highway = "service" if n == 0 else draw.one(["service", "footway"])
            made += site.gate(site.tip(nodes, way), way, highway)
    if made == 0:
        site.any_gate(nodes)
    site.shop_fronts(0.45)
    high = draw.whole(16, 32)
    b = -site.reach
    while b < site.reach:
        a = -site.reach + draw.between(0, 12)
        while a < site.reach:
            a += 36 if _tower(site, a, b, high) else 7
        b += 6.5


def _loop(site: Site, rim: Ring) -> list[Point]:
    """The loop road's points, none too close to the next."""
    loop = [p for p in rounded(rounded(rim)) if site.ground.room(p) > 10]
    thin = [loop[0]]
    for p in loop[1:]:
        if gap(p, thin[-1]) > 14:
            thin.append(p)
    if gap(thin[0], thin[-1]) < 12:
        thin.pop()
    return thin


def _tower(site: Site, a: float, b: float, high: int) -> bool:
    """A tower at the place given, if there is room."""
    ring = box(site.at(a, b), site.along, site.draw.between(26, 35), site.draw.between(14, 17))
    if not site.fits(ring, 0.5, 4, 17):
        return False
    site.house(ring, "apartments", max(11, high - site.draw.whole(0, 6)))
    return True
