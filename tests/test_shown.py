"""What all maps tell apart, by hand."""

import re
from pathlib import Path

import geopandas as gpd
import numpy as np

from planner import maps
from planner.coverage import Coverage
from planner.maps.shown import APPEAL_COLOURS, CELL_COLOURS, SERVICE_COLOURS, appeal_looks, cell_classes, service_colour


def test_cells_by_the_periods_in_which_they_need_something():
    """Rows: covered whenever needed, at lunch alone, never, and a cell that needs nothing though a site is near."""
    weight = np.array([[2.0, 0.0], [1.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
    covered = np.array([[True, False], [True, False], [False, False], [True, True]])
    assert cell_classes(Coverage(covered=covered, weight=weight)).tolist() == ["full", "part", "none", ""]


def test_appeals_by_what_the_plan_does_for_them():
    called = gpd.GeoDataFrame({"services": [("a",), ("a",), ()], "answered_planned": [True, False, False]})
    assert appeal_looks(called).tolist() == ["answered", "unanswered", "idle"]
    assert appeal_looks(called.drop(columns="services")).tolist() == ["answered", "unanswered", "unanswered"]


def test_services_have_colours_by_turns(demo_plan):
    assert [service_colour(demo_plan, name) for name in demo_plan.services] == list(SERVICE_COLOURS[:3])


def test_the_style_sheet_of_the_offline_map_has_the_same_colours():
    """A style sheet cannot read the program's constants, so this holds them together."""
    css = (Path(maps.__file__).parent / "parts" / "map.css").read_text(encoding="utf-8")
    for number, colour in enumerate(SERVICE_COLOURS):
        assert re.search(rf"\.planner-s{number} {{ background: {colour}; }}", css)
    for kind, colour in CELL_COLOURS.items():
        assert re.search(rf"\.planner-cell-{kind} {{ background: {colour}; }}", css)
    assert APPEAL_COLOURS["unanswered"] in css
    assert APPEAL_COLOURS["answered"] in css
