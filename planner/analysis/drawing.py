"""How figures are drawn: matplotlib, Chinese text right wherever they are drawn, readable in black and white.

A figure belongs to nobody but its caller: pyplot and its list of open figures are not used, nor are settings changed
for others. Drawing takes turns, since matplotlib's settings are those of the whole process.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import RLock
from typing import Any, Final

import matplotlib
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

FONT: Final = "Noto Sans SC"
INK, SOFT, MARK = "#12355b", "#52606d", "#b3261e"

# Series that differ in brightness, line and mark, so that a grey print tells them apart.
SERIES: Final[tuple[dict[str, Any], ...]] = (
    {"color": "#12355b", "linestyle": "-", "marker": "o"},
    {"color": "#b3261e", "linestyle": "--", "marker": "s"},
    {"color": "#3b8ea5", "linestyle": "-.", "marker": "^"},
    {"color": "#c98a00", "linestyle": ":", "marker": "D"},
    {"color": "#6b6b6b", "linestyle": (0, (5, 1, 1, 1, 1, 1)), "marker": "v"},
    {"color": "#7b4ea3", "linestyle": (0, (1, 1)), "marker": "P"},
)
# Bars likewise: brightness and hatch.
BARS: Final[tuple[dict[str, Any], ...]] = (
    {"color": "#12355b", "hatch": "", "edgecolor": "white"},
    {"color": "#9fb8cc", "hatch": "//", "edgecolor": "#12355b"},
    {"color": "#e9d8b4", "hatch": "..", "edgecolor": "#7a5a00"},
    {"color": "#ffffff", "hatch": "xx", "edgecolor": "#52606d"},
    {"color": "#b3261e", "hatch": "\\\\", "edgecolor": "white"},
    {"color": "#d5dbe1", "hatch": "oo", "edgecolor": "#52606d"},
)

_STYLE: Final[Any] = {
    "font.family": [FONT, "DejaVu Sans"],
    "font.size": 10,
    "axes.titlesize": 12,
    "axes.titleweight": "normal",
    "axes.titlelocation": "left",
    "axes.edgecolor": SOFT,
    "axes.labelcolor": SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": False,
    "grid.color": "#d5dbe1",
    "grid.linewidth": 0.8,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "hatch.linewidth": 0.8,
    "savefig.facecolor": "white",
    "text.parse_math": False,  # a name with a dollar sign is a name
}
_TURNS: Final = RLock()


class Sheet(Figure):
    """A figure that a notebook shows by itself."""

    def _repr_png_(self) -> bytes:
        return png_of(self)


@contextmanager
def sheet(*, width_in: float = 7.2, height_in: float = 4.0) -> Iterator[Sheet]:
    """An empty figure in our style, to be drawn upon inside the ``with``; it is laid out at its end."""
    with _our_style():
        figure = Sheet(figsize=(width_in, height_in), layout="constrained")
        yield figure
        figure.draw_without_rendering()
        figure.set_layout_engine("none")  # or each drawing would move things a little


def png_of(figure: Figure, *, dpi: int = 144) -> bytes:
    """The figure as PNG; the same bytes for the same figure."""
    written = io.BytesIO()
    with _our_style():
        figure.savefig(written, format="png", dpi=dpi, metadata={"Software": None})
    return written.getvalue()


def in_shares(axis: Axis) -> None:
    """Let an axis of shares, 0 to 1, be read in percent."""
    axis.set_major_formatter(PercentFormatter(1.0, decimals=None))


def in_thousands(axis: Axis) -> None:
    """Let an axis of counts or yuan be read with separators, its ticks at whole numbers."""
    axis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


@contextmanager
def _our_style() -> Iterator[None]:
    _know_the_font()
    with _TURNS, matplotlib.rc_context(_STYLE):
        yield


@cache
def _know_the_font() -> None:
    """Make the font of the package ``zhplot`` known; the package itself, which would change settings, is not loaded."""
    spec = find_spec("zhplot")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    (path,) = Path(spec.submodule_search_locations[0]).glob("fonts/NotoSansSC-Regular.ttf")
    fontManager.addfont(path)
