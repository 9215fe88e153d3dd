"""A study's cells and grid totals → deliveries at its demand points, grids without data estimated and marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demand.learning import Skill, estimate_missing
from planner.demand.points import DemandPoints, demand_points
from planner.demand.spreading import BY_AREA, basis_of_grids, spread_totals
from planner.intake.mapped import Amounts, mapped_amounts
from planner.intake.study import Study

Floats = NDArray[np.float64]
_LEARNED_FROM = ("homes", "offices", "other_buildings", "pick_ups", "pois", "streets")


@dataclass(frozen=True)
class Deliveries:
    """Deliveries a day at each demand point, part by part.

    ``parts``: ``cells`` and ``grid_totals``, each kind → (points, periods), rows that are not a number where the part
    says nothing of a point. ``estimated``: kind → (points,) whether the number is an estimate. ``grids``: a row an
    estimated grid and kind: ``grid_code``, ``kind``, ``per_day``, ``low``, ``high``. ``skills``: kind → how good the
    estimates are. ``spread_by``: kind → basis → how many grids were spread by it.
    """

    points: DemandPoints
    parts: Mapping[str, Mapping[str, Floats]]
    estimated: Mapping[str, NDArray[np.bool_]]
    grids: pd.DataFrame
    skills: Mapping[str, Skill]
    spread_by: Mapping[str, Mapping[str, int]]


def deliveries_of(study: Study, *, seed: int = 0) -> Deliveries:
    """What is delivered where and when. Nothing is learned or spread where a study has density cells alone.

    Raises ``ArgumentError`` where too few grids have data to estimate the others; the intake refuses such a study.
    """
    points = demand_points(study)
    cells_estimated = np.zeros(len(points.cells), dtype=bool)
    cells_estimated[: len(study.cells)] = "cells" in study.estimated_roles
    parts: dict[str, dict[str, Floats]] = {}
    estimated = {kind: cells_estimated.copy() for kind in study.catalog.delivery_kinds()}
    if len(study.cells):
        parts["cells"] = {kind: _of_cells(study, points, table) for kind, table in study.deliveries.items()}
    rows: list[pd.DataFrame] = []
    skills: dict[str, Skill] = {}
    spread_by: dict[str, dict[str, int]] = {}
    if study.grid_totals is not None:
        mapped = mapped_amounts(study.features, study.streets, study.catalog, pois=study.combining.pois)
        parts["grid_totals"] = {}
        for kind, stated in study.grid_totals.per_day.items():
            totals, missing = stated, _without_data(stated)
            if missing.any() and not len(study.cells):
                totals, found, skill = _filled(study, mapped, stated, seed)
                estimated[kind] |= missing[points.grid]
                rows.append(found.assign(kind=kind))
                if skill is not None:
                    skills[kind] = skill
            part, spread_by[kind] = _spread(study, points, mapped, kind, totals)
            parts["grid_totals"][kind] = part
            if "grid_totals" in study.estimated_roles:
                estimated[kind] |= ~np.isnan(part).any(axis=1)
    columns = ["grid_code", "kind", "per_day", "low", "high"]
    grids = pd.concat(rows, ignore_index=True)[columns] if rows else pd.DataFrame(columns=columns)
    return Deliveries(points, parts, estimated, grids, skills, spread_by)


def _of_cells(study: Study, points: DemandPoints, table: Floats) -> Floats:
    """Cells as they were given. A cell that is not in the file had no delivery, so a square laid for an appeal has
    none; of a grid without any cell they say nothing.
    """
    out = np.zeros((len(points.cells), table.shape[1]))
    out[: len(table)] = table
    if study.grid_totals is not None:
        unseen = ~points.cells["grid_code"].isin(study.cells["grid_code"]).to_numpy()
        out[unseen] = np.nan
    return out


def _filled(
    study: Study, mapped: Mapping[str, Amounts], stated: Floats, seed: int
) -> tuple[Floats, pd.DataFrame, Skill | None]:
    """Totals with a number for every grid, the estimates with their intervals, and how good they are."""
    missing = _without_data(stated)
    codes = study.grids["grid_code"][missing].to_numpy()
    if study.combining.grids_without_data == "zero":
        zero = np.where(missing[:, None], 0.0, stated)
        return zero, pd.DataFrame({"grid_code": codes, "per_day": 0.0, "low": np.nan, "high": np.nan}), None
    shapes = study.grids.geometry.to_numpy()
    sums = {name: amounts.within(shapes) for name, amounts in mapped.items()}
    sums["other_buildings"] = sums["buildings"] - sums["homes"] - sums["offices"]
    middles = study.grids.geometry.centroid
    estimate = estimate_missing(
        np.column_stack([sums[name] for name in _LEARNED_FROM]),
        study.grids.area.to_numpy(),
        np.column_stack([middles.x, middles.y]),
        stated,
        interval=study.combining.interval,
        seed=seed,
    )
    found = {
        "grid_code": codes,
        "per_day": estimate.counts[missing].sum(axis=1),
        "low": estimate.low[missing],
        "high": estimate.high[missing],
    }
    return estimate.counts, pd.DataFrame(found), estimate.skill


def _spread(
    study: Study, points: DemandPoints, mapped: Mapping[str, Amounts], kind: str, totals: Floats
) -> tuple[Floats, dict[str, int]]:
    """Grid totals at the demand points, and how many grids were spread by what."""
    shapes = points.cells.geometry.to_numpy()
    order: list[str] = [name for name in study.combining.spread_by if name != "cells" or len(study.cells)]
    masses: dict[str, Floats] = {name: mapped[name].within(shapes) for name in order if name != "cells"}
    if "cells" in order:
        masses["cells"] = np.zeros(len(shapes))
        masses["cells"][: len(study.cells)] = study.deliveries[kind].sum(axis=1)
    masses[BY_AREA] = points.cells.area.to_numpy(dtype=np.float64)
    chosen, mass = basis_of_grids(points.grid, len(study.grids), masses, order)
    by_period = None
    if not study.grid_totals or not study.grid_totals.by_period:
        shares = study.catalog.deliveries[kind].by_period
        by_period = np.array([shares[period] for period in study.catalog.periods])
    part = spread_totals(totals, points.grid, mass, by_period, len(study.catalog.periods))
    used = pd.Series([name for g, name in enumerate(chosen) if name and np.nansum(totals[g]) > 0], dtype=object)
    return part, {str(name): int(count) for name, count in used.value_counts().sort_index().items()}


def _without_data(totals: Floats) -> NDArray[np.bool_]:
    return np.asarray(np.isnan(totals).any(axis=1), dtype=bool)
