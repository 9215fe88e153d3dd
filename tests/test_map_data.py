"""GeoPackage and GeoJSON: the coordinate system asked for, text as typed, the same bytes, styles for QGIS."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from hostile import HOSTILE, WITH_CONTROLS, WITHOUT_CONTROLS

from planner import Scenario, ServiceScenario, make_plan
from planner.crs import from_wgs84
from planner.errors import UnknownNameError
from planner.report import ReportOptions, write_report
from planner.report.files.map_layers import map_layers
from planner.report.options import DATA_SYSTEMS

LAYERS = ("sites", "gaps", "cells", "grids", "appeals", "hot_spots")


@pytest.fixture(scope="module")
def folders(demo_plan, tmp_path_factory):
    """The map data of the demo street, a folder a system."""
    made = {}
    for system in DATA_SYSTEMS:
        made[system] = tmp_path_factory.mktemp(system)
        options = ReportOptions(data_system=system)
        write_report(demo_plan, made[system], formats=("gpkg", "geojson"), language="zh", options=options)
    return made


def degrees(plan, system):
    """Longitude and latitude of the new sites of the first service, worked out by hand."""
    sites = next(iter(plan.services.values())).new_sites.to_crs(4326).geometry
    return np.column_stack(from_wgs84(sites.x.to_numpy(), sites.y.to_numpy(), system))


def suffixed(name, system):
    return f"{name}.geojson" if system == "wgs84" else f"{name}_{system}.geojson"


@pytest.mark.parametrize("system", DATA_SYSTEMS)
def test_both_hold_the_places_in_the_system_asked_for(demo_plan, folders, system):
    expected = degrees(demo_plan, system)
    for path, about in (("plan.gpkg", {"layer": "sites"}), (suffixed("sites", system), {})):
        sites = gpd.read_file(folders[system] / path, **about).iloc[: len(expected)]
        found = shapely.get_coordinates(sites.geometry.to_numpy())
        assert found == pytest.approx(expected, abs=1e-7), path


def test_gcj02_is_hundreds_of_metres_from_wgs84(demo_plan):
    moved = degrees(demo_plan, "gcj02") - degrees(demo_plan, "wgs84")
    assert (np.abs(moved).sum(axis=1) > 0.003).all()


@pytest.mark.parametrize(("system", "epsg"), [("wgs84", 4326), ("cgcs2000", 4490)])
def test_a_system_with_a_code_is_named_by_it(folders, system, epsg):
    for layer in LAYERS:
        assert pyogrio.read_info(folders[system] / "plan.gpkg", layer=layer)["crs"] == f"EPSG:{epsg}"
    assert pyogrio.read_info(folders[system] / suffixed("sites", system))["crs"] == f"EPSG:{epsg}"


def test_gcj02_is_named_and_not_taken_for_wgs84(folders):
    frames = [gpd.read_file(folders["gcj02"] / "plan.gpkg", layer=layer) for layer in LAYERS]
    frames += [gpd.read_file(path) for path in folders["gcj02"].glob("*.geojson")]
    for frame in frames:
        assert frame.crs.name == "GCJ-02 (AMap)"
        assert frame.crs.datum.name == "GCJ-02"
        assert frame.crs.to_epsg() is None
        assert frame.crs != "EPSG:4326"


def test_geojson_of_wgs84_is_that_of_rfc_7946(folders):
    for path in folders["wgs84"].glob("*.geojson"):
        told = json.loads(path.read_text(encoding="utf-8"))
        assert "crs" not in told
        for feature in told["features"]:
            shape = shapely.geometry.shape(feature["geometry"])
            if shape.geom_type == "MultiPolygon":
                assert all(part.exterior.is_ccw for part in shape.geoms)
            lon, lat = shapely.get_coordinates(shape)[0]
            assert 73 < lon < 136
            assert 3 < lat < 54


@pytest.mark.parametrize("system", ["gcj02", "cgcs2000"])
def test_geojson_of_another_system_says_so_thrice(folders, system):
    for path in folders[system].glob("*.geojson"):
        told = json.loads(path.read_text(encoding="utf-8"))
        assert path.stem.endswith(f"_{system}")
        assert told["name"] == path.stem
        assert {"gcj02": "GCJ-02", "cgcs2000": "China"}[system] in told["coordinate_system"]
        assert told["crs"]["properties"]["name"]


def test_geojson_holds_what_the_geopackage_holds(demo_plan, folders):
    path = folders["wgs84"] / "plan.gpkg"
    for layer in LAYERS:
        packed = gpd.read_file(path, layer=layer)
        if layer == "cells":
            texts = [(folders["wgs84"] / f"cells_{name}.geojson").read_text("utf-8") for name in demo_plan.services]
        else:
            texts = [(folders["wgs84"] / f"{layer}.geojson").read_text("utf-8")]
        rows = [feature["properties"] for text in texts for feature in json.loads(text)["features"]]
        assert len(rows) == len(packed)
        assert list(rows[0]) == [column for column in packed.columns if column != "geometry"]
        for row, other in zip(rows, packed.drop(columns="geometry").to_dict("records"), strict=True):
            for column, value in row.items():
                if value is None:
                    assert other[column] is None or other[column] != other[column]
                elif isinstance(value, float):
                    assert value == pytest.approx(other[column], abs=1e-6)
                else:
                    assert value == other[column]


@pytest.mark.parametrize("system", DATA_SYSTEMS)
def test_the_same_plan_gives_the_same_bytes(demo_plan, folders, tmp_path, system):
    options = ReportOptions(data_system=system)
    for path in write_report(demo_plan, tmp_path, formats=("gpkg", "geojson"), language="zh", options=options):
        assert path.read_bytes() == (folders[system] / path.name).read_bytes(), path.name


def test_an_unknown_system_is_named_with_the_known_ones():
    with pytest.raises(UnknownNameError) as error:
        ReportOptions(data_system="bd09")
    for language in ("zh", "en"):
        assert "bd09" in error.value.message(language)
        assert all(system in error.value.message(language) for system in DATA_SYSTEMS)


def test_names_come_out_as_typed(demo_plan, tmp_path):
    grids = demo_plan.study.grids
    typed = ([*HOSTILE, WITH_CONTROLS] * len(grids))[: len(grids)]
    names = [WITHOUT_CONTROLS if name == WITH_CONTROLS else name for name in typed]
    plan = replace(demo_plan, study=replace(demo_plan.study, grids=grids.assign(name=typed)))
    write_report(plan, tmp_path, formats=("gpkg", "geojson"), language="zh")
    told = json.loads((tmp_path / "grids.geojson").read_text(encoding="utf-8"))
    assert [feature["properties"]["name"] for feature in told["features"]] == names
    assert list(gpd.read_file(tmp_path / "plan.gpkg", layer="grids")["name"]) == names


def test_a_plan_without_new_sites_and_appeals_is_written(demo_study, tmp_path):
    study = replace(demo_study, appeals=demo_study.appeals.iloc[:0])
    plan = make_plan(study, Scenario(services={"rest_station": ServiceScenario(site_limit=0)}))
    options = ReportOptions(data_system="gcj02")
    written = write_report(plan, tmp_path, formats=("gpkg", "geojson"), language="en", options=options)
    assert "appeals_gcj02.geojson" not in {path.name for path in written}
    assert len(gpd.read_file(tmp_path / "plan.gpkg", layer="appeals")) == 0


# Styles


def styles(folder):
    return pyogrio.read_dataframe(folder / "plan.gpkg", layer="layer_styles")


def test_every_layer_has_a_default_style_that_qgis_finds(folders):
    """QGIS reads the columns by these names and orders by the last one."""
    table = styles(folders["wgs84"])
    assert set(table["f_table_name"]) == set(LAYERS)
    assert set(table["f_geometry_column"]) == {"geom"}
    assert table["useAsDefault"].all()
    assert {"f_table_catalog", "f_table_schema", "styleName", "styleSLD", "owner", "ui", "update_time"} <= set(table)
    info = pyogrio.read_info(folders["wgs84"] / "plan.gpkg", layer="sites")
    assert info["geometry_name"] == "geom"


def test_a_style_names_only_columns_and_symbols_that_are_there(demo_plan, folders):
    layers = map_layers(demo_plan, "zh", "wgs84")
    for row in styles(folders["wgs84"]).itertuples():
        style = ElementTree.fromstring(row.styleQML.split("\n", 1)[1])
        columns = set(layers[row.f_table_name].columns)
        symbols = {symbol.get("name") for symbol in style.iter("symbol")}
        assert symbols
        for rule in style.iter("rule"):
            assert set(rule.get("filter", "").split('"')[1::2]) <= columns
            assert rule.get("symbol") is None or rule.get("symbol") in symbols
        assert {alias.get("field") for alias in style.iter("alias")} == columns - {"geometry"}
        assert all(text.get("fieldName") in columns for text in style.iter("text-style"))


def test_only_the_first_service_is_switched_on(demo_plan, folders):
    table = styles(folders["wgs84"]).set_index("f_table_name")
    for layer in ("sites", "gaps", "cells", "hot_spots"):
        style = ElementTree.fromstring(table.loc[layer, "styleQML"].split("\n", 1)[1])
        services = style.find("renderer-v2/rules").findall("rule")
        assert [rule.get("checkstate") for rule in services] == ["1"] + ["0"] * (len(demo_plan.services) - 1)


def test_the_name_of_a_service_is_text_in_a_style(demo_plan, tmp_path):
    catalog = demo_plan.study.catalog
    service = next(iter(demo_plan.services))
    for name, shown in ((HOSTILE[0], HOSTILE[0]), (WITH_CONTROLS, WITHOUT_CONTROLS)):
        named = catalog.services[service].model_copy(update={"name": catalog.services[service].name.model_copy(
            update={"zh": name})})  # fmt: skip
        services = {**catalog.services, service: named}
        changed = replace(demo_plan.study, catalog=catalog.model_copy(update={"services": services}))
        plan = replace(demo_plan, study=changed)
        write_report(plan, tmp_path, formats=("gpkg",), language="zh")
        style = ElementTree.fromstring(styles(tmp_path).iloc[0]["styleQML"].split("\n", 1)[1])
        assert next(style.iter("rule")).get("label") == shown
