"""Three plans of the demo street with few hosts: a thrifty one, a fuller one, and one of another set of services."""

from small_street import scenario_of, with_few_hosts

from planner import make_plan


def several_plans(study):
    few = with_few_hosts(study)
    thrifty = scenario_of(rest_station={"site_limit": 1}, charging_cabinet={"site_limit": 1})
    fuller = scenario_of(rest_station={"site_limit": 3}, charging_cabinet={"site_limit": 3, "budget_yuan": 200_000})
    other = scenario_of(rest_station={"site_limit": 2}, sorting_point={"site_limit": 1})
    return {"节俭": make_plan(few, thrifty), "充足": make_plan(few, fuller), "另一组": make_plan(few, other)}
