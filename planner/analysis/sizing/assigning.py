"""Who goes where: each demand point, in each period, to the nearest open site of a plan that covers it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.plan import ServicePlan


def assigned_by_period(part: ServicePlan) -> NDArray[np.float64]:
    """The weight a day that each of the plan's sites (``part.solution.selected``) serves: (sites, periods).

    A point goes, in each period, to the site of the least travel cost among those that are open then and within the
    standard; of equally near ones to the first. What none of them covers is in no row.
    """
    selected = part.solution.selected
    costs, weight = part.costs, part.demand.weight
    number = np.full(costs.shape[1], -1)
    number[selected] = np.arange(len(selected))
    near = np.flatnonzero(number[costs.site] >= 0)
    near = near[np.lexsort((costs.site[near], costs.cost[near], costs.demand[near]))]
    point, site = costs.demand[near], costs.site[near]
    served = np.zeros((len(selected), weight.shape[1]))
    for period in range(weight.shape[1]):
        is_open = part.sites.open[site, period]
        points, first = np.unique(point[is_open], return_index=True)
        np.add.at(served[:, period], number[site[is_open][first]], weight[points, period])
    return served
