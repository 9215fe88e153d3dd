"""What is told of a draft before and after all its files are there."""

from pathlib import Path

import pandas as pd
import pytest
from osm_world import BEIJING, degrees_at
from study_world import HOSTS, lon_lat, study_files, table
from upload_world import added, confirmed, keys, packed, roles, village

from planner import load_study
from planner.crs import from_wgs84
from planner.intake.uploads import (
    change_upload,
    check_draft,
    write_study_file,
)

pytestmark = pytest.mark.usefixtures("streets_read_once")
DEMO = Path(__file__).parent.parent / "data" / "demo"


def test_faults_are_told_by_row_while_other_files_are_missing(draft):
    hosts = table(HOSTS, f"H1,小卖部,castle,{lon_lat(100, 0)},1,很大,72000,08:00-22:00")
    draft = added(draft, ("hosts.csv", hosts.encode()))
    check = check_draft(draft)
    assert not check.is_placed
    told = check.files["hosts.csv"]
    assert [(fault.row, fault.column, fault.key) for fault in told.faults] == [
        (2, "kind", "unknown_name"),
        (2, "area_m2", "not_a_number"),
    ]
    assert told.question is not None
    assert told.evidence is None


def test_faults_of_place_are_told_once_the_boundary_is_there(draft):
    hosts = table(HOSTS, f"H1,小卖部,shop,{lon_lat(9000, 0)},1,60,72000,08:00-22:00")
    draft = confirmed(added(draft, *[f for f in village(hosts_csv=hosts) if f[0] in ("hosts.csv", "boundary.geojson")]))
    check = check_draft(draft)
    assert check.is_placed
    assert keys(check.files["hosts.csv"].faults) == ["far_away"]
    assert not check.files["boundary.geojson"].faults


def test_a_whole_study_is_checked_as_a_whole(draft):
    totals = "grid_code,meals_per_day\nW,3\nX,4\n"
    files = [file for file in village() if file[0] != "cells.csv"]
    draft = confirmed(added(draft, *files, ("totals.csv", totals.encode())))
    check = check_draft(draft)
    assert keys(check.files["totals.csv"].faults) == ["unknown_code"]
    assert not check.is_clean
    mended = confirmed(added(draft, ("totals.csv", b"grid_code,meals_per_day\nW,3\nE,4\n")))
    told = check_draft(mended).files["totals.csv"]
    assert "unknown_code" not in keys(told.faults)


def test_a_missing_column_is_assigned_or_filled(draft):
    hosts = table("代号,称呼,kind,lon,lat,area_m2,yearly_cost_yuan,open_hours",
                  f"H1,小卖部,shop,{lon_lat(100, 0)},60,72000,08:00-22:00")  # fmt: skip
    draft = added(draft, *village(hosts_csv=hosts))
    draft = confirmed(change_upload(draft, "hosts.csv", role="hosts"))
    missing = {str(fault.column) for fault in check_draft(draft).files["hosts.csv"].faults}
    assert missing == {"host_id", "name", "floor"}
    said = {"columns": {"host_id": "代号", "name": "称呼"}, "fill": {"floor": "1"}}
    draft = change_upload(draft, "hosts.csv", **said)
    assert check_draft(draft).is_clean
    write_study_file(draft)
    hosts_read = load_study(draft.folder).hosts
    assert hosts_read[["host_id", "name", "floor"]].to_numpy().tolist() == [["H1", "小卖部", 1]]


def in_gcj02(name: str) -> bytes:
    frame = pd.read_csv(DEMO / name, dtype=str)
    lon, lat = from_wgs84(frame["lon"].astype(float).to_numpy(), frame["lat"].astype(float).to_numpy(), "gcj02")
    return frame.assign(lon=lon.round(7), lat=lat.round(7)).to_csv(index=False).encode()


@pytest.fixture(scope="module")
def demo_in_gcj02() -> list[tuple[str, bytes]]:
    names = ("boundary.geojson", "grids.geojson", "streets.osm", "cells.csv", "centres.csv")
    return [*((name, (DEMO / name).read_bytes()) for name in names), ("hosts.csv", in_gcj02("hosts.csv"))]


def test_the_system_of_each_file_is_proposed_with_its_evidence(draft, demo_in_gcj02):
    draft = added(draft, *demo_in_gcj02)
    check = check_draft(draft)
    told = {file: each.proposed for file, each in check.files.items() if each.question is not None}
    assert told == {
        "boundary.geojson": "wgs84",
        "grids.geojson": "wgs84",
        "cells.csv": "wgs84",
        "centres.csv": "wgs84",
        "hosts.csv": "gcj02",
    }
    best, *others = check.files["hosts.csv"].evidence.placings
    assert best.system == "gcj02"
    assert best.inside_share > 0.98
    assert all(best.inside_share > other.inside_share for other in others)
    sure = check_draft(change_upload(draft, "hosts.csv", crs="gcj02")).files["hosts.csv"]
    assert sure.question is None
    assert sure.evidence.placings[0].system == "gcj02"


def test_a_system_that_the_points_contradict_is_told_though_it_was_confirmed(draft, demo_in_gcj02):
    draft = change_upload(confirmed(added(draft, *demo_in_gcj02)), "hosts.csv", crs="wgs84")
    told = check_draft(draft).files["hosts.csv"]
    assert "crs_contradicted" in keys(told.remarks)


def test_a_file_in_metres_is_not_at_fault_before_the_place_is_known(draft):
    lon, lat = zip(*degrees_at(BEIJING, [(-300, -300), (300, -300), (300, 300)]), strict=True)
    x, y = from_wgs84(lon, lat, "cgcs2000_gk_117")
    corners = ", ".join(f"{a:.2f} {b:.2f}" for a, b in [*zip(x, y, strict=True), (x[0], y[0])])
    draft = added(draft, ("网格.csv", f'网格编码,名称,社区编码,几何\n1,a,1,"POLYGON (({corners}))"\n'.encode()))
    told = check_draft(draft).files["网格.csv"]
    assert roles(draft) == {"网格.csv": "grids"}
    assert not told.faults


def test_a_study_file_with_faults_is_told_and_the_files_are_kept(draft):
    draft = added(draft, ("a.zip", packed(study_files() | {"study.toml": "name = 1\n[files]\n"})))
    check = check_draft(draft)
    assert check.settings
    assert not check.is_clean
    assert not draft.missing
    draft = added(draft, ("study.toml", study_files()["study.toml"].encode()))
    assert check_draft(draft).is_clean
    assert draft.by_role["hosts"].crs == "wgs84"


def test_a_catalog_with_faults_is_told(draft):
    draft = added(draft, *village(), ("catalog.toml", b"[services]\n"))
    assert {fault.file for fault in check_draft(draft).settings} == {"catalog.toml"}


def test_two_files_of_one_role_are_told(draft):
    draft = added(draft, *village(), ("more_hosts.csv", dict(village())["hosts.csv"]))
    assert draft.doubled == ("hosts",)
    assert draft.by_role["hosts"].file == "hosts.csv"
