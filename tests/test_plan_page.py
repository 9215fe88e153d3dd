"""The page of the plan: what is entered and clicked, and the plan that follows."""

import pytest
from page_runs import click, entry, opened, planned_shares, settled, shares, turned_to

from planner import Scenario, make_plan
from planner.errors import UnknownNameError
from planner.figures import share_text, yuan_text
from planner.scenario import NoGoArea
from planner.ui import plans
from planner.ui.plain_text import plain
from planner.words import say


@pytest.fixture
def page():
    return opened("plan")


@pytest.fixture(scope="module")
def kept_pages():
    return []


@pytest.fixture
def read_page(kept_pages):
    """The page as it opens, the same for all tests that change nothing of the plan."""
    if not kept_pages:
        kept_pages.append(opened("plan"))
    return kept_pages[0]


def changed(study, *, budget_yuan=None, **services):
    """The base scenario with other limits for some of its services."""
    said = study.scenarios["base"].model_dump()
    for name, limits in services.items():
        said["services"][name] |= limits
    return Scenario.model_validate(said | {"budget_yuan": budget_yuan})


def set_to(page, name, value):
    return settled(entry(page, name).set_value(value).run())


def use_tool(page, tool):
    return settled(page.segmented_control(key="tool").set_value(tool).run())


def site_names(page):
    return list(page.table[0].value[say("term.site", "zh")])


def first_candidate(part):
    new = set(part.new_sites["site_id"])
    frame = part.sites.frame
    return next(
        name for name, there in zip(frame["site_id"], frame["existing"], strict=True) if not there and name not in new
    )


def test_the_preset_is_planned_at_once(read_page, demo_plan):
    assert shares(read_page) == planned_shares(demo_plan)


def test_the_cards_tell_today_sites_cost_and_proof(read_page, demo_plan):
    part = demo_plan.services["rest_station"]
    card = next(m.value for m in read_page.markdown if say("term.status_optimal", "zh") in m.value)
    cost = yuan_text(part.new_sites["cost_yuan"].sum(), "zh")
    for text in (share_text(part.today.covered_share), str(len(part.new_sites)), cost):
        assert f"**{text}**" in card


def test_the_tables_list_every_new_site_of_the_service(page, demo_plan):
    assert list(page.table[0].value[say("term.site", "zh")]) == [
        plain(name) for name in demo_plan.services["rest_station"].new_sites["name"]
    ]
    services = next(control for control in page.segmented_control if control.key.startswith("service."))
    settled(services.set_value("sorting_point").run())
    sites = demo_plan.services["sorting_point"].new_sites
    assert list(page.table[0].value[say("term.site", "zh")]) == [plain(name) for name in sites["name"]]
    assert list(page.table[0].value[say("term.cost_yuan", "zh")]) == list(sites["cost_yuan"])


def test_in_english_it_says_the_same(demo_plan):
    page = opened("plan", "en")
    assert shares(page) == planned_shares(demo_plan)
    assert page.metric[0].label == say("term.covered_planned", "en")


@pytest.mark.parametrize(
    ("name", "value", "service", "limits"),
    [
        ("rest_station.site_limit", 2, "rest_station", {"site_limit": 2}),
        ("charging_cabinet.standard", 1.0, "charging_cabinet", {"standard_min": 1.0}),
        ("sorting_point.budget_yuan", 200_000.0, "sorting_point", {"budget_yuan": 200_000}),
    ],
)
def test_a_change_is_planned_at_once(page, demo_study, demo_plan, name, value, service, limits):
    set_to(page, name, value)
    plan = make_plan(demo_study, changed(demo_study, **{service: limits}))
    assert shares(page) == planned_shares(plan) != planned_shares(demo_plan)


def test_a_budget_can_replace_the_count(page, demo_study):
    set_to(page, "rest_station.budget_yuan", 70_000.0)
    set_to(page, "rest_station.site_limit", None)
    plan = make_plan(demo_study, changed(demo_study, rest_station={"site_limit": None, "budget_yuan": 70_000}))
    assert shares(page) == planned_shares(plan)
    assert 0 < page.table[0].value[say("term.cost_yuan", "zh")].sum() <= 70_000


def test_one_budget_can_be_for_all_services(page, demo_study):
    set_to(page, "kind", "shared")
    assert page.error[0].value == say("page.no_shared_budget", "zh")
    set_to(page, "shared.budget_yuan", 300_000.0)
    set_to(page, "charging_cabinet.weight", 2.0)
    none = {"site_limit": None, "budget_yuan": None}
    limits = dict.fromkeys(demo_study.catalog.usual_services(), none) | {"charging_cabinet": none | {"weight": 2}}
    plan = make_plan(demo_study, changed(demo_study, budget_yuan=300_000, **limits))
    assert not page.error
    assert shares(page) == planned_shares(plan)
    assert plan.summary()["cost_yuan"].sum() <= 300_000


def test_a_service_can_be_left_out(page, demo_plan):
    settled(entry(page, "charging_cabinet.wanted").uncheck().run())
    assert shares(page) == [planned_shares(demo_plan)[0], planned_shares(demo_plan)[2]]


def test_the_start_can_be_brought_back(page, demo_plan):
    set_to(page, "rest_station.site_limit", 1)
    assert shares(page) != planned_shares(demo_plan)
    settled(entry(page, "reset").click().run())
    assert shares(page) == planned_shares(demo_plan)


def test_what_is_missing_is_told_and_the_last_plan_stays(page):
    before = shares(set_to(page, "rest_station.site_limit", 3))
    set_to(page, "rest_station.site_limit", None)
    assert "户外劳动者驿站" in page.error[0].value
    assert shares(page) == before
    set_to(page, "rest_station.site_limit", 3)
    assert not page.error
    for name in ("rest_station", "charging_cabinet", "sorting_point"):
        settled(entry(page, f"{name}.wanted").uncheck().run())
    assert page.error[0].value == say("page.no_service", "zh")
    assert shares(page)


def test_an_error_while_planning_is_told_and_the_last_plan_stays(page, monkeypatch):
    before = shares(page)

    def fail(*_, **__):
        raise UnknownNameError("unknown_service", service="*spa*", known="rest_station")

    monkeypatch.setattr(plans, "choose_sites", fail)
    set_to(page, "rest_station.site_limit", 11)
    assert r"\*spa\*" in page.error[0].value
    assert say("page.still_shown", "zh") in [caption.value for caption in page.caption]
    assert shares(page) == before


def test_a_candidate_that_is_clicked_is_required_and_clicked_again_is_not(page, demo_study, demo_plan, monkeypatch):
    site = first_candidate(demo_plan.services["rest_station"])
    use_tool(page, "require")
    click(page, monkeypatch, "candidate", site)
    plan = make_plan(demo_study, changed(demo_study, rest_station={"required": (site,)}))
    assert shares(page) == planned_shares(plan)
    name = plan.services["rest_station"].new_sites.set_index("site_id").loc[site, "name"]
    assert any(plain(name) in text.value for text in page.markdown)
    click(page, monkeypatch, "candidate", site)
    assert shares(page) == planned_shares(demo_plan)


def test_a_new_site_that_is_clicked_is_forbidden_and_can_be_taken_back(page, demo_study, demo_plan, monkeypatch):
    site = demo_plan.services["rest_station"].new_sites["site_id"].iloc[0]
    use_tool(page, "forbid")
    click(page, monkeypatch, "new_site", site)
    plan = make_plan(demo_study, changed(demo_study, rest_station={"forbidden": (site,)}))
    assert shares(page) == planned_shares(plan)
    told = say("tools.picked_forbidden", "zh", name="", service="")
    assert any(text.value.startswith(told[:2]) for text in page.markdown)
    assert site_names(page) == [plain(name) for name in plan.services["rest_station"].new_sites["name"]]
    settled(entry(page, f"take_back.rest_station.{site}").click().run())
    assert site_names(page) == [plain(name) for name in demo_plan.services["rest_station"].new_sites["name"]]


def test_a_click_elsewhere_requires_nothing(page, demo_plan, monkeypatch):
    use_tool(page, "require")
    for kind, name in (("empty", ""), ("grid", demo_plan.study.grids["grid_code"].iloc[0]), ("gap", "1")):
        click(page, monkeypatch, kind, name)
        assert shares(page) == planned_shares(demo_plan)


def test_a_place_of_ones_own_is_named_and_becomes_a_candidate(page, demo_plan, monkeypatch):
    lon, lat = demo_plan.study.grids.to_crs(4326).geometry.iloc[0].representative_point().coords[0]
    use_tool(page, "propose")
    click(page, monkeypatch, "empty", at=(lon, lat))
    hours = next(text for text in page.text_input if text.label == say("term.open_hours", "zh"))
    hours.set_value("late")
    add = next(button for button in page.button if button.label == say("tools.add", "zh"))
    settled(add.click().run())
    assert page.error[0].value == say("tools.wrong_hours", "zh")
    next(t for t in page.text_input if t.label == say("term.open_hours", "zh")).set_value("00:00-24:00")
    next(t for t in page.text_input if t.label == say("tools.name", "zh") and "1" in t.value).set_value("**门**卫室")
    settled(next(button for button in page.button if button.label == say("tools.add", "zh")).click().run())
    assert plain(say("tools.picked_proposed", "zh", name="**门**卫室")) in [text.value for text in page.markdown]
    use_tool(page, "require")
    click(page, monkeypatch, "proposed", "own-1")
    assert plain("**门**卫室") in list(page.table[0].value[say("term.site", "zh")])


def test_an_area_that_is_drawn_keeps_sites_out(page, demo_study, demo_plan, monkeypatch):
    site = demo_plan.services["rest_station"].new_sites.to_crs(4326).geometry.iloc[0]
    ring = [(site.x - 2e-4, site.y - 2e-4), (site.x + 2e-4, site.y - 2e-4), (site.x, site.y + 3e-4)]
    use_tool(page, "area")
    click(page, monkeypatch, "area", at=ring[0], ring=ring)
    settled(next(button for button in page.button if button.label == say("tools.add", "zh")).click().run())
    area = NoGoArea(name="湖", ring=tuple(ring))
    plan = make_plan(demo_study, demo_study.scenarios["base"].model_copy(update={"no_go": (area,)}))
    assert shares(page) == planned_shares(plan)
    gone = demo_plan.services["rest_station"].new_sites["site_id"].iloc[0]
    assert gone not in set(plan.services["rest_station"].new_sites["site_id"])
    settled(entry(page, "take_back.no_go.0").click().run())
    assert shares(page) == planned_shares(demo_plan)


@pytest.mark.parametrize("kind", ["grid", "cell", "gap", "centre", "candidate", "new_site", "rejected", "appeal"])
def test_what_is_clicked_tells_its_figures(read_page, demo_plan, monkeypatch, kind):
    study, part = demo_plan.study, demo_plan.services["rest_station"]
    name, told = {
        "grid": (study.grids["grid_code"].iloc[3], study.grids["name"].iloc[3]),
        "cell": (part.demand.cells["cell_id"].iloc[3], part.demand.cells["cell_id"].iloc[3]),
        "gap": ("2", say("map.rank", "zh", rank=2)),
        "centre": (study.centres["centre_id"].iloc[0], study.centres["name"].iloc[0]),
        "candidate": (first_candidate(part), None),
        "new_site": (part.new_sites["site_id"].iloc[0], part.new_sites["name"].iloc[0]),
        "rejected": (part.sites.rejected["host_id"].iloc[0], part.sites.rejected["name"].iloc[0]),
        "appeal": (study.appeals["appeal_id"].iloc[0], study.appeals["written"].iloc[0]),
    }[kind]
    if told is None:
        told = part.sites.frame.set_index("site_id").loc[name, "name"]
    click(read_page, monkeypatch, kind, str(name))
    assert not read_page.exception
    assert f"#### {plain(told)}" in [text.value for text in read_page.markdown]


def test_a_thing_that_is_not_there_any_more_is_no_fault(read_page, monkeypatch):
    for kind in ("grid", "cell", "gap", "centre", "candidate", "rejected", "appeal"):
        click(read_page, monkeypatch, kind, "no such thing")
        assert not read_page.exception
        assert f"**{say('details.nothing', 'zh')}**" in [text.value for text in read_page.markdown]


def test_two_sessions_are_independent(page, demo_plan):
    other = opened("plan")
    set_to(page, "rest_station.site_limit", 0)
    other.run()
    assert shares(other) == planned_shares(demo_plan) != shares(page)


def test_what_was_entered_stays_while_one_looks_at_another_page(page):
    set_to(page, "rest_station.site_limit", 2)
    before = shares(page)
    assert turned_to(page, "hand_on").metric[0].value == before[0]
