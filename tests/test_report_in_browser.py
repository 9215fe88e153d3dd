"""The map and the report in a real browser that has no network."""

import re
from dataclasses import replace

import numpy as np
import pytest
from browser import chromium, guarded_tab, needs_chromium

from planner.maps import plan_map
from planner.report import write_report
from planner.words import Text

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [pytest.mark.browser, needs_chromium]

NASTY = [
    "<script>alert(1)</script>",
    "{{7*7}}",
    "`${1}`",
    "\"'",
    "{% raw %}",
    "</script><img src=x onerror=alert(2)>",
    "{#",
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("profile")) as context:
        yield context


@pytest.fixture
def tab(browser):
    with guarded_tab(browser, kinds=("error", "warning")) as tab:
        tab.set_viewport_size({"width": 1366, "height": 768})
        yield tab


@pytest.fixture(scope="module")
def folder(demo_plan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shown")
    write_report(demo_plan, folder, formats=("html", "map"), language="en")
    return folder


def nasty(plan):
    """The plan with hostile names in every place where a file can put one."""

    def names(count, shift=0):
        return [NASTY[(i + shift) % len(NASTY)] for i in range(count)]

    study = plan.study
    everything = "".join(NASTY)
    text = Text(zh=everything, en=everything)
    services = {key: service.model_copy(update={"name": text}) for key, service in study.catalog.services.items()}
    periods = {key: period.model_copy(update={"name": text}) for key, period in study.catalog.periods.items()}
    demands = {key: rule.model_copy(update={"unit": text, "name": text}) for key, rule in study.catalog.demands.items()}
    hosts = {key: kind.model_copy(update={"name": text}) for key, kind in study.catalog.host_kinds.items()}
    update = {"services": services, "periods": periods, "demands": demands, "host_kinds": hosts}
    ground = study.ground.assign(name=everything)
    changed = replace(
        study,
        name=text,
        catalog=study.catalog.model_copy(update=update),
        grids=study.grids.assign(name=names(len(study.grids), 1)),
        centres=study.centres.assign(name=names(len(study.centres)), address=everything),
        hosts=study.hosts.assign(name=names(len(study.hosts))),
        restricted=study.restricted.assign(
            name=names(len(study.restricted)), reason=names(len(study.restricted), 2)
        ),
        ground=ground,
        sources=tuple(replace(source, path=everything, origin=text) for source in study.sources),
    )  # fmt: skip

    def renamed(part):
        """All sites by their names, the new ones by what looks like markup."""
        told = part.sites.frame["name"].to_numpy(dtype=object).copy()
        told[part.new_sites["site"]] = names(len(part.new_sites))
        return told

    parts = {
        key: replace(part, sites=replace(part.sites, frame=part.sites.frame.assign(name=renamed(part))))
        for key, part in plan.services.items()
    }
    scenario = plan.scenario.model_copy(update={"name": text})
    return replace(plan, study=changed, scenario=scenario, services=parts)


def test_the_map_shows_streets_sites_and_layers(tab, folder, demo_plan):
    tab.goto((folder / "map.html").as_uri())
    tab.wait_for_selector(".planner-site")
    first = next(iter(demo_plan.services.values()))
    assert tab.locator(".planner-site").all_text_contents() == [str(n) for n in first.new_sites["number"]]
    assert tab.locator(".planner-centre").count() == len(demo_plan.study.centres)
    assert tab.locator(".planner-rank").count() == len(first.gaps_planned)
    drawn = tab.evaluate(
        """() => {
             const canvas = document.querySelector("canvas");
             const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
             return data.filter((value, i) => i % 4 === 3 && value > 0).length / (data.length / 4); }"""
    )
    assert drawn > 0.2


def test_every_layer_switches_on_and_off(tab, folder):
    tab.goto((folder / "map.html").as_uri())
    boxes = tab.locator(".planner-layers input")
    assert boxes.count() == 24
    for i in range(boxes.count()):
        boxes.nth(i).click()
    for i in range(boxes.count()):
        boxes.nth(i).click()


def test_a_site_tells_why_it_is_there(tab, folder, demo_plan):
    tab.goto((folder / "map.html").as_uri())
    site = next(iter(demo_plan.services.values())).new_sites.iloc[0]
    tab.locator(".planner-site").first.hover()
    tip = tab.locator(".planner-tip")
    tip.wait_for()
    told = tip.inner_text()
    assert site["name"] in told
    assert f"{site['cost_yuan']:,.0f} yuan" in told
    assert "Covered from here alone" in told


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (400, 800)])
def test_the_panel_leaves_the_map_in_sight(tab, folder, width, height):
    tab.set_viewport_size({"width": width, "height": height})
    tab.goto((folder / "map.html").as_uri())
    tab.wait_for_selector(".planner-site")
    panel = tab.locator(".planner-panel").bounding_box()
    assert panel["width"] * panel["height"] < 0.35 * width * height
    for box in (site.bounding_box() for site in tab.locator(".planner-site").all()):
        right, below = box["x"] + box["width"], box["y"] + box["height"]
        assert box["x"] >= 0
        assert right <= width
        assert right <= panel["x"] or below <= panel["y"]
    opened = tab.locator(".planner-panel").evaluate("panel => panel.open")
    assert opened == (width > 640)
    tab.locator(".planner-panel > summary").click()
    assert tab.locator(".planner-panel").evaluate("panel => panel.open") != opened


def test_the_report_holds_a_map_that_can_be_used(tab, folder):
    tab.goto((folder / "report.html").as_uri())
    frame = tab.frame_locator("iframe")
    frame.locator(".planner-site").first.wait_for()
    new_sites = frame.locator(".planner-layers label", has_text="New sites").first.locator("input")
    before = frame.locator(".planner-site").count()
    new_sites.click()
    assert new_sites.is_checked() is False
    assert frame.locator(".planner-site").count() < before


def test_the_report_prints(tab, folder):
    tab.goto((folder / "report.html").as_uri())
    tab.frame_locator("iframe").locator(".planner-site").first.wait_for()
    assert tab.pdf(prefer_css_page_size=True, print_background=True).startswith(b"%PDF")


def test_text_from_files_is_never_markup(tab, demo_plan, tmp_path):
    plan = nasty(demo_plan)
    write_report(plan, tmp_path, formats=("html", "map"), language="en")
    tab.goto((tmp_path / "map.html").as_uri())
    tab.wait_for_selector(".planner-site")
    own_scripts = tab.locator("script").count()
    everything = "".join(NASTY)
    assert everything in tab.locator(".planner-panel > summary b").inner_text()
    assert everything in tab.title()
    for i in range(tab.locator(".planner-layers input").count()):
        box = tab.locator(".planner-layers input").nth(i)
        if not box.is_checked():
            box.click()
    for marker in tab.locator(".planner-centre, .planner-site").all()[:: max(1, len(NASTY) // 3)]:
        marker.dispatch_event("mouseover")
        marker.dispatch_event("mouseout")
    # Every tooltip there is, opened as a reader would by pointing at each shape in turn.
    tips = tab.evaluate(
        """() => { const found = new Set();
             for (const name of Object.keys(window).filter(n => n.startsWith("geo_json_") && !n.includes("_add"))) {
               if (!window[name].eachLayer || !window[name].getTooltip || !window[name].getTooltip()) { continue; }
               window[name].eachLayer(layer => {
                 const latlng = layer.getLatLng ? layer.getLatLng() : layer.getBounds().getCenter();
                 layer.fire("mouseover", {latlng: latlng}, true);
                 document.querySelectorAll(".planner-tip").forEach(tip => found.add(tip.innerText));
                 layer.fire("mouseout", {latlng: latlng}, true); }); }
             return [...found].join("\\n"); }"""
    )
    assert all(name in tips for name in NASTY)
    assert tab.locator("script").count() == own_scripts
    assert tab.locator("img[src=x]").count() == 0

    tab.goto((tmp_path / "report.html").as_uri())
    tab.frame_locator("iframe").locator(".planner-site").first.wait_for()
    assert everything in tab.locator("header .street").inner_text()
    cells = tab.locator(".sites td:nth-child(2)").all_inner_texts()
    for part in plan.services.values():
        assert set(part.new_sites["name"]) <= set(cells)
    assert tab.locator("body script").count() == 0
    assert tab.locator("img").count() == 0
    assert "49" not in tab.locator("header").inner_text()


def test_the_map_of_a_real_place_names_its_source(tab, demo_plan, tmp_path):
    real = replace(demo_plan, study=replace(demo_plan.study, made_up=False))
    path = tmp_path / "map.html"
    path.write_text(plan_map(real, language="zh").get_root().render(), encoding="utf-8")
    tab.goto(path.as_uri())
    assert tab.locator(".planner-credit").is_visible()
    assert re.search("OpenStreetMap contributors", tab.locator(".planner-credit").inner_text())
    assert tab.evaluate("document.documentElement.lang") == "zh-CN"
    scale = tab.locator(".leaflet-control-scale-line")
    assert scale.count() == 1
    assert np.char.isalnum(scale.inner_text().replace(" ", ""))
