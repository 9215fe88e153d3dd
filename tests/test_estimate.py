"""Hand-counted estimates of the village of ``osm_world``.

House: 30 × 30 m × 4 storeys × 0.0259 per m² = 93.24 residents. Office: 40 × 40 m × 2 storeys × 0.05 = 160 workers.
Meals: (93.24 + 160) × 0.064 = 16.21 a day, half of them at the restaurant and the shop. Parcels: 93.24 × 0.34 = 31.70.
"""

import numpy as np
import pytest
import shapely
from osm_world import BEIJING, around, square, village, write_osm

from planner.catalog import load_catalog
from planner.crs import metric_crs
from planner.intake.estimate import estimate_deliveries, hosts_at_corners, hosts_from_features, lattice
from planner.intake.new_study import FEATURE_KEYS
from planner.intake.osm import read_features, read_streets
from planner.intake.positions import project

CATALOG = load_catalog()
LUNCH, DINNER = list(CATALOG.periods).index("lunch"), list(CATALOG.periods).index("dinner")
CRS = metric_crs(*BEIJING)
X0, Y0 = project(np.array([BEIJING[0]]), np.array([BEIJING[1]]), CRS)[0]


def read(tmp_path, world):
    path = write_osm(tmp_path / "w.osm", **world)
    return read_features(path, FEATURE_KEYS).to_crs(CRS), read_streets(path, CRS)


def cells_within(half_side):
    return lattice(shapely.box(X0 - half_side, Y0 - half_side, X0 + half_side, Y0 + half_side), 100.0)


def estimate(tmp_path, world, cells=None):
    features, streets = read(tmp_path, world)
    return estimate_deliveries(features, streets, cells_within(300) if cells is None else cells, CATALOG)


def changed(path, **tags):
    """The village with other tags on one of its ways, or without it."""
    world = village()
    ways = [w | tags if w["path"] == path else w for w in world["ways"]]
    return world | {"ways": ways}


def test_a_lattice_holds_the_centres_inside_and_starts_at_the_origin():
    assert lattice(shapely.box(0, 0, 200, 100), 100.0).tolist() == [[50, 50], [150, 50]]
    assert lattice(shapely.box(-60, -60, 60, 60), 100.0).tolist() == [[-50, -50], [50, -50], [-50, 50], [50, 50]]
    assert len(lattice(shapely.box(10, 10, 20, 20), 100.0)) == 0


def test_the_whole_day_of_the_village(tmp_path):
    found = estimate(tmp_path, village())
    assert found["meals"].sum() == pytest.approx(16.21, abs=0.1)
    assert found["parcels"].sum() == pytest.approx(31.70, abs=0.1)


def test_periods_follow_homes_and_offices(tmp_path):
    """Lunch: 5.97 × 0.28 + 10.24 × 0.58; dinner: 5.97 × 0.40 + 10.24 × 0.12."""
    meals = estimate(tmp_path, village())["meals"].sum(axis=0)
    assert meals[LUNCH] == pytest.approx(7.61, abs=0.05)
    assert meals[DINNER] == pytest.approx(3.62, abs=0.05)


def test_half_of_the_meals_count_where_they_are_picked_up(tmp_path):
    """With the restaurant and the shop 200 m south, where nobody lives, these two cells take a quarter each."""
    world = village()
    tags = {name: world["nodes"][name][2] for name in ("eatery", "shop")}
    world["nodes"] |= {"eatery": (-100, -250, tags["eatery"]), "shop": (100, -250, tags["shop"])}
    cells = cells_within(400)
    meals = estimate(tmp_path, world, cells)["meals"].sum(axis=1)
    south = cells[:, 1] < Y0 - 190
    assert sorted(meals[south & (meals > 0)]) == pytest.approx([16.21 / 4, 16.21 / 4], abs=0.03)
    assert meals[~south].sum() == pytest.approx(16.21 / 2, abs=0.05)


def test_where_nothing_can_be_picked_up_all_meals_count_at_the_door(tmp_path):
    world = village()
    nodes = {name: place[:2] for name, place in world["nodes"].items()}
    assert estimate(tmp_path, world | {"nodes": nodes})["meals"].sum() == pytest.approx(16.21, abs=0.1)


@pytest.mark.parametrize(
    ("levels", "residents"),
    [("4", 93.24), ("", 139.86), ("tall", 139.86), ("0", 139.86), ("-2", 139.86), ("inf", 139.86), ("1.5", 34.97)],
)
def test_storeys_not_mapped_or_not_a_number_are_six(tmp_path, levels, residents):
    parcels = estimate(tmp_path, changed(around("h"), **{"building:levels": levels}))["parcels"].sum()
    assert parcels == pytest.approx(residents * 0.34, abs=0.15)


def test_an_untyped_building_is_a_home_unless_it_stands_on_office_ground(tmp_path):
    world = changed(around("h"), building="yes")
    assert estimate(tmp_path, world)["parcels"].sum() == pytest.approx(31.70, abs=0.1)
    ground = {"path": around("g"), "landuse": "education"}
    on_campus = {"nodes": world["nodes"] | square("g", -140, 20, 80), "ways": [*world["ways"], ground]}
    assert estimate(tmp_path, on_campus)["parcels"].sum() == 0
    assert estimate(tmp_path, on_campus)["meals"].sum() == pytest.approx((180 + 160) * 0.064, abs=0.1)


def test_streets_alone_stand_for_residents_by_their_length(tmp_path):
    """800 m of street × 0.5 = 400 residents; the motorway beside it counts for nobody."""
    world = village()
    streets = [way for way in world["ways"] if "highway" in way]
    nodes = {name: world["nodes"][name][:2] for name in "MNESW"} | {"X": (-200, 100), "Y": (200, 100)}
    motorway = {"path": "X Y", "highway": "motorway"}
    found = estimate(tmp_path, {"nodes": nodes, "ways": [*streets, motorway]})
    assert found["parcels"].sum() == pytest.approx(400 * 0.34, abs=0.2)
    assert found["meals"].sum() == pytest.approx(400 * 0.064, abs=0.2)


def test_what_lies_outside_the_cells_counts_for_nothing(tmp_path):
    far = lattice(shapely.box(X0 + 5000, Y0, X0 + 5200, Y0 + 200), 100.0)
    assert sum(table.sum() for table in estimate(tmp_path, village(), far).values()) == 0


def hosts(tmp_path, world, area=None):
    features, _ = read(tmp_path, world)
    area = area or shapely.box(X0 - 300, Y0 - 300, X0 + 300, Y0 + 300)
    return hosts_from_features(features, area, CATALOG, "zh").set_index("host_id")


def test_hosts_of_the_village(tmp_path):
    found = hosts(tmp_path, village())
    assert found["kind"].to_dict() == {"n15": "shop", "w3": "lobby", "w4": "lobby"}
    assert found["name"].to_dict() == {"n15": "小卖部", "w3": "楼宇大堂 w3", "w4": "写字楼"}
    assert found["area_m2"].to_dict() == {"n15": 60, "w3": 20, "w4": 20}
    assert found.loc["n15", "yearly_cost_yuan"] == 60 * 1200
    assert (found["floor"] == 1).all()
    assert found.loc["w4"].geometry.within(shapely.box(X0 + 60, Y0 + 40, X0 + 100, Y0 + 80))


def test_a_small_building_gives_no_more_than_it_has(tmp_path):
    world = {"nodes": village()["nodes"] | square("k", 150, 150, 3), "ways": village()["ways"]}
    world["ways"] = [*world["ways"], {"path": around("k"), "building": "kiosk"}]
    assert hosts(tmp_path, world).loc["w5", "area_m2"] == pytest.approx(9, abs=0.2)


def test_one_host_of_a_kind_in_a_cell_the_named_before_the_nameless(tmp_path):
    corner = np.floor((X0 + 60) / 100) * 100 - X0, np.floor((Y0 - 20) / 100) * 100 - Y0
    shop = {"shop": "yes"}
    nodes = {"S": (0, 0), "T": (200, 0), "a": (corner[0] + 10, corner[1] + 10, shop)}
    nodes["b"] = (corner[0] + 20, corner[1] + 10, shop | {"name": "有名"})
    nodes["c"] = (corner[0] + 110, corner[1] + 10, shop)
    found = hosts(tmp_path, {"nodes": nodes, "ways": [{"path": "S T", "highway": "residential"}]})
    assert found.index.tolist() == ["n4", "n5"]


def test_hosts_outside_the_boundary_are_left_out(tmp_path):
    east = shapely.box(X0, Y0 - 300, X0 + 300, Y0 + 300)
    assert hosts(tmp_path, village(), east).index.tolist() == ["n15", "w4"]


def test_corners_are_where_three_streets_meet(tmp_path):
    """M has four arms; the ends N, E, S and W have one each."""
    _, streets = read(tmp_path, village())
    area = shapely.box(X0 - 300, Y0 - 300, X0 + 300, Y0 + 300)
    found = hosts_at_corners(streets, area, CATALOG, "street_corner", "zh")
    assert len(found) == 1
    assert found.geometry[found.index[0]].distance(shapely.Point(X0, Y0)) < 0.05
    assert found["kind"].tolist() == ["street_corner"]
    assert hosts_at_corners(streets, shapely.box(X0 + 10, Y0, X0 + 99, Y0 + 9), CATALOG, "street_corner", "en").empty
