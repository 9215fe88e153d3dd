"""Delivery records → deliveries per cell and period, with nothing personal in what comes out.

::

    files ─ files, columns ─→ cleaning (DuckDB) ─→ placing, cells ─→ tally ─→ privacy, publishing → Density → writing

``count_deliveries`` counts exactly and in a stream; its tallies add up, so that files can be counted anywhere and
added here. ``publish`` makes of a tally what may be shown.
"""

from collections.abc import Sequence
from pathlib import Path

from planner.density.counting import count_deliveries
from planner.density.publishing import Density, publish
from planner.density.rules import Rules
from planner.density.tally import Tally
from planner.density.writing import write_density

__all__ = ["Density", "Rules", "Tally", "count_deliveries", "density", "publish", "write_density"]


def density(files: Sequence[str | Path], rules: Rules) -> Density:
    """What may be shown of the deliveries in ``files``: :func:`publish` of :func:`count_deliveries`."""
    return publish(count_deliveries(files, rules))
