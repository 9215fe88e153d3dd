"""The figures of a plan as frames with plain columns, for every kind of file; nothing is counted anew here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from planner.coverage import Coverage
from planner.plan import Plan, ServicePlan
from planner.words import Language


def service_name(plan: Plan, service: str, language: Language) -> str:
    """The name of a service in one language."""
    return plan.study.catalog.services[service].name.in_language(language)


def unit_of(plan: Plan, part: ServicePlan, language: Language) -> str:
    """The unit of a service's demand, per day."""
    return plan.study.catalog.demands[part.demand.rule].unit.in_language(language)


def grid_names(plan: Plan) -> dict[str, str]:
    """Grid code → name, or the code itself where a grid has no name."""
    grids = plan.study.grids
    return {str(code): str(name) or str(code) for code, name in zip(grids["grid_code"], grids["name"], strict=True)}


def summary_table(plan: Plan, language: Language) -> pd.DataFrame:
    """:meth:`Plan.summary` with the name and unit of each service."""
    frame = plan.summary().reset_index()
    names = [service_name(plan, service, language) for service in frame["service"]]
    units = [unit_of(plan, plan.services[service], language) for service in frame["service"]]
    frame.insert(1, "service_name", names)
    frame.insert(list(frame.columns).index("weight_per_day") + 1, "unit", units)
    return frame


def site_table(plan: Plan, language: Language) -> gpd.GeoDataFrame:
    """A row a site and service: the new sites by number, then the existing centres. Metric geometry.

    ``service``, ``service_name``, ``status`` (new, existing), ``number`` (new sites only), ``site_id``, ``name``,
    ``kind``, ``kind_name``, ``grid_code``, ``grid_name``, ``open_hours``, ``cost_yuan``, ``within_reach_per_day``,
    ``estimated_share`` (of it), ``only_here_per_day``, ``unit`` and per period ``open_<period>`` (1 where the site
    counts as open in it).
    """
    frames = []
    for service, part in plan.services.items():
        new = part.new_sites.drop(columns="site").assign(status="new")
        existing = part.sites.frame[part.sites.frame["existing"]].drop(columns="existing").assign(status="existing")
        site = np.concatenate([part.new_sites["site"].to_numpy(dtype=np.int64), part.sites.existing])
        existing["grid_code"] = _grid_of(plan, existing)
        both = pd.concat([new, existing], ignore_index=True)
        both["number"] = both["number"].astype("Int64")
        for j, period in enumerate(part.demand.periods):
            both[f"open_{column_name(period, j)}"] = part.sites.open[site, j].astype("int64")
        both.insert(0, "service", service)
        both.insert(1, "service_name", service_name(plan, service, language))
        both["unit"] = unit_of(plan, part, language)
        frames.append(both)
    frame = pd.concat(frames, ignore_index=True)
    kinds = plan.study.catalog.host_kinds
    frame["kind_name"] = [kinds[kind].name.in_language(language) if kind else "" for kind in frame["kind"]]
    frame["grid_name"] = frame["grid_code"].map(grid_names(plan))
    frame["cost_yuan"] = frame["cost_yuan"].round(2)
    columns = ["service", "service_name", "status", "number", "site_id", "name", "kind", "kind_name", "grid_code"]
    columns += [
        "grid_name",
        "open_hours",
        "cost_yuan",
        "within_reach_per_day",
        "estimated_share",
        "only_here_per_day",
        "unit",
    ]
    columns += [f"open_{column_name(period, j)}" for j, period in enumerate(plan.study.catalog.periods)]
    columns += ["geometry"]
    return gpd.GeoDataFrame(frame[columns], geometry="geometry", crs=plan.study.metric_crs)


def gap_table(plan: Plan, language: Language) -> gpd.GeoDataFrame:
    """A row a coverage gap, service and stage (today, planned). Metric geometry.

    ``service``, ``service_name``, ``stage``, ``rank``, ``uncovered_per_day``, ``uncovered_<period>``,
    ``estimated_share``, ``unit``, ``area_m2``, ``grid_codes`` and ``grid_names`` (separated by semicolons).
    """
    names = grid_names(plan)
    rows = []
    for service, part in plan.services.items():
        for stage, gaps in (("today", part.gaps_today), ("planned", part.gaps_planned)):
            for gap in gaps.to_dict("records"):
                row = {"service": service, "service_name": service_name(plan, service, language), "stage": stage}
                row |= {"rank": gap["rank"], "uncovered_per_day": gap["uncovered_per_day"]}
                row |= {
                    f"uncovered_{column_name(period, j)}": gap[f"uncovered_{j}"]
                    for j, period in enumerate(part.demand.periods)
                }
                row |= {"estimated_share": gap["estimated_share"], "unit": unit_of(plan, part, language)}
                row |= {"area_m2": round(gap["area_m2"], 1)}
                row |= {"grid_codes": ";".join(gap["grid_codes"])}
                row |= {"grid_names": ";".join(names.get(code, code) for code in gap["grid_codes"])}
                rows.append(row | {"geometry": gap["geometry"]})
    periods = [f"uncovered_{column_name(period, j)}" for j, period in enumerate(plan.study.catalog.periods)]
    columns = ["service", "service_name", "stage", "rank", "uncovered_per_day", *periods]
    columns += ["estimated_share", "unit", "area_m2", "grid_codes", "grid_names", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=plan.study.metric_crs)


def cell_table(plan: Plan, language: Language) -> gpd.GeoDataFrame:
    """A row a cell and service, cells without demand included. Metric geometry.

    ``service``, ``service_name``, ``cell_id``, ``grid_code``, ``weight_per_day``, ``covered_today_per_day``,
    ``covered_planned_per_day``, ``covered_share_today``, ``covered_share_planned``, ``unit``, and per period
    ``weight_<period>``, ``today_<period>`` and ``planned_<period>`` (1 covered, 0 not, empty without demand);
    ``demand_is_estimate`` (1 or 0).
    """
    frames = []
    for service, part in plan.services.items():
        frame = pd.DataFrame(part.demand.cells[["cell_id", "grid_code"]])
        frame = frame.join(_compared(part.today, part.planned, frame.index.to_numpy()))
        for j, period in enumerate(part.demand.periods):
            key = column_name(period, j)
            frame[f"weight_{key}"] = part.demand.weight[:, j]
            for stage, coverage in (("today", part.today), ("planned", part.planned)):
                covered = pd.Series(coverage.covered[:, j].astype("int64"), index=frame.index, dtype="Int64")
                frame[f"{stage}_{key}"] = covered.where(coverage.weight[:, j] > 0)
        frame.insert(0, "service", service)
        frame.insert(1, "service_name", service_name(plan, service, language))
        frame["unit"] = unit_of(plan, part, language)
        frame["demand_is_estimate"] = part.demand.cells["estimated"].astype("int64")
        frame["geometry"] = part.demand.cells.geometry.to_numpy()
        frames.append(frame)
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), geometry="geometry", crs=plan.study.metric_crs)


def grid_table(plan: Plan, service: str) -> pd.DataFrame:
    """A row a grid, the most uncovered first: ``grid_code``, ``grid_name``, ``weight_per_day``,
    ``covered_today_per_day``, ``covered_planned_per_day``, ``covered_share_today``, ``covered_share_planned``,
    ``uncovered_per_day`` (as planned), ``demand_is_estimate`` and the bounds of an estimate, ``weight_low_per_day`` and
    ``weight_high_per_day``, not a number where there is none or none can be given.
    """
    part, names = plan.services[service], grid_names(plan)
    found = _compared(part.today, part.planned, part.demand.cells["grid_code"].to_numpy())
    amounts = ["weight_per_day", "covered_today_per_day", "covered_planned_per_day"]
    frame = found.reindex(list(names)).rename_axis("grid_code")
    frame[amounts] = frame[amounts].fillna(0.0)
    frame["uncovered_per_day"] = (frame["weight_per_day"] - frame["covered_planned_per_day"]).clip(lower=0.0)
    intervals = part.demand.intervals
    frame["demand_is_estimate"] = frame.index.isin(intervals.index)
    for end in ("low", "high"):
        frame[f"weight_{end}_per_day"] = intervals[f"{end}_per_day"].astype(float).reindex(frame.index)
    frame.insert(0, "grid_name", list(names.values()))
    frame = frame.reset_index()
    return frame.sort_values(
        ["uncovered_per_day", "grid_code"], ascending=[False, True], kind="stable", ignore_index=True
    )


def coverage_by_grid_table(plan: Plan, language: Language) -> pd.DataFrame:
    """:func:`grid_table` of every service, one below the other."""
    frames = []
    for service, part in plan.services.items():
        frame = grid_table(plan, service)
        frame.insert(0, "service", service)
        frame.insert(1, "service_name", service_name(plan, service, language))
        frames.append(frame.assign(unit=unit_of(plan, part, language)))
    return pd.concat(frames, ignore_index=True)


def unreached_table(plan: Plan, language: Language) -> pd.DataFrame:
    """Every point that a service's streets do not reach, with ``service``, ``service_name``, ``name``, ``unit`` and
    ``demand_is_estimate``.
    """
    name_of = dict(zip(plan.study.centres["centre_id"], plan.study.centres["name"], strict=True))
    name_of |= dict(zip(plan.study.hosts["host_id"], plan.study.hosts["name"], strict=True))
    frames = []
    for service, part in plan.services.items():
        frame, cells = part.unreached.copy(), part.demand.cells
        frame["demand_is_estimate"] = (frame["what"] == "demand") & frame["id"].isin(
            cells["cell_id"][cells["estimated"]]
        )
        frame.insert(2, "name", [name_of.get(name, "") for name in frame["id"]])
        frame.insert(0, "service", service)
        frame.insert(1, "service_name", service_name(plan, service, language))
        frames.append(frame.assign(unit=unit_of(plan, part, language)))
    frame = pd.concat(frames, ignore_index=True)
    frame["off_road_m"] = frame["off_road_m"].astype(float).round(1)
    return frame


def rows_of(frame: pd.DataFrame) -> Iterable[Any]:
    """The rows of a frame, its columns as attributes."""
    return frame.itertuples(index=False)


def column_name(period: str, number: int) -> str:
    """The key of a period as the end of a column name: plain ASCII."""
    return key_text(period, "period", number)


def key_text(key: str, kind: str, number: int) -> str:
    """A key of the catalog, or its kind and number where it is not plain ASCII: for names of columns and of files."""
    return key if key.isascii() and key.isidentifier() else f"{kind}_{number + 1}"


def _compared(today: Coverage, planned: Coverage, group: ArrayLike) -> pd.DataFrame:
    """Weight, and what of it is covered today and as planned, by group."""
    left, right = today.by_group(group), planned.by_group(group)
    return pd.DataFrame(
        {
            "weight_per_day": left["weight_per_day"],
            "covered_today_per_day": left["covered_per_day"],
            "covered_planned_per_day": right["covered_per_day"],
            "covered_share_today": left["covered_share"],
            "covered_share_planned": right["covered_share"],
        }
    )


def _grid_of(plan: Plan, frame: gpd.GeoDataFrame) -> list[str]:
    if frame.empty:
        return []
    nearest = plan.study.grids.sindex.nearest(frame.geometry.to_numpy(), return_all=False)[1]
    return list(plan.study.grids["grid_code"].to_numpy()[nearest])
