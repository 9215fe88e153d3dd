"""Did it work: the check-ins at each station against the demand that counts on it, and what they say of demand."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.analysis.did_it_work.answer import CONFIDENCE, INTERVAL, UNUSED_PER_DAY, Absent, Worked
from planner.demand.use import (
    UseFactors,
    daily_dispersion,
    demand_after_use,
    most_per_day,
    nearest_open,
    use_factors,
)
from planner.errors import ArgumentError, UnknownNameError
from planner.plan import Plan
from planner.siting.arguments import one_of


def did_it_work(
    plan: Plan,
    service: str,
    *,
    checkins: pd.DataFrame | None = None,
    absent: Absent = "unknown",
    rate: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Worked:
    """How the existing centres of ``service`` were used against what the plan counts on, and a new estimate of demand.

    ``checkins``: ``date``, ``centre_id`` and ``checkins``, a row a station and day, in place of those of the study; a
    check-in at a centre with several services counts for each. ``absent``: whether on a day without a row, between the
    first day and the last, it is unknown how many came, or known that nobody did. ``rate``: the check-ins that a unit
    of demand brings; without it, those of all stations together, so that demand is spread anew and keeps its size.
    ``progress(done, of)`` is called after each step.

    Demand that no station serves takes the factor of all observed demand together (1 where ``rate`` is found from it),
    with an interval as wide as single stations differ.

    Raises ``UnknownNameError`` for a service that the plan does not have, ``ArgumentError`` without check-ins at its
    centres, for a rate that is not above 0, and where no station with data has any demand.
    """
    part = plan.services.get(service)
    if part is None:
        raise UnknownNameError("unknown_service", service=service, known=", ".join(plan.services))
    one_of("absent", absent, get_args(Absent))
    if rate is not None and not (np.isfinite(rate) and rate > 0):
        raise ArgumentError("bad_limit", name="rate", value=rate)
    told = progress or (lambda *_: None)
    stations = part.sites.frame.iloc[part.sites.existing]
    ours = plan.study.checkins if checkins is None else checkins
    days = pd.date_range(ours["date"].min(), ours["date"].max()) if len(ours) else pd.DatetimeIndex([])
    ours = ours[ours["centre_id"].isin(stations["site_id"])].reset_index(drop=True)
    if ours.empty:
        raise ArgumentError("no_checkins", service=plan.study.catalog.services[service].name)
    if absent == "zero":
        whole = pd.MultiIndex.from_product([days, stations["site_id"]], names=["date", "centre_id"])
        seen = ours.set_index(["date", "centre_id"])["checkins"]
        ours = seen.reindex(whole, fill_value=0).reset_index()

    station_of = nearest_open(part.costs, part.sites.open, part.sites.existing)
    served = station_of >= 0
    assigned = np.bincount(station_of[served], weights=part.demand.weight[served], minlength=len(part.sites.frame))
    by_station = ours.groupby("centre_id")["checkins"].agg(["sum", "count"])
    of_each = by_station.reindex(stations["site_id"]).fillna(0.0)
    counts, with_data = of_each["sum"].to_numpy(dtype=np.float64), of_each["count"].to_numpy(dtype=np.float64)
    load = assigned[part.sites.existing].astype(np.float64)
    usable = (with_data > 0) & (load > 0)
    exposure = np.where(usable, with_data * load, 0.0)
    if not exposure.sum() > 0:
        raise ArgumentError("nothing_expected")
    found = float(counts[usable].sum()) / float(exposure.sum())
    used_rate = rate or found
    dispersion = daily_dispersion(ours)
    told(1, 3)
    # Nobody at all, at a rate of 0, is less use than expected at any rate.
    scale = used_rate if used_rate > 0 else 1.0
    factors = use_factors(np.where(usable, counts, 0.0), scale * exposure, dispersion=dispersion, interval=INTERVAL)
    told(2, 3)
    frame = _stations(stations, counts, with_data, len(days), load, scale, dispersion, factors)
    demand = demand_after_use(part.demand, station_of, factors, part.sites.existing)
    answer = Worked(
        frame, plan, service, ours, _index(ours, ours["date"].dt.strftime("%Y-%m"), dispersion, "month"),
        _index(ours, ours["date"].dt.day_of_week, dispersion, "weekday"), used_rate, rate is not None, dispersion,
        factors, demand, absent,
    )  # fmt: skip
    assert answer.replanned is not None  # made here, where it can be stopped, and kept
    told(3, 3)
    return answer


def _stations(
    stations: pd.DataFrame,
    counts: NDArray[np.float64],
    with_data: NDArray[np.float64],
    days: int,
    load: NDArray[np.float64],
    rate: float,
    dispersion: float,
    factors: UseFactors,
) -> pd.DataFrame:
    per_day = np.divide(counts, with_data, out=np.full(len(counts), np.nan), where=with_data > 0)
    expected = rate * load
    frame = pd.DataFrame(
        {
            "centre_id": stations["site_id"].to_numpy(),
            "name": stations["name"].to_numpy(),
            "days": with_data.astype(np.int64),
            "days_without": days - with_data.astype(np.int64),
            "checkins": counts.astype(np.int64),
            "per_day": per_day,
            "assigned_per_day": load,
            "expected_per_day": expected,
            "use_share": np.divide(per_day, expected, out=np.full(len(counts), np.nan), where=expected > 0),
            "factor_share": factors.mean,
            "low_share": factors.low,
            "high_share": factors.high,
            "most_per_day": [
                most_per_day(count, n, dispersion=dispersion, confidence=CONFIDENCE)
                for count, n in zip(counts, with_data, strict=True)
            ],
        }
    )
    unknown = (load <= 0) | (with_data <= 0)
    frame.loc[unknown, ["factor_share", "low_share", "high_share"]] = np.nan
    frame["verdict"] = np.select(
        [
            frame["days"] == 0,
            frame["most_per_day"] < UNUSED_PER_DAY,
            load <= 0,
            frame["high_share"] < 1,
            frame["low_share"] > 1,
        ],
        ["no_data", "unused", "no_demand", "less", "more"],
        "as_expected",
    )
    return frame


def _index(checkins: pd.DataFrame, group: pd.Series, dispersion: float, name: str) -> pd.DataFrame:
    """The check-ins of each group of days by what the same stations have on average, so that days without data do not
    look like days without anybody; with an interval of 95 % (normal, the variance being the dispersion times the mean).
    """
    usual = checkins.groupby("centre_id")["checkins"].transform("mean")
    table = pd.DataFrame({"checkins": checkins["checkins"], "usual": usual, name: group.to_numpy()})
    sums = table.groupby(name).agg(checkins=("checkins", "sum"), usual=("usual", "sum"), station_days=("usual", "size"))
    index = sums["checkins"] / sums["usual"].where(sums["usual"] > 0)
    half = 1.96 * np.sqrt(dispersion * np.maximum(sums["checkins"], 1)) / sums["usual"].where(sums["usual"] > 0)
    found = sums[["checkins", "station_days"]].assign(
        index_share=index, low_share=np.maximum(0.0, index - half), high_share=index + half
    )
    return found.reset_index()
