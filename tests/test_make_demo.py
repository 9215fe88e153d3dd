"""The demonstration street office: same bytes from the seed, and what must be true of the files."""

import csv
import importlib.util
import itertools
import json
import math
import os
import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from shapely.geometry import LineString, Point, Polygon, shape
from shapely.ops import unary_union
from shapely.strtree import STRtree

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "data" / "make_demo.py"
SHIPPED = ROOT / "data" / "demo"
FILES = {
    "README.md",
    "appeals.csv",
    "boundary.geojson",
    "cells.csv",
    "centres.csv",
    "checkins.csv",
    "communities.geojson",
    "grids.geojson",
    "hosts.csv",
    "restricted.geojson",
    "streets.osm",
    "study.toml",
}
# Metres a degree at the demonstration street; good to a metre in a thousand, enough for these tests.
_X, _Y = 111320 * math.cos(math.radians(36.66)), 110972


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_demo", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _metres(lon: float, lat: float) -> tuple[float, float]:
    return (lon - 117.0) * _X, (lat - 36.66) * _Y


def _features(name: str) -> list[dict[str, Any]]:
    return list(json.loads((SHIPPED / name).read_text(encoding="utf-8"))["features"])


def _polygon(feature: dict[str, Any]) -> Polygon:
    rings = feature["geometry"]["coordinates"]
    return Polygon([_metres(*p) for p in rings[0]], [[_metres(*p) for p in r] for r in rings[1:]])


def _rows(name: str) -> list[dict[str, str]]:
    with (SHIPPED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def osm() -> tuple[dict[str, tuple[float, float]], dict[str, dict[str, str]], list[tuple[list[str], dict[str, str]]]]:
    """Nodes in metres, their tags, and ways."""
    root = ET.parse(SHIPPED / "streets.osm").getroot()
    nodes = {n.attrib["id"]: _metres(float(n.attrib["lon"]), float(n.attrib["lat"])) for n in root.iter("node")}
    tags = {n.attrib["id"]: {t.attrib["k"]: t.attrib["v"] for t in n.iter("tag")} for n in root.iter("node")}
    ways = [
        ([n.attrib["ref"] for n in w.iter("nd")], {t.attrib["k"]: t.attrib["v"] for t in w.iter("tag")})
        for w in root.iter("way")
    ]
    return nodes, tags, ways


def _walkable(tags: dict[str, str]) -> bool:
    return "highway" in tags and tags.get("foot") != "no"


def test_the_shipped_folder_is_what_the_script_writes(tmp_path: Path) -> None:
    # Another hash seed in another process: no set or dict order may reach the files.
    env = {**os.environ, "PYTHONHASHSEED": "77"}
    subprocess.run([sys.executable, str(SCRIPT), str(tmp_path)], check=True, env=env)
    assert {p.name for p in tmp_path.iterdir()} == FILES == {p.name for p in SHIPPED.iterdir()}
    for name in sorted(FILES):
        assert (tmp_path / name).read_bytes() == (SHIPPED / name).read_bytes(), name


def test_another_seed_gives_another_street(tmp_path: Path) -> None:
    _load().write_demo(tmp_path, seed=7)
    for name in sorted(FILES - {"study.toml"}):
        assert (tmp_path / name).read_bytes() != (SHIPPED / name).read_bytes() or name == "boundary.geojson", name


def test_text_is_utf8_with_plain_line_ends() -> None:
    for path in SHIPPED.iterdir():
        text = path.read_bytes()
        assert b"\r" not in text
        assert text.endswith(b"\n")
        text.decode("utf-8")


def test_readme_says_first_that_it_is_made_up() -> None:
    text = (SHIPPED / "README.md").read_text(encoding="utf-8")
    assert "虚构" in text.splitlines()[0]
    assert "made up" in text.splitlines()[0]
    assert "{" not in text


def test_study_names_the_files() -> None:
    study = tomllib.loads((SHIPPED / "study.toml").read_text(encoding="utf-8"))
    assert study["made_up"] is True
    assert {f["path"] for f in study["files"].values()} == FILES - {"README.md", "study.toml"}


def test_codes_nest() -> None:
    communities = {f["properties"]["community_code"] for f in _features("communities.geojson")}
    grids = [f["properties"] for f in _features("grids.geojson")]
    assert len(communities) == 20
    assert 110 <= len(grids) <= 130
    assert all(re.fullmatch(r"990101001\d{3}", c) for c in communities)
    assert len({g["grid_code"] for g in grids}) == len(grids) == len({g["name"] for g in grids})
    for grid in grids:
        assert re.fullmatch(r"\d{15}", grid["grid_code"])
        assert grid["grid_code"][:12] == grid["community_code"]
    assert {g["community_code"] for g in grids} == communities


def test_polygons_tile() -> None:
    (boundary,) = [_polygon(f) for f in _features("boundary.geojson")]
    grids = _features("grids.geojson")
    communities = _features("communities.geojson")
    assert 3.7e6 < boundary.area < 4.3e6
    assert boundary.area / boundary.minimum_rotated_rectangle.area < 0.95
    for parts in (grids, communities):
        polygons = [_polygon(f) for f in parts]
        assert all(p.is_valid for p in polygons)
        assert sum(p.area for p in polygons) == pytest.approx(boundary.area, abs=1)
        assert unary_union(polygons).symmetric_difference(boundary).area < 1
    for community in communities:
        code = community["properties"]["community_code"]
        own = unary_union([_polygon(g) for g in grids if g["properties"]["community_code"] == code])
        assert own.symmetric_difference(_polygon(community)).area < 1


def test_grids_share_their_corners() -> None:
    edges: Counter[tuple[Any, ...]] = Counter()
    for feature in _features("grids.geojson"):
        ring = [tuple(p) for p in feature["geometry"]["coordinates"][0]]
        edges.update((a, b) for a, b in itertools.pairwise(ring))
    assert max(edges.values()) == 1
    (boundary,) = _features("boundary.geojson")
    rim = [tuple(p) for p in boundary["geometry"]["coordinates"][0]]
    alone = {e for e in edges if e[::-1] not in edges}
    assert alone == set(itertools.pairwise(rim))


def test_cells() -> None:
    rows = _rows("cells.csv")
    (boundary,) = [shape(f["geometry"]) for f in _features("boundary.geojson")]
    cells: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        cells[row["cell_id"]].append(row)
        assert re.fullmatch(r"-?\d+\.\d{7}", row["lon"])
        assert re.fullmatch(r"-?\d+\.\d{7}", row["lat"])
    assert 300 < len(cells) < 430
    for own in cells.values():
        assert [r["period"] for r in own] == ["morning", "lunch", "afternoon", "dinner", "night"]
        assert boundary.contains(Point(float(own[0]["lon"]), float(own[0]["lat"])))
        assert sum(int(r["meals_per_day"]) + int(r["parcels_per_day"]) for r in own) > 0
    meals: Counter[str] = Counter()
    parcels: Counter[str] = Counter()
    for row in rows:
        meals[row["period"]] += int(row["meals_per_day"])
        parcels[row["period"]] += int(row["parcels_per_day"])
    assert meals.total() == 38000
    assert parcels.total() == 22000
    assert min(meals["lunch"], meals["dinner"]) > 2 * max(meals["morning"], meals["afternoon"], meals["night"])
    by_cell = sorted(sum(int(r["meals_per_day"]) + int(r["parcels_per_day"]) for r in own) for own in cells.values())
    assert sum(by_cell[-len(by_cell) // 5 :]) > 0.4 * 60000


def test_cells_lie_on_the_lattice_of_the_projected_plane() -> None:
    pyproj = pytest.importorskip("pyproj")
    way = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:4548", always_xy=True)
    x0, y0 = way.transform(117.0, 36.66)
    for row in _rows("cells.csv")[::5]:
        x, y = way.transform(float(row["lon"]), float(row["lat"]))
        for off in (x - x0 - 50, y - y0 - 50):
            assert abs(off - 100 * round(off / 100)) < 0.05


def test_osm_nodes_are_used_and_references_exist(osm: Any) -> None:
    nodes, tags, ways = osm
    used = {n for refs, _ in ways for n in refs}
    assert used <= set(nodes)
    assert all(n in used or tags[n] for n in nodes)
    assert all(int(n) > 0 for n in nodes)
    assert all(a != b and nodes[a] != nodes[b] for refs, _ in ways for a, b in itertools.pairwise(refs))
    assert (SHIPPED / "streets.osm").stat().st_size < 2_500_000


def test_osm_counts(osm: Any) -> None:
    _nodes, tags, ways = osm
    buildings = [t for _, t in ways if "building" in t]
    assert 400 <= len(buildings) <= 900
    assert all(int(t["building:levels"]) >= 1 for t in buildings)
    assert 2500 <= len({n for refs, t in ways if "highway" in t for n in refs}) <= 5000
    kinds = {t["highway"] for _, t in ways if "highway" in t}
    assert kinds >= {"primary", "secondary", "tertiary", "residential", "living_street", "service", "footway"}
    assert kinds >= {"steps", "cycleway", "trunk"}
    assert sum(1 for t in tags.values() if t.get("barrier") == "gate") > 60
    assert sum(1 for t in tags.values() if t.get("amenity") == "community_centre") == 20
    assert sum(1 for _, t in ways if t.get("shop") == "mall") == 2


def test_all_paths_hang_together_but_one(osm: Any) -> None:
    _nodes, _, ways = osm
    parent: dict[str, str] = {}

    def root(n: str) -> str:
        while parent.setdefault(n, n) != n:
            n = parent[n]
        return n

    for refs, tags in ways:
        if _walkable(tags):
            for a, b in itertools.pairwise(refs):
                parent[root(a)] = root(b)
    sizes = Counter(root(n) for n in list(parent))
    assert sorted(sizes.values())[:-1] == [3]


def test_the_river_is_crossed_at_few_places(osm: Any) -> None:
    nodes, _, ways = osm
    (river,) = [LineString([nodes[n] for n in r]) for r, t in ways if t.get("waterway") == "river"]
    over = []
    for refs, tags in ways:
        if "highway" in tags and river.intersects(LineString([nodes[n] for n in refs])):
            assert tags.get("bridge") == "yes"
            over.append(tags["name"])
    assert sorted(over) == ["北园路", "建设路", "滨河人行桥", "示范大街", "示范大街"]


def test_streets_do_not_run_through_buildings(osm: Any) -> None:
    nodes, _, ways = osm
    tree = STRtree([Polygon([nodes[n] for n in r]) for r, t in ways if "building" in t])
    for refs, tags in ways:
        if "highway" in tags and not tags.get("tunnel") and not tags.get("layer"):
            line = LineString([nodes[n] for n in refs])
            assert not len(tree.query(line, predicate="crosses")), tags


def test_centres() -> None:
    rows = _rows("centres.csv")
    offered = Counter(s for r in rows for s in r["services"].split(";"))
    assert len(rows) == 25 == len({r["centre_id"] for r in rows})
    assert set(offered) == {"rest_station", "charging_cabinet", "sorting_point"}
    assert all(re.fullmatch(r"\d\d:\d\d-\d\d:\d\d(;\d\d:\d\d-\d\d:\d\d)*", r["open_hours"]) for r in rows)
    shut = [r for r in rows if "rest_station" in r["services"] and r["open_hours"][-5:] <= "18:00"]
    assert len(shut) > offered["rest_station"] / 2


def test_checkins() -> None:
    rows = _rows("checkins.csv")
    assert (SHIPPED / "checkins.csv").stat().st_size < 100_000
    assert rows == sorted(rows, key=lambda r: (r["date"], r["station"]))
    assert len({(r["date"], r["station"]) for r in rows}) == len(rows)
    assert {r["station"] for r in rows} == {r["centre_id"] for r in _rows("centres.csv")}
    days = {r["date"] for r in rows}
    assert (min(days), max(days), len(days)) == ("2024-03-03", "2024-06-30", 120)
    of: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        of[row["station"]].append(int(row["checkins"]))
    # One that nobody uses, one that has just opened, one that was not recorded for three weeks, and one much used.
    assert [s for s, counts in of.items() if not any(counts)] == ["S13"]
    assert [s for s, counts in of.items() if len(counts) < 15] == ["S25"]
    assert sum(90 < len(counts) < 102 for counts in of.values()) == 1
    mean = {s: sum(counts) / len(counts) for s, counts in of.items()}
    assert max(mean, key=lambda s: mean[s]) == "S09"


def test_hosts(osm: Any) -> None:
    nodes, _, ways = osm
    rows = _rows("hosts.csv")
    assert len(rows) == 300 == len({r["host_id"] for r in rows})
    assert {r["kind"] for r in rows} == {"community_room", "shop", "lobby", "car_park", "vacant_lot"}
    assert 0.7 < sum(r["floor"] == "1" for r in rows) / 300 < 0.82
    lines = [LineString([nodes[n] for n in r]) for r, t in ways if _walkable(t)]
    tree = STRtree(lines)
    (boundary,) = [_polygon(f) for f in _features("boundary.geojson")]
    far = []
    for row in rows:
        point = Point(_metres(float(row["lon"]), float(row["lat"])))
        assert boundary.contains(point)
        assert 8 <= int(row["area_m2"]) <= 800
        assert int(row["yearly_cost_yuan"]) > 0
        distance = point.distance(lines[tree.nearest(point)])
        if distance > 60:
            far.append(distance)
    assert len(far) == 2
    assert min(far) > 150


def test_restricted_zones() -> None:
    zones = _features("restricted.geojson")
    assert 6 <= len(zones) <= 10
    known = {"rest_station", "charging_cabinet", "sorting_point"}
    for zone in zones:
        assert _polygon(zone).is_valid
        assert zone["properties"]["name"]
        assert zone["properties"]["reason"]
        assert set(filter(None, zone["properties"]["services"].split(";"))) <= known
    ground = unary_union([_polygon(z) for z in zones])
    inside = [r for r in _rows("hosts.csv") if ground.contains(Point(_metres(float(r["lon"]), float(r["lat"]))))]
    assert 2 <= len(inside) <= 20


def test_appeals() -> None:
    rows = _rows("appeals.csv")
    assert len(rows) == 64 == len({r["appeal_id"] for r in rows})
    assert {r["category"] for r in rows} == {"停车难", "分拣难", "进门难", "充电难", "休息难", "噪声扰民"}
    assert {r["status"] for r in rows} == {"open", "closed"}
    assert 30 <= sum(r["status"] == "open" for r in rows) <= 50
    dates = [r["date"] for r in rows]
    assert dates == sorted(dates)
    assert dates[0] >= "2024-01-01"
    assert dates[-1] <= "2024-06-30"
    (boundary,) = [_polygon(f) for f in _features("boundary.geojson")]
    places = [Point(_metres(float(r["lon"]), float(r["lat"]))) for r in rows]
    assert all(boundary.contains(p) for p in places)
    # The east has few centres, so most appeals come from there.
    assert sum(p.x > 0 for p in places) > 35
