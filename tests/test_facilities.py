import pandas as pd
import pytest
from study_world import CENTRES, HOSTS, lon_lat, places, table, write_study

from planner import load_study
from planner.catalog import load_catalog
from planner.intake.facilities import typed_offers

REST, CABINET, SORTING = "rest_station", "charging_cabinet", "sorting_point"


def offers_of(*written, services=(REST,)):
    """What the words of each cell mean at a place with these services, and the remarks."""
    frame = pd.DataFrame(
        {"offers": list(written), "services": [services] * len(written)}, index=range(2, 2 + len(written))
    )
    offers, faults = typed_offers("centres.csv", frame["offers"], frame["services"], load_catalog())
    return offers.tolist(), faults


@pytest.mark.parametrize(
    ("written", "offers"),
    [
        ("热水", {"hot_water"}),
        ("饮水、热饭、厕所", {"hot_water", "microwave", "toilet"}),
        ("饮水,微波炉;卫生间/空调|座椅", {"hot_water", "microwave", "toilet", "air_conditioning", "seats"}),
        ("ＷｉＦｉ，急救箱", {"wifi", "first_aid"}),
        ("提供热水、微波炉2台、免费WiFi", {"hot_water", "microwave", "wifi"}),
        ("微波炉（自助）、桌椅 6 套", {"microwave", "seats"}),
        ("热水 微波炉 卫生间", {"hot_water", "microwave", "toilet"}),
        ("热水和微波炉", {"hot_water", "microwave"}),
        ("hot_water;Microwave; Battery swap", {"hot_water", "microwave", "battery_swap"}),
        ("drink|ac|seat|charging|wifi|first_aid",
         {"hot_water", "air_conditioning", "seats", "phone_charging", "wifi", "first_aid"}),
    ],
)  # fmt: skip
def test_facilities_are_read_as_offices_write_them(written, offers):
    (found,), faults = offers_of(written)
    assert set(found) == offers
    assert faults == []


@pytest.mark.parametrize(
    ("services", "offers"),
    [
        ((REST,), ("phone_charging",)),
        ((CABINET,), ("ebike_charging",)),
        ((REST, CABINET), ("phone_charging", "ebike_charging")),
        ((SORTING,), ("phone_charging",)),  # the lesser promise
    ],
)
def test_charging_is_for_what_the_services_charge(services, offers):
    assert offers_of("充电", services=services)[0] == [offers]


def test_one_word_for_charging_and_swapping_means_both_at_a_cabinet():
    assert offers_of("充换电", services=(CABINET,))[0] == [("ebike_charging", "battery_swap")]


def test_an_empty_cell_says_nothing_and_none_says_that_there_is_nothing():
    offers, faults = offers_of("", "无", "、；")
    assert offers == [None, (), None]
    assert faults == []


def test_what_is_not_there_is_not_offered():
    (offers,), (fault,) = offers_of("热水、无卫生间")
    assert offers == ("hot_water",)
    assert (fault.key, fault.value) == ("facilities_unknown", "无卫生间")


def test_facilities_that_the_catalog_does_not_know_are_told_once_and_left_out():
    offers, (fault,) = offers_of("热水、血压计", "图书角", "雨伞、血压计")
    assert offers == [("hot_water",), (), ()]
    assert (fault.severity, fault.column, fault.value) == ("remark", "offers", "血压计")
    assert fault.values["count"] == 3
    assert fault.values["names"] == "血压计, 图书角, 雨伞"
    assert "toilet (卫生间)" in fault.line("zh")
    assert "3 places" in fault.line("en")


def test_a_study_names_a_facility_of_its_own():
    catalog = load_catalog(
        {"facilities": {"umbrella": {"name": {"zh": "雨伞", "en": "Umbrellas"}, "written": ["借伞"]}}}
    )
    frame = pd.DataFrame({"offers": ["借伞、热水"], "services": [(REST,)]})
    assert typed_offers("c", frame["offers"], frame["services"], catalog)[0].tolist() == [("hot_water", "umbrella")]


def test_a_study_reads_what_its_centres_offer_and_how_to_get_in(tmp_path):
    chinese = "编号,名称,经度,纬度,服务内容,开放时间,楼层,配套设施,进门方式\n"
    row = f'1,一号驿站,{lon_lat(-100, 0)},驿站,08:00-20:00,1,"饮水、热饭",从东门进，一层大厅左手\n'
    study = load_study(write_study(tmp_path / "a", centres_csv=chinese + row))
    assert study.centres.iloc[0][["offers", "access"]].tolist() == [
        ("hot_water", "microwave"),
        "从东门进，一层大厅左手",
    ]
    assert not [fault for fault in study.remarks if fault.file == "centres.csv"]


def test_files_without_these_columns_are_read_as_before(tmp_path):
    study = load_study(write_study(tmp_path / "a"))
    assert study.centres["offers"].tolist() == [None]
    assert study.centres["access"].tolist() == [""]
    assert study.hosts["access"].tolist() == [""]
    empty = load_study(write_study(tmp_path / "b", centres_csv=table(CENTRES)))
    assert {"offers", "access"} <= set(empty.centres.columns)


def test_a_host_says_how_to_get_in(tmp_path):
    rows = table(f"{HOSTS},如何进入", f"H1,小卖部,shop,{lon_lat(100, 0)},1,60,72000,08:00-22:00,后门")
    assert load_study(write_study(tmp_path / "a", hosts_csv=rows)).hosts["access"].tolist() == ["后门"]


def test_an_unknown_facility_keeps_no_study_from_being_read(tmp_path):
    rows = table(f"{CENTRES},设施", f"S1,一号,{lon_lat(-100, 0)},rest_station,08:00-20:00,1,,热水;麻将桌")
    study = load_study(write_study(tmp_path / "a", centres_csv=rows))
    assert places(f for f in study.remarks if f.file == "centres.csv") == [
        ("centres.csv", None, "offers", "facilities_unknown")
    ]
    assert study.centres["offers"].tolist() == [("hot_water",)]


def test_the_demo_states_what_some_centres_offer_and_every_word_of_it_is_known(demo_study):
    assert not [fault for fault in demo_study.remarks if fault.key == "facilities_unknown"]
    offers = demo_study.centres["offers"]
    assert 15 < offers.notna().sum() < len(offers)
    further = {"meal_shelves", "shower", "laundry"}  # of services that the demo has not
    known = set(demo_study.catalog.facilities) - further
    assert {key for some in offers.dropna() for key in some} == known
    assert (demo_study.centres["access"] != "").sum() > 15
