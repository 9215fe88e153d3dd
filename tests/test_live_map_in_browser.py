"""The map as a reader uses it: a small program of its own, the real server, a real browser, no other host in reach."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from browser import chromium, guarded_tab, map_moves, needs_chromium, page_program, place_on_map

from planner.words import say

try:
    from playwright.sync_api import BrowserContext, Page, expect
except ImportError:
    pytest.skip("playwright is not installed", allow_module_level=True)

PROGRAM = Path(__file__).with_name("live_map_program.py")
WIDE, NARROW = {"width": 1366, "height": 900}, {"width": 400, "height": 900}
FIRST_MS, NEXT_MS = 180_000, 60_000

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900), needs_chromium]


@dataclass
class Tab:
    """A tab with the map in it, and the bytes that its page was sent."""

    page: Page
    sent: list[int] = field(default_factory=list)

    def received(self) -> int:
        return sum(self.sent)

    def say_runs(self) -> int:
        return int(re.search(r"run (\d+)", self.page.get_by_text(re.compile(r"run \d+")).inner_text())[1])

    def wait_for_event(self, kind: str) -> list[str]:
        """The words of the event that the program saw: kind, id, longitude, latitude, corners."""
        shown = self.page.get_by_text(re.compile(rf"event {kind} "))
        expect(shown).to_be_visible(timeout=NEXT_MS)
        return shown.inner_text().split(" ")[1:]

    def choose(self, option: str) -> None:
        runs = self.say_runs()
        self.page.get_by_text(option, exact=True).first.click()
        later = re.compile(rf"run (?!{runs}\b)\d+")  # two at once, where the browser asks for what it lacks
        expect(self.page.get_by_text(later)).to_be_visible(timeout=NEXT_MS)

    def place_of(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a place lies in the tab."""
        return place_on_map(self.page, lon, lat)

    def click_at(self, lon: float, lat: float) -> None:
        self.page.mouse.click(*self.place_of(lon, lat))

    def see(self, lon: float, lat: float, clicks: int) -> None:
        """Bring a place to the middle of the map, by the keyboard alone, and zoom in."""
        for _ in range(clicks):
            with map_moves(self.page):
                self.ground.press("+")
        for _ in range(40):
            x, y = self.place_of(lon, lat)
            box = self.ground.bounding_box()
            aside, below = x - box["x"] - box["width"] / 2, y - box["y"] - box["height"] / 2
            if abs(aside) < 60 and abs(below) < 60:
                return
            keys = {"ArrowRight": aside, "ArrowLeft": -aside, "ArrowDown": below, "ArrowUp": -below}
            key = max(keys, key=keys.__getitem__)
            with map_moves(self.page):  # with Shift three times as far
                self.ground.press(f"Shift+{key}" if keys[key] > 240 else key)
        pytest.fail("the place is out of reach")

    @property
    def ground(self):
        return self.page.locator(".live-map-ground")

    def view(self) -> object:
        return self.page.evaluate('sessionStorage.getItem("planner.live_map.views")')


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with page_program(tmp_path_factory.mktemp("server") / "log.txt", program=PROGRAM) as address:
        yield address


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    with chromium(tmp_path_factory.mktemp("profile")) as context:
        yield context


@pytest.fixture
def tab(browser: BrowserContext, address: str) -> Iterator[Tab]:
    with guarded_tab(browser, address) as page:
        tab = Tab(page)
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: tab.sent.append(len(frame))))
        page.set_viewport_size(WIDE)
        page.goto(address)
        expect(page.locator(".live-map-panel")).to_be_visible(timeout=FIRST_MS)
        expect(page.get_by_text("run 1", exact=True)).to_be_visible(timeout=FIRST_MS)
        tab.ground.focus()
        with map_moves(page):
            tab.ground.press("+")
        yield tab


@pytest.fixture(scope="module")
def places(demo_plan):
    """A place of each kind on the demo street, in degrees, where nothing of a higher rank lies."""
    part, study = demo_plan.services["rest_station"], demo_plan.study
    frame = part.sites.frame.to_crs(4326)
    free = frame[~frame["existing"]].drop(index=part.solution.selected, errors="ignore")
    centres = study.centres.to_crs(4326)
    return {
        "candidate": {i: (at.x, at.y) for i, at in zip(free["site_id"], free.geometry, strict=True)},
        "centre": {i: (at.x, at.y) for i, at in zip(centres["centre_id"], centres.geometry, strict=True)},
    }


def see_ink(tab: Tab) -> None:
    """Until both canvases are drawn on."""
    inked = "c => c.width > 0 && c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(byte => byte > 0)"
    expect(tab.page.locator(".live-map-canvas")).to_have_count(2, timeout=NEXT_MS)
    for canvas in tab.page.locator(".live-map-canvas").element_handles():
        tab.page.wait_for_function(inked, arg=canvas, timeout=NEXT_MS)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_map_is_drawn_and_fits(tab, size):
    tab.page.set_viewport_size(size)
    see_ink(tab)
    box = tab.page.locator(".live-map").bounding_box()
    assert box["width"] <= size["width"]
    panel = tab.page.locator(".live-map-panel")
    assert panel.evaluate("box => box.open") == (size is WIDE)
    if size is NARROW:
        panel.locator("summary").click()
        expect(panel.get_by_text(say("map.layer_centres", "zh"))).to_be_visible()
        edge = panel.bounding_box()
        assert edge["x"] >= box["x"]
        assert edge["x"] + edge["width"] <= box["x"] + box["width"] + 1


def test_a_click_on_a_mark_tells_which(tab, places):
    for kind in ("candidate", "centre"):
        name, place = next(iter(places[kind].items()))
        tab.see(*place, clicks=2 if kind == "candidate" else 0)
        tab.click_at(*place)
        told = tab.wait_for_event(kind)
        assert told[1] in places[kind]
        assert abs(float(told[2]) - place[0]) < 1e-4
        # Another mark may lie nearer than a pixel; the place is the same then.
        assert told[1] == name or places[kind][told[1]] == pytest.approx(place, abs=1e-4)


def test_a_click_on_a_gap_a_cell_or_a_grid_tells_which(tab, demo_plan):
    """Gaps lie over cells, cells over grids; what is switched off is not hit."""
    gaps = demo_plan.services["rest_station"].gaps_planned
    ranks = set(gaps["rank"].astype(str))
    tab.page.get_by_text(say("live.candidates", "zh"), exact=True).click()
    tab.page.get_by_text(say("map.layer_centres", "zh"), exact=True).click()
    study = demo_plan.study
    cells = demo_plan.services["rest_station"].demand.cells.to_crs(4326)
    inside = gaps.to_crs(4326).geometry.union_all()
    at = gaps.to_crs(4326).geometry.iloc[0].representative_point()
    tab.see(at.x, at.y, clicks=0)
    tab.click_at(at.x, at.y)
    assert tab.wait_for_event("gap")[1] in ranks
    weight = demo_plan.services["rest_station"].demand.weight.sum(axis=1)
    covered = cells[(weight > 0) & ~cells.geometry.intersects(inside.buffer(1e-6))]
    middle = covered.geometry.iloc[len(covered) // 2].representative_point()
    tab.see(middle.x, middle.y, clicks=0)
    tab.click_at(middle.x, middle.y)
    assert tab.wait_for_event("cell")[1] in set(cells["cell_id"].astype(str))
    tab.page.get_by_label(say("map.layer_cells_planned", "zh")).uncheck()
    tab.click_at(middle.x, middle.y)
    assert tab.wait_for_event("grid")[1] in set(study.grids["grid_code"])


def test_a_proposed_site_a_ruled_out_area_and_a_new_site_are_told(tab, demo_plan):
    grid = demo_plan.study.grids.to_crs(4326).geometry.iloc[0].representative_point()
    tab.see(grid.x + 0.0015, grid.y + 0.001, clicks=1)
    tab.click_at(grid.x, grid.y)
    assert tab.wait_for_event("proposed")[1] == "OWN1"
    tab.click_at(grid.x + 0.0025, grid.y + 0.0015)
    assert tab.wait_for_event("no_go")[1] == "工地"
    sites = demo_plan.services["rest_station"].new_sites.to_crs(4326)
    at = sites.geometry.iloc[0]
    tab.see(at.x, at.y, clicks=0)
    tab.click_at(at.x, at.y)
    assert tab.wait_for_event("new_site")[1] == sites["site_id"].iloc[0]


def test_names_from_files_are_shown_as_text(tab, demo_plan):
    grid = demo_plan.study.grids.to_crs(4326).geometry.iloc[0].representative_point()
    tab.see(grid.x, grid.y, clicks=1)
    tab.page.mouse.move(*tab.place_of(grid.x, grid.y))
    expect(tab.page.locator(".live-map-tip")).to_contain_text("<b>自提</b>")


def test_the_view_and_the_layers_stay(tab, places):
    """Over a rerun with a new plan, another language, another page and a reload, here by a reader who likes motion."""
    with map_moves(tab.page):
        tab.ground.press("+")
    tab.page.get_by_label(say("map.layer_grids", "zh")).uncheck()
    before = tab.view()
    tab.page.evaluate(
        "() => { for (const one of document.querySelectorAll('[data-testid=stBidiComponentIsolated]'))"
        " { one.shadowRoot.querySelectorAll('.live-map').forEach(map => { map.dataset.same = 'yes'; }); } }"
    )
    tab.choose("3")
    tab.choose("en")
    assert tab.view() == before
    # The very same element: it was not mounted anew.
    expect(tab.page.locator(".live-map[data-same=yes]")).to_have_count(1)
    expect(tab.page.get_by_label(say("map.layer_grids", "en"))).not_to_be_checked()
    tab.page.get_by_test_id("stSidebarNav").get_by_text("other").click()
    expect(tab.page.get_by_text("another page")).to_be_visible(timeout=NEXT_MS)
    tab.page.get_by_test_id("stSidebarNav").get_by_text("map").click()
    expect(tab.page.locator(".live-map-panel")).to_be_visible(timeout=NEXT_MS)
    assert tab.view() == before
    tab.page.emulate_media(reduced_motion="no-preference")
    tab.page.reload()
    expect(tab.page.locator(".live-map-panel")).to_be_visible(timeout=NEXT_MS)
    assert tab.view() == before
    see_ink(tab)
    click_while_the_map_moves_smoothly(tab, places)


def click_while_the_map_moves_smoothly(tab, places):
    """What was zoomed and moved with an animation is hit where it came to rest."""
    name, place = next(iter(places["centre"].items()))
    tab.see(*place, clicks=1)
    tab.click_at(*place)
    assert places["centre"][tab.wait_for_event("centre")[1]] == pytest.approx(places["centre"][name], abs=1e-4)


def test_only_what_changed_is_sent(tab):
    first = tab.received()
    tab.choose("3")
    change = tab.received() - first
    tab.choose("again")
    again = tab.received() - first - change
    assert first > 200_000  # Leaflet, the map's code and the street
    assert change < 30_000
    assert again < 12_000


def test_the_browser_asks_for_what_it_lacks(tab):
    """As after an overtaken run: a body is gone from the browser, and the next message does not bring it."""
    gone = tab.page.evaluate(
        """() => {
            const {bodies} = globalThis[Symbol.for("planner.live_map.store")];
            const count = bodies.size;
            bodies.clear();
            return count;
        }"""
    )
    assert gone > 10
    tab.choose("3")
    expect(tab.page.get_by_text(re.compile(r"run ([3-9]|\d\d)"))).to_be_visible(timeout=NEXT_MS)
    held = 'globalThis[Symbol.for("planner.live_map.store")].bodies.size'
    tab.page.wait_for_function(f"gone => {held} >= gone", arg=gone, timeout=NEXT_MS)
    see_ink(tab)


def test_a_candidate_is_required_by_a_click(tab, places):
    tab.choose("choose")
    name, place = next(iter(places["candidate"].items()))
    tab.see(*place, clicks=2)
    empty = tab.say_runs()
    tab.click_at(*place)
    told = tab.wait_for_event("candidate")
    assert told[1] == name or places["candidate"][told[1]] == pytest.approx(place, abs=1e-4)
    assert tab.say_runs() > empty


def test_a_place_is_pointed_at(tab):
    tab.choose("point")
    box = tab.ground.bounding_box()
    tab.page.mouse.click(box["x"] + 300, box["y"] + 300)
    kind, name, lon, lat, corners = tab.wait_for_event("empty")
    assert (kind, name, corners) == ("empty", "", "0")
    assert tab.place_of(float(lon), float(lat)) == pytest.approx((box["x"] + 300, box["y"] + 300), abs=1.0)


def test_an_area_is_drawn_with_the_pointer_and_a_click_on_its_first_corner_closes_it(tab):
    tab.choose("area")
    box = tab.ground.bounding_box()
    for x, y in ((200, 200), (350, 210), (340, 330)):
        tab.page.mouse.click(box["x"] + x, box["y"] + y)
    tab.page.mouse.dblclick(box["x"] + 190, box["y"] + 320)
    assert tab.wait_for_event("area")[4] == "4"
    for x, y in ((200, 200), (350, 210), (340, 330), (500, 400)):
        tab.page.mouse.click(box["x"] + x, box["y"] + y)
    tab.ground.press("Backspace")
    tab.page.mouse.click(box["x"] + 203, box["y"] + 202)
    expect(tab.page.get_by_text(re.compile(r"event area .* 3$"))).to_be_visible(timeout=NEXT_MS)


def test_an_area_is_drawn_with_the_keyboard_and_escape_drops_it(tab):
    tab.choose("area")
    tab.ground.focus()
    done = tab.page.get_by_role("button", name=say("live.finish", "zh"))
    tab.ground.press(" ")
    expect(done).to_be_disabled()
    tab.ground.press("Escape")
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        tab.ground.press(" ")
        with map_moves(tab.page):
            tab.ground.press(key)
    expect(done).to_be_enabled()
    tab.ground.press("Enter")
    assert tab.wait_for_event("area")[4] == "3"


def test_marks_are_reached_by_keys(tab):
    tab.ground.focus()
    tab.ground.press("n")
    first = tab.page.locator(".live-map-spoken").inner_text()
    tab.ground.press("n")
    second = tab.page.locator(".live-map-spoken").inner_text()
    assert first
    assert second
    assert first != second
    tab.ground.press("p")
    assert tab.page.locator(".live-map-spoken").inner_text() == first
    tab.ground.press("Enter")
    kind = tab.wait_for_event("[a-z_]+")[0]
    assert kind in {"candidate", "centre", "new_site", "proposed"}
    assert say("live.keys", "zh") in tab.ground.get_attribute("aria-label")


def test_a_finger_hits_a_mark_nearby(tab, places):
    name, place = next(iter(places["centre"].items()))
    tab.see(*place, clicks=1)
    x, y = tab.place_of(*place)
    tab.page.touchscreen.tap(x + 15, y)
    assert tab.wait_for_event("centre")[1] == name
