"""Hot spots: dense demand found, with whether a host is there for it."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from planner.coverage import covers_of, measure_coverage
from planner.demand import Demand
from planner.hotspots import DOTS, _dots_of, hot_spots
from planner.sites import Sites
from planner.travel import TravelCosts

CRS = "EPSG:4547"


def plain(*, side=20, spots=(), base=1.0):
    """A square of ``side`` × ``side`` cells of 100 m with a little demand everywhere and much in a few 2 × 2 blocks."""
    xy = np.array([(50 + 100.0 * i, 50 + 100.0 * j) for j in range(side) for i in range(side)])
    weight = np.full((len(xy), 1), base)
    for i, j, much in spots:
        weight[[j * side + i, j * side + i + 1, (j + 1) * side + i, (j + 1) * side + i + 1], 0] = much
    shapes = shapely.box(xy[:, 0] - 50, xy[:, 1] - 50, xy[:, 0] + 50, xy[:, 1] + 50)
    names, codes = [f"c{n}" for n in range(len(xy))], np.where(xy[:, 0] < 1000, "W", "E")
    cells = gpd.GeoDataFrame(
        {"cell_id": names, "grid_code": codes, "estimated": False},
        geometry=shapes,
        crs=CRS,
    )
    intervals = pd.DataFrame({"low_per_day": [], "high_per_day": []})
    return Demand("r", ("day",), xy, weight, cells, {"cells": float(weight.sum())}, intervals, None)


def town(demand, *sites, selected=(), reach_m=300.0):
    """Sites at places, each covering what is near as the crow flies; what :func:`hot_spots` finds then."""
    frame = gpd.GeoDataFrame(
        {"site_id": [s[0] for s in sites], "name": [s[0] for s in sites], "existing": False},
        geometry=[shapely.Point(s[1], s[2]) for s in sites],
        crs=CRS,
    )
    held = Sites(frame, np.ones((len(sites), 1), dtype=bool), pd.DataFrame())
    places = np.array([[s[1], s[2]] for s in sites], dtype=float).reshape(-1, 2)
    distance = np.hypot(*(demand.xy[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    row, column = np.nonzero(distance <= reach_m)
    costs = TravelCosts(row, column, distance[row, column], "m", reach_m, distance.shape)
    planned = measure_coverage(covers_of(costs, held.open), demand.weight, np.array(selected, dtype=int))
    return hot_spots(demand, held, costs, planned)


def test_two_heaps_of_demand_are_two_hot_spots_the_larger_first():
    demand = plain(spots=[(3, 3, 60.0), (14, 12, 90.0)])
    found = town(demand, ("H1", 450, 450), selected=[0])
    assert found["rank"].tolist() == [1, 2]
    assert found["weight_per_day"].tolist() == [360.0, 240.0]
    assert found.geometry.area.tolist() == [40_000.0, 40_000.0]
    assert found.geometry.iloc[0].centroid.coords[0] == (1500.0, 1300.0)
    assert found["grid_codes"].tolist() == [("E",), ("W",)]
    # The second is covered by the plan. Nobody reaches the first: a host should be looked for there.
    assert found["advice"].tolist() == ["host", "covered"]
    assert found["reachable_share"].tolist() == [0.0, 1.0]
    assert found["uncovered_per_day"].tolist() == [360.0, 0.0]
    assert found["nearest_id"].tolist() == ["H1", "H1"]
    assert found["nearest_m"].tolist() == pytest.approx([np.hypot(1050, 850), np.hypot(50, 50)])


def test_a_host_in_reach_that_the_plan_does_not_use():
    found = town(plain(spots=[(3, 3, 60.0), (14, 12, 90.0)]), ("H1", 450, 450))
    assert found["advice"].tolist() == ["host", "site"]


def test_without_any_site_there_is_none_nearest():
    found = town(plain(spots=[(3, 3, 60.0), (14, 12, 90.0)]))
    assert found["nearest_id"].tolist() == ["", ""]
    assert found["nearest_m"].isna().all()


def test_estimates_in_a_hot_spot_are_told():
    demand = plain(spots=[(3, 3, 60.0), (14, 12, 90.0)])
    demand.cells.loc[demand.xy[:, 0] > 1000, "estimated"] = True
    assert town(demand)["estimated_share"].tolist() == [1.0, 0.0]


def test_no_demand_has_no_hot_spots():
    found = town(plain(base=0.0), ("H1", 450, 450))
    assert found.empty
    assert "advice" in found


def test_the_same_demand_gives_the_same_hot_spots():
    demand = plain(spots=[(3, 3, 60.0), (14, 12, 90.0)])
    assert town(demand).to_json() == town(demand).to_json()


def test_dots_are_shared_out_by_weight():
    weight = np.array([1.0, 1.0, 1.0, 0.0, 5.0])
    count = _dots_of(weight)
    assert count.sum() == DOTS
    assert count.tolist() == [250, 250, 250, 0, 1250]
    assert _dots_of(np.ones(3)).tolist() == [667, 667, 666]
