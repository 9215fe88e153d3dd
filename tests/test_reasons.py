"""Why a place is in a plan or not, recounted by trying every set of sites on a street with few hosts."""

import pytest
from small_street import candidates, cost, covered, ids, scenario_of, subsets, with_few_hosts

from planner import make_plan
from planner.reasons import served_grids, served_periods, why_not


@pytest.fixture(scope="module")
def small_street(demo_study):
    return with_few_hosts(demo_study)


def row_of(part, site_id):
    return int(part.sites.frame.index[part.sites.frame["site_id"] == site_id][0])


@pytest.mark.parametrize(
    "limits", [{"site_limit": 2}, {"budget_yuan": 120_000.0}, {"site_limit": 3, "budget_yuan": 150_000.0}], ids=str
)
def test_the_best_plan_with_a_place_is_the_best_of_all_that_have_it(small_street, limits):
    plan = make_plan(small_street, scenario_of(rest_station=limits))
    part = plan.services["rest_station"]
    best = part.planned.covered_weight
    seen = set()
    for site in candidates(part):
        name = part.sites.frame["site_id"].iloc[site]
        reason = why_not(plan, "rest_station", name)
        seen.add(reason.why)
        if site in part.solution.selected:
            assert reason.why == "chosen"
            continue
        most = [
            covered(part, new)
            for new in subsets(candidates(part))
            if site in new
            and len(new) <= limits.get("site_limit", 99)
            and cost(part, new) <= limits.get("budget_yuan", float("inf"))
        ]
        assert reason.gain_per_day == pytest.approx(
            covered(part, {*part.solution.selected, site}) - covered(part, part.solution.selected)
        )
        if reason.why in ("worse", "as_good", "adds_nothing"):
            found = reason.with_it.services["rest_station"]
            assert found.planned.covered_weight == pytest.approx(max(most))
            assert site in found.solution.selected
            if reason.why != "adds_nothing":
                assert (reason.why == "worse") == (max(most) < best - 1e-6)
            left = ids(part, set(part.new_sites["site"]) - set(found.solution.selected))
            names = part.sites.frame.set_index("site_id")["name"]
            assert sorted(reason.dropped) == sorted(names[list(left)])
        else:
            assert reason.why == ("no_room" if not most else "nobody")
    assert "chosen" in seen
    assert seen & {"worse", "as_good", "adds_nothing"}


def test_with_one_budget_the_plan_of_all_services_is_made_anew(small_street):
    plan = make_plan(small_street, scenario_of(budget_yuan=150_000.0, rest_station={}, charging_cabinet={}))
    part = plan.services["rest_station"]
    spare = [site for site in candidates(part) if site not in part.solution.selected]
    for site in spare:
        reason = why_not(plan, "rest_station", part.sites.frame["site_id"].iloc[site])
        if reason.with_it is not None:
            assert set(reason.with_it.services) == {"rest_station", "charging_cabinet"}
            assert reason.with_it.summary()["cost_yuan"].sum() <= 150_000.0
            assert reason.with_it.services["rest_station"].proven.objective <= part.proven.objective + 1e-9
            return
    pytest.fail("no place could be forced in")


def test_what_cannot_stand_or_stands_already_is_told_so(demo_plan):
    part = demo_plan.services["rest_station"]
    barred = part.sites.rejected.iloc[0]
    assert why_not(demo_plan, "rest_station", barred["host_id"]).rule == barred["rule"]
    centre = part.sites.frame["site_id"].iloc[int(part.sites.existing[0])]
    assert why_not(demo_plan, "rest_station", centre).why == "centre"
    with pytest.raises(KeyError):
        why_not(demo_plan, "rest_station", "nowhere")


def test_a_place_without_room_is_told_so(small_street):
    plan = make_plan(small_street, scenario_of(rest_station={"site_limit": 0}))
    part = plan.services["rest_station"]
    reasons = {why_not(plan, "rest_station", part.sites.frame["site_id"].iloc[site]).why for site in candidates(part)}
    assert reasons <= {"no_room", "nobody", "unreached"}
    assert "no_room" in reasons


@pytest.mark.parametrize("service", ["rest_station", "charging_cabinet", "sorting_point"])
def test_whom_a_site_serves_adds_up_to_what_it_is_worth(demo_plan, service):
    part = demo_plan.services[service]
    for site in part.new_sites.itertuples():
        for frame in (served_grids(part, site.site), served_periods(part, site.site)):
            assert frame["within_reach_per_day"].sum() == pytest.approx(site.within_reach_per_day)
            assert frame["only_here_per_day"].sum() == pytest.approx(site.only_here_per_day)
            assert (frame["only_here_per_day"] <= frame["within_reach_per_day"] + 1e-9).all()
        closed = [
            name for name, there in zip(part.demand.periods, part.sites.open[site.site], strict=True) if not there
        ]
        assert (served_periods(part, site.site).loc[closed, "within_reach_per_day"] == 0).all()
