"""Cells of every kind, and positions in them: blocks of ten metres must give what each point alone gives."""

import pickle

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from planner.crs import from_wgs84, to_wgs84
from planner.density.cells import MIXED, OUTSIDE, Hexagons, Polygons, Squares
from planner.density.placing import OUTSIDE_BOUNDARY, Placing

METRIC = CRS.from_epsg(4548)
SQUARES = Squares(100.0, METRIC)
HEXAGONS = Hexagons(10)
# Two triangles that make up a square of 0.002°, and a smaller square over the corner of the first.
POLYGONS = Polygons(
    ("west", "east", "over"),
    (
        shapely.Polygon([(117, 36.5), (117.002, 36.5), (117, 36.502)]),
        shapely.Polygon([(117.002, 36.5), (117.002, 36.502), (117, 36.502)]),
        shapely.box(117.0, 36.5, 117.0005, 36.5005),
    ),
    METRIC,
)
KINDS = pytest.mark.parametrize("cells", [SQUARES, HEXAGONS, POLYGONS], ids=lambda cells: type(cells).__name__)
BOUNDARY = shapely.Polygon([(117.0003, 36.4997), (117.0021, 36.5006), (117.0004, 36.5022)])


def alone(cells, boundary, lon, lat, system):
    """The cell of each point by itself, without blocks."""
    lon84, lat84 = to_wgs84(lon, lat, system)
    inside = np.ones(len(lon), bool) if boundary is None else shapely.intersects_xy(boundary, lon84, lat84)
    return np.where(inside, cells.of(lon84, lat84), OUTSIDE_BOUNDARY)


@KINDS
@pytest.mark.parametrize("boundary", [None, BOUNDARY], ids=["anywhere", "bounded"])
@pytest.mark.parametrize("system", ["wgs84", "gcj02", "bd09"])
def test_blocks_give_what_each_point_alone_gives(cells, boundary, system):
    rng = np.random.default_rng(7)
    lon, lat = from_wgs84(117 + rng.uniform(-0.0005, 0.0025, 3_000), 36.5 + rng.uniform(-0.0005, 0.0025, 3_000), system)
    placing = Placing(system, cells, boundary)
    for part in (slice(0, 500), slice(500, 3_000)):  # some blocks are known from the first part
        expected = alone(cells, boundary, lon[part], lat[part], system)
        np.testing.assert_array_equal(placing.cells_of(lon[part], lat[part]), expected)
    assert len(np.unique(expected)) > 2


@KINDS
@settings(max_examples=60, deadline=None)
@given(lon=st.floats(116.9, 117.1), lat=st.floats(36.4, 36.6), step=st.floats(-2e-6, 2e-6), across=st.booleans())
def test_points_close_to_an_edge_are_on_its_right_side(cells, lon, lat, step, across):
    """The edge of a square is looked for along a line; points a few centimetres from it are on their own side."""
    ends = np.array([lon, lon + (0.002 if across else 0)]), np.array([lat, lat + (0 if across else 0.002)])
    low, high = 0.0, 1.0
    first = cells.of(*(c[:1] for c in ends))[0]
    for _ in range(40):
        middle = (low + high) / 2
        there = cells.of(*(np.array([c[0] + middle * (c[1] - c[0])]) for c in ends))[0]
        low, high = (middle, high) if there == first else (low, middle)
    near = [np.array([c[0] + high * (c[1] - c[0]) + step]) for c in ends]
    assert Placing("wgs84", cells).cells_of(*near) == cells.of(*near)


def test_squares_are_aligned_on_their_side_whatever_the_file():
    """1 m inside the corner of a square, and on the other side of each edge."""
    from pyproj import Transformer

    back = Transformer.from_crs(METRIC, 4326, always_xy=True)
    x, y = (
        np.array([499_901.0, 499_899.0, 499_901.0, 499_999.0]),
        np.array([4_000_001.0, 4_000_001.0, 3_999_999.0, 4_000_099.0]),
    )
    codes = SQUARES.of(*back.transform(x, y))
    assert SQUARES.frame(codes)["cell_id"].tolist() == ["4999_40000", "4998_40000", "4999_39999", "4999_40000"]
    frame = SQUARES.frame(codes[:1])
    middle = back.transform(499_950.0, 4_000_050.0)
    assert (frame["lon"][0], frame["lat"][0]) == pytest.approx(middle, abs=1e-12)
    corners = shapely.get_coordinates(frame.to_crs(METRIC).geometry.to_numpy())
    assert np.allclose(corners.min(axis=0), [499_900, 4_000_000], atol=1e-3)


def test_squares_far_west_and_in_the_south_have_numbers_too():
    codes = Squares(10.0, METRIC).of(np.array([73.5, 136.0]), np.array([3.5, 54.0]))
    column_row = [name.split("_") for name in Squares(10.0, METRIC).frame(codes)["cell_id"]]
    assert int(column_row[0][0]) < 0 < int(column_row[1][0])
    assert (codes > 0).all()


@KINDS
def test_cells_touch_those_around_them(cells):
    rng = np.random.default_rng(1)
    codes = np.unique(cells.of(117 + rng.uniform(0, 0.002, 500), 36.5 + rng.uniform(0, 0.002, 500)))
    codes = codes[codes >= 0]
    outline = dict(zip(codes.tolist(), cells.frame(codes).to_crs(METRIC).geometry, strict=True))
    found = cells.touching(codes)
    for one in outline:
        near = {other for other in outline if other != one and outline[one].distance(outline[other]) < 0.5}
        assert set(found[one]) == near


def test_where_polygons_overlap_the_first_counts_and_an_edge_is_inside():
    lon, lat = np.array([117.0002, 117.001, 117.0025, 117.0]), np.array([36.5002, 36.501, 36.501, 36.5])
    assert POLYGONS.of(lon, lat).tolist() == [0, 0, OUTSIDE, 0]


def test_a_quadrilateral_across_an_edge_is_mixed():
    def square(lon, lat, side):
        return np.array([[lon, lon + side, lon + side, lon]]), np.array([[lat, lat, lat + side, lat + side]])

    assert POLYGONS.of_quads(*square(117.0006, 36.5006, 1e-4)) == [0]
    assert POLYGONS.of_quads(*square(117.0004, 36.5006, 1e-3)) == [MIXED]
    assert POLYGONS.of_quads(*square(117.0001, 36.5001, 1e-4)) == [MIXED]  # under the third polygon
    assert POLYGONS.of_quads(*square(117.01, 36.5, 1e-4)) == [OUTSIDE]
    assert HEXAGONS.of_quads(*square(117.0, 36.5, 1e-2)) == [MIXED]
    assert SQUARES.of_quads(*square(117.0, 36.5, 1e-2)) == [MIXED]


@KINDS
def test_cells_can_be_handed_to_another_process_and_name_themselves(cells):
    cells.of(np.array([117.0]), np.array([36.5]))
    again = pickle.loads(pickle.dumps(cells))
    assert again.spec == cells.spec
    assert again.of(np.array([117.001]), np.array([36.5005])) == cells.of(np.array([117.001]), np.array([36.5005]))


def test_memory_for_blocks_has_an_end(monkeypatch):
    monkeypatch.setattr("planner.density.placing._MOST_BLOCKS", 10)
    rng = np.random.default_rng(3)
    lon, lat = 117 + rng.uniform(0, 0.01, 400), 36.5 + rng.uniform(0, 0.01, 400)
    placing = Placing("gcj02", SQUARES)
    for _ in range(2):
        np.testing.assert_array_equal(placing.cells_of(lon, lat), alone(SQUARES, None, lon, lat, "gcj02"))
    assert len(placing._blocks) <= 10
