"""The parts of a report as texts, tables and pictures in one language: what every kind of file lays out its own way.

All texts are plain: a file's own markup is none here, and each kind of file takes care that it stays so.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.report.contents.basis import Fact
from planner.report.contents.imprint import Imprint
from planner.report.contents.printed import PrintedTable


@dataclass(frozen=True)
class Headline:
    """The figures of one service that every file leads with. Shares are texts; ``bar_…`` are numbers, 0 to 1."""

    service: str
    name: str
    today: str
    planned: str
    new_sites: str
    cost: str
    demand: str
    status: str
    bar_today: float
    bar_planned: float
    sentence: str  # all of it in one line


@dataclass(frozen=True)
class SiteCard:
    """One new site: ``facts`` are pairs of what and how much or which, in the order in which they are read."""

    number: str
    name: str
    facts: list[tuple[str, str]]
    why: str


@dataclass(frozen=True)
class Curve:
    """Coverage against the number of new sites, or the budget. ``points``: the limit and the covered share, 0 to 1."""

    title: str
    x_title: str
    y_title: str
    points: list[tuple[float, float]]
    here: tuple[float, float]
    here_label: str
    note: str


@dataclass(frozen=True)
class ServiceContents:
    """All that is told of one service; a text is empty, a table without rows, where there is nothing to tell.

    ``period_bars``: for each row of ``periods`` the covered share today and planned; not a number without demand.
    """

    headline: Headline
    standard: str
    limits: str
    proof: str
    made_of: str
    appeals: str
    periods: PrintedTable
    period_bars: list[tuple[float, float]]
    centres: PrintedTable
    sites: PrintedTable
    cards: list[SiteCard]
    gaps: PrintedTable
    hot_spots: PrintedTable
    grids: PrintedTable
    curve: Curve | None


@dataclass(frozen=True)
class ReportContents(Imprint):
    """All that a report of one plan tells, from top to bottom."""

    scenario: str
    total_cost: str
    services: list[ServiceContents]
    appeals: str
    appeal_rows: PrintedTable
    demand_notes: list[str]
    basis: list[Fact]
    unreached: PrintedTable
    sources: PrintedTable
    limits: list[str]
