"""The ways in which each place could serve riders: with which hours, for how much, and whom it covers then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.catalog import Catalog
from planner.catalog.opening import LongerHours, Way
from planner.coverage import covers_of
from planner.hours import DAY_MIN, open_minutes
from planner.sites import open_in_periods
from planner.today import ServiceToday
from planner.travel import TOLERANCE, TravelCosts

_HOUR_MIN = 60


@dataclass(frozen=True)
class WaysToOpen:
    """``frame``: a row an option: ``site`` (index of the service's sites), ``site_id``, ``name``, ``way``, ``longer``
    (a key of the catalog's longer hours, empty for none), ``open_hours`` (of a normal working day),
    ``added_hours_per_day`` (against the centre or host as it is), ``cost_yuan`` (a year). A place takes one of its
    options. ``covers``: rows (demand point, period) × options.
    """

    frame: pd.DataFrame
    covers: sp.csr_array


def ways_to_open(part: ServiceToday) -> WaysToOpen:
    """Every option of every centre and candidate of a service, by the catalog's ``opening``.

    A centre may change its hours; as it is it costs nothing and is no option. Longer hours are told for places that
    are not open then already: until a time of the evening they add what lies between the last closing and that time.
    """
    catalog = part.study.catalog
    rows = [row for site in range(len(part.sites.frame)) for row in _options_of(part, site)]
    columns = ["site", "site_id", "name", "way", "longer", "open_hours", "added_hours_per_day", "cost_yuan"]
    frame = pd.DataFrame(rows, columns=columns)
    is_open = open_in_periods(frame["open_hours"], catalog)
    reach = np.array([catalog.opening.ways[way].reach_share for way in frame["way"]], dtype=float)
    return WaysToOpen(frame, _covers(part.costs, frame["site"].to_numpy(dtype=np.int64), reach, is_open))


def hours_text(minutes: NDArray[np.bool_]) -> str:
    """Open minutes of a day as they are written, ``08:30-12:00;14:00-22:00``."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], minutes, [False]]).astype(np.int8)))
    return ";".join(f"{_clock(start)}-{_clock(end)}" for start, end in edges.reshape(-1, 2))


def longer_minutes(minutes: NDArray[np.bool_], longer: LongerHours) -> NDArray[np.bool_]:
    """The open minutes of a day with longer hours; as they are where that adds nothing or nothing is open."""
    if longer.until is None:
        return np.ones(DAY_MIN, dtype=bool)
    hour, minute = longer.until.split(":")
    added = minutes.copy()
    if minutes.any():
        added[int(np.flatnonzero(minutes)[-1]) : int(hour) * _HOUR_MIN + int(minute)] = True
    return added


def _options_of(part: ServiceToday, site: int) -> Iterator[dict[str, object]]:
    catalog, row = part.study.catalog, part.sites.frame.iloc[site]
    own = open_minutes(row["open_hours"])
    for key, way in catalog.opening.ways.items():
        if not _suits(way, row):
            continue
        cost = _cost_as_it_is(part, way, row)
        place = {"site": site, "site_id": row["site_id"], "name": row["name"], "way": key}
        if way.of == "host":
            as_it_is = {"longer": "", "open_hours": row["open_hours"], "added_hours_per_day": 0.0}
            yield {**place, **as_it_is, "cost_yuan": round(cost, 2)}
        for name, longer in catalog.opening.longer_hours.items() if way.longer_hours else ():
            minutes = longer_minutes(own, longer)
            hours = float(minutes.sum() - own.sum()) / _HOUR_MIN
            if hours > 0:
                more = {"longer": name, "open_hours": hours_text(minutes), "added_hours_per_day": hours}
                yield {**place, **more, "cost_yuan": round(cost + _cost_of_hours(catalog, longer, hours), 2)}


def _suits(way: Way, row: pd.Series[str]) -> bool:
    if row["existing"]:
        return way.of == "centre"
    return way.of == "host" and (not way.host_kinds or row["kind"] in way.host_kinds)


def _cost_as_it_is(part: ServiceToday, way: Way, row: pd.Series[float]) -> float:
    fit_out = part.study.catalog.services[part.service].fit_out_yuan_per_year
    rent = float(row["cost_yuan"]) - fit_out if way.pays_rent and way.of == "host" else 0.0
    return max(0.0, rent) + (fit_out if way.yuan_per_year is None else way.yuan_per_year)


def _cost_of_hours(catalog: Catalog, longer: LongerHours, hours: float) -> float:
    return longer.yuan_per_year + hours * longer.yuan_per_hour * catalog.opening.days_per_year


def _covers(
    costs: TravelCosts, site: NDArray[np.int64], reach: NDArray[np.float64], is_open: NDArray[np.bool_]
) -> sp.csr_array:
    """Whom each option covers: those within its reach of the standard while it is open."""
    rows, columns = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for share in np.unique(reach):
        options = np.flatnonzero(reach == share)
        most = share * costs.cutoff
        near = costs.cost <= most + TOLERANCE * max(1.0, most)
        within = sp.csc_array((np.ones(near.sum()), (costs.demand[near], costs.site[near])), shape=costs.shape)
        pairs = within[:, site[options]].tocoo()
        rows.append(pairs.row.astype(np.int64))
        columns.append(options[pairs.col])
    row, column = np.concatenate(rows), np.concatenate(columns)
    shape = (costs.shape[0], len(site))
    return covers_of(TravelCosts(row, column, np.zeros(len(row)), costs.unit, costs.cutoff, shape), is_open)


def _clock(minute: int) -> str:
    return f"{minute // _HOUR_MIN:02d}:{minute % _HOUR_MIN:02d}"
