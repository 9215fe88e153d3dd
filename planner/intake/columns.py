"""What each file of a study must hold, column by column."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from planner.catalog import Catalog
from planner.intake.tables import Column
from planner.intake.vocabulary import vocabulary

# Files that say of places named elsewhere, so that they have no positions of their own.
UNPLACED = ("grid_totals", "checkins")
POSITION = (Column("lon", "number"), Column("lat", "number"))
_ACCESS = Column("access", required=False, may_be_absent=True)


def columns_of(role: str, catalog: Catalog) -> list[Column]:
    """The columns of the file of a role, without its position."""
    match role:
        case "grids":
            return grid_columns()
        case "communities":
            return community_columns()
        case "restricted":
            return restricted_columns(catalog)
        case "centres":
            return centre_columns(catalog)
        case "hosts":
            return host_columns(catalog)
        case "cells":
            return cell_columns(catalog)
        case "grid_totals":
            return grid_total_columns(catalog, None)
        case "appeals":
            return appeal_columns()
        case "checkins":
            return checkin_columns()
        case _:  # the boundary, and streets
            return []


def grid_columns() -> list[Column]:
    """The columns of grids."""
    return [
        Column("grid_code", "code", unique=True),
        Column("name", required=False),
        Column("community_code", "code", required=False),
    ]


def community_columns() -> list[Column]:
    """The columns of communities."""
    return [Column("community_code", "code", unique=True), Column("name", required=False)]


def restricted_columns(catalog: Catalog) -> list[Column]:
    """The columns of areas in which services (all where none is named) may not stand."""
    return [
        Column("name", required=False),
        Column("reason", required=False, may_be_absent=True),
        Column("services", "names", required=False, choices=_names_in(catalog.services)),
    ]


def centre_columns(catalog: Catalog) -> list[Column]:
    """The columns of existing centres."""
    return [
        Column("centre_id", "code", unique=True),
        Column("name"),
        Column("services", "names", choices=_names_in(catalog.services)),
        _open_hours(catalog),
        Column("floor", "whole"),
        Column("address", required=False, may_be_absent=True),
        Column("offers", required=False, may_be_absent=True),
        _ACCESS,
    ]


def host_columns(catalog: Catalog) -> list[Column]:
    """The columns of places that could hold a service."""
    return [
        Column("host_id", "code", unique=True),
        Column("name"),
        Column("kind", choices=_names_in(catalog.host_kinds)),
        Column("floor", "whole"),
        Column("area_m2", "number", low=0),
        Column("yearly_cost_yuan", "number", low=0),
        _open_hours(catalog),
        _ACCESS,
    ]


def cell_columns(catalog: Catalog) -> list[Column]:
    """The columns of density cells, a row a cell and period."""
    counts = [Column(f"{kind}_per_day", "number", low=0) for kind in catalog.delivery_kinds()]
    return [Column("cell_id", "code"), Column("period", choices=_names_in(catalog.periods)), *counts]


def grid_total_columns(catalog: Catalog, codes: Collection[str] | None) -> list[Column]:
    """The columns of the totals of the grids that have these codes; of any grids where they are not known."""
    counts = [
        Column(f"{kind}_per_day", "number", required=False, low=0, may_be_absent=True)
        for kind in catalog.delivery_kinds()
    ]
    period = Column("period", choices=_names_in(catalog.periods), may_be_absent=True)
    return [Column("grid_code", "code", known=codes), period, *counts]


def appeal_columns() -> list[Column]:
    """The columns of appeals; no other column is read, so nothing personal passes."""
    return [Column("appeal_id", "code", unique=True), Column("category"), Column("date"), Column("status")]


def checkin_columns() -> list[Column]:
    """The columns of check-ins, a row a day and station; no other column is read, so nobody is named."""
    return [Column("date"), Column("station"), Column("checkins", "whole", low=0)]


def _open_hours(catalog: Catalog) -> Column:
    return Column("open_hours", "hours", unstated_hours=catalog.rules.unstated_hours.value)


def _names_in(table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Each entry of a catalog table with the other names that a file may have for it."""
    also = vocabulary("choices")
    return {key: (entry.name.zh, entry.name.en, *also.get(key, ())) for key, entry in table.items()}
