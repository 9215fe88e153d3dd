"""The knee of a curve that rises ever more slowly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

_LEAST: Final = 1e-9


def knee_of(x: Sequence[float], y: Sequence[float]) -> int | None:
    """Which point lies furthest above the straight line from the first point to the last, both axes scaled to 0–1.

    ``x`` ascend. Of equals the first; ``None`` where there are fewer than three points or none lies above the line. It
    is the knee of Kneedle (Satopää, V., Albrecht, J., Irwin, D. & Raghavan, B. 2011, Finding a "kneedle" in a haystack.
    31st International Conference on Distributed Computing Systems Workshops) for a whole curve that is neither smoothed
    nor held to a threshold. Where it lies depends on how far the curve goes.
    """
    across, up = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if len(across) < 3 or not (across[-1] > across[0] and up[-1] > up[0]):
        return None
    above = (up - up[0]) / (up[-1] - up[0]) - (across - across[0]) / (across[-1] - across[0])
    at = int(np.argmax(above > above.max() - _LEAST))
    return at if above[at] > _LEAST else None
