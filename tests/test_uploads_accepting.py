"""What is taken of an upload, under which name, and what is refused."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from upload_world import keys, packed

from planner.intake.uploads import (
    accepting,
)
from planner.intake.uploads.accepting import accept_upload, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("hosts.csv", "hosts.csv"),
        ("驿站 2024（新）.xlsx", "驿站 2024（新）.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\a.csv", "a.csv"),
        ("/abs/olute.csv", "olute.csv"),
        ("C:\\x\\a.csv", "a.csv"),
        ("CON.csv", "_CON.csv"),
        ("lpt1", "_lpt1"),
        ("console.csv", "console.csv"),
        ("a\0b\n.csv", "a_b_.csv"),
        ("a:b*?.csv", "a_b__.csv"),
        ("..", "_"),
        ("", "_"),
        (".hidden.csv", "hidden.csv"),
        ("a.csv. ", "a.csv"),
    ],
)
def test_a_name_is_made_safe(name, safe):
    assert safe_name(name) == safe


@given(st.text(max_size=400))
def test_whatever_the_name_it_names_a_file_in_the_folder(name):
    safe = safe_name(name)
    assert safe == Path(safe).name
    assert safe not in ("", ".", "..")
    assert len(safe.encode()) <= 255
    assert not set(safe) & set('<>:"/\\|?*\0')
    assert safe_name(safe) == safe


@given(st.text(min_size=200, max_size=400, alphabet="街道网格ab"))
def test_a_long_name_keeps_its_ending(stem):
    assert safe_name(f"{stem}.geojson").endswith(".geojson")


def refused(name: str, content: bytes) -> str:
    files, faults = accept_upload(name, content)
    assert not files
    (fault,) = faults
    for language in ("zh", "en"):
        assert fault.line(language)
    return fault.key


@pytest.mark.parametrize("name", ["a.exe", "a.vrt", "a.py", "a", "a.gml", "a.csv.lnk"])
def test_other_kinds_of_files_are_refused(name):
    assert refused(name, b"x") == "upload_suffix"


def test_an_empty_file_is_refused():
    assert refused("a.csv", b"") == "empty_file"


@pytest.mark.parametrize("name", ["a.geojson", "a.kml", "a.gpkg", "a.shp", "a.parquet", "a.zip", "a.osm"])
def test_a_file_that_points_to_others_is_refused_whatever_it_is_called(name):
    content = b"OGRVRTDataSource"
    disguised = b"<OGRVRTDataSource><OGRVRTLayer><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>"
    assert refused(name, content) == "upload_other_content"
    if name != "a.osm":
        assert refused(name, disguised) == "upload_other_content"


def test_a_kml_with_such_a_source_within_is_refused():
    assert refused("a.kml", b"<OGRVRTDataSource><!-- <kml> --></OGRVRTDataSource>") == "upload_other_content"


@pytest.mark.parametrize("member", ["../evil.csv", "/evil.csv", "a/../../evil.csv", "..\\evil.csv", "C:/evil.csv"])
def test_an_archive_that_leads_outside_is_refused_whole(member):
    assert refused("a.zip", packed({"good.csv": "a,b", member: "x"})) == "upload_zip_outside"


def test_an_archive_with_a_link_is_refused():
    link = zipfile.ZipInfo("passwords.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert refused("a.zip", content.getvalue()) == "upload_zip_outside"


@pytest.mark.parametrize("name", ["a.zip", "a.xlsx", "a.kmz"])
def test_an_archive_that_swells_is_refused_before_it_is_unpacked(name, monkeypatch):
    bomb = packed({"xl/a.csv": b"0" * 2_000_000})
    monkeypatch.setattr(accepting, "MOST_MB_UNPACKED", 1)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("unpacked"))
    assert refused(name, bomb) == "upload_zip_too_large"


def test_an_archive_that_lies_about_its_size_is_refused():
    content = packed({"a.csv": b"0" * 3_000_000})
    lie = struct.pack("<I", 10)
    lying = content.replace(struct.pack("<I", 3_000_000), lie)
    assert refused("a.zip", lying) == "upload_zip_unreadable"


def test_an_archive_of_very_many_files_is_refused(monkeypatch):
    monkeypatch.setattr(accepting, "_MOST_MEMBERS", 3)
    assert refused("a.zip", packed({f"{i}.csv": "x" for i in range(4)})) == "upload_zip_too_large"


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(accepting, "MOST_MB_A_FILE", 1)
    assert refused("a.csv", b"x" * 1_000_001) == "upload_too_large"


def test_a_damaged_archive_is_refused():
    content = packed({"a.csv": "a,b\n" * 1000})
    assert refused("a.zip", content[: len(content) // 2]) == "upload_zip_unreadable"


def test_an_archive_in_an_archive_is_refused_and_the_rest_taken():
    files, faults = accept_upload("a.zip", packed({"b.zip": packed({"c.csv": "x"}), "d.csv": "x"}))
    assert list(files) == ["d.csv"]
    assert keys(faults) == ["upload_zip_in_zip"]


def test_an_archive_without_anything_to_use_is_told():
    assert refused("a.zip", packed({"readme.md": "x"})) == "upload_zip_empty"


def test_the_folder_around_all_members_is_left_out():
    files, faults = accept_upload("a.zip", packed({"街道/a.csv": "x", "街道/deep/b.csv": "y", "街道/说明.pdf": "z"}))
    assert not faults
    assert set(files) == {"a.csv", "deep-b.csv"}


def test_a_kmz_is_the_kml_in_it():
    files, _ = accept_upload("格.kmz", packed({"doc.kml": "<kml></kml>", "icon.png": "x"}))
    assert files == {"格.kml": b"<kml></kml>"}
