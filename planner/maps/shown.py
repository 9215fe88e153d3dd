"""What maps tell apart, and by which colours: the same on the folium map, on the page's own map and on paper."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from planner.coverage import Coverage
from planner.plan import Plan

# Blue, sand and red stay apart for readers who do not tell red from green.
CELL_COLOURS: Final = {"full": "#4a90c2", "part": "#f6c667", "none": "#cf5a43"}
# Open and in no site's reach; open and answered by the plan; closed, old, or not for any service here.
APPEAL_COLOURS: Final = {"unanswered": "#b3261e", "answered": "#1b6fb3", "idle": "#ffffff"}
# Areas that the planner keeps free, and places of the planner's own.
NO_GO_COLOUR: Final = "#8a1253"
OWN_COLOUR: Final = "#7b2d8b"
# Dark enough for white digits, told apart by the colour-blind.
SERVICE_COLOURS: Final = ("#12355b", "#6a1b9a", "#00604f", "#8a1253", "#5d4a00", "#37474f")


def cell_classes(coverage: Coverage) -> NDArray[np.str_]:
    """``full``, ``part`` or ``none`` for each cell: covered in all periods of its demand, in some, in none of them;
    empty for a cell without demand.
    """
    has_demand = coverage.weight > 0
    covered = (coverage.covered & has_demand).sum(axis=1)
    kinds = np.where(covered == has_demand.sum(axis=1), "full", np.where(covered > 0, "part", "none"))
    return np.where(has_demand.any(axis=1), kinds, "")


def appeal_looks(appeals: gpd.GeoDataFrame) -> NDArray[np.str_]:
    """``unanswered``, ``answered`` or ``idle`` for each row of :meth:`planner.plan.Plan.appeals`, or of the appeals of
    one service, which all call for it.
    """
    answered = np.where(appeals["answered_planned"].to_numpy(dtype=bool), "answered", "unanswered")
    if "services" not in appeals:
        return answered
    return np.where(appeals["services"].map(len).to_numpy() > 0, answered, "idle")


def service_colour(plan: Plan, service: str) -> str:
    """The colour of a service's new sites."""
    return SERVICE_COLOURS[list(plan.services).index(service) % len(SERVICE_COLOURS)]
