import geopandas as gpd
import numpy as np
import pytest
import shapely
from worlds import METRIC

from planner.coverage import Coverage, coverage_gaps, covers_of, measure_coverage
from planner.travel import TravelCosts

# Two demand points, two sites; site 0 reaches both, site 1 only point 1. Site 0 shuts in the second period.
REACH = TravelCosts(
    demand=np.array([0, 1, 1]), site=np.array([0, 0, 1]), cost=np.array([0.0, 80.0, 30.0]),
    unit="m", cutoff=100.0, shape=(2, 2),
)  # fmt: skip
OPEN = np.array([[True, False], [True, True]])
WEIGHT = np.array([[4.0, 6.0], [1.0, 9.0]])


def test_a_site_covers_where_it_is_near_enough_and_open():
    covers = covers_of(REACH, OPEN)
    # Rows: point 0 in both periods, then point 1 in both.
    assert covers.toarray().tolist() == [[True, False], [False, False], [True, True], [False, True]]


@pytest.mark.parametrize(
    ("sites", "share", "by_period"),
    [([], 0.0, [0.0, 0.0]), ([0], 5 / 20, [1.0, 0.0]), ([1], 10 / 20, [0.2, 0.6]), ([0, 1], 14 / 20, [1.0, 0.6])],
)
def test_coverage_is_weighted_by_demand_and_read_by_period(sites, share, by_period):
    coverage = measure_coverage(covers_of(REACH, OPEN), WEIGHT, sites)
    assert coverage.covered_share == pytest.approx(share)
    assert coverage.share_by_period().tolist() == pytest.approx(by_period)


def test_a_row_covered_by_many_sites_counts_once():
    many = TravelCosts(np.zeros(300, int), np.arange(300), np.zeros(300), "m", 1.0, (1, 300))
    coverage = measure_coverage(covers_of(many, np.ones((300, 1), bool)), np.array([[2.0]]), np.arange(300))
    assert coverage.covered_weight == 2.0


def test_groups_add_up_to_the_whole():
    coverage = measure_coverage(covers_of(REACH, OPEN), WEIGHT, [1])
    table = coverage.by_group(["east", "west"])
    assert table.loc["west"].tolist() == pytest.approx([10, 10, 1])
    assert table.loc["east"].tolist() == pytest.approx([10, 0, 0])
    assert table["covered_per_day"].sum() == pytest.approx(coverage.covered_weight)


def test_no_demand_is_no_share_rather_than_full_coverage():
    coverage = measure_coverage(covers_of(REACH, OPEN), np.zeros((2, 2)), [0])
    assert np.isnan(coverage.covered_share)
    assert np.isnan(coverage.share_by_period()).all()


def row_of_cells(text):
    """Cells of 100 m from left to right, ``x`` uncovered and ``.`` covered; one unit of demand in each period."""
    corner = np.array([[100.0 * i, 0.0] for i in range(len(text))])
    cells = gpd.GeoDataFrame(
        {"cell_id": list(range(len(text))), "grid_code": ["a" if i < 3 else "b" for i in range(len(text))]},
        geometry=shapely.box(*corner.T, *(corner + 100).T), crs=METRIC,
    )  # fmt: skip
    covered = np.array([[c == "."] * 2 for c in text])
    return cells, Coverage(covered=covered, weight=np.ones((len(text), 2)))


def test_touching_cells_make_one_gap_and_gaps_are_ranked_by_demand():
    cells, coverage = row_of_cells("x.xx.xxx")
    gaps = coverage_gaps(coverage, cells, shapely.box(0, 0, 800, 100))
    assert gaps["rank"].tolist() == [1, 2, 3]
    assert gaps["uncovered_per_day"].tolist() == [6, 4, 2]
    assert gaps["uncovered_0"].tolist() == [3, 2, 1]
    assert gaps.geometry.iloc[1].symmetric_difference(shapely.box(200, 0, 400, 100)).area < 1e-6
    assert gaps["grid_codes"].tolist() == [("b",), ("a", "b"), ("a",)]


def test_gaps_end_at_the_boundary():
    cells, coverage = row_of_cells("xx")
    gaps = coverage_gaps(coverage, cells, shapely.box(50, 0, 800, 60))
    assert gaps["area_m2"].tolist() == [pytest.approx(150 * 60)]


def test_centimetres_of_rounding_leave_no_hairlines_in_a_gap():
    cells, coverage = row_of_cells("xx")
    cells.loc[1, "geometry"] = shapely.box(100.02, 0.01, 200.02, 100.01)
    shape = coverage_gaps(coverage, cells, shapely.box(-10, -10, 800, 110)).geometry.iloc[0]
    assert shape.geom_type == "Polygon"
    assert shape.length == pytest.approx(600, abs=0.2)


def test_cells_that_meet_in_a_corner_are_two_gaps():
    corner = np.array([[0.0, 0.0], [100.0, 100.0]])
    squares = shapely.box(*corner.T, *(corner + 100).T)
    cells = gpd.GeoDataFrame({"cell_id": [0, 1], "grid_code": ["a", "a"]}, geometry=squares)
    coverage = Coverage(covered=np.zeros((2, 1), bool), weight=np.ones((2, 1)))
    assert len(coverage_gaps(coverage, cells, shapely.box(0, 0, 300, 300))) == 2


def test_a_cell_is_a_gap_when_more_than_half_of_its_day_is_uncovered():
    cells, _ = row_of_cells("xx")
    covered = np.array([[True, False], [True, False]])
    coverage = Coverage(covered=covered, weight=np.array([[1.0, 1.0], [1.0, 1.1]]))
    gaps = coverage_gaps(coverage, cells, shapely.box(0, 0, 800, 100))
    assert gaps["uncovered_per_day"].tolist() == [pytest.approx(1.1)]


def test_full_coverage_has_no_gaps():
    cells, coverage = row_of_cells("....")
    assert len(coverage_gaps(coverage, cells, shapely.box(0, 0, 400, 100))) == 0


def cells_of(kind, rng):
    """Some 60 cells: upright squares, squares on the slant, or quadrangles with common corners, near one another."""
    if kind == "upright":
        corners = np.array([[100 * i, 100 * j] for i in range(8) for j in range(8)]) + rng.choice(
            [0, 0.3, 0.8], (64, 2)
        )
        return shapely.box(*corners.T, *(corners + rng.choice([100, 60, 100.4], (64, 2))).T)
    knots = np.stack(np.meshgrid(np.arange(9.0), np.arange(9.0)), axis=-1) * 100
    if kind == "irregular":
        knots += rng.uniform(-45, 45, knots.shape)
    turned = knots @ np.array([[0.6, 0.8], [-0.8, 0.6]])
    rings = np.stack([turned[:-1, :-1], turned[1:, :-1], turned[1:, 1:], turned[:-1, 1:]], axis=2).reshape(64, 4, 2)
    # Rounded by cell, so that neighbours overlap or leave a hairline.
    return shapely.polygons(np.round(rings + rng.choice([0, 0.004, 0.3], (64, 1, 2)), 2))


def gaps_as_defined(coverage, cells, boundary):
    """The areas, uncovered weights and grids of the gaps, by pairs, from the definition."""
    open_weight = np.where(coverage.covered, 0.0, coverage.weight).sum(axis=1)
    left = [i for i, w in enumerate(open_weight) if w > coverage.weight[i].sum() / 2]
    shape = dict(zip(range(len(cells)), cells.geometry, strict=True))
    patches = []
    for i in left:
        touching = [p for p in patches if any(share_an_edge(shape[i], shape[k]) for k in p)]
        patches = [p for p in patches if p not in touching] + [[i, *(k for p in touching for k in p)]]
    rows = []
    for patch in patches:
        grown = shapely.union_all([shape[i].buffer(0.5, join_style="mitre") for i in sorted(patch)])
        area = grown.buffer(-0.5, join_style="mitre")
        area = area.intersection(boundary) if area.intersects(boundary) else area
        of_grid = {}
        for i in sorted(patch):
            of_grid[cells["grid_code"][i]] = of_grid.get(cells["grid_code"][i], 0.0) + open_weight[i]
        grids = tuple(sorted(of_grid, key=lambda code: (-of_grid[code], code)))
        rows.append((open_weight[patch].sum(), grids, area))
    return sorted(rows, key=lambda row: -row[0])


def share_an_edge(a, b):
    return max(a.buffer(0.5).intersection(b).area, b.buffer(0.5).intersection(a).area) > 2.0


@pytest.mark.parametrize("kind", ["upright", "slanting", "irregular"])
@pytest.mark.parametrize("seed", range(12))
def test_gaps_are_those_of_the_definition(kind, seed):
    rng = np.random.default_rng(seed)
    shapes = cells_of(kind, rng)
    cells = gpd.GeoDataFrame({"grid_code": rng.choice(["a", "b", "c"], 64)}, geometry=shapes, crs=METRIC)
    coverage = Coverage(
        covered=rng.random((64, 3)) < rng.choice([0.3, 0.5, 0.6]), weight=rng.integers(1, 99, (64, 3)) / 7
    )
    boundary = shapely.union_all(shapes[:40]).centroid.buffer(300)
    gaps, expected = coverage_gaps(coverage, cells, boundary), gaps_as_defined(coverage, cells, boundary)
    assert gaps["rank"].tolist() == list(range(1, len(expected) + 1))
    assert gaps["uncovered_per_day"].tolist() == pytest.approx([weight for weight, _, _ in expected])
    assert gaps["grid_codes"].tolist() == [grids for _, grids, _ in expected]
    for area, (_, _, wanted) in zip(gaps.geometry, expected, strict=True):
        assert area.symmetric_difference(wanted).area < 1e-6
