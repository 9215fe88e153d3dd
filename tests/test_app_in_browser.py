"""The page as an office sees it: the real server, a real browser, and no other host within reach."""

import re
from collections.abc import Iterator

import pytest
from browser import chromium, needs_chromium, page_program

from planner.words import say

try:
    from playwright.sync_api import BrowserContext, FrameLocator, Page, Route, expect
except ImportError:
    pytest.skip("playwright is not installed", allow_module_level=True)

WIDE, NARROW = {"width": 1366, "height": 768}, {"width": 400, "height": 800}
# The first plan waits for the imports and the reading of the study, on whatever machine runs the tests.
FIRST_MS, NEXT_MS = 120_000, 30_000

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_chromium]


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
    """A tab that reaches the server and nothing else, and in which nothing may go wrong unseen."""
    wrong: list[str] = []

    def guard(route: Route) -> None:
        if route.request.url.startswith((f"{address}/", "data:", "blob:")):
            route.continue_()
        else:
            wrong.append(f"asked for {route.request.url}")
            route.abort()

    tab = browser.new_page()
    tab.route("**/*", guard)
    tab.on("websocket", lambda socket: None if socket.url.startswith("ws://127.0.0.1") else wrong.append(socket.url))
    tab.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    yield tab
    tab.close()
    assert not wrong


def open_page(page: Page, address: str, *, language: str = "zh", size: dict[str, int] = WIDE) -> None:
    page.set_viewport_size(size)
    page.goto(f"{address}/?lang={language}")
    expect(page.get_by_test_id("stMetric")).to_have_count(3, timeout=FIRST_MS)
    expect(page.get_by_role("tab").first).to_be_visible(timeout=FIRST_MS)


def map_of(page: Page, language: str) -> FrameLocator:
    return page.frame_locator(f"iframe[title='{say('page.map', language)}']")


def see_a_drawn_map(page: Page, language: str) -> None:
    """Leaflet has run in its frame: a zoom button, the numbers of the new sites, and ink on the canvas."""
    drawn = map_of(page, language)
    expect(drawn.locator(".leaflet-control-zoom-in")).to_be_visible(timeout=NEXT_MS)
    expect(drawn.locator(".leaflet-marker-icon").first).to_be_visible()
    assert drawn.locator(".leaflet-marker-icon").count() >= 6
    shapes = drawn.locator(".leaflet-pane path").count()
    inked = drawn.locator("canvas").evaluate_all(
        "all => all.map(c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(byte => byte > 0))"
    )
    assert shapes > 50 or any(inked)


def share_shown(page: Page, number: int = 0) -> str:
    return page.get_by_test_id("stMetricValue").nth(number).inner_text()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_page_shows_figures_and_a_drawn_map(page, address, language, size):
    open_page(page, address, language=language, size=size)
    assert page.get_by_role("heading", level=1).inner_text() == say("page.title", language)
    assert re.fullmatch(r"\d+\.\d%", share_shown(page))
    see_a_drawn_map(page, language)
    assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[language]
    overflow = page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth")
    assert overflow <= 1
    box = page.locator("iframe").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]


def test_a_clerk_changes_a_limit_and_sees_other_figures(page, address):
    open_page(page, address)
    before, other = share_shown(page), share_shown(page, 1)
    field = page.get_by_label(say("page.site_limit", "zh")).first
    field.fill("2")
    page.get_by_role("button", name=say("page.plan", "zh"), exact=True).click()
    expect(page.get_by_test_id("stMetricValue").first).not_to_have_text(before, timeout=NEXT_MS)
    assert float(share_shown(page).rstrip("%")) < float(before.rstrip("%"))
    assert share_shown(page, 1) == other
    expect(map_of(page, "zh").locator("body")).to_contain_text(share_shown(page), timeout=NEXT_MS)
    see_a_drawn_map(page, "zh")


def test_the_form_works_from_the_keyboard(page, address):
    open_page(page, address, language="en")
    before = share_shown(page)
    page.get_by_label(say("page.site_limit", "en")).first.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stMetricValue").first).not_to_have_text(before, timeout=NEXT_MS)


def test_an_emptied_field_is_no_limit(page, address):
    open_page(page, address)
    page.get_by_label(say("page.site_limit", "zh")).first.fill("")
    page.get_by_role("button", name=say("page.plan", "zh"), exact=True).click()
    expect(page.get_by_test_id("stAlertContentError")).to_be_visible(timeout=NEXT_MS)
    expect(page.get_by_test_id("stMetric")).to_have_count(3)
    page.get_by_role("button", name=say("page.reset", "zh")).click()
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0, timeout=NEXT_MS)


def test_the_switch_changes_every_word(page, address):
    open_page(page, address)
    before = share_shown(page)
    page.get_by_role("radio", name="English").or_(page.get_by_role("button", name="English")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("page.title", "en"), timeout=NEXT_MS)
    see_a_drawn_map(page, "en")
    assert share_shown(page) == before
    assert page.url.endswith("lang=en")
    for combobox in page.get_by_role("combobox").all():
        assert not re.search("[一-鿿]", combobox.input_value())
    words = page.get_by_test_id("stMain").evaluate(
        "main => [...main.querySelectorAll('label, button, h1, [data-testid=stMetric], th')]"
        ".map(e => e.innerText).join(' ')"
    )
    assert re.findall("[一-鿿]+", words) == ["中文"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_report_is_downloaded_whole(page, address, language, tmp_path):
    open_page(page, address, language=language)
    with page.expect_download(timeout=FIRST_MS) as waiting:
        page.get_by_role("button", name=say("page.download_report", language), exact=True).click()
    report = tmp_path / "report.html"
    waiting.value.save_as(report)
    assert waiting.value.suggested_filename.endswith(".html")
    text = report.read_text(encoding="utf-8")
    assert text.rstrip().endswith("</html>")
    assert share_shown(page) in text

    alone = page.context.new_page()
    asked: list[str] = []
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto(report.as_uri())
    assert not [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
    assert share_shown(page) in alone.locator("body").inner_text()
    alone.close()
