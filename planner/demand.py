"""Deliveries → :class:`Demand`: how much each cell needs of a service, in each period of the day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.intake.study import Study


@dataclass(frozen=True)
class Demand:
    """The need for one service: ``weight`` is (demand points, periods) per day in the demand rule's unit.

    A demand point is a cell of the study, in the study's order; ``xy`` are its positions (demand points, 2), metric.
    """

    rule: str
    periods: tuple[str, ...]
    xy: NDArray[np.float64]
    weight: NDArray[np.float64]


def demand_for(study: Study, service: str) -> Demand:
    """The need for ``service``: deliveries of each kind times what one of them brings, by the service's demand rule."""
    rule_name = study.catalog.services[service].demand
    rule = study.catalog.demands[rule_name]
    periods = tuple(study.catalog.periods)
    weight = np.zeros((len(study.cells), len(periods)))
    for kind, each in rule.per_delivery.items():
        weight += each * study.deliveries[kind]
    return Demand(rule=rule_name, periods=periods, xy=study.centre_xy, weight=weight)
