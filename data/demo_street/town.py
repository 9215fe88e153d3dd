"""Everything built inside the blocks."""

from dataclasses import dataclass, field

from .compound import build_compound
from .draw import Draw
from .frame import Block
from .ground import ground_of
from .house import House
from .mall import build_mall
from .park import build_park
from .rows import PATTERNS, build_rows
from .shape import Ring
from .site import Site
from .streets import Streets
from .yard import build_shell, build_works

# How a block is tagged by its use.
_TAGS = {
    "old": ("landuse", "residential"),
    "new": ("landuse", "residential"),
    "office": ("landuse", "commercial"),
    "market": ("landuse", "retail"),
    "mall": ("landuse", "retail"),
    "alley": ("landuse", "residential"),
    "works": ("landuse", "brownfield"),
    "site": ("landuse", "construction"),
    "school": ("amenity", "school"),
    "hospital": ("amenity", "hospital"),
    "park": ("leisure", "park"),
}
_BUILDERS = {"new": build_compound, "mall": build_mall, "works": build_works, "site": build_shell}


@dataclass
class Town:
    """The houses, and the site of each block by its number."""

    streets: Streets
    draw: Draw
    houses: list[House] = field(default_factory=list)
    sites: dict[int, Site] = field(default_factory=dict)

    def build(self, blocks: list[Block]) -> None:
        """Build every block; the largest old one gets the path that is cut off."""
        cut_off = max((b for b in blocks if b.use == "old"), key=lambda b: len(b.faces) * 1000 - b.number)
        for block in blocks:
            site = Site(self.streets, self.draw, block, ground_of(self.streets.frame, block))
            rim = site.ground.inset(-7)
            key, value = _TAGS[block.use]
            if rim:
                site.net.ring(rim, **{key: value}, name=block.name)
            _build(site, rim, block is cut_off)
            self.sites[block.number] = site
            self.houses += site.houses


def _build(site: Site, rim: Ring, cut_off: bool) -> None:
    """Build one block by its use."""
    use = site.block.use
    if use == "park":
        build_park(site, rim)
    elif use in _BUILDERS:
        _BUILDERS[use](site)
    else:
        build_rows(site, PATTERNS[use], cut_off)
