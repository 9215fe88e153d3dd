"""Three real neighbourhoods, from an OpenStreetMap extract alone to map and report."""

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner
from shared_data import shared_data

from planner import load_study, make_plan
from planner.cli import main

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("place", ["haidian_xueyuanlu", "haidian_zhongguancun", "shenzhen_longgang"])
def test_an_extract_becomes_a_map_and_a_report(tmp_path, place):
    extract = shared_data(f"osm/{place}/{place}.osm.pbf")
    study, out = tmp_path / place, tmp_path / "out"
    for command in (["new", study, "--osm", extract], ["check", study], ["plan", study, "--out", out]):
        done = CliRunner().invoke(main, ["--lang", "en", *map(str, command)])
        assert done.exit_code == 0, done.output
    assert "estimate" in done.output  # the summary says what its figures are

    for page in ("map.html", "report.html"):
        text = (out / page).read_text(encoding="utf-8")
        assert "estimate" in text
        assert "OpenStreetMap contributors" in text
        assert "http://" not in text.replace("http://www.w3.org", "")
    summary = pd.read_csv(out / "summary.csv", encoding="utf-8-sig")
    assert len(summary) == 3
    assert (summary["covered_share_planned"] > summary["covered_share_today"]).all()
    assert len(gpd.read_file(out / "plan.gpkg", layer="sites")) >= summary["new_sites"].max()


def test_a_plan_on_real_streets_reaches_only_what_is_near(tmp_path):
    """No site covers a cell that is further away as the crow flies than its standard on the ground."""
    extract = shared_data("osm/haidian_zhongguancun/haidian_zhongguancun.osm.pbf")
    assert CliRunner().invoke(main, ["new", str(tmp_path / "s"), "--osm", str(extract)]).exit_code == 0
    study = load_study(tmp_path / "s")
    part = make_plan(study, study.scenarios["base"]).services["rest_station"]
    crow_m = ((part.demand.xy[part.costs.demand] - part.sites.xy[part.costs.site]) ** 2).sum(axis=1) ** 0.5
    # The two legs from point to street do not count, so the straight line may be longer by these.
    assert (crow_m <= part.costs.cost + 2 * study.catalog.rules.max_off_road_m.value).all()
    assert (part.costs.cost <= 500 + 1e-3).all()
    assert part.costs.cost.mean() > 0.8 * crow_m.mean()
