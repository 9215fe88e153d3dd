"""A plan as an Excel workbook: a first sheet with the headline figures, then a sheet a table."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from planner.figures import NOTHING
from planner.plan import Plan
from planner.report.contents.demand_section import DemandSection
from planner.report.contents.service_section import headline_of
from planner.report.contents.sources_section import SourcesSection
from planner.report.files.csv_tables import FORMULA_STARTS
from planner.report.files.plain_text import printable
from planner.report.files.workbook_looks import (
    ESTIMATE,
    FONTS,
    HEAD,
    INK,
    RULE,
    estimate_format,
    height_of,
    is_tick,
    number_format,
    width_of,
)
from planner.report.files.workbook_sheets import Sheet, workbook_sheets
from planner.report.headings import column_headings
from planner.report.options import ReportOptions
from planner.report.tables import summary_table
from planner.words import Language, say

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_CREATED: Final = datetime.datetime(2000, 1, 1)  # a workbook must say when it was made; no clock goes into it
_A4: Final = 9
_MOST_LETTERS: Final = 32_000  # a cell holds 32,767
_HEADLINE: Final = ("service_name", "covered_share_today", "covered_share_planned", "new_sites", "cost_yuan")
_HEADLINE_WIDTHS: Final = (30, 14, 14, 14, 16, 18, 16, 30)


def write_workbook(plan: Plan, folder: Path, language: Language, options: ReportOptions) -> None:
    """``plan.xlsx`` in ``folder``: the summary, then sites, grids, periods, gaps, appeals, hot spots, points that
    streets do not reach, standards and the files behind it all.

    Numbers are numbers with a format; codes and all other text are text, never a formula or a link. Estimates carry
    the word. Places are in degrees of ``options.data_system``. Every sheet prints on A4 across, heads repeated.
    """
    _Workbook(plan, language, options).write(folder / "plan.xlsx")


class _Workbook:
    """One workbook in the making."""

    def __init__(self, plan: Plan, language: Language, options: ReportOptions) -> None:
        self.plan, self.language, self.options = plan, language, options
        self.sheets = workbook_sheets(plan, language, options)
        self.formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def write(self, path: Path) -> None:
        """The whole workbook."""
        import xlsxwriter

        font = {"font_name": FONTS[self.language], "font_size": 10, "font_color": INK}
        self.book = xlsxwriter.Workbook(
            path,
            {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
            | {"default_format_properties": font},
        )
        made_on = self.options.made_on
        created = datetime.datetime(made_on.year, made_on.month, made_on.day) if made_on else _CREATED
        self.book.set_properties({"title": self._title(), "author": printable(self.options.office), "created": created})
        pages = [(sheet, self.book.add_worksheet(sheet.name)) for sheet in self._all_names()]
        self._summary(pages[0][1])
        for sheet, page in pages[1:]:
            self._table(page, sheet)
        self.book.close()

    def _all_names(self) -> list[Sheet]:
        first = Sheet(self._say("tab_summary"), pd.DataFrame(), {})
        return [first, *self.sheets]

    # The first sheet: everything that a reader in a hurry wants.

    def _summary(self, page: Worksheet) -> None:
        self._print_setup(page)
        for column, width in enumerate(_HEADLINE_WIDTHS):
            page.set_column(column, column, width)
        page.hide_gridlines(2)
        page.write_string(0, 0, self._title(), self._format(bold=True, font_size=16, font_color=HEAD))
        row = 1
        for line in self._lines_below_title():
            page.write_string(row, 0, self._fit(line), self._format(font_color="#52606d"))
            row += 1
        for warning in SourcesSection(self.plan, DemandSection(self.plan, self.language), self.language).warnings():
            page.write_string(row, 0, self._fit(warning), self._format(bold=True, font_color="#8b1a10"))
            row += 1
        row = self._headlines(page, row + 1)
        row = self._sentences(page, row + 1)
        row = self._contents(page, row + 1)
        for note in self._notes():
            page.write_string(row, 0, note, self._format(font_color="#52606d"))
            row += 1

    def _headlines(self, page: Worksheet, row: int) -> int:
        """The figures of each service, and the cost of all; the row after them."""
        frame = summary_table(self.plan, self.language)
        headings = column_headings([*_HEADLINE, "weight_per_day", "unit"], self.plan, self.language)
        heads = [*headings.values(), say("report.proof", self.language)]
        page.set_row(row, height_of(zip(heads, _HEADLINE_WIDTHS, strict=True)))
        for column, heading in enumerate(heads):
            page.write_string(row, column, heading, self._head())
        demand = DemandSection(self.plan, self.language)
        all_estimated = "cells" in self.plan.study.estimated_roles
        for values in frame.to_dict("records"):
            row += 1
            is_estimate = all_estimated or values["estimated_share"] > 0
            for column, name in enumerate(headings):
                self._value(page, row, column, name, values[name], is_estimate and name == "weight_per_day")
            headline = headline_of(self.plan, self.plan.services[values["service"]], demand, self.language)
            self._text(page, row, len(headings), headline.status)
            texts = (headline.name, _HEADLINE_WIDTHS[0]), (headline.status, _HEADLINE_WIDTHS[-1])
            page.set_row(row, height_of(texts))
        row += 1
        strong = self._format(bold=True, top=1, top_color=RULE)
        for column in range(len(headings) + 1):
            page.write_blank(row, column, None, strong)
        page.write_string(row, 0, self._say("total"), strong)
        money = self._format(bold=True, top=1, top_color=RULE, num_format=number_format("cost_yuan"))
        page.write_number(row, len(_HEADLINE) - 1, round(float(frame["cost_yuan"].sum()), 2), money)
        return row + 1

    def _sentences(self, page: Worksheet, row: int) -> int:
        demand = DemandSection(self.plan, self.language)
        for part in self.plan.services.values():
            told = headline_of(self.plan, part, demand, self.language).sentence
            page.write_string(row, 0, self._fit(f"{told} {demand.appeals(part)}".strip()), self._format())
            row += 1
        return row

    def _contents(self, page: Worksheet, row: int) -> int:
        """The sheets and how many rows each has, with links that stay inside the workbook."""
        page.write_string(row, 0, self._say("sheet"), self._head())
        page.write_string(row, 1, self._say("rows"), self._head())
        for sheet in self.sheets:
            row += 1
            link = self._format(font_color=HEAD, underline=1)
            page.write_url(row, 0, f"internal:'{sheet.name}'!A1", link, string=sheet.name)
            page.write_number(row, 1, len(sheet.frame), self._format(num_format="#,##0"))
        return row + 2

    def _notes(self) -> list[str]:
        system = say(f"report.crs_{self.options.data_system}", self.language)
        notes = [self._say("amounts"), self._say("places", system=system)]
        marked = any(flags.any() for sheet in self.sheets for flags in sheet.estimated.values())
        if marked or self.plan.study.estimated_roles:
            notes.append(self._say("estimates"))
        return notes

    # A sheet a table.

    def _table(self, page: Worksheet, sheet: Sheet) -> None:
        self._print_setup(page)
        frame = sheet.frame
        known = frame.astype(object).where(frame.notna(), None)
        columns = {name: known[name].tolist() for name in frame.columns}
        widths = [width_of(sheet.headings[name], values, name) for name, values in columns.items()]
        page.set_row(0, height_of(zip(sheet.headings.values(), widths, strict=True)))
        for row, cells in enumerate(zip(*columns.values(), strict=True)):
            texts = [(cell, width) for cell, width in zip(cells, widths, strict=True) if isinstance(cell, str)]
            page.set_row(row + 1, height_of(texts))
        for column, (name, values) in enumerate(columns.items()):
            page.set_column(column, column, widths[column])
            page.write_string(0, column, sheet.headings[name], self._head())
            flags = sheet.estimated.get(name)
            for row, value in enumerate(values):
                self._value(page, row + 1, column, name, value, flags is not None and bool(flags[row]))
        last = max(len(frame), 1)
        if frame.empty and sheet.if_empty:
            page.write_string(1, 0, sheet.if_empty, self._format(font_color="#52606d"))
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, last, len(columns) - 1)
        page.repeat_rows(0)
        # Codes are text on purpose: no green corner says otherwise.
        page.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})

    def _value(self, page: Worksheet, row: int, column: int, name: str, value: Any, is_estimate: bool) -> None:
        if isinstance(value, str):
            self._text(page, row, column, value, code=number_format(name) == "@")
        elif value is None:
            page.write_string(row, column, NOTHING, self._cell(align="center"))
        elif isinstance(value, datetime.date):
            page.write_datetime(row, column, value, self._cell(num_format=number_format(name), align="left"))
        elif is_estimate:
            look = self._cell(num_format=estimate_format(name, self.language), bg_color=ESTIMATE)
            page.write_number(row, column, float(value), look)
        else:
            middle = {"align": "center"} if is_tick(name) else {}
            page.write_number(row, column, float(value), self._cell(num_format=number_format(name), **middle))

    def _text(self, page: Worksheet, row: int, column: int, text: str, *, code: bool = False) -> None:
        """A text as typed; what a spreadsheet would run if the cell were edited keeps an apostrophe out of sight."""
        look: dict[str, Any] = {"text_wrap": True, "align": "left", "indent": 1}
        if code:
            look["num_format"] = "@"
        if text.startswith(FORMULA_STARTS):
            look["quote_prefix"] = True
        page.write_string(row, column, self._fit(text), self._cell(**look))

    # What is common to all sheets.

    def _print_setup(self, page: Worksheet) -> None:
        page.set_landscape()
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.6)
        street = printable(self.plan.study.name.in_language(self.language)).replace("&", "&&")[:60]
        mark = f"&R{say('report.internal', self.language)}" if self.options.internal else ""
        page.set_header(f"&L{street} &A{mark}")
        page.set_footer(f"&C{self._say('page', page='&P', pages='&N')}")

    def _title(self) -> str:
        street = self.plan.study.name.in_language(self.language)
        return self._fit(f"{street} · {say('report.title', self.language)}")

    def _lines_below_title(self) -> list[str]:
        told = [say("report.scenario", self.language, name=self.plan.scenario.name.in_language(self.language))]
        if self.options.made_on:
            told.append(say("report.made_on", self.language, date=self.options.made_on.isoformat()))
        lines = [" · ".join(told)]
        if self.options.office:
            lines.insert(0, self.options.office)
        if self.options.internal:
            lines.append(say("report.internal", self.language))
        return lines

    def _head(self) -> Format:
        return self._format(
            bold=True, text_wrap=True, valign="vcenter", align="center", bg_color=HEAD, font_color="#ffffff", border=1,
            border_color=RULE,
        )  # fmt: skip

    def _cell(self, **look: Any) -> Format:
        return self._format(valign="top", bottom=1, bottom_color=RULE, **look)

    def _format(self, **look: Any) -> Format:
        key = tuple(sorted(look.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(look)
        return self.formats[key]

    def _fit(self, text: str) -> str:
        clean = printable(text)
        return clean if len(clean) <= _MOST_LETTERS else f"{clean[:_MOST_LETTERS]}…"

    def _say(self, key: str, **values: object) -> str:
        return say(f"workbook.{key}", self.language, **values)
