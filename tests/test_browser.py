"""The tab in which nothing may go wrong unseen sees what goes wrong."""

import pytest
from browser import chromium, guarded_tab, needs_chromium

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("profile")) as context:
        yield context


def test_a_page_that_does_nothing_wrong_passes(browser, tmp_path):
    (tmp_path / "page.html").write_text("<p>fine", encoding="utf-8")
    with guarded_tab(browser) as tab:
        tab.goto((tmp_path / "page.html").as_uri())
        assert tab.locator("p").inner_text() == "fine"


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("<img src='http://tiles.example/1.png'>", "tiles.example"),
        ("<img src='http://192.0.2.1/1.png'>", "192.0.2.1"),
        ("<script>new WebSocket('ws://spy.example/')</script>", "spy.example"),
        ("<script>console.error('broken')</script>", "broken"),
        ("<script>nothing.there()</script>", "nothing is not defined"),
        ("<script>alert('here')</script>", "dialog here"),
    ],
)
def test_what_goes_wrong_fails(browser, tmp_path, page, told):
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    with pytest.raises(AssertionError, match=told):
        look_at(browser, tmp_path / "page.html")


def look_at(browser, path):
    with guarded_tab(browser) as tab:
        tab.goto(path.as_uri())
        tab.wait_for_timeout(100)


def test_no_other_host_is_in_reach(browser):
    from playwright.sync_api import Error

    tab = browser.new_page()
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        tab.goto("http://elsewhere.example/", timeout=10_000)
    tab.close()
