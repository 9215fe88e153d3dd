"""The report as one page that needs no other file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

from jinja2 import Template
from markupsafe import Markup

from planner.maps import plan_map
from planner.plan import Plan
from planner.report.contents import report_contents
from planner.report.contents.curve_figure import curve_svg
from planner.report.contents.parts import Curve
from planner.report.files.markup import templates_in
from planner.report.options import ReportOptions
from planner.words import Language, reader_language, say

TEMPLATES: Final = Path(__file__).with_name("templates")


def report_page(plan: Plan, *, language: Language | None = None, options: ReportOptions = ReportOptions()) -> str:
    """The report as HTML, the map inside."""
    language = language or reader_language()
    return page_template("report.html.jinja", language).render(
        report=report_contents(plan, language=language, options=options),
        map=plan_map(plan, language=language).get_root().render(),
    )


def page_template(name: str, language: Language) -> Template:
    """A page's template; all that it is given is text and never markup."""
    pages = templates_in(TEMPLATES)
    pages.filters["bar"] = _bar
    pages.filters["in_single_quotes"] = _in_single_quotes
    pages.filters["picture"] = _inline
    pages.globals["lang"] = "zh-CN" if language == "zh" else "en"
    pages.globals["say"] = lambda key, **values: say(f"report.{key}", language, **values)
    pages.globals["term"] = lambda key, **values: say(f"term.{key}", language, **values)
    return pages.get_template(name)


def _inline(curve: Curve) -> Markup:
    """A curve's picture as a part of the page, where it needs no namespace."""
    return Markup(curve_svg(curve).replace(' xmlns="http://www.w3.org/2000/svg"', "", 1))


def _in_single_quotes(text: str) -> Markup:
    """A text as the value of an attribute in single quotes: a page in a page has so many double ones."""
    return Markup(text.replace("&", "&amp;").replace("'", "&#39;"))


def _bar(share: float) -> str:
    """The width of a bar in percent."""
    return f"{100 * min(max(share, 0.0), 1.0):.1f}" if math.isfinite(share) else "0"
