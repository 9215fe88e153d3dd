"""Three real neighbourhoods, from an OpenStreetMap extract alone to map and report."""

from functools import cache

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner
from shared_data import shared_data

from planner import load_study, make_plan
from planner.cli import main

pytestmark = pytest.mark.slow
PLACES = ("haidian_xueyuanlu", "haidian_zhongguancun", "shenzhen_longgang")


def run(*arguments):
    done = CliRunner().invoke(main, ["--lang", "en", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of the study of a place, made once."""

    @cache
    def of(place):
        extract = shared_data(f"osm/{place}/{place}.osm.pbf")
        folder = tmp_path_factory.mktemp("made") / place
        run("new", folder, "--osm", extract)
        return folder

    return of


@pytest.mark.parametrize("place", PLACES)
def test_an_extract_becomes_a_map_and_a_report(made, tmp_path, place):
    run("check", made(place))
    assert "estimate" in run("plan", made(place), "--out", tmp_path)  # the summary says what its figures are

    for page in ("map.html", "report.html"):
        text = (tmp_path / page).read_text(encoding="utf-8")
        assert "estimate" in text
        assert "OpenStreetMap contributors" in text
        assert "http://" not in text.replace("http://www.w3.org", "")
    assert len(pd.read_csv(made(place) / "hosts.csv")) >= 20
    assert pd.read_csv(made(place) / "cells.csv")["cell_id"].nunique() >= 50
    summary = pd.read_csv(tmp_path / "summary.csv", encoding="utf-8-sig")
    assert len(summary) == 3
    assert (summary["covered_share_today"] == 0).all()
    assert (summary["covered_share_planned"] > 0.05).all()
    assert (summary["new_sites"] <= 5).all()
    assert len(gpd.read_file(tmp_path / "plan.gpkg", layer="sites")) >= summary["new_sites"].max()


def test_a_plan_on_real_streets_reaches_only_what_is_near(made):
    """No site covers a cell that is further away as the crow flies than its standard on the ground."""
    study = load_study(made("haidian_zhongguancun"))
    part = make_plan(study, study.scenarios["base"]).services["rest_station"]
    crow_m = ((part.demand.xy[part.costs.demand] - part.sites.xy[part.costs.site]) ** 2).sum(axis=1) ** 0.5
    # The two legs from point to street do not count, so the straight line may be longer by these.
    assert (crow_m <= part.costs.cost + 2 * study.catalog.rules.max_off_road_m.value).all()
    assert (part.costs.cost <= 500 + 1e-3).all()
    assert part.costs.cost.mean() > 0.8 * crow_m.mean()
