"""The cells of the exported map: each with demand once, coloured by the periods in which it is covered."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from map_cells import tables_and_layers

from planner.figures import amount_text
from planner.maps import plan_map


@pytest.fixture(scope="module")
def drawn(demo_plan):
    return plan_map(demo_plan, language="en")


def bits(periods):
    return sum(1 << j for j, there in enumerate(periods) if there)


def test_cells_without_demand_are_left_out_and_the_others_are_there_once(demo_plan, drawn):
    for number, part in enumerate(demo_plan.services.values()):
        cells, _ = tables_and_layers(drawn, number)
        with_demand = demo_plan.study.cells["cell_id"][part.demand.weight.sum(axis=1) > 0]
        assert sorted(cells) == sorted(with_demand)


def test_a_cell_tells_its_demand_and_when_it_is_covered(demo_plan, drawn):
    for number, part in enumerate(demo_plan.services.values()):
        cells, (planned, today) = tables_and_layers(drawn, number)
        for i, name in enumerate(part.demand.cells["cell_id"]):
            if name not in cells:
                continue
            weight = part.demand.weight[i]
            assert cells[name]["has"] == bits(weight > 0)
            assert cells[name]["total"] == amount_text(weight.sum())
            assert cells[name]["by_period"] == [amount_text(some) if some > 0 else "" for some in weight]
            assert planned[name] == bits(part.planned.covered[i] & (weight > 0))
            assert today[name] == bits(part.today.covered[i] & (weight > 0))


def test_a_cell_lies_where_it_lies(demo_plan, drawn):
    cells, _ = tables_and_layers(drawn)
    shapes = demo_plan.study.cells.set_index("cell_id").geometry.to_crs(4326)
    for name, cell in cells.items():
        drawn_shape = shapely.Polygon(cell["corners"])
        assert drawn_shape.symmetric_difference(shapes[name]).area < 0.01 * shapes[name].area
        assert np.abs(cell["corners"] - shapely.get_coordinates(shapes[name])[:-1]).max() < 1e-6


def test_no_name_leaves_its_place_in_the_script(demo_plan):
    odd = "</script><!--{{7*7}}{% x %}\u2028'\"`"
    cells = demo_plan.study.cells.assign(cell_id=[f"{odd}{i}" for i in range(len(demo_plan.study.cells))])
    grids = demo_plan.study.grids.assign(name=odd)
    services = {
        name: replace(part, demand=replace(part.demand, cells=part.demand.cells.assign(cell_id=cells["cell_id"])))
        for name, part in demo_plan.services.items()
    }
    plan = replace(demo_plan, study=replace(demo_plan.study, cells=cells, grids=grids), services=services)
    drawn = plan_map(plan, language="en")
    found, _ = tables_and_layers(drawn)
    assert {cell["grid"] for cell in found.values()} == {odd}
    assert all(name.startswith(odd) for name in found)
    page = drawn.get_root().render()
    assert odd not in page
    assert "49" not in {cell["grid"] for cell in found.values()}
    assert page.count("</script>") == page.count("<script")
