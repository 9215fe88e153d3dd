"""The page of reasons: what is proven, what a site is worth, why another place is not chosen."""

import pytest
from page_runs import click, opened, settled

from planner.figures import amount_text, share_text
from planner.reasons import why_not
from planner.words import say

SERVICE = "rest_station"


@pytest.fixture
def page():
    return opened("why")


def texts(page):
    assert not page.exception
    return [text.value for text in page.markdown]


def place(page):
    return next(box for box in page.selectbox if box.label in (say("why.place", "zh"), say("why.place", "en")))


def test_what_is_proven_is_said_in_a_sentence(page):
    assert say("why.proven", "zh") in texts(page)


def test_the_most_useful_site_comes_first_with_what_it_is_worth(page, demo_plan):
    part = demo_plan.services[SERVICE]
    site = part.new_sites.iloc[0]
    unit = demo_plan.study.catalog.demands[part.demand.rule].unit.zh
    assert [metric.value for metric in page.metric] == [
        amount_text(site["within_reach_per_day"]),
        amount_text(site["only_here_per_day"]),
    ]
    share = share_text(site["only_here_per_day"] / part.demand.weight.sum())
    assert page.metric[1].delta == say("why.of_all", "zh", share=share)
    assert say("why.loss", "zh", amount=amount_text(site["only_here_per_day"], unit)) in texts(page)
    periods, grids = page.table[0].value, page.table[1].value
    for table in (periods, grids):
        assert table.iloc[:, 1].sum() == pytest.approx(site["within_reach_per_day"])
        assert table.iloc[:, 2].sum() == pytest.approx(site["only_here_per_day"])


def test_a_candidate_is_told_why_not_with_the_best_plan_that_has_it(page, demo_plan):
    part = demo_plan.services[SERVICE]
    frame, chosen = part.sites.frame, set(part.solution.selected)
    told = {}
    for site in range(len(frame)):
        if site not in chosen and not frame["existing"].iloc[site]:
            reason = why_not(demo_plan, SERVICE, frame["site_id"].iloc[site])
            told.setdefault(reason.why, (frame["site_id"].iloc[site], reason))
        if {"worse", "adds_nothing"} & told.keys() and len(told) > 1:
            break
    for name, reason in told.values():
        settled(place(page).set_value(name).run())
        unit = demo_plan.study.catalog.demands[part.demand.rule].unit.zh
        amounts = {"reach": amount_text(reason.reach_per_day, unit), "gain": amount_text(reason.gain_per_day, unit)}
        assert say(f"why.because_{reason.why}", "zh", **amounts) in texts(page)
        if reason.with_it is not None:
            then = share_text(reason.with_it.summary().loc[SERVICE, "covered_share_planned"])
            assert any(f"**{then}**" in text for text in texts(page))


def test_a_place_that_breaks_a_rule_or_stands_already_is_told_so(page, demo_plan, monkeypatch):
    part = demo_plan.services[SERVICE]
    barred = part.sites.rejected.iloc[0]
    click(page, monkeypatch, "rejected", barred["host_id"])
    assert say("why.rule", "zh", rule=say(f"live.rule_{barred['rule']}", "zh")) in texts(page)
    centre = part.sites.frame.iloc[int(part.sites.existing[0])]
    click(page, monkeypatch, "centre", centre["site_id"])
    assert say("why.existing", "zh", name=centre["name"]) == place(page).options[place(page).index]


def test_a_place_can_be_required_from_here(page, demo_plan):
    part = demo_plan.services[SERVICE]
    frame, new = part.sites.frame, set(part.new_sites["site_id"])
    for name, there in zip(frame["site_id"], frame["existing"], strict=True):
        if there or name in new or why_not(demo_plan, SERVICE, name).with_it is None:
            continue
        settled(place(page).set_value(name).run())
        settled(page.button(key="why.require").click().run())
        kept = page.session_state[f"desk.{demo_plan.study.folder}.base.picks"]
        assert kept.verdict(SERVICE, name) == "required"
        return
    pytest.fail("no candidate could be required")


def test_in_english_too():
    page = opened("why", "en")
    assert say("why.proven", "en") in texts(page)
