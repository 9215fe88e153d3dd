"""A street, the river, the railway or a border: how wide it lies and how it is tagged."""

from dataclasses import dataclass

from .net import Tags

# Half the distance between the two sides of a line that has two (metres of the straight drawing).
_OFFSET = {"dual": 11.0, "river": 40.0, "rail": 26.0}
# From a line to the fronts of the buildings beside it.
_SETBACK = {
    "dual": 34.0,
    "secondary": 23.0,
    "tertiary": 17.0,
    "residential": 12.0,
    "living_street": 9.0,
    "river": 53.0,
    "rail": 38.0,
}
# The sides that carry a street: 1 is the left, -1 the right, 0 the line itself.
_SIDES = {"dual": (1, -1), "river": (1, -1), "rail": (1,), "border": ()}
HALF_RIVER = 24.0


@dataclass(frozen=True)
class Line:
    """A street, the river or an unseen border that cuts the mesh."""

    key: str
    kind: str
    name: str
    bridge: bool = False
    oneway: bool = False

    @property
    def double(self) -> bool:
        """True if the line has two sides apart from each other."""
        return self.kind in _OFFSET

    @property
    def offset(self) -> float:
        """From the line to either of its sides."""
        return _OFFSET.get(self.kind, 0.0)

    @property
    def setback(self) -> float:
        """From the line to the fronts of the buildings beside it."""
        return _SETBACK[self.kind]

    @property
    def sides(self) -> tuple[int, ...]:
        """The sides that carry a street."""
        return _SIDES.get(self.kind, (0,))

    def tags(self, side: int) -> Tags:
        """OSM tags of the street on a side."""
        if self.kind == "dual":
            return {"highway": "primary", "name": self.name, "oneway": "yes", "lanes": "3", "maxspeed": "50"}
        if self.kind == "river":
            if side < 0:
                return {"highway": "residential", "name": "滨河东路"}
            return {"highway": "tertiary", "name": "滨河西路", "lanes": "2"}
        if self.kind == "rail":
            return {"highway": "residential", "name": self.name}
        tags = {"highway": self.kind, "name": self.name}
        if self.kind == "secondary":
            tags |= {"lanes": "4", "maxspeed": "50"}
        if self.kind == "tertiary":
            tags |= {"lanes": "2", "maxspeed": "40"}
        if self.oneway:
            tags["oneway"] = "yes"
        return tags
