"""Who is covered, cell by cell, and the coverage gaps by rank: today and as planned, one service at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from planner.coverage import Coverage
from planner.figures import NOTHING, amount_text, interval_text, share_text
from planner.maps.live.bodies import Body
from planner.maps.live.layers import LiveLayer, Sign, Style, facts_body, shapes_body, state_body
from planner.maps.shown import CELL_COLOURS, cell_classes
from planner.maps.wording import Wording
from planner.plan import Plan
from planner.today import ServiceToday
from planner.words import Language

When = Literal["today", "planned"]

# The styles of a cell: covered in all periods, in some, in none; the same again where the demand is an estimate.
_ESTIMATED, _NO_DEMAND = 3, 7
# A sign beside the colour, for those who do not see it and for a poor projector: drawn where a cell has the room.
_HATCHES: Final = {"full": "", "part": "", "none": "/"}
_CELL_STYLES: Final = tuple(
    Style(stroke=edge, width=0.5, dash=dash, fill=colour, opacity=0.62, hatch=_HATCHES[kind])
    for edge, dash in (("#ffffff", ()), ("#1f2933", (3.0, 3.0)))
    for kind, colour in CELL_COLOURS.items()
)
_GAP: Final = Style(stroke="#8b1a10", width=2, dash=(6.0, 4.0))


@dataclass(frozen=True)
class CellBodies:
    """What of the cells stays the same whatever is built: their shapes, and what is told of their demand."""

    shapes: Body
    facts: Body


def cell_bodies(part: ServiceToday, language: Language) -> CellBodies:
    """The cells of a service's demand; to be kept for as long as the demand stays the same."""
    wording = Wording(part.study, language, markup=False)
    cells, weight = part.demand.cells, part.demand.weight
    shares = part.demand.intervals
    bounds = {
        code: interval_text(low, high)
        for code, low, high in zip(shares.index, shares["low_per_day"], shares["high_per_day"], strict=True)
    }
    is_estimate = cells["estimated"].to_numpy(dtype=bool)
    grids = cells["grid_code"].to_numpy()
    names = {code: wording.grid(code) for code in set(grids)}
    rows: dict[str, list[str]] = {
        wording.words("cell"): [str(name) for name in cells["cell_id"]],
        wording.term("grid"): [names[code] for code in grids],
        wording.demand_title(): [wording.amount(part, total) for total in weight.sum(axis=1).tolist()],
    }
    if is_estimate.any():
        told = list(zip(grids, is_estimate, strict=True))
        rows[wording.words("nature")] = [wording.term("estimate") if guess else "" for _, guess in told]
        rows[wording.words("grid_interval")] = [bounds.get(code, "") if guess else "" for code, guess in told]
    amounts = {
        wording.period(key): [amount_text(value) if value > 0 else NOTHING for value in weight[:, column].tolist()]
        for column, key in enumerate(part.demand.periods)
    }
    return CellBodies(
        shapes=shapes_body(cells.geometry.to_numpy(), cells.crs),
        facts=facts_body(cells["cell_id"], rows, periods=amounts),
    )


def today_layers(
    part: ServiceToday, language: Language, *, cells: CellBodies | None = None, shown: bool = True
) -> tuple[LiveLayer, ...]:
    """Coverage and gaps of a service as things stand; ``cells`` is from :func:`cell_bodies`, where it is at hand."""
    wording, cells = Wording(part.study, language, markup=False), cells or cell_bodies(part, language)
    return (
        _cells(part, part.today, "today", cells, wording, shown),
        _gaps(part, part.gaps_today, "today", wording, shown),
    )


def planned_layers(
    plan: Plan, service: str, language: Language, *, cells: CellBodies | None = None, shown: bool = True
) -> tuple[LiveLayer, ...]:
    """Coverage and gaps of a service as planned. Cells share their shapes and facts with those of today."""
    part, wording = plan.services[service], Wording(plan.study, language, markup=False)
    cells = cells or cell_bodies(part, language)
    return (
        _cells(part, part.planned, "planned", cells, wording, shown),
        _gaps(part, part.gaps_planned, "planned", wording, shown),
    )


def _cells(
    part: ServiceToday, coverage: Coverage, when: When, cells: CellBodies, wording: Wording, shown: bool
) -> LiveLayer:
    is_estimate = part.demand.cells["estimated"].to_numpy(dtype=bool)
    signs = [Sign(wording.words(f"cell_{kind}"), number) for number, kind in enumerate(CELL_COLOURS)]
    if is_estimate.any():
        signs.append(Sign(wording.words("cell_estimated"), _ESTIMATED))
    return LiveLayer(
        name=f"{part.service}.cells_{when}",
        level=30,
        kind="cell",
        label=wording.words(f"layer_cells_{when}"),
        heading=wording.service(part.service),
        shown=shown,
        signs=tuple(signs),
        shapes=cells.shapes,
        styles=_CELL_STYLES,
        facts=cells.facts,
        state=state_body(_cell_styles(coverage, is_estimate), coverage.covered & (coverage.weight > 0)),
    )


def _cell_styles(coverage: Coverage, is_estimate: NDArray[np.bool_]) -> NDArray[np.int64]:
    classes = cell_classes(coverage)
    number = np.select([classes == kind for kind in CELL_COLOURS], range(len(CELL_COLOURS)))
    return np.where(classes != "", number + _ESTIMATED * is_estimate, _NO_DEMAND)


def _gaps(part: ServiceToday, gaps: gpd.GeoDataFrame, when: When, wording: Wording, shown: bool) -> LiveLayer:
    rows = {
        wording.term("coverage_gap"): [wording.words("rank", rank=rank) for rank in gaps["rank"]],
        wording.words("uncovered_per_day"): [wording.amount(part, value) for value in gaps["uncovered_per_day"]],
    }
    if len(gaps):
        rows |= {
            wording.period(key): [amount_text(value) for value in gaps[f"uncovered_{column}"]]
            for column, key in enumerate(part.demand.periods)
        }
    rows[wording.words("area")] = [wording.words("area_hectares", value=area / 10_000) for area in gaps["area_m2"]]
    rows[wording.words("grids_in_gap")] = [wording.grids(codes) for codes in gaps["grid_codes"]]
    if part.demand.estimated_share > 0:
        rows[wording.words("estimated_of_it")] = [share_text(share) for share in gaps["estimated_share"]]
    return LiveLayer(
        name=f"{part.service}.gaps_{when}",
        level=70,
        kind="gap",
        label=wording.words(f"layer_gaps_{when}"),
        heading=wording.service(part.service),
        shown=shown,
        signs=(Sign(wording.words("legend_gap")),),
        shapes=shapes_body(gaps.geometry.to_numpy(), gaps.crs),
        styles=(_GAP,),
        facts=facts_body(gaps["rank"], rows, digits=[int(rank) for rank in gaps["rank"]]),
    )
