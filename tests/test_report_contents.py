"""What a report says, before any kind of file lays it out."""

import datetime
from dataclasses import fields, replace

import pytest
from small_street import scenario_of, with_few_hosts

from planner import make_plan
from planner.figures import share_text, yuan_text
from planner.plan import Plan
from planner.report import ReportOptions
from planner.report.contents import report_contents
from planner.report.contents.printed import PrintedTable
from planner.words import say


@pytest.fixture(scope="module")
def small_plan(demo_study) -> Plan:
    services = {"rest_station": {"site_limit": 2}, "charging_cabinet": {"budget_yuan": 40_000}}
    return make_plan(with_few_hosts(demo_study), scenario_of(**services))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_headlines_are_the_summary_in_words(small_plan, language):
    told = report_contents(small_plan, language=language)
    summary = small_plan.summary()
    assert [one.headline.service for one in told.services] == list(summary.index)
    for one, row in zip(told.services, summary.to_dict("records"), strict=True):
        assert one.headline.today == share_text(row["covered_share_today"])
        assert one.headline.planned == share_text(row["covered_share_planned"])
        assert one.headline.new_sites == str(row["new_sites"])
        assert one.headline.cost == yuan_text(row["cost_yuan"], language)
        for figure in (one.headline.today, one.headline.planned, one.headline.new_sites, one.headline.cost):
            assert figure in one.headline.sentence
    assert told.total_cost == yuan_text(summary["cost_yuan"].sum(), language)


def test_each_new_site_has_a_card(small_plan):
    told = report_contents(small_plan, language="en")
    hosts = small_plan.study.hosts.set_index("host_id")
    for one, part in zip(told.services, small_plan.services.values(), strict=True):
        assert [(card.number, card.name) for card in one.cards] == [
            (str(row.number), row.name) for row in part.new_sites.itertuples()
        ]
        rules = small_plan.study.catalog.services[part.service]
        for card, site in zip(one.cards, part.new_sites.to_dict("records"), strict=True):
            facts = dict(card.facts)
            host = hosts.loc[site["site_id"]]
            assert f"floor {host['floor']:.0f}" in facts["Host"]
            assert f"{host['area_m2']:,.0f} m²" in facts["Host"]
            assert facts["Open"].startswith(site["open_hours"])
            rent = site["cost_yuan"] - rules.fit_out_yuan_per_year
            assert f"{rent:,.0f} yuan for the space" in facts["Cost a year"]
            assert f"at least {rules.area_m2:g} m²" in facts["What it needs"]
            degrees = part.new_sites.to_crs(4326).geometry.iloc[site["number"] - 1]
            assert facts["Longitude, latitude"] == f"{degrees.x:.5f}, {degrees.y:.5f} (WGS-84)"
            answered = int(part.appeal_covers[:, [site["site"]]].sum())
            assert ("Appeals it answers" in facts) == (answered > 0)


def test_a_curve_passes_through_the_plan(small_plan):
    for one, share in zip(
        report_contents(small_plan, language="zh").services, small_plan.summary()["covered_share_planned"], strict=True
    ):
        at, covered = one.curve.here
        assert covered == pytest.approx(share)
        assert dict(one.curve.points)[at] == pytest.approx(share)
        assert share_text(share) in one.curve.here_label
        assert [x for x, _ in one.curve.points] == sorted(x for x, _ in one.curve.points)


def test_a_place_of_the_planners_own_has_its_card(demo_study):
    corner = demo_study.grids.to_crs(4326).geometry.iloc[40].representative_point()
    own = {
        "site_id": "OWN", "name": "自提点", "lon": corner.x, "lat": corner.y, "kind": "shop", "area_m2": 33,
        "yearly_cost_yuan": 9_000, "open_hours": "06:00-23:00",
    }  # fmt: skip
    scenario = scenario_of(rest_station={"site_limit": 1, "required": ("OWN",)})
    scenario = type(scenario).model_validate({**scenario.model_dump(), "proposed": [own]})
    (service,) = report_contents(make_plan(with_few_hosts(demo_study), scenario), language="zh").services
    assert service.cards[0].name == "自提点"
    assert "33 m²" in dict(service.cards[0].facts)["场所"]


def test_what_the_office_adds_is_told_and_nothing_is_told_without_it(small_plan):
    day = datetime.date(2026, 5, 4)
    options = ReportOptions(made_on=day, office="示范街道办", review_number="鲁S(2026)1号", internal=True)
    told = report_contents(small_plan, language="zh", options=options)
    assert "2026-05-04" in told.made_on
    assert (told.office, told.internal) == ("示范街道办", "内部资料")
    assert told.review_line.endswith("鲁S(2026)1号")
    bare = report_contents(small_plan, language="zh")
    assert (bare.made_on, bare.office, bare.internal) == ("", "", "")
    assert bare.review_line.endswith(say("report.to_fill_in", "zh"))


def test_a_plan_without_new_sites_is_told(demo_study):
    plan = make_plan(with_few_hosts(demo_study), scenario_of(rest_station={"site_limit": 0}))
    (service,) = report_contents(plan, language="en").services
    assert (service.cards, service.sites.rows, service.headline.new_sites) == ([], [], "0")


def test_every_table_has_as_many_texts_as_heads(small_plan):
    told = report_contents(small_plan, language="en")
    tables = [getattr(told, one.name) for one in fields(told) if isinstance(getattr(told, one.name), PrintedTable)]
    for service in told.services:
        tables += [
            getattr(service, f.name) for f in fields(service) if isinstance(getattr(service, f.name), PrintedTable)
        ]
        assert len(service.period_bars) == len(service.periods.rows)
    assert len(tables) >= 3 + 6 * len(told.services)
    for table in tables:
        assert {len(row) for row in table.rows} <= {len(table.heads)}
        assert all(isinstance(text, str) for row in table.rows for text in row)
        assert table.numeric <= set(range(len(table.heads)))


def test_estimates_and_made_up_streets_are_warned_of(small_plan):
    sources = tuple(replace(source, estimated=source.role == "hosts") for source in small_plan.study.sources)
    plan = replace(small_plan, study=replace(small_plan.study, sources=sources, made_up=False))
    (warning,) = report_contents(plan, language="en").warnings
    assert "Candidate hosts" in warning
    assert any("made up" in text for text in report_contents(small_plan, language="en").warnings)
