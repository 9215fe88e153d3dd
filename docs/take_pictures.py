"""Take the pictures of the README: ``make pictures``. Needs Debian's chromium and a Chinese font."""

import datetime
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from browser import chromium, page_program  # noqa: E402 - the tests' own way to a browser
from test_app_in_browser import STEPS, answer_the_question, at_rest, next_step, open_page, see_a_drawn_map  # noqa: E402

from planner import load_study, make_plan  # noqa: E402
from planner.report import write_report  # noqa: E402
from planner.words import LANGUAGES, say  # noqa: E402

HEIGHTS_PX = {
    "street": 900,
    "today": 1250,
    "plan": 1180,
    "why": 980,
    "compare": 1700,
    "questions": 1100,
    "hand_on": 800,
}


def take_pictures() -> None:
    """Each step in both languages, as a planner comes by who saves two plans."""
    for language, names in (("zh", ("六处驿站", "四处驿站")), ("en", ("Six stations", "Four stations"))):
        with (
            tempfile.TemporaryDirectory() as folder,
            page_program(Path(folder) / "log.txt") as address,
            chromium(Path(folder) / "profile") as browser,
        ):
            tab = browser.new_page()
            open_page(tab, address, language=language)
            tab.get_by_role("button", name=say("street.choose", language), exact=True).first.click()
            who = tab.get_by_role("textbox", name=say("sign_in.name", language))
            who.fill({"zh": "王工", "en": "Wang"}[language])
            who.press("Enter")
            at_rest(tab)
            for step in STEPS:
                if step != "street":
                    next_step(tab, step, language)
                if step == "plan":
                    save(tab, names[0], language)
                if step == "questions":
                    answer_the_question(tab, language)
                if step in ("today", "plan", "why", "compare"):
                    see_a_drawn_map(tab)
                tab.set_viewport_size({"width": 1366, "height": HEIGHTS_PX[step]})
                tab.wait_for_timeout(1500)
                tab.screenshot(path=HERE / f"{step}-{language}.png")
                if step == "plan":
                    limit = tab.get_by_label(say("page.site_limit", language)).first
                    limit.fill("4")
                    limit.press("Enter")
                    at_rest(tab)
                    save(tab, names[1], language)


def take_pictures_of_files() -> None:
    """The web report at a desk, and the riders' map on a phone at noon of a Monday."""
    study = load_study(HERE.parent / "data" / "demo")
    plan = make_plan(study, study.scenarios["base"])
    for language in LANGUAGES:
        with tempfile.TemporaryDirectory() as folder, chromium(Path(folder) / "profile") as browser:
            for path in write_report(plan, Path(folder) / "out", formats=("html", "life_map"), language=language):
                tab = browser.new_page()
                is_phone = path.stem == "life_map"
                tab.set_viewport_size({"width": 390, "height": 844} if is_phone else {"width": 1100, "height": 1450})
                tab.clock.set_fixed_time(datetime.datetime(2026, 5, 4, 4, tzinfo=datetime.UTC))
                tab.goto(path.as_uri())
                tab.wait_for_timeout(1500)
                tab.screenshot(path=HERE / f"{path.stem}-{language}.png")


def save(tab, name: str, language: str) -> None:
    """The plan in hand saved under a name."""
    tab.get_by_role("textbox", name=say("saved.name", language)).fill(name)
    tab.get_by_role("button", name=say("saved.save_button", language), exact=True).click()
    tab.get_by_test_id("stAlertContentSuccess").wait_for(timeout=60_000)
    at_rest(tab)


if __name__ == "__main__":
    take_pictures()
    take_pictures_of_files()
