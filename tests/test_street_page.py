"""The street page without a browser: choosing, uploading, and every way in which an upload can be at fault."""

import io
import zipfile

import pytest
from shared_data import shared_data
from streamlit.testing.v1 import AppTest
from study_world import CENTRES, HOSTS, lon_lat, study_files, table, write_study

from planner.ui.plain_text import plain
from planner.ui.studies import STUDIES_VARIABLE
from planner.ui.system_names import system_name
from planner.words import say

pytestmark = pytest.mark.usefixtures("streets_read_once")
NO_STUDY_TOML = {name: text.encode() for name, text in study_files().items() if name != "study.toml"}


def street() -> None:
    from planner.ui.street_page import show_street_page

    show_street_page()


@pytest.fixture(autouse=True)
def no_other_studies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STUDIES_VARIABLE, raising=False)


def opened(language: str = "zh") -> AppTest:
    page = AppTest.from_function(street, default_timeout=120)
    page.query_params["lang"] = language
    return seen(page.run())


def seen(page: AppTest) -> AppTest:
    assert not page.exception
    return page


def uploading(language: str = "zh") -> AppTest:
    page = opened(language)
    return seen(page.segmented_control[0].set_value("upload").run())


def upload(page: AppTest, **files: bytes) -> AppTest:
    """``hosts_csv=b"…"`` uploads hosts.csv."""
    named = {name.rpartition("_")[0] + "." + name.rpartition("_")[2]: content for name, content in files.items()}
    return upload_named(page, named)


def upload_named(page: AppTest, files: dict[str, bytes]) -> AppTest:
    return seen(page.file_uploader[0].set_value([(name, content, "") for name, content in files.items()]).run())


def press(page: AppTest, key: str) -> AppTest:
    return seen(next(button for button in page.button if button.key.endswith(key)).click().run())


def button(page: AppTest, key: str):
    return next(button for button in page.button if button.key.endswith(key))


def box_of(page: AppTest, file: str):
    """The box of a file: its label tells the state."""
    return next(box for box in page.expander if box.label.startswith(plain(file)))


def confirm_all(page: AppTest, *files: str) -> AppTest:
    """As if each was pressed before the page has run again."""
    for file in files:
        button(page, f"{file}.confirm").click()
    return seen(page.run())


def give_name(page: AppTest, name: str) -> AppTest:
    field = next(field for field in page.text_input if field.key.startswith("uploads.name"))
    return seen(field.set_value(name).run())


def still_to_do(page: AppTest) -> str:
    return "\n".join(box.value for box in page.info)


def texts(page: AppTest) -> str:
    return "\n".join(e.value for kind in ("markdown", "caption", "info", "error") for e in getattr(page, kind))


PLACED = ("boundary.geojson", "grids.geojson", "communities.geojson", "restricted.geojson",
          "cells.csv", "centres.csv", "hosts.csv")  # fmt: skip


def whole(page: AppTest, **changed: bytes) -> AppTest:
    """The tiny study uploaded and every system confirmed."""
    named = {name.rpartition("_")[0] + "." + name.rpartition("_")[2]: content for name, content in changed.items()}
    return confirm_all(upload_named(page, NO_STUDY_TOML | named), *PLACED)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_shipped_street_is_first_and_one_click_away(language, demo_study):
    page = opened(language)
    assert say("street.begin", language) in texts(page)
    (choose,) = page.button
    assert choose.label == say("street.choose", language)
    seen(choose.click().run())
    assert page.button[0].label == say("street.chosen", language)
    table = page.table[0].value
    assert list(table[say("street.head_file", language)]) == [plain(s.path) for s in demo_study.sources]
    rows = dict(zip(table[say("street.head_file", language)], table[say("street.head_rows", language)], strict=True))
    assert rows[plain("hosts.csv")] == "300"
    assert say("term.made_up_note", language) in texts(page)


def test_the_remarks_of_a_study_are_shown(tmp_path, monkeypatch):
    outside = f"S1,远处驿站,{lon_lat(-100, 330)},rest_station,08:00-20:00,1,东西街1号"
    folder = write_study(tmp_path / "village", centres_csv=table(CENTRES, outside))
    monkeypatch.setenv(STUDIES_VARIABLE, str(folder))
    page = opened()
    seen(page.button[0].click().run())
    (box,) = page.expander
    assert box.label.startswith("提示")
    problems = box.table[0].value[say("page.fault_problem", "zh")]
    assert any("街道边界外" in text for text in problems)


def test_a_study_that_cannot_be_read_is_told_when_it_is_chosen(tmp_path, monkeypatch):
    folder = write_study(tmp_path / "village", hosts_csv="a,b\n1,2\n")
    monkeypatch.setenv(STUDIES_VARIABLE, str(folder))
    page = opened()
    seen(page.button[0].click().run())
    assert "小村" in texts(page) or "village" in texts(page)
    assert page.error


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_study_is_made_of_uploads_and_chosen(language):
    page = upload_named(uploading(language), NO_STUDY_TOML)
    assert say("street.left_systems", language, count=7) in still_to_do(page)
    assert button(page, "finish").disabled
    page = confirm_all(page, *PLACED)
    assert still_to_do(page).endswith(f"- {say('street.left_name', language)}")
    page = give_name(page, "我们的街道")
    assert not still_to_do(page)
    page = press(page, "finish")
    assert say("street.holds", language, study="我们的街道") in [heading.value for heading in page.subheader]
    assert say("street.origin_uploaded", language) in texts(page)
    assert button(page, "study-1-1").label == say("street.chosen", language)


def test_what_another_session_uploads_is_not_seen():
    page = press(give_name(whole(uploading()), "甲街道"), "finish")
    assert "甲街道" in texts(page)
    other = opened()
    assert "甲街道" not in texts(other)
    seen(other.segmented_control[0].set_value("upload").run())
    assert not other.expander


def test_each_file_tells_what_it_was_taken_for_and_can_be_another():
    page = upload(uploading(), hosts_csv=NO_STUDY_TOML["hosts.csv"])
    assert say("page.role_hosts", "zh") in box_of(page, "hosts.csv").label
    role = next(box for box in page.selectbox if ".role." in box.key)
    seen(role.set_value("centres").run())
    assert say("page.role_centres", "zh") in box_of(page, "hosts.csv").label
    role = next(box for box in page.selectbox if ".role." in box.key)
    seen(role.set_value("").run())
    assert say("street.state_unused", "zh") in box_of(page, "hosts.csv").label


def test_what_is_missing_is_said_in_words():
    page = upload(uploading(), hosts_csv=NO_STUDY_TOML["hosts.csv"])
    names = "、".join(
        say(f"street.need_{role}", "zh") for role in ("boundary", "grids", "streets", "centres", "demand")
    )
    assert say("street.left_missing", "zh", roles=names) in still_to_do(page)


def test_faults_are_shown_by_row_at_once_and_only_that_file_is_replaced():
    bad = table(HOSTS, f"H1,**小卖部**,castle,{lon_lat(100, 0)},1,60,72000,08:00-22:00").encode()
    page = whole(uploading(), hosts_csv=bad)
    box = box_of(page, "hosts.csv")
    assert say("street.state_faults", "zh", count=1) in box.label
    rows = box.table[-1].value
    assert list(rows[say("page.fault_row", "zh")]) == ["2"]
    assert say("street.left_faults", "zh", count=1) in still_to_do(page)
    page = upload(page, hosts_csv=NO_STUDY_TOML["hosts.csv"])
    assert say("street.state_question", "zh") in box_of(page, "hosts.csv").label
    assert say("street.state_good", "zh", rows=1) in box_of(page, "centres.csv").label
    page = give_name(confirm_all(page, "hosts.csv"), "街道")
    assert not button(page, "finish").disabled


def test_a_file_alone_shows_its_faults_too():
    bad = table(HOSTS, f"H1,小卖部,castle,{lon_lat(100, 0)},1,60,72000,08:00-22:00").encode()
    page = upload(uploading(), hosts_csv=bad)
    assert say("street.state_faults", "zh", count=1) in box_of(page, "hosts.csv").label
    assert say("street.system_no_evidence", "zh") in texts(page)


def test_columns_that_cannot_be_told_are_assigned_or_filled():
    header = "代号,名称,kind,lon,lat,area_m2,yearly_cost_yuan,open_hours"
    hosts = table(header, f"H1,小卖部,shop,{lon_lat(100, 0)},60,72000,08:00-22:00").encode()
    page = upload_named(uploading(), NO_STUDY_TOML | {"hosts.csv": hosts})
    page = confirm_all(page, *(file for file in PLACED if file != "hosts.csv"))
    role = next(box for box in page.selectbox if "hosts.csv" in box.key and ".role." in box.key)
    if role.value != "hosts":
        page = seen(role.set_value("hosts").run())
    column = {box.label: box for box in page.selectbox if ".columns." in box.key}
    assert [label.split("(")[1] for label in column] == ["host_id)", "floor)"]
    page = seen(next(iter(column.values())).set_value("代号").run())
    floor = next(box for box in page.selectbox if ".columns.floor" in box.key)
    page = seen(floor.set_value("\0constant").run())
    value = next(field for field in page.text_input if ".fill.floor" in field.key)
    page = seen(value.set_value("1").run())
    page = confirm_all(page, "hosts.csv")
    assert say("street.state_good", "zh", rows=1) in box_of(page, "hosts.csv").label
    page = press(give_name(page, "街道"), "finish")
    assert say("street.holds", "zh", study="街道") in [heading.value for heading in page.subheader]


def test_the_evidence_of_a_system_is_a_table_of_figures():
    page = upload_named(uploading(), NO_STUDY_TOML)
    figures = box_of(page, "cells.csv").table[0].value
    assert figures[say("street.placing_system", "zh")].iloc[0] == plain(system_name("wgs84", "zh"))
    assert figures[say("street.placing_inside", "zh")].iloc[0] == "100%"


def test_another_system_than_the_proposed_one_can_be_confirmed():
    page = upload(uploading(), hosts_csv=NO_STUDY_TOML["hosts.csv"])
    system = next(box for box in page.selectbox if ".crs." in box.key)
    system.set_value("gcj02").run()
    page = press(page, "hosts.csv.confirm")
    assert say("street.system_confirmed", "zh", system=plain(system_name("gcj02", "zh"))) in texts(page)


def test_all_clear_systems_are_confirmed_at_once(demo_study):
    files = {s.path: (demo_study.folder / s.path).read_bytes() for s in demo_study.sources}
    page = upload_named(uploading(), files)
    assert say("street.left_systems", "zh", count=8) in still_to_do(page)
    page = press(page, "confirm_clear")
    assert say("street.left_systems", "zh", count=8) not in still_to_do(page)
    assert "坐标系待确认" not in still_to_do(page)


def test_what_is_refused_is_told_and_the_rest_taken():
    evil = io.BytesIO()
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("../evil.csv", "x")
    page = upload_named(
        uploading(),
        {"evil.zip": evil.getvalue(), "virus.exe": b"x", "hosts.csv": NO_STUDY_TOML["hosts.csv"]},
    )
    assert say("street.refused", "zh", count=2) in texts(page)
    refused = page.table[0].value
    assert list(refused[say("page.fault_file", "zh")]) == [plain("evil.zip"), plain("virus.exe")]
    assert len(page.expander) == 1


def test_a_whole_study_comes_as_one_archive():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in study_files().items():
            archive.writestr(f"village/{name}", text)
    page = upload_named(uploading(), {"village.zip": content.getvalue()})
    assert not still_to_do(page)
    page = press(page, "finish")
    assert say("street.holds", "zh", study="小村") in [heading.value for heading in page.subheader]


def test_a_study_file_with_faults_is_told():
    page = upload_named(uploading(), NO_STUDY_TOML | {"study.toml": b"name = ["})
    assert say("street.settings_at_fault", "zh") in texts(page)
    assert button(page, "finish").disabled


def test_a_name_that_looks_like_markup_is_shown_as_it_is():
    page = upload_named(uploading(), {"**a**[x](y).csv": NO_STUDY_TOML["hosts.csv"]})
    (box,) = page.expander
    assert r"\*\*a\*\*".replace("*", "_") in box.label or plain("__a__[x](y).csv") in box.label


def test_a_file_is_removed_and_all_are():
    page = upload_named(uploading(), NO_STUDY_TOML)
    page = press(page, "hosts.csv.remove")
    assert say("street.need_hosts", "zh") in still_to_do(page)
    page = press(page, "afresh")
    assert not page.expander


def test_a_finished_study_stays_when_the_draft_is_worked_on():
    page = press(give_name(whole(uploading()), "甲街道"), "finish")
    page = seen(page.segmented_control[0].set_value("upload").run())
    page = upload(page, hosts_csv=b"a,b\n1,2\n")
    page = seen(page.segmented_control[0].set_value("choose").run())
    assert say("street.holds", "zh", study="甲街道") in [heading.value for heading in page.subheader]
    assert not page.error


def test_what_is_missing_is_estimated_from_the_open_map_and_marked():
    files = {name: NO_STUDY_TOML[name] for name in ("streets.osm", "boundary.geojson")}
    page = confirm_all(upload_named(uploading(), files), "boundary.geojson")
    page = press(page, "estimate")
    page = press(give_name(page, "估计街道"), "finish")
    states = page.table[0].value[say("street.head_state", "zh")]
    assert say("street.estimate", "zh") in list(states)
    assert any("估计数据" in box.value for box in page.warning)


def test_real_stations_are_taken_for_centres():
    path = shared_data("stations/zhengzhou_rider_stations_gcj02.csv")
    page = upload_named(uploading(), {path.name: path.read_bytes()})
    assert say("page.role_centres", "zh") in box_of(page, path.name).label
