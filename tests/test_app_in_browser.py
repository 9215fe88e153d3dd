"""The pages as an office sees them: the real server, a real browser, and no other host within reach."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import chromium, guarded_tab, map_moves, needs_chromium, page_program, place_on_map

from planner.words import say

try:
    from playwright.sync_api import BrowserContext, Page, expect
except ImportError:
    pytest.skip("playwright is not installed", allow_module_level=True)

DEMO = Path(__file__).parent.parent / "data" / "demo"
STEPS = ("street", "today", "plan", "why", "compare", "questions", "hand_on")
WIDE, NARROW = {"width": 1366, "height": 900}, {"width": 400, "height": 800}
# The first plan waits for the imports and the reading of the study, on whatever machine runs the tests.
FIRST_MS, NEXT_MS = 180_000, 60_000

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900), needs_chromium]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with page_program(tmp_path_factory.mktemp("server") / "log.txt") as address:
        yield address


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    with chromium(tmp_path_factory.mktemp("profile")) as context:
        yield context


@pytest.fixture
def page(browser: BrowserContext, address: str) -> Iterator[Page]:
    with guarded_tab(browser, address) as tab:
        yield tab


def open_page(page: Page, address: str, *, language: str = "zh", size: dict[str, int] = WIDE) -> None:
    page.set_viewport_size(size)
    page.goto(f"{address}/?lang={language}")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("page.title", language), timeout=FIRST_MS)
    at_rest(page)


def next_step(page: Page, step: str, language: str = "zh") -> None:
    """To the next step by the link at the foot of the page, as a clerk goes."""
    label = say("page.next", language, step=say(f"page.step_{step}", language))
    page.get_by_role("link", name=label).click(timeout=FIRST_MS)
    page.wait_for_url(re.compile(rf"/{step}(\?|$)"), timeout=NEXT_MS)
    at_rest(page)


def at_rest(page: Page) -> None:
    """Until the page has run and no work is under way in it."""
    idle = '[data-testid=stApp][data-test-script-state="notRunning"]'
    for _ in range(2):
        page.wait_for_timeout(200)
        expect(page.locator(".st-key-progress")).to_have_count(0, timeout=FIRST_MS)
        expect(page.locator(idle)).to_have_count(1, timeout=FIRST_MS)


def share_shown(page: Page, number: int = 0) -> str:
    return page.get_by_test_id("stMetricValue").nth(number).inner_text()


def see_a_drawn_map(page: Page) -> None:
    """Leaflet has run: a zoom button, and ink on the canvas."""
    expect(page.locator(".live-map-buttons button").first).to_be_visible(timeout=NEXT_MS)
    page.wait_for_function(
        """() => [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")]
            .flatMap(one => [...(one.shadowRoot?.querySelectorAll("canvas") ?? [])])
            .some(c => c.width &&
                c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some(byte => byte > 0))""",
        timeout=NEXT_MS,
    )


def zoom_in(page: Page) -> None:
    with map_moves(page):
        page.locator(".live-map-buttons button").first.click()


def view_of(page: Page) -> str:
    return str(page.evaluate('sessionStorage.getItem("planner.live_map.views")'))


def choose_tool(page: Page, tool: str) -> None:
    page.get_by_role("radio", name=say(f"tools.{tool}", "zh"), exact=True).click()
    expect(page.get_by_text(say(f"tools.help_{tool}", "zh"))).to_be_visible(timeout=NEXT_MS)
    at_rest(page)


def degrees_of(shapes, row: int) -> tuple[float, float]:
    place = shapes.to_crs(4326).geometry.iloc[row].representative_point()
    return place.x, place.y


def upload_the_demo_street(page: Page) -> None:
    """The files of the demonstration street without its study.toml, as an office would send them."""
    page.get_by_role("radio", name=say("street.way_upload", "zh")).click()
    files = [str(path) for path in sorted(DEMO.iterdir()) if path.name not in ("study.toml", "README.md")]
    page.locator("input[type=file]").first.set_input_files(files)
    confirm = page.get_by_role("button", name=re.compile(say("street.confirm_clear", "zh", count=0)[:12]))
    confirm.click(timeout=FIRST_MS)
    at_rest(page)
    page.get_by_role("textbox", name=say("street.name", "zh")).fill("试验街道")
    page.get_by_role("textbox", name=say("street.name", "zh")).press("Enter")
    page.get_by_role("button", name=say("street.finish", "zh")).click(timeout=FIRST_MS)
    expect(page.get_by_text(say("street.holds", "zh", study="试验街道"))).to_be_visible(timeout=FIRST_MS)


def test_a_clerk_does_the_whole_work_from_upload_to_report(page, address, demo_plan, tmp_path):
    open_page(page, address)
    upload_the_demo_street(page)
    who = page.get_by_role("textbox", name=say("sign_in.name", "zh"))
    who.fill("王工")
    who.press("Enter")
    at_rest(page)

    next_step(page, "today")
    assert share_shown(page) == f"{demo_plan.services['rest_station'].today.covered_share:.1%}"
    see_a_drawn_map(page)
    zoom_in(page)
    part = demo_plan.services["rest_station"]
    exists = part.sites.frame["existing"].to_numpy(dtype=bool)
    spot, name = clear_mark(page, part, lambda row: exists[row])
    page.mouse.click(*spot)
    expect(page.locator(".st-key-details")).to_contain_text(name, timeout=NEXT_MS)

    next_step(page, "plan")
    see_a_drawn_map(page)
    first = share_shown(page)
    limit = page.get_by_label(say("page.site_limit", "zh")).first
    limit.fill("3")
    limit.press("Enter")
    expect(page.get_by_test_id("stMetricValue").first).not_to_have_text(first, timeout=NEXT_MS)
    at_rest(page)
    zoom_in(page)
    view = view_of(page)

    choose_tool(page, "require")
    chosen = set(part.solution.selected)
    spot, name = clear_mark(page, part, lambda row: not exists[row] and row not in chosen)
    page.mouse.click(*spot)
    expect(page.locator(".st-key-picks")).to_contain_text(name, timeout=NEXT_MS)
    at_rest(page)
    expect(page.get_by_role("table").first).to_contain_text(name)

    choose_tool(page, "propose")
    box = page.locator(".live-map-ground").bounding_box()
    page.mouse.click(box["x"] + 200, box["y"] + 300)
    page.get_by_role("button", name=say("tools.add", "zh"), exact=True).click(timeout=NEXT_MS)
    own = say("tools.own_name", "zh", number=1)
    expect(page.locator(".st-key-picks")).to_contain_text(own, timeout=NEXT_MS)

    choose_tool(page, "area")
    page.locator(".live-map-ground").scroll_into_view_if_needed()
    box = page.locator(".live-map-ground").bounding_box()
    for x, y in ((120, 150), (220, 150), (220, 260)):
        page.mouse.click(box["x"] + x, box["y"] + y)
        page.wait_for_timeout(350)
    page.keyboard.press("Enter")
    page.get_by_role("button", name=say("tools.add", "zh"), exact=True).click(timeout=NEXT_MS)
    area = say("tools.no_go_name", "zh", number=1)
    expect(page.locator(".st-key-picks")).to_contain_text(area, timeout=NEXT_MS)
    at_rest(page)
    assert view_of(page) == view

    page.get_by_role("textbox", name=say("saved.name", "zh")).fill("plan 2026")
    page.get_by_role("button", name=say("saved.save_button", "zh"), exact=True).click()
    expect(page.get_by_test_id("stAlertContentSuccess")).to_contain_text("王工", timeout=NEXT_MS)
    planned = share_shown(page)

    next_step(page, "why")
    see_a_drawn_map(page)
    assert view_of(page) == view
    expect(page.get_by_text(re.compile("已证明|最多也只能好"))).to_be_visible()

    next_step(page, "compare")
    expect(page.locator(".live-map-ground")).to_have_count(2, timeout=NEXT_MS)
    expect(page.get_by_role("table").first).to_contain_text(planned)
    expect(page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible(timeout=FIRST_MS)

    next_step(page, "questions")
    next_step(page, "hand_on")
    assert share_shown(page) == planned
    with page.expect_download(timeout=FIRST_MS) as waiting:
        page.get_by_role(
            "button", name=say("hand_on.download", "zh", what=say("hand_on.name_html", "zh")), exact=True
        ).click()
    report = tmp_path / "report.html"
    waiting.value.save_as(report)
    assert waiting.value.suggested_filename.startswith("试验街道")
    text = report.read_text(encoding="utf-8")
    assert text.rstrip().endswith("</html>")
    assert planned in text
    assert name in text
    with guarded_tab(page.context) as alone:  # it asks nobody
        alone.goto(report.as_uri())
        assert planned in alone.locator("body").inner_text()


def clear_mark(page: Page, part, is_wanted) -> tuple[tuple[float, float], str]:
    """A site that can be clicked: in the window, clear of the panel and of every other mark; where it is, its name."""
    page.locator(".live-map-ground").scroll_into_view_if_needed()
    frame, ground = part.sites.frame, page.locator(".live-map-ground").bounding_box()
    panel, height = page.locator(".live-map-panel").bounding_box(), page.viewport_size["height"]
    marks = [place_on_map(page, *degrees_of(frame, row)) for row in range(len(frame))]
    for row, (x, y) in enumerate(marks):
        left, right = ground["x"] + 80, panel["x"] - 20
        top, bottom = max(ground["y"], 70) + 20, min(ground["y"] + ground["height"], height) - 20
        near = [1 for a, b in marks if abs(a - x) < 24 and abs(b - y) < 24]
        if is_wanted(row) and left < x < right and top < y < bottom and len(near) == 1:
            return (x, y), frame["name"].iloc[row]
    pytest.fail("no such site can be clicked")


def answer_the_question(page, language):
    page.get_by_role("button", name=say("ask.go", language)).click()
    page.get_by_role("button", name=say("ask.download_figure", language)).wait_for(timeout=60_000)
    at_rest(page)
    assert page.get_by_test_id("stImage").locator("img").evaluate("picture => picture.naturalWidth") > 700


@pytest.mark.parametrize(("language", "opened"), [("zh", WIDE), ("en", NARROW)], ids=["zh-wide", "en-narrow"])
def test_every_page_fits_either_screen_and_speaks_one_language(page, address, language, opened):
    """Opened on one screen, each page is turned to the other and back, as on a tablet."""
    open_page(page, address, language=language, size=opened)
    for step in STEPS:
        if step != "street":
            next_step(page, step, language)
        if step == "questions":
            answer_the_question(page, language)
        for size in (NARROW, WIDE) if opened is WIDE else (WIDE, NARROW):
            page.set_viewport_size(size)
            expect(page.locator("html")).to_have_attribute("lang", {"zh": "zh-CN", "en": "en"}[language])
            overflow = page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth")
            assert overflow <= 1, (step, size)
            if step in ("today", "plan", "why"):
                see_a_drawn_map(page)
            if language == "en":
                words = page.get_by_test_id("stMain").evaluate(
                    "main => [...main.querySelectorAll('label, button, h1, h2, h3, th, [data-testid=stMetricLabel]')]"
                    ".map(e => e.innerText).join(' ')"
                )
                assert re.findall("[一-鿿]+", words) == ["中文"], step


def test_the_form_works_from_the_keyboard_and_an_emptied_field_is_no_limit(page, address):
    open_page(page, address, language="en")
    next_step(page, "today", "en")
    next_step(page, "plan", "en")
    before, other = share_shown(page), share_shown(page, 1)
    field = page.get_by_label(say("page.site_limit", "en")).first
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stMetricValue").first).not_to_have_text(before, timeout=NEXT_MS)
    at_rest(page)
    assert share_shown(page, 1) == other

    field.fill("")
    field.press("Enter")
    expect(page.get_by_test_id("stAlertContentError")).to_be_visible(timeout=NEXT_MS)
    expect(page.get_by_test_id("stMetric")).to_have_count(3)
    page.get_by_role("button", name=say("page.reset", "en")).click()
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0, timeout=NEXT_MS)
