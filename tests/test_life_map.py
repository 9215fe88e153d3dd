"""The riders' map as a file: what it holds, that it is the same each time, and that no name is markup."""

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import numpy as np
import pytest

from planner.crs import to_wgs84
from planner.hours import read_hours
from planner.report import write_report
from planner.report.files.life_map import life_map_page
from planner.report.options import ReportOptions
from planner.stations import stations_of
from planner.words import Text

HOSTILE = [
    "<script>alert(1)</script>", "</script><img src=x onerror=alert(2)>", "<!--<script>", "]]>", "=cmd|' /C calc'!A0",
    '#import "x"', "{{ 7*7 }}", "{% raise %}", "$x$", "a\u0000b\u0007", "\u202eabc",
    "🛵" * 10, "长" * 4000, "\u2028", "&lt;b&gt;",
]  # fmt: skip


class Parts(HTMLParser):
    """The elements of a page, and the text inside each script and style."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts, self.policy = [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.texts.append("")
        if dict(attrs).get("http-equiv"):
            self.policy = dict(attrs)["content"]

    def handle_data(self, data):
        if self.cdata_elem:
            self.texts[-1] += data


def data_of(page):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])


@pytest.fixture(scope="module")
def page(demo_plan):
    return life_map_page(demo_plan, language="zh")


def test_the_file_is_small_and_the_same_each_time(demo_plan, page, tmp_path):
    (path,) = write_report(demo_plan, tmp_path, formats=("life_map",), language="zh")
    assert path.name == "life_map.html"
    assert path.read_text(encoding="utf-8") == page
    assert b"\r" not in path.read_bytes()
    assert path.stat().st_size < 500_000


def test_it_has_every_station_with_all_that_is_known_of_it(demo_plan, page):
    data = data_of(page)
    for station, told in zip(stations_of(demo_plan), data["stations"], strict=True):
        assert (told["number"], told["name"], told["floor"]) == (station.number, station.name, station.floor)
        assert (tuple(told["services"]), tuple(told["offers"])) == (station.services, station.offers)
        assert (told["access"], told["address"], told["hours"]) == (station.access, station.address, station.open_hours)
        assert (told["planned"], told["stated"]) == (station.state == "planned", station.offers_stated)
    assert set(data["services"]) == set(demo_plan.study.catalog.usual_services())
    assert list(data["facilities"])[:3] == ["hot_water", "microwave", "phone_charging"]


def test_positions_are_wgs84_and_those_for_amap_gcj02(demo_plan, page):
    stations = data_of(page)["stations"]
    degrees = demo_plan.study.centres.geometry.to_crs(4326)
    amap = np.array([[float(number) for number in station["amap"].split(",")] for station in stations])
    lon, lat = to_wgs84(amap[:, 0], amap[:, 1], "gcj02")
    for i, station in enumerate(stations):
        assert station["gps"] == f"{station['at'][0]:.6f},{station['at'][1]:.6f}"
        assert abs(lat[i] - station["at"][0]) < 2e-6
        assert abs(lon[i] - station["at"][1]) < 2e-6
        assert 300 < np.hypot(*(amap[i] - station["at"][::-1])) * 1e5 < 1000  # the shift, in about metres
    assert [stations[0]["at"][1], stations[0]["at"][0]] == pytest.approx(
        [degrees.x.iloc[0], degrees.y.iloc[0]], abs=1e-6
    )


def test_weeks_are_the_minutes_that_the_hours_say(page):
    for station in data_of(page)["stations"]:
        week = np.zeros(7 * 1440, dtype=bool)
        for start, end in station["week"]:
            week[start:end] = True
        assert (week == read_hours(station["hours"]).week.ravel()).all()


def test_it_opens_in_a_language_and_has_both(demo_plan, page):
    english = life_map_page(demo_plan, language="en")
    assert '<html lang="zh-CN">' in page
    assert '<html lang="en">' in english
    ours, theirs = data_of(page), data_of(english)
    assert (ours.pop("language"), theirs.pop("language")) == ("zh", "en")
    assert ours == theirs
    assert ours["words"]["zh"].keys() == ours["words"]["en"].keys()


def test_nothing_is_fetched_and_scripts_run_by_their_digest_alone(page):
    parts = Parts(page)
    assert not [attrs for _, attrs in parts.tags if {"src", "href", "style", "onclick"} & attrs.keys()]
    assert "unsafe" not in parts.policy
    assert parts.policy.startswith("default-src 'none';")
    allowed = set(re.findall(r"'sha256-([^']+)'", parts.policy))
    kinds = [attrs.get("type") for tag, attrs in parts.tags if tag in ("script", "style")]
    texts = [text for text, kind in zip(parts.texts, kinds, strict=True) if kind != "application/json"]
    assert {b64encode(sha256(text.encode()).digest()).decode() for text in texts} == allowed
    assert len(texts) == 4


def test_what_the_office_says_is_in_it(demo_plan):
    options = ReportOptions(office="示范街道办事处", review_number="鲁S(2026)001号", internal=True)
    data = data_of(life_map_page(demo_plan, language="zh", options=options))
    assert (data["office"], data["reviewNumber"], data["internal"]) == ("示范街道办事处", "鲁S(2026)001号", True)
    assert data["madeOn"] == ""


def hostile(plan):
    """The plan with a hostile text in every place where a file can put one."""
    study, everything = plan.study, "".join(HOSTILE[:9])
    centres = study.centres
    names = [HOSTILE[i % len(HOSTILE)] for i in range(len(centres))]
    text = Text(zh=everything, en=everything)
    catalog = study.catalog.model_copy(
        update={
            table: {
                key: entry.model_copy(update={"name": text}) for key, entry in getattr(study.catalog, table).items()
            }
            for table in ("services", "facilities")
        }
    )
    changed = replace(
        study,
        name=text,
        catalog=catalog,
        centres=centres.assign(name=names, address=names[::-1], access=names[3:] + names[:3]),
        streets=replace(study.streets, edges=study.streets.edges.assign(name=everything)),
    )
    return replace(plan, study=changed)


def test_no_text_of_a_file_is_markup(demo_plan, page):
    plan = hostile(demo_plan)
    told = life_map_page(plan, language="zh")
    assert [tag for tag, _ in Parts(told).tags] == [tag for tag, _ in Parts(page).tags]
    names = [station["name"] for station in data_of(told)["stations"]]
    assert names[: len(HOSTILE)] == HOSTILE
    assert "<" not in re.search(r'id="data">(.*?)</script>', told, re.DOTALL)[1]


def test_a_plan_without_any_station_or_street_name_has_a_page(demo_plan):
    study = demo_plan.study
    edges = study.streets.edges.assign(name="")
    bare = replace(study, centres=study.centres.iloc[:0], streets=replace(study.streets, edges=edges))
    data = data_of(life_map_page(replace(demo_plan, study=bare, services={}), language="en"))
    assert (data["stations"], data["streetNames"]) == ([], [])
