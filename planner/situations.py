"""What a plan may meet beside an ordinary day: rush hours, a peak day, rain, a closed bridge, a centre that is shut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.bridges import bridges_of, without_bridge
from planner.coverage import covers_of
from planner.demand import demand_for
from planner.errors import UnknownNameError
from planner.intake.study import Study
from planner.scenario import Scenario
from planner.today import ServiceToday
from planner.travel import TOLERANCE, TravelCosts, join_points, network_for, travel_costs

Floats = NDArray[np.float64]
Kind = Literal["ordinary", "period", "peak_day", "rain", "bridge", "centre"]


@dataclass(frozen=True)
class Situation:
    """``of``: which period, bridge (its key) or centre (its id). ``days``: on how many days of a year.

    A period has no days: it is part of every day already.
    """

    kind: Kind
    of: str = ""
    days: float = 0.0

    @property
    def key(self) -> str:
        """What tells it from every other."""
        return f"{self.kind}:{self.of}" if self.of else self.kind


@dataclass(frozen=True)
class Seen:
    """A service in a situation: ``covers`` as of :class:`planner.today.ServiceToday`, ``weight`` (points, periods)."""

    covers: sp.csr_array
    weight: Floats


def situations_of(
    study: Study, scenario: Scenario, *, bridges: Sequence[str] = (), centres: Sequence[str] = ()
) -> tuple[Situation, ...]:
    """An ordinary day, the catalog's periods, a peak day, rain, and each of these bridges and centres closed in turn.

    The days of a kind are shared evenly by its bridges or centres; what is left of the year are ordinary days. Where
    ``scenario`` is of a peak day already, its day is the ordinary one.

    Raises ``UnknownNameError`` for a bridge or a centre that the study does not have.
    """
    figures = study.catalog.situations
    known = {"bridge": [bridge.key for bridge in bridges_of(study.streets)], "centre": [*study.centres["centre_id"]]}
    for kind, names in (("bridge", bridges), ("centre", centres)):
        for name in names:
            if name not in known[kind]:
                raise UnknownNameError(f"unknown_{kind}", name=name, known=", ".join(known[kind]))
    found = [Situation("period", period) for period in figures.periods if period in study.catalog.periods]
    if not scenario.peak_day:
        found.append(Situation("peak_day", days=figures.peak_days.value))
    found.append(Situation("rain", days=figures.rain_days.value))
    found += [Situation("bridge", name, figures.bridge_days.value / len(bridges)) for name in bridges]
    found += [Situation("centre", name, figures.centre_days.value / len(centres)) for name in centres]
    return Situation("ordinary", days=365.0 - sum(each.days for each in found)), *found


def seen_in(part: ServiceToday, situation: Situation, scenario: Scenario) -> Seen:
    """Who needs the service in a situation, and who then can be covered by whom."""
    seen = Seen(part.covers, part.demand.weight)
    match situation.kind:
        case "period":
            period = np.array(part.demand.periods) == situation.of
            return replace(seen, weight=np.where(period, seen.weight, 0.0))
        case "peak_day":
            return replace(seen, weight=_weight_on(part, scenario.model_copy(update={"peak_day": True})))
        case "rain":
            return _in_rain(part, scenario)
        case "bridge":
            return replace(seen, covers=_without_bridge(part, situation.of))
        case "centre":
            shut = (part.sites.frame["site_id"] == situation.of) & part.sites.frame["existing"]
            stays = sp.diags_array((~shut).to_numpy().astype(np.float64))
            covers = sp.csr_array(part.covers @ stays)
            covers.eliminate_zeros()
            return replace(seen, covers=covers.astype(bool))
    return seen


def _weight_on(part: ServiceToday, scenario: Scenario) -> Floats:
    return demand_for(part.study, part.service, scenario=scenario, deliveries=part.demand.deliveries).weight


def _in_rain(part: ServiceToday, scenario: Scenario) -> Seen:
    """More to deliver, and shorter ways within the standard: who is slower by a factor gets that much less far."""
    catalog = part.study.catalog
    figures = catalog.situations
    factors = {
        kind: scenario.day_factor(kind, catalog) * figures.rain_demand.get(kind, 1.0)
        for kind in catalog.delivery_kinds()
    }
    slower = figures.rain_speed.get(catalog.services[part.service].mode, 1.0)
    costs = part.costs
    cutoff = costs.cutoff * slower
    near = costs.cost <= cutoff + TOLERANCE * max(1.0, cutoff)
    within = TravelCosts(costs.demand[near], costs.site[near], costs.cost[near], costs.unit, cutoff, costs.shape)
    weight = _weight_on(part, scenario.model_copy(update={"demand_factor": factors}))
    return Seen(covers_of(within, part.sites.open), weight)


def _without_bridge(part: ServiceToday, key: str) -> sp.csr_array:
    """Travel measured anew."""
    study = part.study
    bridge = next(bridge for bridge in bridges_of(study.streets) if bridge.key == key)
    mode = study.catalog.modes[study.catalog.services[part.service].mode]
    network = network_for(without_bridge(study.streets, bridge), mode, unit=part.standard.unit)
    off_road_m = study.catalog.rules.max_off_road_m.value
    joins = (join_points(network, xy, max_off_road_m=off_road_m) for xy in (part.demand.xy, part.sites.xy))
    return covers_of(travel_costs(network, *joins, cutoff=part.standard.value), part.sites.open)
