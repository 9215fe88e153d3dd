"""The page of today: figures of each service before any plan."""

import pytest
from page_runs import click, opened, settled, shares

from planner.figures import amount_text, share_text
from planner.ui.plain_text import plain
from planner.words import say


@pytest.fixture
def page():
    return opened("today")


def test_the_figures_are_those_of_today(page, demo_plan):
    part = demo_plan.services["rest_station"]
    assert shares(page) == [
        share_text(part.today.covered_share),
        amount_text(float(part.demand.weight.sum())),
        say("today.places", "zh", count=len(part.sites.existing)),
        say("today.places", "zh", count=len(part.gaps_today)),
    ]
    assert say("term.made_up_note", "zh") in [box.value for box in page.info]


def test_every_service_can_be_seen_and_its_tables_name_no_plan(page, demo_plan):
    services = next(control for control in page.segmented_control if control.key.startswith("service."))
    assert len(services.options) == len(demo_plan.study.catalog.usual_services())
    settled(services.set_value("sorting_point").run())
    part = demo_plan.services["sorting_point"]
    assert shares(page)[0] == share_text(part.today.covered_share)
    headings = [heading for table in page.table for heading in table.value.columns]
    assert say("term.covered_today", "zh") in headings
    assert say("term.covered_planned", "zh") not in headings
    assert len(page.table[0].value) == len(part.gaps_today)


def test_a_grid_that_is_clicked_tells_its_periods_today(page, demo_plan, monkeypatch):
    part = demo_plan.services["rest_station"]
    grid = demo_plan.study.grids.iloc[3]
    click(page, monkeypatch, "grid", grid["grid_code"])
    assert f"#### {plain(grid['name'])}" in [text.value for text in page.markdown]
    table = page.table[0].value
    assert list(table.columns)[-1] == say("term.covered_today", "zh")
    inside = (part.demand.cells["grid_code"] == grid["grid_code"]).to_numpy()
    assert table.iloc[:, 1].sum() == pytest.approx(part.demand.weight[inside].sum())


def test_in_english_too(demo_plan):
    page = opened("today", "en")
    assert page.metric[0].label == say("term.covered_today", "en")
    assert shares(page)[0] == share_text(demo_plan.services["rest_station"].today.covered_share)
