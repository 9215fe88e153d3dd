"""The riders' poster: every station with its number, what is told of it, and a QR code that a reader decodes."""

import datetime
import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
from hostile import HOSTILE
from pypdf import PdfReader
from read_back import pages_of, run_together

from planner.errors import ArgumentError
from planner.maps.printed import station_map
from planner.report import write_report
from planner.report.files.qr_code import MOST_BYTES, qr_svg
from planner.report.files.symbols import symbol_svg
from planner.report.files.typesetting import png_of_svg
from planner.report.options import ReportOptions
from planner.stations import stations_of

LINK = "https://map.example.cn/riders/life_map.html?street=示范街道"


def poster(plan, folder, language="zh", **options):
    (path,) = write_report(plan, folder, formats=("poster",), language=language, options=ReportOptions(**options))
    assert path.name == "poster.pdf"
    return path


def said(path):
    return run_together("".join(pages_of(path)))


@pytest.fixture(scope="module")
def shipped(demo_plan, tmp_path_factory):
    """The poster of the demo street in Chinese, and nothing that one may ask for."""
    return poster(demo_plan, tmp_path_factory.mktemp("poster"))


def of_centres(plan, centres):
    return replace(plan, study=replace(plan.study, centres=centres))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_station_is_told_with_all_that_riders_ask(demo_plan, tmp_path, language):
    text, catalog = said(poster(demo_plan, tmp_path, language)), demo_plan.study.catalog
    stations = stations_of(demo_plan)
    assert len(stations) > 40
    told = [part for s in stations for part in (s.name, s.access, s.address)]
    told += [s.open_hours for s in stations if s.open_hours != "00:00-24:00"]
    told += [catalog.services[key].name.in_language(language) for s in stations for key in s.services]
    assert not [part for part in told if run_together(part) not in text]
    assert ("地下1层" if language == "zh" else "Basement1") in text
    for key in {key for s in stations for key in s.offers}:
        assert run_together(catalog.facilities[key].name.in_language(language)) in text


def test_it_is_a3_and_the_demo_street_fits_on_one_page(shipped):
    reader = PdfReader(shipped)
    assert len(reader.pages) == 1
    wide_mm, high_mm = (float(side) / 72 * 25.4 for side in reader.pages[0].mediabox[2:])
    assert (wide_mm, high_mm) == pytest.approx((420, 297), abs=0.2)


def test_each_number_stands_on_the_map_and_in_the_list(demo_plan, shipped):
    stations = stations_of(demo_plan)
    root = ET.fromstring(station_map(demo_plan, stations, language="zh", width_mm=200, height_mm=200))
    on_map = {
        state: [int("".join(text.itertext())) for group in root.iter() if group.get("id") == f"station-{state}"
                for text in group.iter("{http://www.w3.org/2000/svg}text")]
        for state in ("open", "planned")
    }  # fmt: skip
    for state, numbers in on_map.items():
        assert numbers == [station.number for station in stations if station.state == state]
    text = said(shipped)
    assert not [s.number for s in stations if run_together(f"{s.number}{s.name}") not in text]


def test_more_stations_than_a_page_holds_go_on_the_next(demo_plan, tmp_path):
    centres = demo_plan.study.centres
    many = gpd.GeoDataFrame(pd.concat([centres] * 4, ignore_index=True), crs=centres.crs)
    many["name"] = [f"第{i}号服务点" for i in range(len(many))]
    many["centre_id"] = [f"M{i}" for i in range(len(many))]
    path = poster(of_centres(demo_plan, many), tmp_path)
    assert len(PdfReader(path).pages) == 2
    text = said(path)
    assert not [name for name in many["name"] if name not in text]
    assert not [s.name for s in stations_of(demo_plan) if s.state == "planned" and run_together(s.name) not in text]
    assert "第1页，共2页" in text


def test_few_stations_have_larger_letters(demo_plan, shipped, tmp_path):
    few = of_centres(demo_plan, demo_plan.study.centres.iloc[:4])
    few = replace(few, services={name: replace(part) for name, part in list(few.services.items())[:1]})
    sizes = []
    for path in (poster(few, tmp_path), shipped):
        found = {}

        def note(text, _, matrix, __, size, found=found):
            found.setdefault(text.strip(), size * abs(matrix[3]))

        PdfReader(path).pages[0].extract_text(visitor_text=note)
        sizes.append(next(size for text, size in found.items() if text.startswith("西苑社区党群")))
    assert sizes[0] > 1.2 * sizes[1]


def test_the_qr_code_is_read_by_a_reader(demo_plan, tmp_path):
    zxingcpp = pytest.importorskip("zxingcpp")
    image = pytest.importorskip("PIL.Image")
    picture = image.open(io.BytesIO(png_of_svg(qr_svg(LINK), width_mm=27, ppi=150)))
    (code,) = zxingcpp.read_barcodes(picture)
    assert (code.text, code.format.name) == (LINK, "QRCode")
    assert "扫码看电子地图" in said(poster(demo_plan, tmp_path, link=LINK))


def test_without_a_link_there_is_no_code_and_no_hole(shipped):
    text = said(shipped)
    assert "扫码看电子地图" not in text
    assert "骑手暖心地图" in text


@pytest.mark.parametrize(
    "link",
    [
        "example.org",
        "javascript:alert(1)",
        "https://",
        "https://a b.cn",
        "ftp://x.cn/y",
        "http://[::1",
        "https://x.cn/\n",
    ],
)
def test_a_link_that_is_no_address_is_refused(demo_plan, tmp_path, link):
    with pytest.raises(ArgumentError) as error:
        poster(demo_plan, tmp_path, link=link)
    assert error.value.key == "link_not_url"
    assert not list(tmp_path.iterdir())


def test_the_longest_link_is_still_read_and_a_longer_one_is_refused():
    zxingcpp = pytest.importorskip("zxingcpp")
    image = pytest.importorskip("PIL.Image")
    longest = "https://x.cn/".ljust(MOST_BYTES, "a")
    picture = image.open(io.BytesIO(png_of_svg(qr_svg(longest), width_mm=27, ppi=200)))
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [longest]
    with pytest.raises(ArgumentError, match=str(MOST_BYTES)):
        qr_svg(longest + "a")


def test_names_come_out_as_typed(demo_plan, tmp_path):
    """A page has no letters for marks of direction; a text of 4,000 characters runs on over columns and pages."""
    centres = demo_plan.study.centres
    names = [HOSTILE[i % len(HOSTILE)] for i in range(len(centres) + 1)][1:]
    assert set(names) | {HOSTILE[0]} == set(HOSTILE)
    plan = of_centres(demo_plan, centres.assign(name=names, access=names[::-1]))
    text = said(poster(plan, tmp_path, office=HOSTILE[0]))
    marks = re.compile("[\u200d\u200f\u202a-\u202e]")
    plain = [name for name in (*names, HOSTILE[0]) if not marks.search(name)]
    assert len(plain) >= 24
    assert not [name for name in plain if run_together(name) not in text]


def test_the_office_the_day_and_the_mark_of_internal_material(demo_plan, shipped, tmp_path):
    day = datetime.date(2026, 5, 4)
    text = said(
        poster(demo_plan, tmp_path, office="示范街道办", made_on=day, internal=True, review_number="S(2026)1号")
    )
    assert all(part in text for part in ("示范街道办", "2026-05-04", "内部资料", "审图号：S(2026)1号"))
    assert "内部资料" not in said(shipped)


def test_what_nobody_stated_is_grey_and_said_to_be(demo_plan, shipped, tmp_path):
    assert "灰色图标" in said(shipped)
    centres = demo_plan.study.centres
    stated = centres.assign(offers=[("hot_water",)] * len(centres))
    nothing = {name: part for name, part in demo_plan.services.items() if not len(part.new_sites)}
    plan = replace(of_centres(demo_plan, stated), services=nothing)
    text = said(poster(plan, tmp_path))
    assert "灰色图标" not in text
    assert "橙色编号" not in text
    assert "热水" in text
    assert "微波炉" not in text


def test_a_facility_without_a_symbol_is_told_by_name(demo_plan, tmp_path):
    catalog = demo_plan.study.catalog
    own = catalog.facilities["toilet"].model_copy(update={"name": catalog.facilities["toilet"].name})
    named = catalog.model_copy(update={"facilities": {**catalog.facilities, "bike_wash": own}})
    centres = demo_plan.study.centres.copy()
    centres["offers"] = [("bike_wash",)] + [("hot_water",)] * (len(centres) - 1)
    study = replace(demo_plan.study, catalog=named, centres=centres)
    plan = replace(demo_plan, study=study, services={})
    assert said(poster(plan, tmp_path)).count("卫生间") == 1


def test_every_shipped_facility_has_a_symbol(demo_plan):
    assert all(symbol_svg(key, colour="#000") for key in demo_plan.study.catalog.facilities)


def test_the_same_plan_gives_the_same_bytes(demo_plan, tmp_path):
    for name in ("one", "two"):
        poster(demo_plan, tmp_path / name, link=LINK)
    assert (tmp_path / "one/poster.pdf").read_bytes() == (tmp_path / "two/poster.pdf").read_bytes()
