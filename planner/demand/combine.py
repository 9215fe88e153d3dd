"""The parts of a study's demand → :class:`Demand`: how much each point needs of a service, in each period."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.combining import Parts
from planner.demand.appeals import appeal_weights
from planner.demand.deliveries import Deliveries, deliveries_of
from planner.intake.study import Study
from planner.scenario import Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Demand:
    """The need for one service: ``weight`` is (demand points, periods) per day in the demand rule's unit.

    A demand point is a cell of the study, in the study's order (see :func:`planner.demand.points.demand_points`);
    ``xy`` are their positions (demand points, 2), metric. ``cells``: ``cell_id``, ``grid_code``, ``estimated`` and
    ``geometry``. ``parts``: part → the weight it brings, and they sum to that of ``weight``. ``intervals``: the
    estimated grids (the index) with ``low_per_day`` and ``high_per_day``, not a number where none can be given.
    """

    rule: str
    periods: tuple[str, ...]
    xy: Floats
    weight: Floats
    cells: gpd.GeoDataFrame
    parts: dict[str, float]
    intervals: pd.DataFrame
    deliveries: Deliveries

    @property
    def estimated_share(self) -> float:
        """The share of the weight that stands on estimates, 0 to 1."""
        total = float(self.weight.sum())
        return float(self.weight[self.cells["estimated"].to_numpy()].sum()) / total if total > 0 else 0.0

    def estimated_share_by_period(self) -> NDArray[np.float64]:
        """How much of each period's weight is an estimate: (periods,), 0 to 1, 0 where there is none."""
        total = self.weight.sum(axis=0)
        estimated = self.weight[self.cells["estimated"].to_numpy()].sum(axis=0)
        shares: NDArray[np.float64] = np.divide(estimated, total, out=np.zeros(len(total)), where=total > 0)
        return shares


def demand_for(
    study: Study, service: str, *, scenario: Scenario | None = None, deliveries: Deliveries | None = None
) -> Demand:
    """The need for ``service``: deliveries of each kind times what one of them brings, by the service's demand rule,
    times the scenario's factor for the day; and appeals. The parts are combined as the study's ``[demand]`` says.

    ``deliveries`` are those of :func:`planner.demand.deliveries_of`, where they are at hand.
    """
    rule_name = study.catalog.services[service].demand
    kinds = study.catalog.demands[rule_name].per_delivery
    factor = {kind: scenario.day_factor(kind, study.catalog) if scenario else 1.0 for kind in kinds}
    each = {kind: value * factor[kind] for kind, value in kinds.items()}
    deliveries = deliveries_of(study) if deliveries is None else deliveries
    said = study.combining.parts_of(service)
    measured = _measured(deliveries, each, said)
    appeals = _appeals(study, service, deliveries, np.sum(list(measured.values()), axis=0))
    scaled = _scaled({**measured, "appeals": appeals}, said)
    points = deliveries.points
    estimated = np.zeros(len(points.cells), dtype=bool)
    for kind, value in each.items():
        estimated |= deliveries.estimated[kind] & (value > 0)
    weight = np.sum(list(scaled.values()), axis=0)
    parts = {name: float(table.sum()) for name, table in scaled.items()}
    return Demand(
        rule=rule_name,
        periods=tuple(study.catalog.periods),
        xy=points.xy,
        weight=weight,
        cells=points.cells.assign(estimated=estimated)[["cell_id", "grid_code", "estimated", "geometry"]],
        parts=parts,
        intervals=_intervals(deliveries, each, weight, parts, estimated),
        deliveries=deliveries,
    )


def _measured(deliveries: Deliveries, each: dict[str, float], said: Parts) -> dict[str, Floats]:
    """What cells and grid totals bring, kind by kind their weighted mean: they measure the same deliveries.

    With ``shares`` every part stands whole, to be scaled as one.
    """
    shape = (len(deliveries.points.cells), next(iter(next(iter(deliveries.parts.values())).values())).shape[1])
    brought = {name: np.zeros(shape) for name in deliveries.parts}
    for kind, value in each.items():
        tables = {name: part[kind] for name, part in deliveries.parts.items() if kind in part}
        weights = {name: float(getattr(said, name)) * ~np.isnan(table).any(axis=1) for name, table in tables.items()}
        whole = np.sum(list(weights.values()), axis=0)
        for name, table in tables.items():
            share = np.divide(weights[name], whole, out=np.zeros(len(whole)), where=whole > 0)
            if said.combine == "shares":
                share = np.ones(len(whole))
            brought[name] += value * share[:, None] * np.nan_to_num(table)
    return brought


def _appeals(study: Study, service: str, deliveries: Deliveries, measured: Floats) -> Floats:
    """What appeals bring, over the periods as the deliveries of the whole study fall."""
    per_period = measured.sum(axis=0)
    day = per_period.sum()
    profile = per_period / day if day > 0 else np.full(len(per_period), 1 / len(per_period))
    points = deliveries.points
    weight = np.bincount(points.appeal, weights=appeal_weights(study, service), minlength=len(points.cells))
    return np.outer(weight, profile)


def _scaled(parts: dict[str, Floats], said: Parts) -> dict[str, Floats]:
    """``weights``: appeals times their weight. ``shares``: each part with a weight takes its share of the whole, which
    stays that of the measured part with the largest share.
    """
    if said.combine == "weights":
        return {**parts, "appeals": parts["appeals"] * said.appeals}
    share = {name: float(getattr(said, name)) if table.sum() > 0 else 0.0 for name, table in parts.items()}
    if sum(share.values()) == 0:
        return {name: np.zeros_like(table) for name, table in parts.items()}
    measured = [name for name in parts if name != "appeals"]
    whole = float(parts[max(measured, key=lambda name: share[name])].sum()) or float(parts["appeals"].sum())
    wanted = {name: whole * value / sum(share.values()) for name, value in share.items()}
    return {
        name: table * (wanted[name] / table.sum()) if share[name] > 0 else np.zeros_like(table)
        for name, table in parts.items()
    }


def _intervals(
    deliveries: Deliveries,
    each: dict[str, float],
    weight: Floats,
    parts: dict[str, float],
    estimated: NDArray[np.bool_],
) -> pd.DataFrame:
    """The bounds of each estimated grid's weight: those of its kinds added up, which is wider than need be, never
    narrower; what is not estimated in it (appeals, a kind with data) counts as it is.
    """
    found = deliveries.grids[deliveries.grids["kind"].isin(list(each))]
    total = pd.Series(weight.sum(axis=1)).groupby(deliveries.points.cells["grid_code"].to_numpy()).sum()
    codes = sorted({*found["grid_code"], *deliveries.points.cells["grid_code"][estimated]})
    raw = sum(each[kind] * np.nansum(part[kind]) for part in deliveries.parts.values() for kind in each if kind in part)
    measured = sum(part for name, part in parts.items() if name != "appeals")
    scale = measured / raw if raw > 0 else 1.0
    rows = []
    for code in codes:
        own = found[found["grid_code"] == code]
        factor = own["kind"].map(each).to_numpy(dtype=float) * scale
        known = float(total.get(code, 0.0)) - float((factor * own["per_day"].to_numpy(dtype=float)).sum())
        low, high = (known + float((factor * own[end].to_numpy(dtype=float)).sum()) for end in ("low", "high"))
        rows.append((code, max(low, 0.0) if len(own) else np.nan, high if len(own) else np.nan))
    return pd.DataFrame(rows, columns=["grid_code", "low_per_day", "high_per_day"]).set_index("grid_code")
