import geopandas as gpd
import pytest
import shapely
from shapely import box

from planner.intake.tiling import SLIVER_WIDTH_M, in_communities, tiling_faults

AREA = box(0, 0, 200, 100)


def found(*shapes, area=AREA):
    """Faults of grids with codes A, B, C … in metres."""
    frame = gpd.GeoDataFrame({"grid_code": list("ABCDEFGH"[: len(shapes)])}, geometry=list(shapes), crs=4548)
    return tiling_faults("grids.geojson", frame, area)


def told(faults):
    return [(f.key, f.row, f.severity) for f in faults]


def test_grids_that_tile_the_area_have_no_faults():
    assert found(box(0, 0, 100, 100), box(100, 0, 200, 100)) == []


def test_an_overlap_is_told_with_its_area_and_both_codes():
    (fault,) = found(box(0, 0, 110, 100), box(100, 0, 200, 100))
    assert told([fault]) == [("grids_overlap", 2, "remark")]
    assert (fault.value, fault.values["other"]) == ("B", "A")
    assert fault.values["area_m2"] == pytest.approx(1000)
    assert "1,000" in fault.line("zh")


def test_slivers_from_drawing_do_not_count():
    wide, narrow = SLIVER_WIDTH_M + 0.1, SLIVER_WIDTH_M - 0.1
    for width, overlap, hole in ((narrow, [], []), (wide, ["grids_overlap"], ["grids_leave_hole"])):
        assert [f.key for f in found(box(0, 0, 100 + width, 100), box(100, 0, 200, 100))] == overlap
        assert [f.key for f in found(box(0, 0, 100 - width, 100), box(100, 0, 200, 100))] == hole


def test_two_drawings_of_one_grid_are_an_error():
    assert told(found(box(0, 0, 100, 100), box(100, 0, 200, 100), box(100, 0, 170, 100))) == [
        ("grids_same_ground", 3, "error")
    ]


def test_a_hole_is_told_with_its_area_and_what_lies_beside_it_the_largest_first():
    ring = box(0, 0, 100, 100) - box(40, 40, 60, 60)
    faults = found(ring, box(100, 0, 170, 100))
    assert told(faults) == [("grids_leave_hole", None, "remark")] * 2
    assert [f.values["area_m2"] for f in faults] == pytest.approx([3000, 400])
    assert [f.values["near"] for f in faults] == ["B", "A"]


def test_a_grid_that_reaches_beyond_the_boundary_is_told_by_its_share():
    faults = found(box(0, 0, 100, 100), box(100, 0, 300, 100), box(0, 100, 200, 103))
    assert told(faults) == [("grid_outside", 2, "remark")]
    assert faults[0].values["share"] == pytest.approx(0.5)


def test_grids_of_another_place_are_an_error():
    assert told(found(box(900, 900, 950, 950))) == [("grids_elsewhere", None, "error")]


def test_no_grids_have_no_faults():
    assert found() == []


def test_a_community_gets_its_zeros_back_and_an_unknown_one_is_told():
    codes = ["1", "002", "9", ""]
    grids = gpd.GeoDataFrame(
        {"grid_code": list("ABCD"), "community_code": codes}, geometry=[shapely.box(0, 0, 1, 1)] * 4
    )
    communities = gpd.GeoDataFrame({"community_code": ["001", "002"]}, geometry=[AREA] * 2)
    mended, faults = in_communities("g.geojson", grids, communities)
    assert mended["community_code"].tolist() == ["001", "002", "9", ""]
    assert told(faults) == [("zeros_back", None, "remark"), ("community_unknown", 3, "remark")]
    assert in_communities("g.geojson", grids, communities[:0])[1] == []
