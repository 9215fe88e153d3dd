"""The layers of the page's map as data: what the browser decodes is what was drawn."""

import json
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from study_world import lon_lat, table, write_study

from planner import Scenario, load_study, make_plan
from planner.maps import live
from planner.maps.live.bodies import body_of
from planner.maps.live.coding import STEPS_PER_DEGREE, coded_shapes
from planner.maps.live.layers import FIRST_STATE, state_body
from planner.scenario import NoGoArea, ProposedSite
from planner.words import say

METRIC, WGS84 = "EPSG:4548", "EPSG:4326"
SQUARE = shapely.box(0, 0, 4, 4)
HOLED = shapely.Polygon([(0, 0), (0, 4), (4, 4), (4, 0)], [[(1, 1), (2, 1), (2, 2)]])


def decoded(code):
    """The shapes of a code, each a list of lines or rings of (lon, lat): as ``decode.js`` reads it."""

    def counts(told, length):
        return [told] * length if isinstance(told, int) else told

    lonlat = np.cumsum(np.reshape(code["steps"], (-1, 2)), axis=0) / STEPS_PER_DEGREE
    parts = counts(code["parts"], code["count"])
    ends = np.cumsum([0, *counts(code["sizes"], sum(parts))])
    lines = [lonlat[start:end].tolist() for start, end in pairwise(ends)]
    starts = np.cumsum([0, *parts])
    return [lines[start:end] for start, end in pairwise(starts)]


def degrees(shapes):
    return np.array([shapely.transform(shape, lambda xy: xy / 1000 + [116, 39]) for shape in shapes], dtype=object)


@pytest.mark.parametrize(
    "shapes",
    [
        [shapely.Point(1, 2), shapely.Point(-3, 0)],
        [shapely.LineString([(0, 0), (1, 1), (2, 0)]), shapely.LineString([(5, 5), (4, 4)])],
        [SQUARE, HOLED, shapely.MultiPolygon([SQUARE, shapely.box(6, 6, 7, 7)])],
        [shapely.Polygon(), SQUARE],
        [],
    ],
    ids=["points", "lines", "areas", "an empty one", "none"],
)
def test_what_is_decoded_is_what_was_coded(shapes):
    given_shapes = degrees(shapes) if shapes else np.empty(0, dtype=object)
    code = coded_shapes(given_shapes, WGS84)
    found = decoded(code)
    assert len(found) == len(shapes)
    for shape, parts in zip(given_shapes, found, strict=True):
        if code["dimension"] == 2:
            rings = [shapely.Polygon(ring) for ring in parts]
            area = sum(ring.area if ring.exterior.is_ccw else -ring.area for ring in rings)
            assert area == pytest.approx(shape.area, abs=1e-8)
        corners = shapely.get_coordinates(shape)
        here = np.array([corner for part in parts for corner in part]).reshape(-1, 2)
        for corner in corners:
            assert np.abs(here - corner).max(axis=1).min() <= 1e-6


@given(st.lists(st.tuples(st.floats(73, 135), st.floats(18, 54)), min_size=1, max_size=30))
def test_errors_do_not_add_up_along_the_steps(places):
    found = decoded(coded_shapes(shapely.points(places), WGS84))
    assert np.abs(np.array([point for [point] in found]).reshape(-1, 2) - places).max() <= 0.51e-6


def test_alike_shapes_are_counted_by_one_number():
    squares = np.array([shapely.box(116 + i, 39, 117 + i, 40) for i in range(3)])
    code = coded_shapes(squares, WGS84)
    assert (code["parts"], code["sizes"], len(code["steps"])) == (1, 4, 2 * 4 * 3)


def test_equal_content_has_an_equal_digest():
    assert body_of({"a": [1, 2]}) == body_of({"a": [1, 2]})
    assert body_of({"a": [1, 2]}).digest != body_of({"a": [1, 3]}).digest
    assert body_of({"字": "a"}).content() == {"字": "a"}


def test_a_state_tells_its_style_and_its_periods():
    body = state_body(np.array([2, 0]), np.array([[True, False, True], [False, False, False]]))
    numbers = [ord(character) - FIRST_STATE for character in body.content()]
    assert numbers == [2 + (0b101 << 3), 0]


LIMITS = {"site_limit": 1, "standard_m": 100}


# A village with two cells, one centre, one host; see study_world.


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    names = {
        "hosts_csv": table(
            "host_id,name,kind,lon,lat,floor,area_m2,yearly_cost_yuan,open_hours",
            f"H1,<b>小卖部</b>,shop,{lon_lat(100, 0)},1,60,72000,08:00-22:00",
            f"H2,小屋,shop,{lon_lat(60, 0)},1,5,72000,08:00-22:00",
        )
    }
    return load_study(write_study(tmp_path_factory.mktemp("village") / "study", **names))


@pytest.fixture(scope="module")
def plan(study):
    """The centre reaches c1 alone, the host c2."""
    return make_plan(study, Scenario.model_validate({"services": {"rest_station": LIMITS}}))


def only(layers, name):
    (layer,) = [one for one in layers if one.name == name]
    return layer


def told(layer, shape=0):
    """The tooltip of a shape: title → text."""
    facts = layer.facts.content()
    return {title: texts[shape] for title, texts in zip(facts["titles"], facts["rows"], strict=True)}


def styles(layer):
    return [(ord(character) - FIRST_STATE) & 7 for character in layer.state.content()]


def test_cells_lie_where_the_study_has_them(study, plan):
    layer = only(live.today_layers(plan.services["rest_station"], "zh"), "rest_station.cells_today")
    west = min(lon for shape in decoded(layer.shapes.content()) for ring in shape for lon, _ in ring)
    assert west == pytest.approx(study.cells.to_crs(4326).total_bounds[0], abs=1e-6)
    assert layer.facts.content()["ids"] == ["c1", "c2"]
    assert told(layer)[say("term.grid", "zh")] == "W"


def test_a_plan_changes_the_state_of_the_cells_alone(plan):
    """c1 is covered while the centre is open, c2 only once the host is."""
    today = only(live.today_layers(plan.services["rest_station"], "zh"), "rest_station.cells_today")
    planned = only(live.planned_layers(plan, "rest_station", "zh"), "rest_station.cells_planned")
    assert (today.shapes, today.facts) == (planned.shapes, planned.facts)
    assert styles(today) == [0, 2]
    assert styles(planned) == [0, 0]


def test_another_language_has_the_same_shapes_and_state(plan):
    zh, en = (live.today_layers(plan.services["rest_station"], language)[0] for language in ("zh", "en"))
    assert (zh.shapes, zh.state, zh.name) == (en.shapes, en.state, en.name)
    assert zh.facts != en.facts


def test_names_are_told_letter_for_letter(plan):
    layer = only(live.new_site_layers(plan, "rest_station", "zh"), "rest_station.new_sites")
    assert told(layer)[say("term.new_site", "zh")] == "1 <b>小卖部</b>"
    assert layer.facts.content()["digits"] == [1]


def test_gaps_carry_their_rank(plan):
    layer = only(live.today_layers(plan.services["rest_station"], "en"), "rest_station.gaps_today")
    assert layer.facts.content()["ids"] == ["1"]
    assert layer.facts.content()["digits"] == [1]
    left = only(live.planned_layers(plan, "rest_station", "en"), "rest_station.gaps_planned")
    assert decoded(left.shapes.content()) == []


def choices(plan, chosen=None, **limits):
    scenario = Scenario.model_validate({"services": {"rest_station": {"site_limit": 1, **limits}}})
    layers = live.site_layers(plan.services["rest_station"], scenario, "zh", chosen=chosen)
    return only(layers, "rest_station.candidates"), only(layers, "rest_station.decided"), layers


def test_requiring_and_forbidding_change_one_character(plan):
    free, _, _ = choices(plan)
    required, decided, _ = choices(plan, required=("H1",))
    forbidden, _, _ = choices(plan, forbidden=("H1",))
    assert [styles(layer) for layer in (free, required, forbidden)] == [[0], [1], [2]]
    assert free.shapes == required.shapes == forbidden.shapes
    assert free.facts == required.facts == forbidden.facts
    # The candidate's own layer leaves it to the one of what is decided, which draws no other.
    assert required.styles[1:] == ()
    assert not decided.styles[0].shape
    assert decided.styles[1].shape != decided.styles[2].shape
    assert decided.bodies == required.bodies


def test_a_chosen_candidate_is_left_to_the_new_sites(plan):
    part = plan.services["rest_station"]
    free, _, _ = choices(plan, chosen=part.solution.selected)
    assert styles(free) == [7]


def test_a_rejected_host_says_which_rule_it_breaks(plan):
    _, _, layers = choices(plan)
    layer = only(layers, "rest_station.rejected")
    assert layer.facts.content()["ids"] == ["H2"]
    assert told(layer)[say("map.reason", "zh")] == say("live.rule_area", "zh")
    assert not layer.shown


def test_proposals_are_drawn_where_they_were_put(study):
    site = ProposedSite(
        site_id="P1", name="门口", lon=116.3, lat=39.9, kind="shop", area_m2=40, yearly_cost_yuan=1000,
        open_hours="08:00-20:00",
    )  # fmt: skip
    area = NoGoArea(name="工地", ring=((116.3, 39.9), (116.31, 39.9), (116.31, 39.91)))
    scenario = study.scenarios["base"].model_copy(update={"proposed": (site,), "no_go": (area,)})
    layers = live.proposal_layers(study, scenario, "zh")
    assert decoded(only(layers, "proposed").shapes.content()) == [[[[116.3, 39.9]]]]
    assert only(layers, "no_go").facts.content()["ids"] == ["工地"]
    assert live.proposal_layers(study, study.scenarios["base"], "zh") == ()


def test_a_proposed_site_is_no_candidate_twice(study):
    lon, lat = (float(part) for part in lon_lat(50, 0).split(","))
    site = ProposedSite(
        site_id="P1", name="门口", lon=lon, lat=lat, kind="shop", area_m2=60, yearly_cost_yuan=1000,
        open_hours="08:00-20:00",
    )  # fmt: skip
    scenario = study.scenarios["base"].model_copy(update={"proposed": (site,)})
    part = make_plan(study, scenario).services["rest_station"]
    layers = live.site_layers(part, scenario, "zh")
    assert only(layers, "rest_station.candidates").facts.content()["ids"] == ["H1"]


def test_grids_tell_what_is_covered_today(study, plan):
    (layer,) = live.grid_layers(study, plan.services, "en")
    title = say("live.covered_today_of", "en", service=study.catalog.services["rest_station"].name)
    shares = dict(zip(layer.facts.content()["ids"], [told(layer, 0)[title], told(layer, 1)[title]], strict=True))
    assert shares == {"W": "100.0%", "E": "0.0%"}


def test_the_street_is_the_same_for_every_plan(study):
    first, again = live.street_layers(study, "zh"), live.street_layers(study, "zh")
    assert first == again
    assert {"streets", "boundary", "centres", "restricted"} <= {layer.name for layer in first}
    (ring,) = decoded(only(first, "boundary").shapes.content())[0]
    edge = gpd.GeoSeries([study.boundary], crs=study.metric_crs).to_crs(4326)[0]
    assert shapely.Polygon(ring).hausdorff_distance(edge) <= 1e-6
    assert only(first, "streets").credit == say("map.credit", "zh")


def test_the_demo_street_draws_every_kind(demo_plan):
    study = demo_plan.study
    layers = [
        *live.street_layers(study, "zh"),
        *live.grid_layers(study, demo_plan.services, "zh"),
        *live.appeal_layers(demo_plan, "zh"),
        *live.hot_spot_layers(demo_plan, "rest_station", "zh"),
        *live.site_layers(demo_plan.services["rest_station"], demo_plan.scenario, "zh"),
        *live.new_site_layers(demo_plan, "rest_station", "zh"),
    ]
    assert len({layer.name for layer in layers}) == len(layers)
    for layer in layers:
        count = layer.shapes.content()["count"]
        assert count > 0, layer.name
        if layer.facts is not None:
            assert len(layer.facts.content()["ids"]) == count
            assert all(len(texts) == count for texts in layer.facts.content()["rows"])
        if layer.state is not None:
            assert len(layer.state.content()) == count
        assert json.dumps(layer.plain())
    expected = demo_plan.services["rest_station"].new_sites
    assert only(layers, "rest_station.new_sites").facts.content()["ids"] == list(expected["site_id"])


def test_every_mark_has_a_drawing_of_its_own():
    """A shape that a style names is one that the browser can draw."""
    parts = Path(__file__).parent.parent / "planner"
    drawn = (parts / "ui" / "live_map_parts" / "marks.js").read_text(encoding="utf-8")
    used = {
        word.split('"')[0]
        for file in (parts / "maps" / "live").glob("*.py")
        for word in file.read_text(encoding="utf-8").split('shape="')[1:]
    } | {"number", "badge"}
    assert len(used) > 8
    assert all(f"  {shape}: (" in drawn or f"  {shape}(" in drawn for shape in used), used
