"""What holds for every kind of file: the same figures, names as typed, the same bytes, nothing of another host."""

import datetime
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from hostile import HOSTILE
from openpyxl import load_workbook
from read_back import headline_of_layers, run_together, said_in
from small_street import scenario_of, with_few_hosts

from planner import Plan, make_plan
from planner.figures import share_text, yuan_text
from planner.maps import plan_map
from planner.report import COMPARISONS, FORMATS, ReportOptions, write_comparison, write_report
from planner.words import Text

pytestmark = pytest.mark.timeout(600)

# Formats that tell figures in words, those that tell numbers, and those for riders, who are told of no shares.
IN_WORDS = {"html": "report.html", "pdf": "report.pdf", "docx": "report.docx", "map": "map.html"}
IN_NUMBERS = {"xlsx": "plan.xlsx", "csv": "summary.csv", "gpkg": "plan.gpkg", "geojson": "sites.geojson"}
FOR_RIDERS = {"life_map": "life_map.html", "poster": "poster.pdf"}
OPTIONS = ReportOptions(made_on=datetime.date(2026, 5, 4), office="示范街道办", link="https://example.org/map")


@pytest.fixture(scope="module")
def small_plan(demo_study) -> Plan:
    services = {"rest_station": {"site_limit": 3}, "charging_cabinet": {"budget_yuan": 40_000}}
    return make_plan(with_few_hosts(demo_study), scenario_of(**services))


@pytest.fixture(scope="module")
def folders(small_plan, tmp_path_factory) -> dict[str, Path]:
    """Every format of the small plan, a folder a language."""
    made = {language: tmp_path_factory.mktemp(language) for language in ("zh", "en")}
    for language, folder in made.items():
        write_report(small_plan, folder, formats=tuple(FORMATS), language=language, options=OPTIONS)
    return made


@pytest.fixture
def folder(folders, language) -> Path:
    return folders[language]


def test_every_format_is_held_here(folder):
    held = IN_WORDS | IN_NUMBERS | FOR_RIDERS
    assert sorted(held) == sorted(FORMATS)
    assert {*held.values()} < {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("name", IN_WORDS)
def test_figures_in_words_are_the_summary(small_plan, folder, language, name):
    said = run_together(said_in(folder / IN_WORDS[name]))
    for service, row in small_plan.summary().iterrows():
        title = small_plan.study.catalog.services[service].name.in_language(language)
        figures = [title, share_text(row["covered_share_today"]), share_text(row["covered_share_planned"])]
        figures += [] if name == "map" else [yuan_text(row["cost_yuan"], language)]
        for figure in figures:
            assert run_together(figure) in said, (service, figure)
    if name != "map":
        assert run_together(yuan_text(small_plan.summary()["cost_yuan"].sum(), language)) in said


def expected(plan: Plan) -> dict[str, tuple[float, float, int, float]]:
    columns = ["covered_share_today", "covered_share_planned", "new_sites", "cost_yuan"]
    return {service: tuple(row[columns]) for service, row in plan.summary().iterrows()}


def test_the_layers_of_both_kinds_add_up_to_the_summary(small_plan, folder):
    def from_geojson(name):
        return pd.concat([gpd.read_file(path) for path in folder.glob(f"{name}*.geojson")], ignore_index=True)

    for read in (lambda name: gpd.read_file(folder / "plan.gpkg", layer=name), from_geojson):
        found = headline_of_layers(read)
        for service, figures in expected(small_plan).items():
            assert found[service] == pytest.approx(figures), service


def test_the_tables_are_the_summary(small_plan, folder):
    table = pd.read_csv(folder / "summary.csv", encoding="utf-8-sig").set_index("service")
    numbers = [
        [cell for cell in row if isinstance(cell, int | float)]
        for row in load_workbook(folder / "plan.xlsx").worksheets[0].iter_rows(values_only=True)
    ]
    columns = ["covered_share_today", "covered_share_planned", "new_sites", "cost_yuan"]
    for service, figures in expected(small_plan).items():
        assert tuple(table.loc[service, columns]) == pytest.approx(figures)
        assert any(all(any(cell == pytest.approx(one) for cell in row) for one in figures) for row in numbers), service


@pytest.mark.parametrize("name", FOR_RIDERS)
def test_riders_are_told_of_every_station(small_plan, folder, name):
    said = run_together(said_in(folder / FOR_RIDERS[name]))
    names = [*small_plan.study.centres["name"]]
    names += [site for part in small_plan.services.values() for site in part.new_sites["name"]]
    assert not [one for one in names if run_together(one) not in said]


@pytest.fixture(scope="module")
def hostile_plan(demo_study) -> Plan:
    """Names as nobody should type them, on everything that has a name."""
    study = with_few_hosts(demo_study)
    turned = [HOSTILE[i % len(HOSTILE)] for i in range(len(study.grids) + len(study.centres) + len(study.hosts))]
    hosts, centres = len(study.hosts), len(study.centres)
    changed = replace(
        study,
        name=Text(zh=HOSTILE[0], en=HOSTILE[0]),
        hosts=study.hosts.assign(name=turned[:hosts]),
        centres=study.centres.assign(name=turned[hosts : hosts + centres], address=turned[:centres]),
        grids=study.grids.assign(name=turned[hosts + centres :]),
    )
    scenario = scenario_of(rest_station={"site_limit": 7}, charging_cabinet={"site_limit": 7})
    return make_plan(changed, scenario.model_copy(update={"name": Text(zh=HOSTILE[1], en=HOSTILE[1])}))


def is_said(name: str, said: str) -> bool:
    """Whether a name is among the texts; on paper, letters that are told to run from the right do so."""
    if run_together(name) in said:
        return True
    letters = "".join(letter for letter in run_together(name) if letter.isprintable())
    return "\u202e" in name and (letters in said or letters[::-1] in said)


@pytest.mark.parametrize("name", list(FORMATS))
def test_names_come_out_as_typed(hostile_plan, tmp_path, name):
    said = "".join(
        run_together(said_in(path))
        for path in write_report(hostile_plan, tmp_path, formats=(name,), language="zh", options=OPTIONS)
    )
    study = hostile_plan.study
    shown = {site for part in hostile_plan.services.values() for site in part.new_sites["name"]}
    shown |= {*study.centres["name"]} | (set() if name in FOR_RIDERS else {*study.grids["name"]})
    assert len(shown) > 15
    assert [one for one in shown if not is_said(one, said)] == []
    for path in tmp_path.glob("*.html"):
        assert "<script>alert(1)" not in path.read_text(encoding="utf-8")


ANOTHER_PROCESS = """
import datetime, sys
from pathlib import Path
sys.path.insert(0, "tests")
from several_plans import several_plans
from small_street import scenario_of, with_few_hosts
from planner import load_study, make_plan
from planner.maps import plan_map
from planner.report import FORMATS, ReportOptions, write_comparison, write_report
options = ReportOptions(made_on=datetime.date(2026, 5, 4), office="示范街道办", link="https://example.org/map")
services = {"rest_station": {"site_limit": 3}, "charging_cabinet": {"budget_yuan": 40_000}}
study, home = load_study("data/demo"), Path(sys.argv[1])
plan = make_plan(with_few_hosts(study), scenario_of(**services))
write_report(plan, home / "report", formats=tuple(FORMATS), language="zh", options=options)
write_comparison(several_plans(study), home / "comparison", language="zh", options=options)
page = plan_map(make_plan(study, study.scenarios["base"]), language="en").get_root().render()
(home / "map.html").write_bytes(page.encode())
"""


@pytest.fixture(scope="module")
def of_another_process(tmp_path_factory) -> Path:
    """What is written with other hashes, in another place and at another time of day."""
    written, home = tmp_path_factory.mktemp("another"), Path(__file__).parent.parent
    settings = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "PYTHONPATH": str(home)}
    subprocess.run([sys.executable, "-c", ANOTHER_PROCESS, written], check=True, cwd=home, env=settings, timeout=500)
    return written


def differing(one: Path, two: Path) -> list[str]:
    """The files of two folders, which hold files of the same names, that are not the same."""
    ours, theirs = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in (one, two))
    assert sorted(ours) == sorted(theirs)
    return [name for name in ours if ours[name] != theirs[name]]


@pytest.mark.slow
def test_another_process_writes_the_same_report(folders, of_another_process):
    assert len(list(folders["zh"].iterdir())) > len(FORMATS)
    assert differing(folders["zh"], of_another_process / "report") == []


@pytest.mark.slow
def test_another_process_writes_the_same_comparison(plans, of_another_process, tmp_path):
    written = write_comparison(plans, tmp_path, language="zh", options=OPTIONS)
    assert len(written) == len(COMPARISONS)
    assert differing(tmp_path, of_another_process / "comparison") == []


@pytest.mark.slow
def test_another_process_draws_the_same_map(demo_plan, of_another_process):
    """Python mixes sets anew in every process; none may reach the page."""
    page = plan_map(demo_plan, language="en").get_root().render()
    assert (of_another_process / "map.html").read_bytes() == page.encode()
