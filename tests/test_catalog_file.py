import pytest
from study_world import STUDY_TOML, places, write_study

from planner import load_study
from planner.catalog import CATALOG_NAME, load_catalog, shipped_catalog
from planner.errors import StudyError

SHIPPED = shipped_catalog().decode("utf-8")
FARTHER = SHIPPED.replace("standard_m = 500", "standard_m = 650", 1)


def faults_of(tmp_path, **changes):
    with pytest.raises(StudyError) as caught:
        load_study(write_study(tmp_path / "小村", **changes))
    return caught.value.faults


def test_a_study_without_a_catalog_of_its_own_is_planned_by_the_shipped_one(tmp_path):
    assert load_study(write_study(tmp_path / "小村")).catalog == load_catalog()


def test_a_study_is_planned_by_its_own_catalog(tmp_path):
    study = load_study(write_study(tmp_path / "小村", catalog_toml=FARTHER))
    assert FARTHER != SHIPPED
    assert study.catalog.services["rest_station"].standard_m == 650
    assert study.catalog == load_catalog({"services": {"rest_station": {"standard_m": 650}}})


def test_what_study_toml_says_lies_over_the_study_s_own_catalog(tmp_path):
    said = f"{STUDY_TOML}\n[catalog.services.rest_station]\nfit_out_yuan_per_year = 1\n"
    rest = load_study(write_study(tmp_path / "小村", catalog_toml=FARTHER, study_toml=said)).catalog.services[
        "rest_station"
    ]
    assert (rest.standard_m, rest.fit_out_yuan_per_year) == (650, 1)


@pytest.mark.parametrize(
    ("catalog", "fault"),
    [
        ("[rules", (CATALOG_NAME, None, None, "not_toml")),
        (SHIPPED.encode("utf-16"), (CATALOG_NAME, None, None, "text_not_utf8")),
        (
            SHIPPED.replace("standard_m = 500", "standard_m = -500", 1),
            (CATALOG_NAME, None, "services.rest_station.standard_m", "setting_greater_than"),
        ),
        (SHIPPED.replace("[rules]", "[rules_]"), (CATALOG_NAME, None, "rules", "setting_missing")),
    ],
)
def test_faults_of_the_catalog_name_its_file(tmp_path, catalog, fault):
    assert fault in places(faults_of(tmp_path, catalog_toml=catalog))


def test_faults_of_what_lies_over_it_name_study_toml(tmp_path):
    said = f"{STUDY_TOML}\n[catalog.services.rest_station]\nstandard_m = -1\n"
    found = places(faults_of(tmp_path, catalog_toml=FARTHER, study_toml=said))
    assert found == [("study.toml", None, "catalog.services.rest_station.standard_m", "setting_greater_than")]
