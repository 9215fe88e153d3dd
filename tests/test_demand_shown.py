"""What maps, report and tables show of demand: estimates that look like estimates, appeals, hot spots, open hours."""

import re
from dataclasses import replace

import folium
import numpy as np
import pandas as pd
import pytest
from map_cells import tables_and_layers

from planner import Scenario, ServiceScenario, make_plan
from planner.figures import interval_text
from planner.intake.study import GridTotals
from planner.maps import plan_map
from planner.report.demand_tables import appeal_counts, appeal_table, coverage_by_period_table, hot_spot_table
from planner.report.files.csv_tables import write_csv
from planner.report.files.page import report_page
from planner.report.options import ReportOptions
from planner.report.tables import cell_table, grid_table, unreached_table
from planner.words import say


@pytest.fixture(scope="module")
def holed_plan(demo_study):
    """The demo street with made-up totals by the size of its grids; every fifth grid has no data."""
    rng = np.random.default_rng(4)
    size = demo_study.grids.area.to_numpy() * rng.uniform(0.005, 0.02, len(demo_study.grids))
    tables = {"meals": size[:, None].copy(), "parcels": (size * 0.6)[:, None]}
    for table in tables.values():
        table[::5] = np.nan
    study = replace(
        demo_study,
        cells=demo_study.cells.iloc[:0],
        centre_xy=demo_study.centre_xy[:0],
        deliveries={kind: table[:0] for kind, table in demo_study.deliveries.items()},
        grid_totals=GridTotals(by_period=False, per_day=tables),
    )
    return make_plan(study, Scenario(services={"rest_station": ServiceScenario(site_limit=2)}))


def layers_of(drawn, ending):
    for child in drawn._children.values():
        if isinstance(child, folium.FeatureGroup) and re.sub("<[^>]+>", "", child.layer_name or "").endswith(ending):
            yield from (shapes for shapes in child._children.values() if isinstance(shapes, folium.GeoJson))


def test_estimates_are_dashed_on_the_map_and_carry_their_interval(holed_plan):
    table, _ = tables_and_layers(plan_map(holed_plan, language="en"))
    cells = holed_plan.services["rest_station"].demand.cells.set_index("cell_id")
    bounds = holed_plan.services["rest_station"].demand.intervals
    assert 0 < sum(cell["interval"] != 0 for cell in table.values()) < len(table)
    for name, cell in table.items():
        assert (cell["interval"] != 0) == cells.loc[name, "estimated"]
        if cell["interval"] != 0:
            low, high = bounds.loc[cells.loc[name, "grid_code"], ["low_per_day", "high_per_day"]]
            assert cell["interval"] == interval_text(low, high)


def test_the_map_tells_what_dashes_mean(holed_plan):
    page = plan_map(holed_plan, language="en").get_root().render()
    assert say("map.cell_estimated", "en") in page
    assert say("map.estimated_here", "en") in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_estimates_are_marked_in_the_report(holed_plan, language):
    page = report_page(holed_plan, language=language)
    assert say("term.grids_without_data", language, count=24, of=120) in page
    table = grid_table(holed_plan, "rest_station")
    assert table["demand_is_estimate"].sum() == 24
    row = table[table["demand_is_estimate"]].iloc[0]
    bounds = interval_text(row["weight_low_per_day"], row["weight_high_per_day"])
    assert row["weight_low_per_day"] <= row["weight_per_day"] <= row["weight_high_per_day"]
    assert bounds in page
    assert table["weight_low_per_day"].notna().sum() == 24
    # The totals were made up by area alone: the report says loudly that the map tells no more.
    skill = holed_plan.services["rest_station"].demand.deliveries.skills["meals"]
    assert skill.method in ("area", "mean")
    assert ("注意" if language == "zh" else "Take care") in page


def test_estimates_are_marked_in_the_tables_for_others(holed_plan, tmp_path):
    cells = cell_table(holed_plan, "en")
    part = holed_plan.services["rest_station"]
    assert cells["demand_is_estimate"].tolist() == part.demand.cells["estimated"].astype(int).tolist()
    write_csv(holed_plan, tmp_path, "en", ReportOptions())
    by_grid = pd.read_csv(tmp_path / "coverage_by_grid.csv", encoding="utf-8-sig", dtype={"grid_code": str})
    assert by_grid["demand_is_estimate"].sum() == 24
    summary = pd.read_csv(tmp_path / "summary.csv", encoding="utf-8-sig").iloc[0]
    assert summary["demand_is_estimate"]
    assert 0 < summary["estimated_share"] < 1
    for name in ("gaps", "sites", "hot_spots", "coverage_by_period"):
        shares = pd.read_csv(tmp_path / f"{name}.csv", encoding="utf-8-sig")["estimated_share"].dropna()
        assert shares.between(0, 1).all()
        assert shares.max() > 0


def test_a_point_off_the_road_says_whether_its_demand_is_an_estimate(holed_plan):
    part = holed_plan.services["rest_station"]
    cells = part.demand.cells
    ids = [cells["cell_id"][cells["estimated"]].iloc[0], cells["cell_id"][~cells["estimated"]].iloc[0]]
    lost = pd.DataFrame(
        {"what": "demand", "id": ids, "fault": "off_road", "off_road_m": 200.0, "weight_per_day": [3.0, 4.0]}
    )
    plan = replace(holed_plan, services={"rest_station": replace(part, unreached=lost)})
    assert unreached_table(plan, "en")["demand_is_estimate"].tolist() == [True, False]


def test_appeals_on_the_map_are_told_by_what_the_plan_does_for_them(demo_plan):
    shown = {}
    for shapes in layers_of(plan_map(demo_plan, language="en"), "Appeals"):
        for feature in shapes.data["features"]:
            shown[feature["properties"]["n"].split()[0]] = feature["properties"]["p"]
    frame = demo_plan.appeals().set_index("appeal_id")
    expected = {
        i: ("yes" if row["answered_planned"] else "no") if row["services"] else "" for i, row in frame.iterrows()
    }
    assert shown == expected


def test_the_report_counts_appeals_by_category(demo_plan):
    counts = appeal_counts(demo_plan, "zh").set_index("category_name")
    frame = demo_plan.appeals()
    assert counts[["open", "closed", "not_counted"]].to_numpy().sum() == len(frame)
    assert counts.loc["停车难", "open"] == ((frame["written"] == "停车难") & (frame["state"] == "open")).sum()
    assert counts.index[-1] == "噪声扰民"  # no service of the planner, so last
    assert counts.loc["噪声扰民", "services"] == ()
    page = report_page(demo_plan, language="zh")
    own = frame[frame["services"].map(len) > 0]
    today, planned = (int(own[f"answered_{when}"].sum()) for when in ("today", "planned"))
    assert say("report.appeals_all", "zh", count=len(own), today=today, planned=planned) in page
    table = appeal_table(demo_plan, "zh")
    assert set(table["state_name"]) == {"未办结", "已办结"}


def test_periods_are_told_by_service_with_the_sites_open_in_each(demo_plan):
    table = coverage_by_period_table(demo_plan, "en")
    part = demo_plan.services["rest_station"]
    own = table[table["service"] == "rest_station"].reset_index(drop=True)
    assert own["period_name"].tolist() == ["Morning", "Lunch", "Afternoon", "Dinner", "Night"]
    assert own["covered_share_today"].tolist() == pytest.approx(part.today.share_by_period())
    assert own["sites_open_today"].tolist() == part.sites.open[part.sites.existing].sum(axis=0).tolist()
    # Most centres shut at 17:30 or 18:00, which counts at lunch and not at dinner.
    assert own["sites_open_today"][3] < own["sites_open_today"][1] / 2
    assert own["covered_share_today"][3] < own["covered_share_today"][1]


def test_a_centre_says_on_the_map_in_which_periods_it_serves(demo_plan):
    hours = {}
    for shapes in layers_of(plan_map(demo_plan, language="en"), "Existing centres"):
        for feature in shapes.data["features"]:
            hours[feature["properties"]["h"]] = feature["properties"]["p"]
    assert hours["08:30-17:30"] == "Lunch, Afternoon"
    assert hours["00:00-24:00"] == "Morning, Lunch, Afternoon, Dinner, Night"


def test_the_panel_tells_coverage_by_period(demo_plan):
    page = plan_map(demo_plan, language="en").get_root().render()
    for part in demo_plan.services.values():
        for today, planned in zip(part.today.share_by_period(), part.planned.share_by_period(), strict=True):
            assert f"{today:.1%}<br><b>{planned:.1%}</b>" in page


def test_hot_spots_are_in_the_report_and_on_the_map(demo_plan):
    table = hot_spot_table(demo_plan, "en")
    part = demo_plan.services["rest_station"]
    own = table[table["service"] == "rest_station"]
    assert own["weight_per_day"].is_monotonic_decreasing
    assert 3 <= len(own) <= 20
    shapes = next(layers_of(plan_map(demo_plan, language="en"), "Hot spots"))
    assert [feature["properties"]["n"] for feature in shapes.data["features"]] == [str(n) for n in own["rank"]]
    assert part.hot_spots["nearest_name"].iloc[0] in report_page(demo_plan, language="en")
    # They are hints: no hot spot is a candidate.
    assert set(part.sites.frame["site_id"]) <= set(demo_plan.study.hosts["host_id"]) | set(
        demo_plan.study.centres["centre_id"]
    )


def test_a_peak_day_is_said_in_the_report_with_its_source(demo_study):
    scenario = demo_study.scenarios["base"].model_copy(update={"peak_day": True})
    one = scenario.model_copy(update={"services": {"sorting_point": scenario.services["sorting_point"]}})
    page = report_page(make_plan(demo_study, one), language="en")
    assert "parcel × 1.51" in page
    assert "State Post Bureau: on 2024-11-11" in page
    assert say("report.peak_limit", "en") in page
    assert say("report.limit_4", "en") not in page
