"""The figures of a grid, a cell and a site, recounted by hand."""

import numpy as np
import pytest

from planner.details import demand_by_period, points_in_grid, points_of_cell, reach_per_day


@pytest.mark.parametrize("service", ["rest_station", "charging_cabinet"])
def test_a_grids_periods_are_the_sums_of_its_cells(demo_plan, service):
    part = demo_plan.services[service]
    for code in list(demo_plan.study.grids["grid_code"])[::17]:
        rows = [row for row, own in enumerate(part.demand.cells["grid_code"]) if own == code]
        told = demand_by_period(part, points_in_grid(part, code))
        for column, period in enumerate(part.demand.periods):
            weight = sum(part.demand.weight[row, column] for row in rows)
            served = sum(part.demand.weight[row, column] for row in rows if part.planned.covered[row, column])
            assert told.loc[period, "weight_per_day"] == pytest.approx(weight)
            if weight > 0:
                assert told.loc[period, "covered_share_planned"] == pytest.approx(served / weight)
            else:
                assert np.isnan(told.loc[period, "covered_share_planned"])


def test_all_grids_together_are_the_whole(demo_plan):
    part = demo_plan.services["rest_station"]
    told = demand_by_period(part, np.ones(len(part.demand.cells), dtype=bool))
    assert told["covered_share_today"].to_numpy() == pytest.approx(part.today.share_by_period())
    assert told["covered_share_planned"].to_numpy() == pytest.approx(part.planned.share_by_period())


def test_a_cell_is_one_point_and_an_unknown_one_none(demo_plan):
    part = demo_plan.services["rest_station"]
    cell = part.demand.cells["cell_id"].iloc[5]
    assert np.flatnonzero(points_of_cell(part, cell)).tolist() == [5]
    assert not points_of_cell(part, "nowhere").any()


def test_the_reach_of_a_new_site_is_what_its_row_says(demo_plan):
    for part in demo_plan.services.values():
        for row in part.new_sites.itertuples():
            assert reach_per_day(part, row.site) == pytest.approx(row.within_reach_per_day)
