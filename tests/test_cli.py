import shutil

import pytest
from click.testing import CliRunner
from conftest import DEMO
from openpyxl import load_workbook
from study_world import CENTRES, lon_lat, table, write_study

from planner.cli import main

pytestmark = pytest.mark.usefixtures("streets_read_once")


def run(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.mark.parametrize("command", [[], ["demo"], ["plan"], ["check"], ["new"], ["fetch"], ["density"], ["app"]])
def test_every_command_has_help_in_both_languages(command):
    done = run(*command, "--help")
    assert done.exit_code == 0
    assert " / " in done.output
    assert any("\u4e00" <= letter <= "\u9fff" for letter in done.output)


def test_the_demo_plans_and_writes(tmp_path):
    done = run("--lang", "en", "demo", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "Rest station" in done.output
    assert "proven best" in done.output
    assert "made up" in done.output
    assert {"map.html", "report.html", "plan.gpkg", "summary.csv"} <= {p.name for p in (tmp_path / "out").iterdir()}


def test_the_table_shows_what_the_plan_counts(tmp_path, demo_plan):
    done = run("plan", DEMO, "--out", tmp_path / "out", "--formats", "csv")
    for share in demo_plan.summary()["covered_share_planned"]:
        assert f"{share:.1%}" in done.output


def test_several_scenarios_are_compared(tmp_path):
    done = run("--lang", "en", "compare", DEMO, "--scenarios", "lean,ample", "--formats", "brief", "--out", tmp_path)
    assert done.exit_code == 0, done.output
    assert [path.name for path in tmp_path.iterdir()] == ["brief.pdf"]
    assert " 10 " in done.output  # the new rest stations of the ample plan


def test_check_says_what_a_sound_study_holds():
    done = run("check", DEMO)
    assert done.exit_code == 0
    assert "没有发现问题" in done.output
    assert "hosts.csv" in done.output


def test_check_lists_every_fault_of_a_broken_study(tmp_path):
    folder = tmp_path / "street"
    shutil.copytree(DEMO, folder)
    hosts = (folder / "hosts.csv").read_text(encoding="utf-8").splitlines()
    hosts[3] = hosts[3].replace(",1,", ",ground,", 1)
    (folder / "hosts.csv").write_text("\n".join(hosts), encoding="utf-8")
    (folder / "centres.csv").write_text("centre_id,name\n", encoding="utf-8")
    done = run("--lang", "en", "check", folder)
    assert done.exit_code == 1
    assert "open_hours" in done.output
    assert "ground" in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("broken", [True, False])
def test_check_writes_faults_and_remarks_as_a_table(tmp_path, language, broken):
    hours = "soon" if broken else "工作日8:00-20:00"
    row = f"S1,一号驿站,{lon_lat(0, 330)},rest_station,{hours},1,"
    folder = write_study(tmp_path / "village", centres_csv=table(CENTRES, row))
    done = run("--lang", language, "check", folder, "--faults", tmp_path / "out" / "faults.xlsx")
    assert done.exit_code == int(broken), done.output
    rows = list(load_workbook(tmp_path / "out" / "faults.xlsx").active.iter_rows(values_only=True))
    kinds = [values[5] for values in rows[1:]]
    must, may = ("须改正", "提示") if language == "zh" else ("to be mended", "remark")
    assert kinds == ([must, may, may] if broken else [may, may, may])
    assert "faults.xlsx" in done.output
    assert ("边界外 30 米" if language == "zh" else "30 m outside") in str(rows)


def test_a_table_of_faults_of_another_kind_is_refused(tmp_path):
    done = run("--lang", "en", "check", write_study(tmp_path / "village"), "--faults", tmp_path / "faults.docx")
    assert done.exit_code == 1
    assert ".xlsx .csv" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["plan", "nowhere"], "is not a study"),
        (["check", "nowhere"], "is not a study"),
        (["app", "nowhere"], "is not a study"),
        (["new", "made", "--osm", "nowhere.osm"], "There is no file"),
        (["new", "made", "--osm", DEMO / "streets.osm", "--boundary-name", "x"], "no boundary file"),
        (["plan", DEMO, "--scenario", "boldest"], "There is no scenario"),
        (["plan", DEMO, "--formats", "papyrus"], "There is no format"),
        (["plan", DEMO, "--formats", " , "], "No format was asked for"),
        (["plan", DEMO, "--link", "javascript:alert(1)"], "is not an address"),
        (["plan", DEMO, "--crs", "mars"], "There is no coordinate system"),
        (["compare", DEMO, "--scenarios", "base"], "takes 2 to 4 plans"),
        (["compare", DEMO, "--formats", "xlsx"], "There is no format"),
    ],
)
def test_bad_input_ends_with_one_clear_line(tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    done = run("--lang", "en", *arguments)
    assert done.exit_code == 1
    last = [line for line in done.stderr.splitlines() if line.strip()][-1]
    assert says in last
    assert "Traceback" not in done.output
    assert not list(tmp_path.rglob("*.html"))


def test_new_makes_a_study_that_plans(tmp_path):
    done = run("new", tmp_path / "mine", "--osm", DEMO / "streets.osm", "--boundary", DEMO / "boundary.geojson")
    assert done.exit_code == 0, done.output
    done = run("--lang", "en", "plan", tmp_path / "mine", "--out", tmp_path / "out", "--formats", "csv")
    assert done.exit_code == 0, done.output
    assert "estimate" in done.output


def test_new_leaves_a_study_that_is_there_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "study.toml").write_text("mine", encoding="utf-8")
    done = run("--lang", "en", "new", tmp_path / "mine", "--osm", DEMO / "streets.osm")
    assert done.exit_code == 1
    assert "not empty" in done.stderr
    assert (tmp_path / "mine" / "study.toml").read_text(encoding="utf-8") == "mine"


def test_check_confirms_a_system_that_is_clear(tmp_path):
    folder = tmp_path / "street"
    shutil.copytree(DEMO, folder)
    toml = folder / "study.toml"
    before = toml.read_text(encoding="utf-8")
    toml.write_text(before.replace('"hosts.csv", crs = "wgs84"', '"hosts.csv"'), encoding="utf-8")
    done = run("check", folder, "--confirm")
    assert done.exit_code == 0, done.output
    assert "hosts 的坐标系为 wgs84" in done.output
    assert toml.read_text(encoding="utf-8") == before


@pytest.fixture
def records(tmp_path):
    rows = [f"2026-03-02 12:0{i}:00,117.02,36.66,外卖,xk{i},李四" for i in range(6)]
    text = "\n".join(["下单时间,经度,纬度,业务,骑手,收件人", *rows, "at twelve,117.02,36.66,外卖,xk1,李四", ""])
    (tmp_path / "records.csv").write_text(text, encoding="gb18030")
    return tmp_path / "records.csv"


def test_density_counts_records_and_says_what_became_of_each_row(tmp_path, records):
    asked = ["density", records, "--crs", "gcj02", "--out", tmp_path / "out", "--rider", "骑手", "--drop", "收件人"]
    done = run("--lang", "en", *asked)
    assert done.exit_code == 0, done.output
    assert "the time cannot be read" in done.output
    assert 'cells = { path = "cells.csv", crs = "wgs84", cell_size_m = 100' in done.output
    assert "117.0" in (tmp_path / "out" / "cells.csv").read_text(encoding="utf-8")
    everything = "".join(p.read_text(encoding="utf-8-sig") for p in (tmp_path / "out").iterdir())
    assert not any(secret in everything for secret in ("李四", "xk1", "twelve"))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--rider", "骑手"], "--drop 收件人"),
        (["--drop", "收件人"], "--no-rider"),
        (["--rider", "骑手", "--drop", "收件人", "--k", "7"], "fewer than 7 riders"),
        (["--rider", "骑手", "--drop", "收件人", "--cell", "wide"], "wide"),
        (["--rider", "骑手", "--drop", "收件人", "--crs", "mars"], "mars"),
        (["--rider", "骑手", "--drop", "收件人", "--column", "time"], "name=value"),
    ],
)
def test_density_refuses_what_it_may_not_read_or_show(tmp_path, records, more, says):
    done = run("--lang", "en", "density", records, "--crs", "gcj02", "--out", tmp_path / "out", *more)
    assert done.exit_code == 1
    assert says in done.stderr.splitlines()[-1]
    assert not (tmp_path / "out").exists()


def test_density_of_bad_rows_alone_writes_why_and_fails(tmp_path):
    (tmp_path / "r.csv").write_text("时间,经度,纬度,类型\n2026-03-02 12:00:00,0,0,外卖\n", encoding="utf-8")
    done = run("density", tmp_path / "r.csv", "--crs", "gcj02", "--no-rider", "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "没有一行记录可以计入" in done.stderr
    assert "经纬度为 0" in (tmp_path / "out" / "set_aside.csv").read_text(encoding="utf-8-sig")
