"""The figure of a front."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from planner.analysis.drawing import SERIES, SOFT, in_shares, in_thousands, sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_points(frame: pd.DataFrame, columns: tuple[str, str], labels: Sequence[str]) -> Figure:
    """The points, numbered, and between them a thin line that leads the eye."""
    with sheet() as figure:
        axes = figure.add_subplot()
        across, up = (frame[column] for column in columns)
        axes.plot(across, up, **(SERIES[0] | {"linestyle": ":", "linewidth": 1.0}))
        for point, x, y in zip(frame["point"], across, up, strict=True):
            axes.annotate(str(point), (x, y), xytext=(5, 5), textcoords="offset points", color=SOFT, fontsize=9)
        axes.margins(0.08)
        for column, label, axis in zip(columns, labels, (axes.xaxis, axes.yaxis), strict=True):
            axis.set_label_text(label)
            if column.endswith("_share"):
                in_shares(axis)
            elif column.endswith("_m"):
                in_thousands(axis)
    return figure
