"""``LiveLayer``: what the browser draws, switches, names and asks back about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from planner.maps.live.bodies import Body, body_of
from planner.maps.live.coding import coded_shapes

# A state's character is this code point and its number.
FIRST_STATE: Final = 48


@dataclass(frozen=True)
class Style:
    """How a shape is drawn: colours as CSS names them, widths and dashes in pixels.

    ``shape`` is that of a mark (see ``marks.js``). ``hatch`` lays lines of the stroke's colour over an area: ``"/"``,
    ``"\\"`` or ``"x"``. Below ``from_zoom`` nothing is drawn. A style that draws nothing hides its shapes.
    """

    stroke: str = ""
    width: float = 0.0
    dash: tuple[float, ...] = ()
    fill: str = ""
    opacity: float = 1.0
    hatch: str = ""
    shape: str = ""
    from_zoom: float = 0.0


@dataclass(frozen=True)
class Sign:
    """A line of the legend: how a shape of the layer looks in ``state``, and what that means."""

    label: str
    state: int = 0


@dataclass(frozen=True)
class LiveLayer:
    """One layer.

    ``name`` tells it from the others of a map and stays the same from plan to plan and in every language: what a reader
    switches on or off is kept under it. ``level`` is its place in the pile, the highest on top. A shape's state, or 0,
    is the number of its style in ``styles``. ``kind`` is what a click on it says in a :class:`MapEvent`, empty where it
    is only there to be seen. ``label`` names its switch, under ``heading``; a layer without a label always shows.
    ``signs`` are its lines of the legend; ``credit`` names whose data it shows.
    """

    name: str
    level: int
    shapes: Body
    styles: tuple[Style, ...]
    facts: Body | None = None
    state: Body | None = None
    kind: str = ""
    label: str = ""
    heading: str = ""
    shown: bool = True
    signs: tuple[Sign, ...] = ()
    credit: str = ""

    @property
    def bodies(self) -> tuple[Body, ...]:
        """Its bodies, those that there are."""
        return tuple(body for body in (self.shapes, self.facts, self.state) if body is not None)

    def plain(self) -> dict[str, Any]:
        """The layer without its bodies."""
        return {
            "name": self.name,
            "level": self.level,
            "kind": self.kind,
            "label": self.label,
            "heading": self.heading,
            "shown": self.shown,
            "signs": [[sign.label, sign.state] for sign in self.signs],
            "styles": [asdict(style) for style in self.styles],
            "credit": self.credit,
        }


def shapes_body(shapes: NDArray[np.object_], crs: CRS) -> Body:
    """Shapes in ``crs`` as a body."""
    return body_of(coded_shapes(shapes, crs))


def facts_body(
    ids: Iterable[object],
    rows: Mapping[str, Iterable[str]],
    *,
    digits: Sequence[int] = (),
    periods: Mapping[str, Iterable[str]] | None = None,
) -> Body:
    """What each shape is called and what its tooltip tells, as text that is shown as it stands.

    ``rows``: title → a text for each shape; an empty text leaves the row out. ``digits``: a number to stand in each
    mark. ``periods``: name of a period → a text for each shape, told with whether the shape's state has it covered.
    """
    return body_of(
        {
            "ids": [str(name) for name in ids],
            "titles": list(rows),
            "rows": [list(texts) for texts in rows.values()],
            "digits": [int(digit) for digit in digits],
            "periods": list(periods or {}),
            "amounts": [list(texts) for texts in (periods or {}).values()],
        }
    )


def state_body(styles: NDArray[np.int64], covered: NDArray[np.bool_] | None = None) -> Body:
    """The state of each shape as a body, one character each.

    Its low three bits number the style; ``covered`` (shapes, periods) is told by a bit a period above them.
    """
    numbers = np.asarray(styles, dtype=np.int64)
    if covered is not None:
        numbers = numbers + (covered @ (1 << np.arange(3, 3 + covered.shape[1])))
    return body_of("".join(chr(FIRST_STATE + int(number)) for number in numbers))
