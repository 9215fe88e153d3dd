import pytest
from pydantic import ValidationError

from planner.catalog import Catalog, Standard, load_catalog


def test_the_shipped_services():
    catalog = load_catalog()
    assert catalog.usual_services() == ("rest_station", "charging_cabinet", "sorting_point")
    assert list(catalog.services)[3:] == ["lobby_handoff", "parking_zone", "drivers_home"]
    assert list(catalog.periods) == ["morning", "lunch", "afternoon", "dinner", "night"]
    assert list(catalog.modes) == ["walk", "ebike", "drive"]
    assert catalog.services["rest_station"].standard == Standard(value=500, unit="m")
    assert catalog.services["charging_cabinet"].standard == Standard(value=2, unit="min")


def test_every_figure_has_a_source_in_both_languages():
    def sources(entry):
        if isinstance(entry, dict):
            for value in entry.values():
                yield from sources(value)
        elif hasattr(entry, "model_fields_set"):
            if "source" in type(entry).model_fields:
                yield entry.source
            for name in type(entry).model_fields:
                yield from sources(getattr(entry, name))

    found = list(sources(dict(load_catalog())))
    assert len(found) > 20
    assert all(text.zh.strip() and text.en.strip() and text.zh != text.en for text in found)


def test_the_periods_fill_the_day_without_overlap():
    from planner.hours import span_minutes

    minutes = sum(span_minutes(p.start, p.end).astype(int) for p in load_catalog().periods.values())
    assert (minutes == 1).all()


def test_a_study_lays_its_own_figures_over_the_shipped_ones():
    catalog = load_catalog({"services": {"rest_station": {"standard_m": 300}}})
    assert catalog.services["rest_station"].standard.value == 300
    assert catalog.services["rest_station"].area_m2 == load_catalog().services["rest_station"].area_m2


def test_minutes_replace_metres():
    catalog = load_catalog({"services": {"rest_station": {"standard_min": 5}}})
    assert catalog.services["rest_station"].standard == Standard(value=5, unit="min")


def test_a_further_service_is_a_further_table():
    parking = load_catalog().services["charging_cabinet"].model_dump() | {
        "name": {"zh": "装卸车位", "en": "Unloading zone"}, "demand": "parcels", "mode": "drive",
    }  # fmt: skip
    catalog = load_catalog({"services": {"unloading_zone": parking}})
    assert list(catalog.services)[-1] == "unloading_zone"


@pytest.mark.parametrize(
    "overrides",
    [
        {"services": {"rest_station": {"demand": "nothing"}}},
        {"services": {"rest_station": {"mode": "swim"}}},
        {"services": {"rest_station": {"host_kinds": ["castle"]}}},
        {"services": {"rest_station": {"standard_m": -1}}},
        {"services": {"rest_station": {"standard_m": 300, "standard_min": 5}}},
        {"services": {"rest_station": {"colour": "red"}}},
        {"services": {"cinema": {"name": "Cinema"}}},
        {"periods": {"morning": {"start": "6 am"}}},
        {"rules": {"max_off_road_m": {"value": float("nan")}}},
        {"estimate": {"parcels_by_period": {"night": 0.5}}},
        {"modes": {"walk": {"speed_kmh": 0}}},
    ],
)
def test_what_is_not_a_catalog_is_refused(overrides):
    with pytest.raises(ValidationError):
        load_catalog(overrides)


def test_laying_over_leaves_the_overrides_alone():
    overrides = {"services": {"rest_station": {"standard_min": 5}}}
    load_catalog(overrides)
    assert overrides == {"services": {"rest_station": {"standard_min": 5}}}


def test_it_reads_back_what_it_writes():
    catalog = load_catalog()
    assert Catalog.model_validate(catalog.model_dump()) == catalog


def test_a_catalog_from_before_there_were_facilities_takes_the_shipped_ones():
    shipped = load_catalog()
    old = shipped.model_dump(exclude={"facilities"})
    for service in old["services"].values():
        del service["offers"], service["offers_source"]
    old["services"] = {"rest_station": old["services"]["rest_station"] | {"standard_m": 321.0}}
    old["appeals"] = {}
    catalog = load_catalog(below=old)
    assert catalog.facilities == shipped.facilities
    assert list(catalog.services) == ["rest_station"]
    assert catalog.services["rest_station"].offers == shipped.services["rest_station"].offers
    assert catalog.services["rest_station"].standard.value == 321


def test_a_catalog_from_before_there_was_an_opening_takes_the_shipped_one():
    shipped = load_catalog()
    old = shipped.model_dump(exclude={"opening"})
    assert load_catalog(below=old).opening == shipped.opening


def test_ways_to_open_name_kinds_of_hosts_and_a_time():
    with pytest.raises(ValidationError, match="castle"):
        load_catalog({"opening": {"ways": {"open_room": {"host_kinds": ["castle"]}}}})
    with pytest.raises(ValidationError, match="until"):
        load_catalog({"opening": {"longer_hours": {"until_20": {"until": "8 pm"}}}})
    own = load_catalog({"opening": {"ways": {"merchant_corner": {"yuan_per_year": 1}}}})
    assert own.opening.ways["merchant_corner"].yuan_per_year == 1
    assert own.opening.ways["open_room"] == load_catalog().opening.ways["open_room"]


def test_a_catalog_from_before_there_were_tiers_takes_those_of_its_services():
    shipped = load_catalog()
    old = shipped.model_dump(exclude={"tiers", "warm_street"})
    catalog = load_catalog(below=old)
    assert (catalog.tiers, catalog.warm_street) == (shipped.tiers, shipped.warm_street)
    del old["services"]["rest_station"]
    for category in old["appeals"].values():
        category["weight_per_open"].pop("rest_station", None)
    assert load_catalog(below=old).tiers == {}


def test_an_office_changes_a_tier():
    tiers = load_catalog({"tiers": {"rest_station": {"merchant": {"standard_m": 200}}}}).tiers["rest_station"]
    assert list(tiers) == ["merchant", "station", "centre"]
    assert tiers["merchant"].standard == Standard(value=200, unit="m")
    assert tiers["merchant"].host_kinds == ("shop",)


@pytest.mark.parametrize(
    ("tier", "entries", "said"),
    [
        ("merchant", {"level_share": 0.5}, "sum to 1"),
        ("merchant", {"level_share": 1.5}, "less than or equal to 1"),
        ("merchant", {"standard_min": 3}, "all standard_min"),
        ("merchant", {"host_kinds": ["castle"]}, "castle"),
        ("merchant", {"holds_existing_centres": True}, "must hold the existing centres"),
        ("station", {"holds_existing_centres": False}, "must hold the existing centres"),
        ("station", {"hours": {"within": "never"}}, "hours"),
    ],
)
def test_tiers_that_do_not_agree_are_refused(tier, entries, said):
    with pytest.raises(ValidationError, match=said):
        load_catalog({"tiers": {"rest_station": {tier: entries}}})


def test_tiers_are_of_a_service():
    tier = load_catalog().tiers["rest_station"]["merchant"].model_dump() | {
        "level_share": 1,
        "holds_existing_centres": True,
    }
    with pytest.raises(ValidationError, match="fewer than two"):
        load_catalog({"tiers": {"sorting_point": {"one": tier}}})
    with pytest.raises(ValidationError, match="cinema"):
        load_catalog({"tiers": {"cinema": {"one": tier}}})


def test_roads_are_named_by_tags_that_streets_have():
    near = {"within_m": 50, "tags": ["highway=trunk"], "source": "x"}
    assert load_catalog({"services": {"sorting_point": {"near_roads": near}}}).services["sorting_point"].near_roads
    for tags in ([], ["trunk"], ["width=3"]):
        with pytest.raises(ValidationError, match="tags"):
            load_catalog({"services": {"sorting_point": {"near_roads": near | {"tags": tags}}}})


def test_a_catalog_from_before_accessibility_takes_the_shipped_zones():
    shipped = load_catalog()
    assert load_catalog(below=shipped.model_dump(exclude={"accessibility"})) == shipped


@pytest.mark.parametrize(
    "zones",
    [
        [],
        [{"up_to": 0.5, "weight": 1.0}, {"up_to": 0.5, "weight": 0.5}],
        [{"up_to": 1.5, "weight": 1.0}],
        [{"up_to": 1.0, "weight": 0.0}],
    ],
)
def test_zones_end_further_and_further_out_within_the_standard(zones):
    with pytest.raises(ValidationError):
        load_catalog({"accessibility": {"zones": zones}})


def test_offers_name_facilities_and_their_source():
    with pytest.raises(ValidationError, match="tea"):
        load_catalog({"services": {"rest_station": {"offers": ["tea"]}}})
    with pytest.raises(ValidationError, match="where the offers"):
        load_catalog({"services": {"rest_station": {"offers_source": None}}})
