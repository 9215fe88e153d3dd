import base64
import re
from dataclasses import replace
from pathlib import Path

import folium
import numpy as np
import pytest

from planner import Scenario, ServiceScenario, make_plan
from planner.maps import plan_map
from planner.maps.offline import leaflet_script, leaflet_style
from planner.maps.sheet import typed
from planner.words import say

DEMO = Path(__file__).parent.parent / "data" / "demo"


def page_of(plan, language="en"):
    return plan_map(plan, language=language).get_root().render()


@pytest.fixture(scope="module")
def page(demo_plan):
    return page_of(demo_plan)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_plan_gives_the_same_bytes(demo_plan, language):
    assert page_of(demo_plan, language) == page_of(demo_plan, language)


def test_no_link_leads_to_another_host(page):
    sources = re.findall(r'(?:src|href)="([^"]{0,30})', page)
    assert sources
    assert all(source.startswith("data:") for source in sources)
    assert not re.search(r"url\((?!data:|#default)", page)
    # Whatever names a host is Leaflet's own text, which lies in the data: links and is never fetched.
    assert "http" not in page.replace("http-equiv", "")
    assert "jquery" not in page.lower()
    assert "bootstrap" not in page.lower()


def test_leaflet_comes_with_its_images():
    script = base64.b64decode(leaflet_script().split(",")[1]).decode()
    style = base64.b64decode(leaflet_style().split(",")[1]).decode()
    assert "Leaflet 1.9" in script
    assert "sourceMappingURL" not in script
    assert style.count("data:image/png;base64,") == 3
    assert "url(images/" not in style


def test_other_maps_of_the_process_keep_their_links(demo_plan):
    before = list(folium.Map.default_js), list(folium.Map.default_css)
    plan_map(demo_plan)
    assert (folium.Map.default_js, folium.Map.default_css) == before


def test_the_demo_map_stays_small(page):
    assert len(page.encode()) < 3_000_000


def test_positions_have_six_decimals(page):
    coordinates = re.findall(r"1[01]\d\.\d{4,}", page)
    assert len(coordinates) > 10_000
    assert max(len(number.split(".")[1]) for number in coordinates) <= 6


def shown_layers(drawn):
    groups = [child for child in drawn._children.values() if isinstance(child, folium.FeatureGroup) and child.control]
    return {re.sub(r"<b.*?</b>|<[^>]+>", "", group.layer_name): group.show for group in groups}


def test_only_the_planned_layers_of_the_first_service_are_on(demo_plan):
    shown = shown_layers(plan_map(demo_plan, language="en"))
    on = {name for name, show in shown.items() if show}
    first = demo_plan.study.catalog.services[next(iter(demo_plan.services))].name.en
    assert on == {
        "Existing centres", "Grids", "Buildings",
        f"{first} New sites", f"{first} Planned coverage", f"{first} Planned gaps",
    }  # fmt: skip
    # A service has new sites, coverage and gaps today and planned, hot spots; the base map has appeals too.
    assert len(shown) == 6 * len(demo_plan.services) + 6


def test_new_sites_carry_the_numbers_of_the_plan(demo_plan):
    part = next(iter(demo_plan.services.values()))
    group = groups_named(plan_map(demo_plan, language="en"), "New sites")[0]
    features = geojson_of(group)[0].data["features"]
    assert [feature["properties"]["digits"] for feature in features] == list(part.new_sites["number"])
    assert all(
        feature["properties"]["n"].endswith(typed(name))
        for feature, name in zip(features, part.new_sites["name"], strict=True)
    )


def test_headline_figures_are_those_of_the_summary(demo_plan, page):
    for _, row in demo_plan.summary().iterrows():
        assert f"{row['covered_share_today']:.1%} → <b>{row['covered_share_planned']:.1%}</b>" in page


def test_made_up_and_estimated_are_said_on_the_map(demo_plan):
    study = demo_plan.study
    assert "made up, for demonstration only" in page_of(demo_plan)
    assert "OpenStreetMap contributors" not in page_of(demo_plan)
    sources = tuple(replace(source, estimated=source.role == "cells") for source in study.sources)
    real = replace(demo_plan, study=replace(study, made_up=False, sources=sources))
    page = page_of(real)
    assert "made up, for demonstration only" not in page
    assert "© OpenStreetMap contributors" in page
    assert "they are not data" in page
    assert "Demand per day (estimate)" in page


def test_a_plan_without_new_sites_draws(demo_study):
    scenario = Scenario(services={"rest_station": ServiceScenario(site_limit=0)})
    drawn = plan_map(make_plan(demo_study, scenario), language="en")
    assert "0 new" in drawn.get_root().render()


def test_a_study_with_nothing_but_streets_under_it_draws(demo_plan):
    study = demo_plan.study
    bare = replace(study, ground=study.ground.iloc[:0], restricted=study.restricted.iloc[:0])
    shown = shown_layers(plan_map(replace(demo_plan, study=bare), language="en"))
    assert "Buildings" not in shown
    assert "Restricted areas" not in shown


def test_a_plan_with_no_demand_at_all_draws(demo_study):
    deliveries = {kind: np.zeros_like(table) for kind, table in demo_study.deliveries.items()}
    scenario = Scenario(services={"rest_station": ServiceScenario(site_limit=1)})
    quiet = replace(demo_study, deliveries=deliveries, appeals=demo_study.appeals.iloc[:0])
    page = page_of(make_plan(quiet, scenario))
    assert "— → <b>—</b>" in page


def test_places_and_areas_of_the_planners_own_are_drawn(demo_study):
    at = demo_study.grids.to_crs(4326).geometry.iloc[40].representative_point()
    own = {
        "site_id": "OWN", "name": "<b>自提</b>", "lon": at.x, "lat": at.y, "kind": "shop", "area_m2": 33,
        "yearly_cost_yuan": 9_000, "open_hours": "06:00-23:00",
    }  # fmt: skip
    ring = ((at.x, at.y), (at.x + 0.002, at.y), (at.x + 0.002, at.y + 0.002))
    asked = {"services": {"rest_station": {"site_limit": 1}}, "no_go": [{"name": "工地", "ring": ring}]}
    bare, full = (Scenario.model_validate({**asked, "proposed": some}) for some in ([], [own]))
    plan = make_plan(demo_study, full)
    drawn = plan_map(plan, language="en")
    (area,) = geojson_of(groups_named(drawn, say("live.no_go", "en"))[0])
    assert np.allclose(area.data["features"][0]["geometry"]["coordinates"][0][:3], ring, atol=1e-6)
    (place,) = geojson_of(groups_named(drawn, say("live.proposed", "en"))[0])
    assert place.data["features"][0]["properties"]["n"] == "&lt;b&gt;自提&lt;/b&gt;"
    with_it, without = (page_of(one).split("<body>")[1] for one in (plan, make_plan(demo_study, bare)))
    assert "planner-legend-no-go" in with_it
    assert "planner-legend-own" in with_it
    assert "planner-legend-own" not in without


def test_text_as_typed_is_neither_markup_nor_template():
    assert typed("<b>{{7*7}}</b>{% x %}\"'`${1}`") == (
        "&lt;b&gt;&#123;&#123;7*7}}&lt;/b&gt;&#123;% x %}&quot;&#x27;`$&#123;1}`"
    )


def groups_named(drawn, name):
    return [
        child
        for child in drawn._children.values()
        if isinstance(child, folium.FeatureGroup)
        and child.control
        and re.sub("<[^>]+>", "", child.layer_name).endswith(name)
    ]


def geojson_of(group):
    return [child for child in group._children.values() if isinstance(child, folium.GeoJson)]
