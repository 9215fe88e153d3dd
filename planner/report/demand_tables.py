"""What a plan says of demand, as frames with plain columns: by period, appeals, hot spots, estimated grids."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from planner.plan import Plan
from planner.report.tables import grid_names, service_name, unit_of
from planner.words import Language, say


def coverage_by_period_table(plan: Plan, language: Language) -> pd.DataFrame:
    """A row a service and period: ``service``, ``service_name``, ``period``, ``period_name``, ``start``, ``end``,
    ``weight_per_day``, ``estimated_share`` (of it), ``covered_share_today``, ``covered_share_planned``, ``unit`` and
    how many sites are open: ``sites_open_today``, ``sites_open_planned``.
    """
    frames = []
    for service, part in plan.services.items():
        periods = plan.study.catalog.periods
        frames.append(
            pd.DataFrame(
                {
                    "service": service,
                    "service_name": service_name(plan, service, language),
                    "period": list(periods),
                    "period_name": [period.name.in_language(language) for period in periods.values()],
                    "start": [period.start for period in periods.values()],
                    "end": [period.end for period in periods.values()],
                    "weight_per_day": part.demand.weight.sum(axis=0),
                    "estimated_share": part.demand.estimated_share_by_period(),
                    "covered_share_today": part.today.share_by_period(),
                    "covered_share_planned": part.planned.share_by_period(),
                    "unit": unit_of(plan, part, language),
                    "sites_open_today": part.sites.open[part.sites.existing].sum(axis=0),
                    "sites_open_planned": part.sites.open[part.solution.selected].sum(axis=0),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def appeal_table(plan: Plan, language: Language) -> gpd.GeoDataFrame:
    """:meth:`Plan.appeals` for a file: ``appeal_id``, ``category`` (as written), ``category_key``, ``date``, ``state``,
    ``state_name``, ``services`` (joined by ``;``), ``answered_today``, ``answered_planned`` (1 or 0). Metric geometry.
    """
    frame = plan.appeals()
    return gpd.GeoDataFrame(
        {
            "appeal_id": frame["appeal_id"],
            "category": frame["written"],
            "category_key": frame["category"],
            "date": [day.date().isoformat() for day in frame["date"]],
            "state": frame["state"],
            "state_name": [say(f"map.appeal_{state}", language) for state in frame["state"]],
            "services": [";".join(services) for services in frame["services"]],
            "answered_today": frame["answered_today"].astype("int64"),
            "answered_planned": frame["answered_planned"].astype("int64"),
        },
        geometry=frame.geometry,
        crs=plan.study.metric_crs,
    )


def appeal_counts(plan: Plan, language: Language) -> pd.DataFrame:
    """A row a category as files write it: ``category_name``, ``services`` (a tuple), ``open``, ``answered_today``,
    ``answered_planned``, ``closed`` and ``not_counted`` (too old, or after the study's day). Categories of no service
    come last.
    """
    frame = plan.appeals()
    names = {key: category.name.in_language(language) for key, category in plan.study.catalog.appeals.items()}
    frame["category_name"] = frame["category"].map(names).where(frame["category"] != "", frame["written"])
    rows = []
    for name, own in frame.groupby("category_name", sort=True):
        is_open = own["state"] == "open"
        rows.append(
            {
                "category_name": name,
                "services": tuple(dict.fromkeys(service for some in own["services"] for service in some)),
                "open": int(is_open.sum()),
                "answered_today": int(own["answered_today"].sum()),
                "answered_planned": int(own["answered_planned"].sum()),
                "closed": int((own["state"] == "closed").sum()),
                "not_counted": int(own["state"].isin(["old", "late"]).sum()),
            }
        )
    columns = ["category_name", "services", "open", "answered_today", "answered_planned", "closed", "not_counted"]
    counts = pd.DataFrame(rows, columns=columns)
    return counts.sort_values("services", key=lambda some: some.map(len) == 0, kind="stable", ignore_index=True)


def hot_spot_table(plan: Plan, language: Language) -> gpd.GeoDataFrame:
    """Every hot spot of every service, the most demand first: ``service``, ``service_name``, ``rank``,
    ``weight_per_day``, ``uncovered_per_day``, ``unit``, ``reachable_share``, ``advice``, ``advice_text``,
    ``nearest_id``, ``nearest_name``, ``nearest_m``, ``grid_codes`` and ``grid_names`` (joined by ``;``).
    """
    names = grid_names(plan)
    frames = []
    for service, part in plan.services.items():
        frame = part.hot_spots.copy()
        frame.insert(0, "service", service)
        frame.insert(1, "service_name", service_name(plan, service, language))
        frame["unit"] = unit_of(plan, part, language)
        frame["advice_text"] = [say(f"map.advice_{advice}", language) for advice in frame["advice"]]
        frame["grid_names"] = [";".join(names.get(code, code) for code in codes) for codes in frame["grid_codes"]]
        frame["grid_codes"] = [";".join(codes) for codes in frame["grid_codes"]]
        frame["nearest_m"] = frame["nearest_m"].astype(float).round(1)
        frames.append(frame)
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), geometry="geometry", crs=plan.study.metric_crs)
