"""Grid totals: what is delivered in each grid a day, or in each period of it."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from planner.catalog import Catalog
from planner.errors import Fault
from planner.intake.study import GridTotals

# Fewer grids with data teach nothing of the others.
MIN_GRIDS: Final = 12


def grid_totals_of(
    file: str, rows: pd.DataFrame, grids: gpd.GeoDataFrame, catalog: Catalog, *, kinds_elsewhere: bool
) -> tuple[GridTotals | None, list[Fault]]:
    """The totals in the order of ``grids``, and the faults found; ``rows`` has the columns that the file has.

    A grid without a row, or with an empty number, is one without data; a 0 is data. ``kinds_elsewhere`` tells that
    density cells give every kind of delivery, so that this file may leave some out.
    """
    if rows.empty:
        return None, [Fault(file, "no_rows")]
    faults: list[Fault] = []
    kinds = catalog.delivery_kinds()
    given = [kind for kind in kinds if f"{kind}_per_day" in rows]
    lacking = [kind for kind in kinds if kind not in given]
    if lacking and (not kinds_elsewhere or not given):
        there = ", ".join(str(name) for name in rows.columns)
        faults += [
            Fault(file, "missing_column", column=f"{k}_per_day", values={"there": there, "known": f"{k}_per_day"})
            for k in lacking
        ]
    by_period = "period" in rows
    if not by_period:
        unsplit = [kind for kind in given if kind not in catalog.deliveries]
        faults += [Fault(file, "no_shares_of_day", column=f"{k}_per_day", values={"kind": k}) for k in unsplit]
    named = rows[rows["grid_code"] != ""]
    keys = ["grid_code", "period"] if by_period else ["grid_code"]
    again = named[named.duplicated(keys)]
    faults += [
        Fault(file, "duplicate", int(row), "grid_code", code)
        for row, code in zip(again.index, again["grid_code"], strict=True)
    ]
    if by_period:
        faults += _holes(file, named, given, catalog)
    if faults:
        return None, faults
    periods = list(catalog.periods) if by_period else [""]
    wanted = pd.MultiIndex.from_product([grids["grid_code"], periods])
    placed = named.assign(period=named["period"] if by_period else "").set_index(["grid_code", "period"])
    per_day = {
        kind: placed[f"{kind}_per_day"].reindex(wanted).to_numpy(dtype=np.float64).reshape(len(grids), len(periods))
        for kind in given
    }
    return GridTotals(by_period=by_period, per_day=per_day), []


def too_few_grids(file: str, totals: GridTotals) -> list[Fault]:
    """Faults where grids without data are to be estimated from too few others."""
    faults = []
    for kind, table in totals.per_day.items():
        missing = np.isnan(table).any(axis=1)
        if missing.any() and (~missing).sum() < MIN_GRIDS:
            about: dict[str, object] = {"known": int((~missing).sum()), "all": len(table), "needed": MIN_GRIDS}
            faults.append(Fault(file, "too_few_grids", column=f"{kind}_per_day", values=about))
    return faults


def _holes(file: str, rows: pd.DataFrame, kinds: list[str], catalog: Catalog) -> list[Fault]:
    """Grids that state some periods of a kind and not others: whether those are 0 or unknown nobody can tell."""
    faults: dict[int, Fault] = {}
    for kind in kinds:
        stated = rows[rows[f"{kind}_per_day"].notna()]
        for code, own in stated.groupby("grid_code"):
            lacking = [name for name in catalog.periods if name not in set(own["period"])]
            if lacking:
                about: dict[str, object] = {"periods": ", ".join(lacking)}
                row = int(own.index[0])
                faults[row] = Fault(file, "periods_missing", row, f"{kind}_per_day", code, about)
    return [faults[row] for row in sorted(faults)]
