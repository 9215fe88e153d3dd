"""Maps for paper: scale, north, legend, labels, names as text, and the same bytes."""

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hostile import HOSTILE, WITH_CONTROLS, WITHOUT_CONTROLS
from study_world import CENTRES, HOSTS, STUDY_TOML, lon_lat, table, write_study

from planner import load_study, make_plan
from planner.errors import ArgumentError, UnknownNameError
from planner.maps.printed import printed_map
from planner.words import Text

SIZE = {"width_mm": 170.0, "height_mm": 200.0}
SVG = "{http://www.w3.org/2000/svg}"


def drawn(plan, service="rest_station", language="zh", **options):
    return ET.fromstring(printed_map(plan, service, language=language, **SIZE | options))


def ids(root):
    return [element.get("id") for element in root.iter() if element.get("id")]


def found(root, name):
    return next(element for element in root.iter() if element.get("id") == name)


def said(root):
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def scale_of(root):
    return int(re.search(r"1:([\d ,]+)", "".join(found(root, "scale").itertext()))[1].replace(" ", "").replace(",", ""))


@pytest.fixture(scope="module")
def village(tmp_path_factory):
    """The village of study_world with a second centre, of another service, and one host that the planner requires."""
    folder = write_study(
        tmp_path_factory.mktemp("world") / "小村",
        study_toml=STUDY_TOML + 'required = ["H1"]\n',
        centres_csv=table(
            CENTRES,
            f"S1,一号驿站,{lon_lat(-100, 0)},rest_station,08:00-20:00,1,东西街1号",
            f"S2,二号站,{lon_lat(-150, 50)},sorting_point,08:00-20:00,1,东西街2号",
        ),
        hosts_csv=table(HOSTS, f"H1,小卖部,shop,{lon_lat(100, 0)},1,60,72000,08:00-22:00"),
    )
    study = load_study(folder)
    return make_plan(study, study.scenarios["base"])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("service", ["rest_station", None])
def test_the_same_plan_gives_the_same_bytes(demo_plan, service, language):
    one, two = (printed_map(demo_plan, service, language=language, **SIZE) for _ in range(2))
    assert one == two


def test_it_is_plain_svg_of_the_size_asked_for(demo_plan):
    root = drawn(demo_plan, width_mm=250, height_mm=170)
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("250mm", "170mm", "0 0 250 170")
    plain = {"svg", "g", "defs", "clipPath", "pattern", "rect", "circle", "line", "path", "polygon", "text", "title"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= plain
    assert not [name for element in root.iter() for name in element.attrib if "href" in name or name.startswith("on")]


@pytest.mark.parametrize(("width_mm", "height_mm"), [(170, 200), (250, 170), (110, 110), (277, 400)])
def test_the_scale_that_is_stated_is_the_scale_that_is_drawn(village, width_mm, height_mm):
    """The boundary is a square of 600 m, so its drawn side tells the scale without the map's own arithmetic."""
    root = drawn(village, width_mm=width_mm, height_mm=height_mm)
    at = absolute(found(root, "boundary").get("d"))
    side_mm = np.ptp(at, axis=0)
    edge_m = village.study.boundary.bounds
    assert side_mm * scale_of(root) / 1000 == pytest.approx([edge_m[2] - edge_m[0], edge_m[3] - edge_m[1]], abs=0.3)
    frame = found(root, "map-frame")[0]
    left, top, wide, high = (float(frame.get(name)) for name in ("x", "y", "width", "height"))
    assert (at.min(axis=0) >= [left, top]).all()
    assert (at.max(axis=0) <= [left + wide, top + high]).all()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_scale_bar_is_as_long_as_it_says(demo_plan, language):
    root = drawn(demo_plan, language=language)
    bar_mm = float(found(root, "bar").get("width"))
    last = ["".join(text.itertext()) for text in found(root, "scale-bar").iter(f"{SVG}text")][-1]
    metres = float(re.match(r"[\d,]+", last)[0].replace(",", ""))
    assert bar_mm * scale_of(root) / 1000 == pytest.approx(metres, abs=0.01 * scale_of(root) / 1000)
    assert metres in {step * 10**power for step in (1, 2, 3, 4, 5) for power in range(5)}
    bar = found(root, "scale-bar")
    edge = max(float(t.get("x")) + 0.5 * 2.2 * len("".join(t.itertext())) for t in bar.iter(f"{SVG}text"))
    assert edge <= SIZE["width_mm"] + 1


def test_the_scale_has_two_digits():
    from planner.maps.printed.paper import round_length_m, round_scale

    scales = {11_873: 12_000, 12_000: 12_000, 9_999: 10_000, 10_001: 11_000, 88_123: 89_000, 7.2: 8}
    assert {least: round_scale(least) for least in scales} == scales
    assert [round_length_m(x) for x in (480, 500, 399, 1_999, 61)] == [400, 500, 300, 1000, 50]


def test_north_is_where_the_meridian_runs(demo_plan):
    """East of a zone's meridian true north lies to the left of the grid's, by about dL·sin(B) (Torge 2001, 5.3)."""
    from pyproj import CRS, Transformer

    from planner.maps.printed.paper import north_degrees

    crs = CRS.from_epsg(4548)  # meridian 117° E
    to_metres = Transformer.from_crs(4326, crs, always_xy=True)
    for lon, lat in ((118.4, 39.9), (115.6, 30.0), (117.0, 36.0)):
        x, y = to_metres.transform(lon, lat)
        assert north_degrees(crs, x, y) == pytest.approx(-(lon - 117) * math.sin(math.radians(lat)), abs=0.005)
    turned = found(drawn(demo_plan), "north").get("transform")
    assert abs(float(re.search(r"rotate\((.*)\)", turned)[1])) < 0.1  # the demo street lies at 117° E


SHAPES = {
    "cell-full", "cell-part", "cell-none", "gap", "boundary", "grid", "community", "green", "water", "stream",
    "railway", "building", "centre", "centre-other", "appeal-unanswered", "appeal-answered",
}  # fmt: skip


@pytest.mark.parametrize("service", ["rest_station", "charging_cabinet", None])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_legend_has_what_is_drawn_and_nothing_else(demo_plan, service, language):
    root = drawn(demo_plan, service, language)
    names = set(ids(root))
    is_thing = re.compile(rf"({'|'.join(SHAPES)}|cell-estimated|street-\d|site-\w+|required-\w+)$")
    things = {name for name in names if is_thing.match(name)}
    legend = {name.removeprefix("legend-") for name in names if name.startswith("legend-")}
    # One line stands for streets of all classes, and one for still and running water.
    alike = [{f"street-{rank}" for rank in range(1, 6)}, {"water", "stream"}]
    assert legend <= things
    for kinds in alike:
        assert len(legend & kinds) == bool(things & kinds)
    assert things - set().union(*alike) == legend - set().union(*alike)
    labels = [text for text in said(found(root, "legend"))[1:] if not text.isdigit()]
    assert len(labels) == len(set(labels)) == len(legend)
    assert not [label for label in labels if label.endswith("…")]


def test_marks_of_the_village(village):
    """One centre offers the service and one does not; the one new site was required."""
    names = ids(drawn(village))
    assert {"centre", "centre-other", "required-rest_station"} <= set(names)
    assert "site-rest_station" not in names
    both = ids(drawn(village, None))
    assert "centre-other" not in both  # on the map of all services every centre counts
    assert "cell-full" not in both


def test_places_stand_where_they_are(village):
    root = drawn(village)
    corner = absolute(found(root, "boundary").get("d")).min(axis=0)
    west, _, _, north = village.study.boundary.bounds
    metres = 1000 / scale_of(root)
    for name, frame in (("centre", village.study.centres.iloc[:1]), ("centre-other", village.study.centres.iloc[1:])):
        points = np.array([p.split(",") for p in found(root, name)[0].get("points").split()], dtype=float)
        point = frame.geometry.iloc[0]
        expected = corner + np.array([point.x - west, north - point.y]) * metres
        assert points.mean(axis=0) == pytest.approx(expected, abs=0.02)


def test_cells_are_drawn_by_how_much_of_their_day_is_covered(village):
    """S1 covers c1 from 8 to 20, not at dinner; H1 is open till 22 and covers c2."""
    names = set(ids(drawn(village)))
    today = village.services["rest_station"].planned
    kinds = {
        ("full" if all(mine) else "part" if any(mine) else "none")
        for mine in (c[w > 0] for c, w in zip(today.covered, today.weight, strict=True))
    }
    assert {name for name in names if re.fullmatch("cell-(full|part|none)", name)} == {f"cell-{kind}" for kind in kinds}


def test_new_sites_have_the_numbers_of_the_report(demo_plan):
    for service, part in demo_plan.services.items():
        marks = found(drawn(demo_plan, service), f"site-{service}")
        assert sorted(said(marks), key=int) == part.new_sites["number"].astype(str).tolist()


def test_marks_of_one_place_stand_side_by_side_and_are_tied_to_it(demo_plan):
    """On the map of all services, hosts that hold several keep every number to be read."""
    root = drawn(demo_plan, None)
    at = [
        (float(disc.get("cx")), float(disc.get("cy")), float(disc.get("r")))
        for service in demo_plan.services
        for disc in list(found(root, f"site-{service}").iter(f"{SVG}circle"))[::2]
    ]
    assert len(at) == sum(len(part.new_sites) for part in demo_plan.services.values())
    apart = [math.dist(one[:2], other[:2]) - one[2] - other[2] for i, one in enumerate(at) for other in at[:i]]
    assert min(apart) > -0.01
    sites = gpd.GeoSeries([p for part in demo_plan.services.values() for p in part.new_sites.geometry])
    assert sites.duplicated().any()
    assert len(found(root, "leads")) >= sites.duplicated().sum()


def test_every_gap_has_its_rank_or_is_told_of(demo_plan):
    for service, part in demo_plan.services.items():
        root = drawn(demo_plan, service)
        ranks = set(said(found(root, "ranks")))
        assert ranks <= set(part.gaps_planned["rank"].astype(str))
        left_out = len(part.gaps_planned) - len(ranks)
        told = re.search(r"另有 (\d+) 处缺口", "".join(said(found(root, "notes"))))
        assert left_out == (int(told[1]) if told else 0)


def test_names_and_marks_do_not_lie_on_each_other(demo_plan):
    """Ranks and street names were each given a free place: no two are nearer than letters are high."""
    root = drawn(demo_plan)
    names = [group for group in found(root, "names") if group.get("transform")]
    at = [tuple(map(float, re.search(r"translate\(([\d.-]+) ([\d.-]+)\)", n.get("transform")).groups())) for n in names]
    at += [(float(t.get("x")), float(t.get("y"))) for t in found(root, "ranks")]
    assert len(at) > 60
    assert min(math.dist(one, other) for i, one in enumerate(at) for other in at[:i]) > 1.5


def test_street_names_run_along_their_streets(demo_plan):
    """示范大街 runs from west to east, its name is a line; 和平路 from north to south, its name is a column."""
    root = drawn(demo_plan)
    named = {"".join(group[-1].itertext()): group for group in found(root, "names") if group.get("transform")}
    across, down = named["示范大街"][-1], named["和平路"][-1]
    assert len(set(across.get("y").split())) == 1
    assert len(set(down.get("x").split())) == 1
    assert len(down.get("y").split()) == 3
    assert all(abs(float(re.search(r"rotate\((.*)\)", g.get("transform"))[1])) <= 50 for g in named.values())


@pytest.mark.parametrize("name", [*HOSTILE, WITH_CONTROLS])
def test_names_come_out_as_typed(village, name):
    study = replace(village.study, name=Text(zh=name, en=name))
    root = drawn(replace(village, study=study), title=None)
    expected = " ".join((WITHOUT_CONTROLS if name == WITH_CONTROLS else name).split())
    shown = "".join(found(root, "map-title").itertext())
    assert root.find(f"{SVG}title").text.startswith(expected)
    assert shown.startswith(expected) or (shown.endswith("…") and expected.startswith(shown[:20]))


def test_names_of_streets_and_grids_are_text(village):
    edges = village.study.streets.edges.assign(name='<g onload="x">&')
    streets = replace(village.study.streets, edges=edges)
    grids = village.study.grids.assign(name="]]><b>")
    root = drawn(replace(village, study=replace(village.study, streets=streets, grids=grids)))
    texts = said(root)
    assert '<g onload="x">&' in texts
    assert "]]><b>" in texts


def test_the_line_for_the_review_number_and_the_mark_of_internal_material(demo_plan):
    bare = drawn(demo_plan)
    assert re.fullmatch("审图号：＿+", "".join(found(bare, "review-number").itertext()))
    assert "内部资料" not in said(bare)
    filled = drawn(demo_plan, review_number="京S(2026)001号", internal=True)
    assert "".join(found(filled, "review-number").itertext()) == "审图号：京S(2026)001号"
    assert "内部资料" in said(filled)


def test_a_title_of_its_own_or_none(demo_plan):
    assert "示范街道（虚构） 户外劳动者驿站布局规划图（基本方案）" in said(drawn(demo_plan))
    assert "驿站" in said(drawn(demo_plan, title="驿站"))
    without = drawn(demo_plan, title="")
    assert "map-title" not in ids(without)
    height = [float(found(root, "map-frame")[0].get("height")) for root in (without, drawn(demo_plan))]
    assert height[0] > height[1]


def test_places_far_from_the_street_are_told_of(village):
    """A centre 5 km away would shrink the street to a dot: it is left out, and that is said."""
    centres = village.study.centres.copy()
    centres.loc[1, "geometry"] = shapely.Point(centres.geometry.iloc[0].x + 5000, centres.geometry.iloc[0].y)
    root = drawn(replace(village, study=replace(village.study, centres=centres)), None)
    assert scale_of(root) == scale_of(drawn(village, None))
    assert any("图幅之外另有 1 处" in text for text in said(root))
    assert not any("图幅之外" in text for text in said(drawn(village)))


def test_made_up_streets_and_estimates_are_told_of(demo_plan, village):
    assert any("虚构" in text for text in said(found(drawn(demo_plan), "notes")))
    assert any("OpenStreetMap" in text for text in said(found(drawn(village), "notes")))


def test_estimates_are_dashed_and_paler(village):
    part = village.services["rest_station"]
    cells = part.demand.cells.assign(estimated=True)
    guessed = replace(part, demand=replace(part.demand, cells=cells))
    names = ids(drawn(replace(village, services={"rest_station": guessed})))
    assert {"cell-estimated", "legend-cell-estimated"} <= set(names)
    assert "cell-estimated" not in ids(drawn(village))


def test_a_service_that_is_not_planned_is_named(village):
    with pytest.raises(UnknownNameError, match="rest_station"):
        printed_map(village, "no_such", language="en", **SIZE)


def test_a_sheet_too_small_is_refused(village):
    with pytest.raises(ArgumentError, match="100"):
        printed_map(village, None, language="en", width_mm=90, height_mm=200)


@pytest.mark.slow
def test_a_district_stays_small(demo_study):
    from benchmarks.district import district_of
    from planner import Scenario

    limits = {"services": {"rest_station": {"site_limit": 300}}, "time_limit_s": 5, "optimality_gap": 0.2}
    plan = make_plan(district_of(demo_study), Scenario.model_validate(limits))
    svg = printed_map(plan, "rest_station", language="zh", **SIZE)
    assert len(plan.services["rest_station"].demand.cells) > 20_000
    assert len(svg.encode()) < 5_000_000
    names = ids(ET.fromstring(svg))
    assert {"street-3", "street-1", "gap", "site-rest_station"} <= set(names)
    assert "street-0" not in names  # paths would only darken a map of this scale


def absolute(data):
    """The points of path data that has M, l and z only."""
    points, here = [], np.zeros(2)
    for command, numbers in re.findall(r"([Ml])([^Mlz]*)", data):
        for pair in np.array(numbers.split(), dtype=float).reshape(-1, 2):
            here = pair if command == "M" else here + pair
            points.append(here)
    return np.array(points)
