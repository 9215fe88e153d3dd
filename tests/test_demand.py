import numpy as np
import pytest

from planner.demand import demand_for


def test_each_service_has_its_own_demand(demo_study):
    meals, parcels = (demo_study.deliveries[kind].sum() for kind in ("meals", "parcels"))
    expected = {
        "rest_station": 0.22 * meals + 0.06 * parcels,
        "charging_cabinet": 3.1 * meals + 0.4 * parcels,
        "sorting_point": parcels,
    }
    for service, weight in expected.items():
        assert demand_for(demo_study, service).weight.sum() == pytest.approx(weight)


def test_a_row_is_a_cell_and_a_column_a_period(demo_study):
    demand = demand_for(demo_study, "sorting_point")
    assert demand.weight.shape == (len(demo_study.cells), 5)
    assert demand.periods == ("morning", "lunch", "afternoon", "dinner", "night")
    assert np.array_equal(demand.weight, demo_study.deliveries["parcels"])
    middle = demo_study.cells.geometry.centroid
    assert np.allclose(demand.xy, np.column_stack([middle.x, middle.y]))
